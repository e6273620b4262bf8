//! Shipped recordings are what a run leaves today, and every side of them is as recorded; what is broken is found.

use std::fs;
use std::path::{Path, PathBuf};

use emulator::TokenImage;
use emulator::timing::Profile;
use enroll::messages::Lang;
use scenarios::bench::{Cost, enrollment};
use scenarios::explore::story_of;
use scenarios::jobs;
use scenarios::output::{run, run_into};
use scenarios::reader::Way;
use scenarios::recording::Recording;
use scenarios::replay::{ReplayError, Side, on_card, replay, told};
use scenarios::scenario::{Mischief, Room, Scenario, Verb};
use scenarios::screen::Nobody;
use scenarios::world::Conditions;
use serde_json::{Map, Value};

#[path = "common/differs.rs"]
mod differs;

use differs::differs;

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

#[test]
fn a_benchmarks_enrollment_costs_what_the_default_run_does() {
    let folder = tempfile::tempdir().expect("a folder");
    let scenario = Scenario::find("first-certificate").expect("a shipped scenario");
    let now = "2026-01-01T00:00:00Z".parse().expect("a moment");
    let conditions = Conditions::new(scenario.seed, now);
    let run = |conditions| enrollment(folder.path(), &scenario, conditions).expect("an enrollment");
    let cost = run(conditions.without_papers());
    assert_eq!(cost, run(conditions));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("recordings/first-certificate.jsonl");
    let default = Cost::of(&Recording::load(&path).expect("a recording"));
    assert_eq!(Cost { inbox: 0, ..cost }, default);
    assert_eq!((cost.signatures, cost.key_pairs), (2, 1));
    assert_eq!((cost.requests, cost.inbox), (50, 26));
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

#[test]
fn a_lane_that_nobody_knows_is_kept_and_makes_no_difference() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("recordings/wrong-user-pin.jsonl");
    let text = fs::read_to_string(path).expect("a recording");
    let smell = r#"{"n":20,"at":"2018-12-13T09:00:00+08:00","lane":"smell","of":"roses"}"#;
    let mut lines: Vec<_> = text.lines().collect();
    lines.insert(20, smell);
    let recording = Recording::parse(&lines.join("\n")).expect("a recording");
    assert!(recording.to_json_lines().contains(smell));
    for side in Side::ALL {
        let replayed = replay(&recording, side, Way::InProcess).expect("a world");
        let told = told::render(&recording, side, &replayed, Lang::En);
        assert!(replayed.passed(), "{told}");
    }
}

/// What a run of the scenario leaves, read from its file's text.
fn recorded(scenario: &Scenario, conditions: Conditions) -> Recording {
    let folder = tempfile::tempdir().expect("a folder");
    let before = Box::new(|door| door);
    let ran = run(
        folder.path(),
        scenario,
        conditions,
        Box::new(Nobody),
        before,
    );
    let text = ran.expect("a world").recording.to_json_lines();
    Recording::parse(&text).expect("a recording")
}

fn conditions(scenario: &Scenario) -> Conditions {
    let now = "2026-01-01T00:00:00Z".parse().expect("a moment");
    Conditions::new(scenario.seed, now)
}

/// Records and replays each of them, several at once; what is told where one is not as recorded.
fn replayed(scenarios: &[Scenario]) -> String {
    let mut told = String::new();
    let act = |scenario: &Scenario| {
        let differs = differs(&recorded(scenario, conditions(scenario)));
        (scenario.to_toml(), differs)
    };
    jobs::in_order(jobs::cores(), scenarios, act, |(story, differs)| {
        if !differs.is_empty() {
            told.push_str(&format!("{story}\n{differs}\n"));
        }
    });
    told
}

/// Request and resume, with one fault in the way.
fn with_fault(room: Room, at: &str, nth: u32, what: Mischief) -> Scenario {
    let what = what.name();
    let room = room.name();
    let text = format!(
        r#"
        format = 1
        title = "One fault"
        portal = {{ profile = "forus-2018" }}
        fault = [{{ room = "{room}", at = "{at}", nth = {nth}, what = "{what}" }}]
        step = [{{ do = "request" }}, {{ do = "resume" }}]
        "#
    );
    Scenario::parse("one-fault", &text).expect("a scenario")
}

