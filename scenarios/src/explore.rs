//! Looks for trouble where nobody thought of any: random stories of operator's acts, faults and crashes, judged by
//! laws that hold whatever happens. A story that breaks one is made as short as it goes and kept as a scenario.
//!
//! A seed is a story: the same seed tells the same one on any machine.

mod judge;
mod story;

use std::cell::RefCell;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

use crate::output::{RunError, run_into};
use crate::scenario::Scenario;
use crate::screen::Nobody;
use crate::world::Conditions;

pub use judge::{Judged, Laws};

/// A law was broken.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The seed that told the story.
    pub seed: u64,
    /// Which law, and how.
    pub broken: String,
    /// The shortest story that breaks it; each step expects what it did.
    pub scenario: Scenario,
}

/// Tells the story of a seed and judges it.
///
/// Errors: the [`Finding`], already shortened.
pub fn explore(seed: u64, laws: Laws) -> Result<Judged, Box<Finding>> {
    let judged = RefCell::new(Judged::default());
    let found = teller(seed).run(&story::story(seed), |scenario| {
        let told = judge::judge(&scenario, laws);
        let told = told.map_err(|broken| TestCaseError::fail(broken.law))?;
        judged.replace(told);
        Ok(())
    });
    let scenario = match found {
        Ok(()) => return Ok(judged.into_inner()),
        Err(TestError::Fail(_, scenario)) => scenario,
        Err(TestError::Abort(why)) => unreachable!("no story is rejected: {why}"),
    };
    let broken = match judge::judge(&scenario, laws) {
        Err(broken) => broken,
        Ok(_) => judge::Broken {
            law: "a story broke a law once and not again: something is not repeatable".to_owned(),
            steps: scenario.steps.clone(),
        },
    };
    Err(Box::new(Finding {
        seed,
        scenario: kept(scenario, &broken, seed),
        broken: broken.law,
    }))
}

/// The story that a seed tells, without what brings it to its end.
pub fn story_of(seed: u64) -> Scenario {
    let told = RefCell::new(None);
    let heard = teller(seed).run(&story::story(seed), |scenario| {
        told.replace(Some(scenario));
        Ok(())
    });
    let told = heard.ok().and_then(|()| told.into_inner());
    told.expect("every seed tells one story, and nothing judges it here")
}

/// Who makes one story of a seed.
fn teller(seed: u64) -> TestRunner {
    let config = Config {
        cases: 1,
        failure_persistence: None,
        max_shrink_iters: SHRINKS,
        ..Config::default()
    };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    TestRunner::new_with_rng(config, rng)
}

/// Judges a story that lies in a file; what it breaks, if anything.
pub fn judge_again(scenario: &Scenario, laws: Laws) -> Result<Judged, String> {
    judge::judge(scenario, laws).map_err(|broken| broken.law)
}

/// A file that runs: the law in `about`, each step with what came of it.
fn kept(mut scenario: Scenario, broken: &judge::Broken, seed: u64) -> Scenario {
    scenario.name = format!("seed-{seed}");
    scenario.title = format!("What seed {seed} found");
    scenario.about.clone_from(&broken.law);
    scenario.steps.clone_from(&broken.steps);
    scenario
}

impl Finding {
    /// Writes the scenario and, beside it, what a run of it leaves: recording, transcript, token. Where it lies.
    ///
    /// Errors: the folder cannot be written.
    pub fn write(&self, folder: &Path, now: Timestamp) -> Result<PathBuf, RunError> {
        let own = folder.join(&self.scenario.name);
        run_into(
            &own,
            &self.scenario,
            Conditions::new(self.scenario.seed, now),
            Box::new(Nobody),
            Box::new(|door| door),
        )?;
        let file = own.join("scenario.toml");
        std::fs::write(&file, self.scenario.to_toml()).map_err(|error| RunError::Write {
            path: file.clone(),
            error,
        })?;
        Ok(file)
    }
}

/// How often a story is shortened at most.
const SHRINKS: u32 = 120;
