//! Whether a step, and a whole run, were what the scenario expects. Nothing of this look goes on the timeline.

use std::path::Path;
use std::rc::Rc;

use enroll::event::Events;
use enroll::ports::token::{Pin, PinRole, Token, Tries};

use super::{Mismatch, Told};
use crate::proof::{NotProven, Proof, prove};
use crate::scenario::{Expect, Scenario, Step};
use crate::timeline::Timeline;
use crate::world::World;

/// Where a step was not as expected; `seen` tells after which.
pub(super) fn step(world: &World, step: &Step, told: &Told, seen: &Mismatch) -> Vec<Mismatch> {
    let mut mismatches: Vec<Mismatch> = ended(&step.expect, told).into_iter().collect();
    if world.browser.is_none() {
        mismatches.extend(spoken(&step.expect, told));
    }
    mismatches.extend(world.clock.stopped(|| token_state(world, &step.expect)));
    for mismatch in &mut mismatches {
        (mismatch.number, mismatch.step) = (seen.number.clone(), seen.step.clone());
    }
    mismatches
}

/// Where the timeline is not as expected, and which faults nothing met.
pub(super) fn timeline(scenario: &Scenario, world: &World, timeline: &Timeline) -> Vec<Mismatch> {
    let lines = timeline.recording().lines();
    let in_browser = world.browser.is_some();
    let events = scenario.events.iter();
    let events = events.filter(|event| event.is_of_pages() == in_browser);
    let mut mismatches: Vec<Mismatch> = events.filter_map(|event| event.mismatch(lines)).collect();
    mismatches.extend(world.meddler.unmet().into_iter().map(|fault| {
        let what = format!("the fault «{}» of step {}", fault.what.name(), fault.step);
        let found = format!("no such call to the room «{}»", fault.room.name());
        Mismatch::new(&what, "a call that meets it", found)
    }));
    mismatches
}

fn ended(expect: &Expect, told: &Told) -> Option<Mismatch> {
    if told.exit == expect.exit {
        return None;
    }
    let said = match told.text.as_str() {
        "" => String::new(),
        text => format!(", and it said: {text}"),
    };
    let found = format!("{}{said}", told.exit);
    Some(Mismatch::new("exit code", expect.exit, found))
}

fn spoken(expect: &Expect, told: &Told) -> Vec<Mismatch> {
    let says = expect.says.iter();
    says.filter(|wanted| !told.text.contains(wanted.as_str()))
        .map(|wanted| Mismatch::new("what it says", format!("«{wanted}»"), &told.text))
        .collect()
}

/// Compares the token with what the scenario expects of it.
fn token_state(world: &World, expect: &Expect) -> Vec<Mismatch> {
    let mut token = world.token(&unwatched(world));
    let counters = [
        (PinRole::User, expect.user_tries_left),
        (PinRole::Administrator, expect.administrator_tries_left),
    ];
    let mut mismatches: Vec<Mismatch> = counters
        .into_iter()
        .filter_map(|(role, expected)| tries_left(&mut token, role, expected?))
        .collect();
    if expect.key_pairs.is_some() || expect.certificates.is_some() {
        match token.inventory() {
            Ok(held) => {
                mismatches.extend(counted("key pairs", expect.key_pairs, held.keys.len()));
                let certificates = held.certificates.len();
                mismatches.extend(counted("certificates", expect.certificates, certificates));
            }
            Err(error) => mismatches.push(Mismatch::new("token", "one that can be read", error)),
        }
    }
    mismatches
}

fn tries_left(token: &mut dyn Token, role: PinRole, expected: u8) -> Option<Mismatch> {
    let found = token.tries(role);
    let left = match found {
        Ok(Tries::Left(left)) => Some(left),
        Ok(Tries::Blocked) => Some(0),
        _ => None,
    };
    let of = format!("tries left for the PIN of the {role}");
    let found = left.map_or_else(|| format!("{found:?}"), |left| left.to_string());
    (left != Some(expected)).then(|| Mismatch::new(&of, expected, found))
}

fn counted(what: &str, expected: Option<usize>, found: usize) -> Option<Mismatch> {
    let expected = expected.filter(|expected| *expected != found)?;
    Some(Mismatch::new(
        &format!("{what} on the token"),
        expected,
        found,
    ))
}

/// The harness's own look at token and chain.
pub(super) fn proven(world: &World, user_pin: &str, artefacts: &Path) -> Result<Proof, NotProven> {
    let chain = std::fs::read_to_string(artefacts.join("issuer.pem")).map_err(|error| {
        NotProven::Unreadable {
            what: "issuer.pem",
            why: error.to_string(),
        }
    })?;
    let mut token = world.token(&unwatched(world));
    token.log_in(PinRole::User, &Pin::new(user_pin))?;
    let proof = prove(&mut token, &chain)?;
    token.log_out()?;
    Ok(proof)
}

fn unwatched(world: &World) -> Events {
    Events::unwatched(Rc::new(world.clock.clone()))
}
