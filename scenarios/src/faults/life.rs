//! One enrollment that meets one fault, and a person who goes on after it.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::rc::Rc;

use super::secrets::Secrets;
use super::witness::{Requests, Seen, stage};
use crate::recording::Recording;
use crate::runner::{KILLED, Run, Told};
use crate::scenario::{ReplaceOld, Scenario, Step, Verb, With};
use crate::screen::Nobody;
use crate::timeline::Timeline;
use crate::world::{self, Conditions, World};

/// What came of a fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Class {
    /// The enrollment came to its end as if nothing had happened.
    Finished,
    /// It told what had happened, and came to its end when it was resumed so many times.
    Resumed(usize),
    /// Anything else.
    Failed(String),
}

/// How often a person tries again.
const PATIENT: usize = 4;
/// And after how long: shorter than any deadline, longer than the portal's resend delay.
const LATER_SECS: u32 = 150;

/// Runs the scenario to its end, with whatever it plans on the way.
pub(super) fn lived(scenario: &Scenario, conditions: Conditions, expected: &Seen) -> Class {
    let live = || live(scenario, conditions, expected);
    catch_unwind(AssertUnwindSafe(live)).unwrap_or_else(|why| {
        let said = why
            .downcast_ref::<String>()
            .cloned()
            .or_else(|| why.downcast_ref::<&str>().map(|said| (*said).to_owned()));
        Class::Failed(format!("panicked: {}", said.unwrap_or_default()))
    })
}

fn live(scenario: &Scenario, conditions: Conditions, expected: &Seen) -> Class {
    match ended(scenario, conditions) {
        Err(why) => Class::Failed(why),
        Ok((_, seen, requests)) if requests != 1 || seen != *expected => Class::Failed(format!(
            "{requests} requests, and in the end {seen:?} instead of {expected:?}"
        )),
        Ok((0, ..)) => Class::Finished,
        Ok((resumed, ..)) => Class::Resumed(resumed),
    }
}

/// Runs the scenario: how often it had to be resumed, what token and portal look like, how many requests there were.
pub(super) fn ended(
    scenario: &Scenario,
    conditions: Conditions,
) -> Result<(usize, Seen, usize), String> {
    let (requests, secrets) = (Requests::default(), Secrets::of(scenario));
    let before = secrets.overhearing(requests.listening());
    let world = World::new(scenario, conditions, before).map_err(|error| error.to_string())?;
    let resumed = in_world(scenario, &world, conditions, &secrets)?;
    Ok((resumed, Seen::now(&world)?, requests.count()))
}

/// The calls of a run that nothing disturbs are in the world's meddler afterwards.
pub(super) fn in_world(
    scenario: &Scenario,
    world: &World,
    conditions: Conditions,
    secrets: &Secrets,
) -> Result<usize, String> {
    let header = Recording::new(
        &scenario.name,
        conditions.seed,
        world::start(scenario, conditions.now),
    );
    let timeline = Rc::new(RefCell::new(Timeline::new(header, Box::new(Nobody))));
    let (state, artefacts) = (folder()?, folder()?);
    let mut run = Run::new(world, &timeline, state.path(), artefacts.path());
    let resumed = go_on(&mut run, &scenario.steps, state.path())?;
    match run.prove() {
        Ok(Some(_)) => {}
        Ok(None) => return Err("no certificate was installed".to_owned()),
        Err(error) => return Err(format!("not proven: {error}")),
    }
    // What the operator was told is on the timeline too.
    let left = [state.path(), artefacts.path()];
    secrets.none_kept(world, timeline.borrow().recording(), &left)?;
    Ok(resumed)
}

fn folder() -> Result<tempfile::TempDir, String> {
    tempfile::tempdir().map_err(|error| error.to_string())
}

/// Does every step, and what a person does when one fails: reads what it says, waits a little, resumes. How often that
/// was needed.
fn go_on(run: &mut Run<'_>, steps: &[Step], state: &Path) -> Result<usize, String> {
    let mut resumed = 0;
    for step in steps {
        let mut told = run.perform(step);
        while told.exit != 0 {
            clear(&told)?;
            if resumed == PATIENT {
                return Err(format!("still after {PATIENT} times: {}", told.text));
            }
            resumed += 1;
            run.perform(&later());
            // Where no journal was begun there is nothing to resume: the same command again.
            let next = match stage(state)? {
                None => step.clone(),
                Some(_) => resuming(step),
            };
            told = run.perform(&next);
        }
    }
    Ok(resumed)
}

/// Whether a person was told what happened and what to do.
fn clear(told: &Told) -> Result<(), String> {
    let tells = ["error: ", "state: ", "next: "].iter();
    let tells_all = tells.into_iter().all(|part| told.text.contains(part));
    match told.exit {
        KILLED => Ok(()),
        1 => Err(format!("a bug of the engine's: {}", told.text)),
        _ if !tells_all => Err(format!("not told clearly: {}", told.text)),
        _ => Ok(()),
    }
}

fn later() -> Step {
    let with = With {
        secs: LATER_SECS,
        ..With::default()
    };
    Step {
        verb: Verb::Pass,
        with,
        expect: crate::scenario::Expect::default(),
    }
}

/// `enroll resume`, by an operator who makes no mistake any more, as far as the step that failed.
fn resuming(step: &Step) -> Step {
    let with = With {
        replace_old: ReplaceOld::No,
        wrong_code: None,
        papers: step.verb == Verb::Documents,
        ..step.with.clone()
    };
    let verb = match step.verb {
        Verb::Request | Verb::Install | Verb::Documents | Verb::Resume => Verb::Resume,
        other => other,
    };
    Step {
        verb,
        with,
        expect: crate::scenario::Expect::default(),
    }
}
