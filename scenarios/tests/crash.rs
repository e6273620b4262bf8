//! The engine is killed at every effect of the main scenario: resumed, it always comes to the same end.

use scenarios::crash::table::render;
use scenarios::crash::{CrashError, Extent, Report, Room, crash};
use scenarios::scenario::{Epoch, Scenario};
use scenarios::world::Conditions;

/// Chapter 3 is left out: it changes nothing anywhere, and seven papers for each point would take most of the time.
fn killed_everywhere(name: &str) -> Result<Report, CrashError> {
    let scenario = Scenario::find(name).expect("a shipped scenario");
    let Epoch::At(epoch) = scenario.epoch else {
        panic!("a fixed epoch")
    };
    let conditions = Conditions::new(scenario.seed, epoch);
    crash(&scenario, conditions, Extent::WithoutPapers, &|_, _| ())
}

#[test]
fn an_enrollment_killed_at_any_effect_and_resumed_ends_with_one_of_everything() {
    let report = killed_everywhere("first-certificate").expect("a clean run");
    let table = render(&report, enroll::messages::Lang::En);
    assert!(report.passed(), "{table}");
    for room in [Room::Token, Room::Portal, Room::Journal] {
        assert!(report.effects.iter().any(|effect| effect.room == room));
    }
    let expected = &report.expected;
    assert_eq!(expected.pairs, ["ЕГАИС_722318"]);
    assert_eq!((expected.certificates, expected.requests), (1, 1));
    assert_eq!(report.well(), report.verdicts.len());
}

#[test]
fn a_scenario_that_is_meant_to_fail_is_not_killed() {
    let error = killed_everywhere("wrong-user-pin").expect_err("no story");
    assert!(matches!(error, CrashError::NotAStory(_)), "{error}");
}
