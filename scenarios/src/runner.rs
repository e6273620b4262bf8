//! Runs a scenario: each step as the engine's own command, then the proof that it ended as it claims.

mod judge;
mod mismatch;
mod process;

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use enroll::engine::Checklist;
use serde_json::Value;

use crate::browser;
use crate::proof::Proof;
use crate::scenario::{Scenario, Step, Verb, With};
use crate::timeline::Timeline;
use crate::world::World;

pub use mismatch::Mismatch;
pub(crate) use process::{Adapters, phone};

/// How a run ended.
#[derive(Debug)]
pub struct Outcome {
    /// Where the run was not what the scenario expects; empty when it passed.
    pub mismatches: Vec<String>,
    /// What the harness proved itself, where a certificate was to be installed.
    pub proof: Option<Proof>,
    /// What is left for a person to do.
    pub checklist: Option<Checklist>,
}

/// How one step of the operator's ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// The program's exit code; [`KILLED`] when it was killed.
    pub exit: u8,
    /// What it told the operator, in English.
    pub text: String,
}

/// What a shell reports of a program that was killed.
pub const KILLED: u8 = 137;

/// Runs every step; `state` is the engine's state folder, `artefacts` where it leaves requests and papers.
pub fn run(
    scenario: &Scenario,
    world: &World,
    timeline: &Rc<RefCell<Timeline>>,
    state: &Path,
    artefacts: &Path,
) -> Outcome {
    let mut run = Run::new(world, timeline, state, artefacts);
    let mut mismatches = Vec::new();
    for (index, step) in scenario.steps.iter().enumerate() {
        let told = run.perform(step);
        let seen = Mismatch {
            number: timeline.borrow().recording().last_step(),
            step: Some((index + 1, run.command(step))),
            ..Mismatch::default()
        };
        mismatches.extend(judge::step(world, step, &told, &seen));
    }
    let proof = run.prove().unwrap_or_else(|error| {
        mismatches.push(Mismatch::new("proof", "a certificate that holds", error));
        None
    });
    mismatches.extend(judge::timeline(scenario, world, &timeline.borrow()));
    let now = world.clock.now();
    for mismatch in &mismatches {
        timeline.borrow_mut().judged(now, mismatch);
    }
    let end = if mismatches.is_empty() {
        "as expected"
    } else {
        "not as expected"
    };
    timeline.borrow_mut().end(now, end);
    Outcome {
        mismatches: mismatches.iter().map(Mismatch::to_string).collect(),
        proof,
        checklist: run.checklist,
    }
}

/// A run that is going on: step after step, each a process of its own as far as the engine can tell.
pub(crate) struct Run<'a> {
    world: &'a World,
    timeline: &'a Rc<RefCell<Timeline>>,
    state: &'a Path,
    artefacts: &'a Path,
    steps: usize,
    checklist: Option<Checklist>,
    /// How the operator behaved when a certificate was installed.
    installed: Option<With>,
}

impl<'a> Run<'a> {
    pub(crate) fn new(
        world: &'a World,
        timeline: &'a Rc<RefCell<Timeline>>,
        state: &'a Path,
        artefacts: &'a Path,
    ) -> Self {
        Self {
            world,
            timeline,
            state,
            artefacts,
            steps: 0,
            checklist: None,
            installed: None,
        }
    }

    /// Does one step, on the timeline.
    pub(crate) fn perform(&mut self, step: &Step) -> Told {
        self.tell("operator", &self.command(step));
        if let Err(error) = self.world.reader.power_cycle() {
            return Told {
                exit: 11,
                text: format!("the token: {error}"),
            };
        }
        self.steps += 1;
        let meddler = &self.world.meddler;
        meddler.begin_step(self.steps, step.with.clock_off_secs);
        let told = match step.verb {
            Verb::Pass => self.pass(step.with.secs),
            Verb::Mock if self.world.played => Told::default(),
            Verb::Mock => ask_the_mock(self.world, &step.with),
            _ if self.world.browser.is_some() => self.browse(step),
            _ => self.engine(step),
        };
        meddler.end_step();
        let told = Told {
            text: self.without_paths(&told.text),
            ..told
        };
        if told.exit != 0 {
            self.timeline
                .borrow_mut()
                .refused(self.world.clock.now(), told.exit, &told.text);
        }
        told
    }

    fn command(&self, step: &Step) -> String {
        match (step.verb, &self.world.browser) {
            (Verb::Mock | Verb::Pass, _) | (_, None) => process::command(step),
            _ => browser::command(step),
        }
    }

    /// A chapter by a person at a browser.
    fn browse(&mut self, step: &Step) -> Told {
        let Some(desk) = &self.world.browser else {
            return Told::default();
        };
        let visited = (self.steps, step);
        let told = browser::visit(self.world, desk, self.timeline, self.artefacts, visited);
        if (step.verb, told.exit) == (Verb::Install, 0) {
            self.installed.get_or_insert_with(|| step.with.clone());
        }
        told
    }

    /// Words with a name in the place of the folder that this run has for itself.
    fn without_paths(&self, text: &str) -> String {
        text.replace(&self.state.display().to_string(), "STATE")
    }

    /// The harness's own look at token and chain, where a certificate was to be installed.
    pub(crate) fn prove(&mut self) -> Result<Option<Proof>, crate::proof::NotProven> {
        let Some(with) = self.installed.take() else {
            return Ok(None);
        };
        let proof = judge::proven(self.world, &with.user_pin, self.artefacts)?;
        self.tell(
            "proof",
            "the certificate read back from the token matches its key pair, chains to the issuer, and the token's probe signature verifies with it",
        );
        Ok(Some(proof))
    }

    fn pass(&self, secs: u32) -> Told {
        let span = Duration::from_secs(secs.into());
        self.world.clock.pass(span, "time passes");
        Told::default()
    }

    fn tell(&self, lane: &str, text: &str) {
        self.timeline
            .borrow_mut()
            .tell(self.world.clock.now(), lane, text);
    }
}

/// What the authority's operator does, by way of the mock's tester's port.
pub(crate) fn ask_the_mock(world: &World, with: &With) -> Told {
    let call = with.call.as_deref().unwrap_or_default();
    let (method, path) = call.split_once(' ').unwrap_or(("GET", call));
    let method = method.parse().unwrap_or_default();
    let body = serde_json::to_value(&with.body).unwrap_or_default();
    match world.office(method, path, &body) {
        (200..=299, _) => Told::default(),
        (status, answer) => {
            let why = answer.get("error").and_then(Value::as_str);
            Told {
                exit: 1,
                text: format!("the mock answers {status}: {}", why.unwrap_or_default()),
            }
        }
    }
}
