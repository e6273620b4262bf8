//! Shipped recordings are what a run leaves today, and every side of them is as recorded; what is broken is found.

use std::fs;
use std::path::{Path, PathBuf};

use enroll::messages::Lang;
use scenarios::output::run_into;
use scenarios::reader::Way;
use scenarios::recording::Recording;
use scenarios::replay::{Side, replay, told};
use scenarios::scenario::Scenario;
use scenarios::screen::Nobody;
use scenarios::world::Conditions;

fn shipped() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("recordings");
    let files = fs::read_dir(folder).expect("recordings");
    let mut paths: Vec<_> = files.map(|file| file.expect("a file").path()).collect();
    paths.sort();
    assert!(paths.len() >= 8, "few recordings: {paths:?}");
    paths
}

fn as_recorded(side: Side) {
    for path in shipped() {
        let recording = Recording::load(&path).expect("a recording");
        let replayed = replay(&recording, side, Way::InProcess).expect("a world");
        let told = told::render(&recording, side, &replayed, Lang::En);
        assert!(replayed.passed(), "{}\n{told}", path.display());
    }
}

#[test]
fn the_engine_asks_what_was_recorded() {
    as_recorded(Side::Engine);
}

#[test]
fn the_token_answers_what_was_recorded() {
    as_recorded(Side::Token);
}

#[test]
fn the_portal_answers_what_was_recorded() {
    as_recorded(Side::Portal);
}

/// `scenarios run --record NAME…` renews them.
#[test]
fn a_run_leaves_the_bytes_of_the_shipped_recording() {
    for path in shipped() {
        let name = path.file_stem().expect("a name").to_string_lossy();
        let scenario = Scenario::find(&name).expect("a shipped scenario");
        let folder = tempfile::tempdir().expect("a folder");
        let now = "2026-01-01T00:00:00Z".parse().expect("a moment");
        let conditions = Conditions::new(scenario.seed, now);
        let before = Box::new(|door| door);
        run_into(
            folder.path(),
            &scenario,
            conditions,
            Box::new(Nobody),
            before,
        )
        .expect("a world");
        let left = fs::read_to_string(folder.path().join("recording.jsonl")).expect("a recording");
        let kept = fs::read_to_string(&path).expect("a recording");
        let differs = left
            .lines()
            .zip(kept.lines())
            .find(|(left, kept)| left != kept);
        assert_eq!(differs, None, "{name}");
        assert_eq!(left.len(), kept.len(), "{name}");
    }
}

/// What replay tells when `from` is `to` in the recorded line that holds `from` first.
fn broken(side: Side, from: &str, to: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("recordings/wrong-user-pin.jsonl");
    let text = fs::read_to_string(path).expect("a recording");
    assert!(text.contains(from), "nothing to break: {from}");
    let recording = Recording::parse(&text.replacen(from, to, 1)).expect("still a recording");
    let replayed = replay(&recording, side, Way::InProcess).expect("a world");
    assert!(!replayed.passed(), "{from} broken and not found");
    told::render(&recording, side, &replayed, Lang::En)
}

#[test]
fn one_broken_byte_of_the_tokens_answer_is_found_and_told() {
    insta::assert_snapshot!(broken(Side::Token, "2CDB7256", "2CDB7257"));
}

#[test]
fn one_broken_byte_of_a_page_is_found_and_told() {
    insta::assert_snapshot!(broken(
        Side::Portal,
        "Принята Оператором",
        "Принята Операторам"
    ));
}

#[test]
fn one_broken_byte_of_a_message_is_found_and_told() {
    insta::assert_snapshot!(broken(Side::Portal, "Никому его", "Никому его!"));
}

#[test]
fn an_engine_that_would_ask_something_else_is_found_and_told() {
    insta::assert_snapshot!(broken(
        Side::Engine,
        "SELECT 5000503200",
        "SELECT 5000503201"
    ));
}
