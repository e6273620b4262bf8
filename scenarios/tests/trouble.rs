//! Faults at any call, and random stories: what came of them, by the laws that hold whatever happens.

use scenarios::explore::{Laws, explore, judge_again};
use scenarios::faults::{faults, table};
use scenarios::scenario::{Epoch, Scenario};
use scenarios::world::Conditions;

/// A few dozen of some two and a half thousand; `ci/validate trouble` meets them all.
const EVERY: usize = 149;
/// A few dozen of a thousand.
const SEEDS: u64 = 24;

#[test]
fn a_fault_at_any_call_ends_finished_or_told_and_resumed() {
    let scenario = Scenario::find("first-certificate").expect("a shipped scenario");
    let Epoch::At(epoch) = scenario.epoch else {
        panic!("a fixed epoch")
    };
    let conditions = Conditions::new(scenario.seed, epoch);
    let report = faults(&scenario, conditions, EVERY, &|_, _| ()).expect("a clean run");
    let table = table::render(&report, enroll::messages::Lang::En);
    assert!(report.cells.len() > 15, "{table}");
    assert_eq!(report.failed().count(), 0, "{table}");
}

#[test]
fn random_stories_break_no_law() {
    for seed in 1..=SEEDS {
        if let Err(finding) = explore(seed, Laws::default()) {
            panic!(
                "seed {seed}: {}\n{}",
                finding.broken,
                finding.scenario.to_toml()
            );
        }
    }
}

#[test]
fn a_broken_law_leaves_a_short_story_that_breaks_it_again() {
    let no_request = Laws {
        requests: 0,
        ..Laws::default()
    };
    let finding = (1..)
        .find_map(|seed| explore(seed, no_request).err())
        .expect("every story sends a request in the end");
    assert!(
        finding.broken.contains("1 different requests"),
        "{}",
        finding.broken
    );
    let folder = tempfile::tempdir().expect("a folder");
    let now = "2026-01-01T00:00:00Z".parse().expect("a moment");
    let file = finding.write(folder.path(), now).expect("it is written");
    let kept = Scenario::find(file.to_str().expect("a name")).expect("a scenario");
    // So many tries at shortening leave a fault now and then that has nothing to do with it.
    assert!(
        kept.steps.len() < 6 && kept.faults.len() <= 1,
        "{}",
        kept.to_toml()
    );
    let again = judge_again(&kept, no_request).expect_err("it breaks the law again");
    assert_eq!(again, finding.broken);
    let recording = file.with_file_name("recording.jsonl");
    let recording = std::fs::read_to_string(recording).expect("a recording");
    assert!(recording.contains("BEGIN CERTIFICATE REQUEST") || recording.contains("\"lane\""));
}