#[test]
fn whatever_fails_or_kills_the_engine_the_recording_replays() {
    let mut stories = vec![
        with_fault(Room::Portal, "POST", 3, Mischief::KilledBefore),
        with_fault(Room::Portal, "POST", 3, Mischief::KilledAfter),
    ];
    for (room, nth) in [
        (Room::Token, 30),
        (Room::Portal, 5),
        (Room::Inbox, 2),
        (Room::Journal, 3),
        (Room::Clock, 1),
    ] {
        // A portal that does not answer takes real time.
        let quick = |what: &&Mischief| **what != Mischief::NoAnswer || room == Room::Token;
        let all = room.mischiefs().iter().filter(quick);
        stories.extend(all.map(|what| with_fault(room, "", nth, *what)));
    }
    let told = replayed(&stories);
    assert!(told.is_empty(), "{told}");
}

#[test]
fn a_random_story_replays() {
    let asks = |story: &Scenario| story.steps.iter().any(|it| it.verb == Verb::Request);
    let stories: Vec<_> = (1..).map(story_of).filter(asks).take(12).collect();
    let told = replayed(&stories);
    assert!(told.is_empty(), "{told}");
}

#[test]
fn a_run_on_a_slow_token_replays() {
    let scenario = Scenario::find("wrong-user-pin").expect("a shipped scenario");
    let slow = Conditions {
        timing: Profile::hardware(),
        ..conditions(&scenario)
    };
    let recording = recorded(&scenario, slow);
    let told = differs(&recording);
    assert!(told.is_empty(), "{told}");
}

/// A recording of a scenario without steps.
fn of_nothing(epoch: &str) -> Recording {
    let header = format!(
        r#"{{"recording":1,"scenario":"s","seed":1,"epoch":"{epoch}","story":{{"format":1,"title":"t","step":[]}}}}"#
    );
    Recording::parse(&header).expect("a recording")
}

#[test]
fn a_recording_with_nothing_to_compare_does_not_pass_and_says_so() {
    let recording = of_nothing("2018-12-13T09:00:00+08:00");
    let replayed = replay(&recording, Side::Engine, Way::InProcess).expect("a world");
    let told = told::render(&recording, Side::Engine, &replayed, Lang::En);
    assert!(
        !replayed.passed() && told.contains("NOTHING TO COMPARE"),
        "{told}"
    );
}

#[test]
fn a_moment_at_the_end_of_the_calendar_is_no_storys() {
    for epoch in [
        "9999-12-31T05:30:00+08:00",
        "9999-12-30T00:00:00+08:00",
        "-009999-01-05T00:00:00Z",
    ] {
        let outcome = replay(&of_nothing(epoch), Side::Engine, Way::InProcess);
        assert!(
            matches!(outcome, Err(ReplayError::NoStory)),
            "{epoch}: {outcome:?}"
        );
    }
}

#[test]
fn a_code_of_any_length_is_masked_and_replays() {
    for digits in [1, 3, 9, 10] {
        let text = format!(
            r#"
            format = 1
            title = "Another code"
            portal = {{ profile = "forus-2018", login = {{ code_digits = {digits} }} }}
            step = [{{ do = "request", expect = {{ exit = 20 }} }}]
            "#
        );
        let scenario = Scenario::parse("another-code", &text).expect("a scenario");
        let recording = recorded(&scenario, conditions(&scenario));
        let mut lines = recording.lines().iter();
        let sms = lines.find(|line| line.lane == "sms").expect("a message");
        let masked = format!("Код подтверждения: {{digits:{digits}}}. Никому его не сообщайте");
        assert_eq!(sms.fields["text"], masked);
        let told = differs(&recording);
        assert!(told.is_empty(), "{digits}\n{told}");
    }
}

#[test]
fn a_pin_that_is_the_factorys_again_replays() {
    let text = r#"
        format = 1
        title = "The factory's PIN again"
        portal = { profile = "forus-2018" }
        token = { pins = { user = "another-pin" } }
        step = [
            { do = "change-pin", with = { user_pin = "another-pin", new_pin = "12345678" } },
            { do = "request" },
        ]
    "#;
    let scenario = Scenario::parse("factory-pin", text).expect("a scenario");
    let told = replayed(&[scenario]);
    assert!(told.is_empty(), "{told}");
}

