//! The laws, and a story's judgement by them after each of its steps and at its end.

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;

use super::story::{ADMINISTRATOR_PIN, USER_PIN};
use crate::faults::secrets::Secrets;
use crate::faults::witness::{Requests, Seen, stage};
use crate::recording::Recording;
use crate::runner::{KILLED, Run, Told};
use crate::scenario::{Expect, ReplaceOld, Scenario, Step, Verb, With};
use crate::screen::Nobody;
use crate::timeline::Timeline;
use crate::world::{self, Conditions, World};

/// What holds whatever happens, where a number says how strictly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Laws {
    /// Different requests that the portal may be handed for one application.
    pub requests: usize,
    /// Key pairs that may be made for it.
    pub new_pairs: usize,
    /// Tries of the user's PIN that are left to a person.
    pub kept_tries: u8,
}

impl Default for Laws {
    fn default() -> Self {
        Self {
            requests: 1,
            new_pairs: 1,
            kept_tries: 2,
        }
    }
}

/// A story that broke no law.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judged {
    /// The seed that told it.
    pub seed: u64,
    /// How many steps it had, with those that brought it to its end.
    pub steps: usize,
    /// How many of its faults were met.
    pub faults: usize,
}

/// A story that broke one.
pub(super) struct Broken {
    pub(super) law: String,
    /// What was done until then, each step with what came of it.
    pub(super) steps: Vec<Step>,
}

/// Runs a story and judges it.
pub(super) fn judge(scenario: &Scenario, laws: Laws) -> Result<Judged, Broken> {
    let mut steps = Vec::new();
    told(scenario, laws, &mut steps).map_err(|law| Broken { law, steps })
}

fn told(scenario: &Scenario, laws: Laws, done: &mut Vec<Step>) -> Result<Judged, String> {
    let requests = Requests::default();
    let secrets = Secrets::of(scenario);
    let start = world::start(scenario, jiff::Timestamp::UNIX_EPOCH);
    let conditions = Conditions::new(scenario.seed, start);
    let before = secrets.overhearing(requests.listening());
    let world = World::new(scenario, conditions, before).map_err(|error| error.to_string())?;
    let header = Recording::new(&scenario.name, scenario.seed, start);
    let timeline = Rc::new(RefCell::new(Timeline::new(header, Box::new(Nobody))));
    let (state, artefacts) = (folder()?, folder()?);
    let before = Seen::now(&world)?;
    let bench = Bench {
        laws,
        world: &world,
        requests: &requests,
        secrets: &secrets,
        state: state.path(),
        before,
    };
    let mut run = Run::new(&world, &timeline, state.path(), artefacts.path());
    for step in &scenario.steps {
        bench.perform(&mut run, step, done)?;
    }
    bench.bring_to_its_end(&mut run, done)?;
    bench.judge_the_end()?;
    run.prove()
        .map_err(|error| format!("not proven: {error}"))?;
    let left = [state.path(), artefacts.path()];
    secrets.none_kept(&world, timeline.borrow().recording(), &left)?;
    Ok(Judged {
        seed: scenario.seed,
        steps: done.len(),
        faults: scenario.faults.len() - world.meddler.unmet().len(),
    })
}

fn folder() -> Result<tempfile::TempDir, String> {
    tempfile::tempdir().map_err(|error| error.to_string())
}

/// What the laws are held against.
struct Bench<'a> {
    laws: Laws,
    world: &'a World,
    requests: &'a Requests,
    secrets: &'a Secrets,
    state: &'a Path,
    before: Seen,
}

