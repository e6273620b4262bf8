//! The engine against a recording that plays all the others.

use std::cell::RefCell;
use std::rc::Rc;

use super::compare::{self, compare};
use super::{ReplayError, Replayed, Story, players};
use crate::reader::Way;
use crate::recording::{Line, Recording};
use crate::runner;
use crate::screen::Nobody;
use crate::timeline::Timeline;
use crate::wire::{Ledger, Wire};
use crate::world::World;

/// Lines of the harness itself; nothing of them is the engine's doing.
const NOT_THE_ENGINES: [&str; 4] = ["operator", "proof", "verdict", "end"];

pub(super) fn replay(recording: &Recording, story: &Story) -> Result<Replayed, ReplayError> {
    let came = told_again(recording, story)?;
    let (recorded, came) = (engines(recording.lines()), engines(&came));
    Ok(Replayed {
        differences: compare(&recorded, &came),
        lines: recorded.len(),
        bytes: compare::bytes(&recorded),
        not_compared: compare::masked(&recorded),
    })
}

/// The lines of a run in which everybody but the engine is played.
fn told_again(recording: &Recording, story: &Story) -> Result<Vec<Line>, ReplayError> {
    let wire = Wire::default();
    let tap = wire.clone();
    let scenario = story.played();
    let world = World::played(
        &scenario,
        story.conditions(Way::InProcess),
        Box::new(move |door| tap.tap(door)),
        players::portal(recording),
        Box::new(players::Token::of(recording)),
    )?;
    let ledger = Ledger::new(wire, runner::phone().digits());
    let header = recording.header();
    let fresh = Recording::new(
        &header.scenario,
        header.seed.unwrap_or_default(),
        story.epoch(),
    );
    let timeline = Timeline::new(fresh, Box::new(Nobody))
        .listening(ledger)
        .by(world.clock.clone());
    let timeline = Rc::new(RefCell::new(timeline));
    let (state, artefacts) = (tempfile::tempdir()?, tempfile::tempdir()?);
    runner::run(&scenario, &world, &timeline, state.path(), artefacts.path());
    let lines = timeline.borrow().recording().lines().to_vec();
    Ok(lines)
}

/// The engine's own doing: what it asked, not what it was answered.
fn engines(lines: &[Line]) -> Vec<Line> {
    let its = lines
        .iter()
        .filter(|line| !NOT_THE_ENGINES.contains(&line.lane.as_str()));
    its.cloned()
        .map(|mut line| {
            line.fields.shift_remove("answer");
            line
        })
        .collect()
}
