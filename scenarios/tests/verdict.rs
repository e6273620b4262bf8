//! What was not as a scenario expects is in the recording, so that whoever has nothing else learns why a run failed.

use scenarios::output::{self, Ran};
use scenarios::reader::Way;
use scenarios::recording::{Line, Recording};
use scenarios::replay::{Side, replay};
use scenarios::scenario::Scenario;
use scenarios::screen::Nobody;
use scenarios::transcript;
use scenarios::world::Conditions;

const STORY: &str = r#"
format = 1
title = "Two things are not as this file has them"
expect = [
    { step = "1.12", says = "fireworks" },
]

[portal]
profile = "forus-2018"

[[step]]
do = "request"
expect = { key_pairs = 4 }
"#;

fn told() -> Ran {
    let scenario = Scenario::parse("unlike", STORY).expect("well-formed");
    let folder = tempfile::tempdir().expect("a folder");
    let conditions = Conditions::new(1, "2026-01-01T00:00:00Z".parse().expect("a moment"));
    let (watcher, before) = (Box::new(Nobody), Box::new(|door| door));
    output::run(folder.path(), &scenario, conditions, watcher, before).expect("a world")
}

fn field<'a>(line: &'a Line, name: &str) -> &'a str {
    line.fields[name].as_str().expect("a text")
}

#[test]
fn each_mismatch_is_a_line_before_the_end_with_its_step() {
    let ran = told();
    let [.., pairs, event, end] = ran.recording.lines() else {
        panic!("a whole run")
    };
    assert_eq!(
        [&pairs.lane, &event.lane, &end.lane],
        ["verdict", "verdict", "end"]
    );
    assert_eq!(
        (field(pairs, "expected"), field(pairs, "found")),
        ("4", "1")
    );
    assert_eq!(
        (&pairs.fields["step"], field(pairs, "number")),
        (&1.into(), "1.12")
    );
    assert_eq!(field(event, "number"), "1.12");
    assert!(field(event, "found").starts_with("no such event, but:"));
    let texts = [pairs, event].map(|line| field(line, "text").to_owned());
    assert_eq!(ran.outcome.mismatches, texts);
}

#[test]
fn a_transcript_says_what_was_not_as_expected() {
    let text = transcript::render(&told().recording);
    let wanted = "verdict   step 1 (enroll request): key pairs on the token: expected 4, found 1";
    assert!(text.contains(wanted), "{text}");
}

#[test]
fn an_engine_that_does_the_same_again_is_not_blamed_for_the_verdict() {
    let recording = Recording::parse(&told().recording.to_json_lines()).expect("a recording");
    let replayed = replay(&recording, Side::Engine, Way::InProcess).expect("a story");
    assert!(replayed.passed(), "{:?}", replayed.differences);
}