impl Bench<'_> {
    /// One step, and all laws after it.
    fn perform(&self, run: &mut Run<'_>, step: &Step, done: &mut Vec<Step>) -> Result<u8, String> {
        let tries = Seen::now(self.world)?.user_tries;
        let told = run.perform(step);
        done.push(Step {
            expect: Expect {
                exit: told.exit,
                ..Expect::default()
            },
            ..step.clone()
        });
        judge_words(&told)?;
        self.secrets.none_told(self.world, &told.text)?;
        self.judge_the_world(tries, step.verb)?;
        Ok(told.exit)
    }

    fn judge_the_world(&self, tries: u8, verb: Verb) -> Result<(), String> {
        let seen = Seen::now(self.world)?;
        let requests = self.requests.count();
        if requests > self.laws.requests {
            return Err(format!("{requests} different requests for one application"));
        }
        if seen.pairs > self.before.pairs + self.laws.new_pairs {
            return Err(format!(
                "{} key pairs, where {} were before",
                seen.pairs, self.before.pairs
            ));
        }
        if seen.others != self.before.others {
            return Err(format!(
                "pairs that are not ours have changed: {:?}, they were {:?}",
                seen.others, self.before.others
            ));
        }
        if seen.user_tries + 1 < tries || seen.user_tries < self.laws.kept_tries {
            return Err(format!(
                "{verb:?} took the tries of the user's PIN from {tries} to {}",
                seen.user_tries
            ));
        }
        stage(self.state).map_err(|error| format!("the journal does not read: {error}"))?;
        Ok(())
    }

    /// What a patient person does in the end, with the right PINs and nothing in the way.
    fn bring_to_its_end(&self, run: &mut Run<'_>, done: &mut Vec<Step>) -> Result<(), String> {
        let mut said = String::new();
        for _ in 0..PATIENT {
            if stage(self.state)?.is_some_and(|stage| OVER.contains(&stage)) {
                return Ok(());
            }
            self.perform(run, &careful(Verb::Pass), done)?;
            self.perform(run, &careful(Verb::Unblock), done)?;
            let verb = match stage(self.state)? {
                None | Some("new") => Verb::Request,
                Some(_) => Verb::Resume,
            };
            let exit = self.perform(run, &careful(verb), done)?;
            said = format!("{verb:?} ended with {exit}");
        }
        match stage(self.state)? {
            Some(stage) if OVER.contains(&stage) => Ok(()),
            stage => Err(format!(
                "no way to the end: the journal says {stage:?}, and {said}"
            )),
        }
    }

    fn judge_the_end(&self) -> Result<(), String> {
        let seen = Seen::now(self.world)?;
        if seen.certificates == 0 || self.requests.count() != 1 {
            return Err(format!(
                "ended with {} requests and {seen:?}",
                self.requests.count()
            ));
        }
        if seen.stray > 0 {
            return Err(format!("a certificate without its pair: {seen:?}"));
        }
        if seen.status != "installed" {
            return Err(format!("the portal says «{}» in the end", seen.status));
        }
        Ok(())
    }
}

/// A failure tells what, in what state, and what next.
fn judge_words(told: &Told) -> Result<(), String> {
    let clear = ["error: ", "state: ", "next: "];
    let is_clear = clear.iter().all(|part| told.text.contains(part));
    match told.exit {
        0 | KILLED => Ok(()),
        1 => Err(format!("a bug of the engine's: {}", told.text)),
        _ if !is_clear => Err(format!("not told clearly: {}", told.text)),
        _ => Ok(()),
    }
}

/// A step by somebody who makes no mistake.
fn careful(verb: Verb) -> Step {
    let with = With {
        user_pin: USER_PIN.to_owned(),
        administrator_pin: ADMINISTRATOR_PIN.to_owned(),
        replace_old: if verb == Verb::Request {
            ReplaceOld::First
        } else {
            ReplaceOld::No
        },
        secs: if verb == Verb::Pass { LATER_SECS } else { 0 },
        ..With::default()
    };
    Step {
        verb,
        with,
        expect: Expect::default(),
    }
}

/// How often a person tries, and after how long: for longer than the hour in which the portal gives no more codes.
const PATIENT: usize = 8;
const LATER_SECS: u32 = 600;
/// Stages at which the certificate is on the token and reported.
const OVER: [&str; 2] = ["installed", "papers-saved"];
