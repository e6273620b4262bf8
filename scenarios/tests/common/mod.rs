//! Running a shipped scenario inside a test.

use scenarios::output::run_into;
use scenarios::runner::Outcome;
use scenarios::scenario::Scenario;
use scenarios::screen::Nobody;
use scenarios::world::{Before, Conditions};

/// Runs a shipped scenario in a folder of its own, with something put before the mock: how it ended, and its
/// recording's text.
pub(crate) fn run(name: &str, before: Before) -> (Outcome, String) {
    let scenario = Scenario::find(name).expect("a shipped scenario");
    let folder = tempfile::tempdir().expect("a folder");
    let now = "2026-01-01T00:00:00Z".parse().expect("a moment");
    let outcome = run_into(
        folder.path(),
        &scenario,
        Conditions::new(scenario.seed, now),
        Box::new(Nobody),
        before,
    )
    .expect("a world");
    let recording = std::fs::read_to_string(folder.path().join("recording.jsonl"));
    (outcome, recording.expect("a recording"))
}
