//! Running a shipped scenario inside a test.

use scenarios::output::run_into;
use scenarios::runner::Outcome;
use scenarios::scenario::Scenario;
use scenarios::screen::Nobody;
use scenarios::world::{Before, Conditions};

/// Runs a shipped scenario in a folder of its own, with something put before the mock.
#[allow(
    dead_code,
    reason = "shared between test binaries, each of which uses some of it"
)]
pub(crate) fn run(name: &str, before: Before) -> Outcome {
    let folder = tempfile::tempdir().expect("a folder");
    run_in(folder.path(), name, before)
}

/// The same, with the recording's text.
#[allow(
    dead_code,
    reason = "shared between test binaries, each of which uses some of it"
)]
pub(crate) fn recorded(name: &str) -> (Outcome, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let outcome = run_in(folder.path(), name, Box::new(|door| door));
    let recording = std::fs::read_to_string(folder.path().join("recording.jsonl"));
    (outcome, recording.expect("a recording"))
}

fn run_in(folder: &std::path::Path, name: &str, before: Before) -> Outcome {
    let scenario = Scenario::find(name).expect("a shipped scenario");
    let now = "2026-01-01T00:00:00Z".parse().expect("a moment");
    run_into(
        folder,
        &scenario,
        Conditions::new(scenario.seed, now),
        Box::new(Nobody),
        before,
    )
    .expect("a world")
}
