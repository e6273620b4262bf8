//! Whether a step, and a whole run, were what the scenario expects. Nothing of this look goes on the timeline.

use std::path::Path;
use std::rc::Rc;

use enroll::event::Events;
use enroll::ports::token::{Pin, PinRole, Token, Tries};

use super::Told;
use crate::proof::{NotProven, Proof, prove};
use crate::scenario::{Expect, Scenario, Step};
use crate::timeline::Timeline;
use crate::world::World;

/// Where a step was not as expected.
pub(super) fn step(world: &World, step: &Step, told: &Told) -> Vec<String> {
    let mut mismatches = ended(&step.expect, told);
    if world.browser.is_none() {
        mismatches.extend(spoken(&step.expect, told));
    }
    mismatches.extend(world.clock.stopped(|| token_state(world, &step.expect)));
    mismatches
}

/// Where the timeline is not as expected, and which faults nothing met.
pub(super) fn timeline(scenario: &Scenario, world: &World, timeline: &Timeline) -> Vec<String> {
    let lines = timeline.recording().lines();
    let in_browser = world.browser.is_some();
    let events = scenario.events.iter();
    let events = events.filter(|event| event.is_of_pages() == in_browser);
    let mut mismatches: Vec<String> = events
        .filter_map(|event| event.mismatch(lines.iter()))
        .collect();
    mismatches.extend(world.meddler.unmet().into_iter().map(|fault| {
        format!(
            "the fault «{}» of step {} was not met: the room «{}» had no such call",
            fault.what.name(),
            fault.step,
            fault.room.name()
        )
    }));
    mismatches
}

fn ended(expect: &Expect, told: &Told) -> Vec<String> {
    if told.exit == expect.exit {
        return Vec::new();
    }
    let said = if told.text.is_empty() {
        String::new()
    } else {
        format!(", and it said: {}", told.text)
    };
    vec![format!(
        "expected exit code {}, got {}{said}",
        expect.exit, told.exit
    )]
}

fn spoken(expect: &Expect, told: &Told) -> Vec<String> {
    let missing = expect
        .says
        .iter()
        .filter(|wanted| !told.text.contains(wanted.as_str()));
    let told = |wanted| format!("expected it to say «{wanted}», it said: {}", told.text);
    missing.map(told).collect()
}

/// Compares the token with what the scenario expects of it.
fn token_state(world: &World, expect: &Expect) -> Vec<String> {
    let mut token = world.token(&unwatched(world));
    let mut mismatches = Vec::new();
    let counters = [
        (PinRole::User, expect.user_tries_left),
        (PinRole::Administrator, expect.administrator_tries_left),
    ];
    for (role, expected) in counters {
        let Some(expected) = expected else { continue };
        let found = token.tries(role);
        let left = match found {
            Ok(Tries::Left(left)) => Some(left),
            Ok(Tries::Blocked) => Some(0),
            _ => None,
        };
        if left != Some(expected) {
            mismatches.push(format!(
                "tries left for the PIN of the {role}: expected {expected}, found {found:?}"
            ));
        }
    }
    if expect.key_pairs.is_some() || expect.certificates.is_some() {
        match token.inventory() {
            Ok(inventory) => {
                mismatches.extend(counted("key pairs", expect.key_pairs, inventory.keys.len()));
                mismatches.extend(counted(
                    "certificates",
                    expect.certificates,
                    inventory.certificates.len(),
                ));
            }
            Err(error) => mismatches.push(format!("the token cannot be read: {error}")),
        }
    }
    mismatches
}

fn counted(what: &str, expected: Option<usize>, found: usize) -> Option<String> {
    let expected = expected.filter(|expected| *expected != found)?;
    Some(format!(
        "{what} on the token: expected {expected}, found {found}"
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
