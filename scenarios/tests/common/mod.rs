//! Running a shipped scenario inside a test.

use scenarios::output::{self, Ran};
use scenarios::scenario::Scenario;
use scenarios::screen::Nobody;
use scenarios::world::{Before, Conditions};

/// Runs a shipped scenario in a folder of its own, with something put before the mock.
pub(crate) fn run(name: &str, before: Before) -> Ran {
    let scenario = Scenario::find(name).expect("a shipped scenario");
    let folder = tempfile::tempdir().expect("a folder");
    let now = "2026-01-01T00:00:00Z".parse().expect("a moment");
    let conditions = Conditions::new(scenario.seed, now);
    output::run(
        folder.path(),
        &scenario,
        conditions,
        Box::new(Nobody),
        before,
    )
    .expect("a world")
}
