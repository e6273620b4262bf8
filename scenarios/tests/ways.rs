//! However the engine reaches the token, and whether or not the waits are real, the story is the same, byte for byte.

use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use emulator::timing::Profile;
use jiff::Timestamp;
use scenarios::clock::Sleep;
use scenarios::output::run_into;
use scenarios::reader::Way;
use scenarios::recording::Recording;
use scenarios::scenario::{Epoch, Scenario};
use scenarios::screen::Nobody;
use scenarios::world::Conditions;

fn left(way: Way, sleep: Option<Sleep>, folder: &Path) -> [Vec<u8>; 3] {
    let scenario = Scenario::find("replace-certificate").expect("a shipped scenario");
    let Epoch::At(now) = scenario.epoch else {
        panic!("a fixed epoch")
    };
    let conditions = Conditions {
        way,
        timing: Profile::hardware(),
        sleep,
        ..Conditions::new(scenario.seed, now)
    };
    let outcome = run_into(
        folder,
        &scenario,
        conditions,
        Box::new(Nobody),
        Box::new(|door| door),
    );
    assert_eq!(outcome.expect("a world").mismatches, Vec::<String>::new());
    ["recording.jsonl", "certificate.der", "token.image"]
        .map(|name| std::fs::read(folder.join(name)).expect("a file"))
}

#[test]
fn a_token_behind_a_socket_leaves_what_the_card_in_process_leaves() {
    let (direct, wired) = (
        tempfile::tempdir().expect("a folder"),
        tempfile::tempdir().expect("a folder"),
    );
    let direct = left(Way::InProcess, None, direct.path());
    let wired = left(Way::Vpcd, None, wired.path());
    assert!(direct == wired);
}

#[test]
fn waits_that_are_real_are_slept_in_full_and_leave_the_same() {
    static SLEPT: Mutex<Vec<(Duration, String)>> = Mutex::new(Vec::new());
    let note: Sleep = |how_long, why| {
        let mut slept = SLEPT.lock().expect("no panic inside");
        slept.push((how_long, why.to_owned()));
    };
    let (quick, slow) = (
        tempfile::tempdir().expect("a folder"),
        tempfile::tempdir().expect("a folder"),
    );
    let quick = left(Way::InProcess, None, quick.path());
    let slow = left(Way::InProcess, Some(note), slow.path());
    assert!(quick == slow);
    let slept = SLEPT.lock().expect("no panic inside");
    let whole: Duration = slept.iter().map(|(how_long, _)| *how_long).sum();
    let recording = String::from_utf8(slow[0].clone()).expect("a text");
    let lines = Recording::parse(&recording).expect("a recording");
    let [first, .., last] = lines.lines() else {
        panic!("a whole run")
    };
    let [from, to] = [first, last].map(|line| line.at.parse::<Timestamp>().expect("a moment"));
    assert_eq!(
        jiff::SignedDuration::try_from(whole).expect("short"),
        to.duration_since(from)
    );
    assert!(slept.iter().any(|(_, why)| why == "the token works"));
    assert!(
        slept
            .iter()
            .any(|(_, why)| why.contains("15 to 30 minutes"))
    );
}