/// A shipped recording's text with its lines of one lane changed.
fn changed(name: &str, lane: &str, change: impl Fn(usize, &mut Map<String, Value>)) -> String {
    let path = format!("{}/recordings/{name}.jsonl", env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(path).expect("a recording");
    let mut nth = 0;
    let lines = text.lines().map(|line| {
        let mut fields: Map<String, Value> = serde_json::from_str(line).expect("a line");
        if fields.get("lane").is_some_and(|it| it == lane) {
            change(nth, &mut fields);
            nth += 1;
        }
        serde_json::to_string(&fields).expect("a line") + "\n"
    });
    lines.collect()
}

#[test]
fn commands_whose_answers_were_lost_are_counted_as_not_compared() {
    let lost = |nth, fields: &mut Map<String, Value>| {
        if nth > 0 {
            fields.insert("lost".to_owned(), "no answer in the log".into());
            fields.insert("response".to_owned(), "".into());
        }
    };
    let (passed, told) = on_another_card(&changed("first-certificate", "apdu", lost));
    assert!(!passed, "{told}");
    assert!(
        told.contains("TOO LITTLE WAS COMPARED (apdu); 1 lines"),
        "{told}"
    );
}

#[test]
fn a_request_that_cannot_be_asked_is_a_difference() {
    let spoilt = |_, fields: &mut Map<String, Value>| {
        fields.insert("path".to_owned(), "not a path".into());
    };
    let text = changed("wrong-user-pin", "http", spoilt);
    let recording = Recording::parse(&text).expect("a recording");
    let replayed = replay(&recording, Side::Portal, Way::InProcess).expect("a world");
    let lost = replayed.differences.iter();
    let lost = lost.filter(|it| it.expected.as_ref().is_some_and(|line| line.lane == "http"));
    let asked = recording.lines().iter().filter(|line| line.lane == "http");
    assert_eq!(lost.count(), asked.count());
}

/// The commands of a shipped run, as if a card that nobody here made had answered them.
fn as_of_hardware(text: &str) -> Recording {
    let (_, events) = text.split_once('\n').expect("a header and events");
    let header = r#"{"recording":1,"scenario":"hardware","epoch":"2018-12-13T09:00:00+08:00","may_differ":["key","signature","random"]}"#;
    Recording::parse(&format!("{header}\n{events}")).expect("a recording")
}

#[test]
fn a_pin_changed_on_a_card_that_nobody_here_made_is_changed_to_one_made_up() {
    let text = r#"
        format = 1
        title = "Another PIN"
        portal = { profile = "forus-2018" }
        step = [
            { do = "change-pin", with = { new_pin = "another-pin" } },
            { do = "request", with = { user_pin = "wrong" } },
            { do = "request", with = { user_pin = "another-pin" } },
        ]
    "#;
    let scenario = Scenario::parse("another-pin", text).expect("a scenario");
    let recording = recorded(&scenario, conditions(&scenario)).to_json_lines();
    assert!(recording.contains("00240102{pin:user}"));
    let (passed, told) = on_another_card(&recording);
    assert!(passed, "{told}");
}

#[test]
fn an_import_of_a_key_that_nobody_kept_is_counted_as_not_compared() {
    let path = format!(
        "{}/recordings/first-certificate.jsonl",
        env!("CARGO_MANIFEST_DIR")
    );
    let text = fs::read_to_string(path).expect("a recording");
    let import = r#"{"n":0,"at":"2018-12-14T09:00:00+08:00","lane":"apdu","command":"00240100{pin:user}","response":"9000"}"#;
    let (passed, told) = on_another_card(&format!("{text}{import}\n"));
    assert!(passed, "{told}");
    let (_, without) = on_another_card(&text);
    let lines = |told: &str| told.split_once(" lines").map(|(lines, _)| lines.to_owned());
    assert_eq!(lines(&told), lines(&without));
    assert_ne!(told, without);
}

/// Whether a new token, with another seed than the recorded run's, is as recorded; and what is told of it.
fn on_another_card(text: &str) -> (bool, String) {
    let recording = as_of_hardware(text);
    let image = TokenImage::new(0x2CDB_7256, "Rutoken ECP <no label>");
    let replayed = on_card(&recording, &image, Way::InProcess).expect("a card");
    let told = told::render(&recording, Side::Token, &replayed, Lang::En);
    (replayed.passed(), told)
}

#[test]
fn a_whole_enrollment_replays_on_a_card_of_another_seed_with_values_bound() {
    for name in ["first-certificate", "first-certificate-2012-512"] {
        let path = format!("{}/recordings/{name}.jsonl", env!("CARGO_MANIFEST_DIR"));
        let text = fs::read_to_string(path).expect("a recording");
        let (passed, told) = on_another_card(&text);
        assert!(passed, "{name}\n{told}");
        let broken = text.replacen("2CDB72569000", "2CDB72579000", 1);
        assert!(broken != text, "nothing to break");
        let (passed, told) = on_another_card(&broken);
        assert!(!passed, "{name}\n{told}");
    }
}
