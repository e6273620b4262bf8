//! The engine against a recording that plays all the others.

use std::cell::RefCell;
use std::rc::Rc;

use super::compare::{Tally, compare};
use super::{ReplayError, Replayed, Story, players};
use crate::reader::Way;
use crate::recording::{Line, Recording};
use crate::runner;
use crate::screen::Nobody;
use crate::timeline::Timeline;
use crate::wire::{Ledger, Wire};
use crate::world::World;

/// What an engine tells. Other lines are the harness's, or of somebody whom this program does not know.
const THE_ENGINES: [&str; 9] = [
    "manual", "apdu", "http", "sms", "clock", "journal", "plan", "note", "error",
];

pub(super) fn replay(recording: &Recording, story: &Story) -> Result<Replayed, ReplayError> {
    let came = told_again(recording, story)?;
    let (recorded, came) = (engines(recording.lines()), engines(&came));
    let differences = compare(&recorded, &came);
    Ok(Replayed::of(
        differences,
        recorded.len(),
        &Tally::of(&recorded),
    ))
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
        |clock| Box::new(players::Token::of(recording, clock)),
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
        .filter(|line| THE_ENGINES.contains(&line.lane.as_str()));
    its.cloned()
        .map(|mut line| {
            line.fields.shift_remove("answer");
            line
        })
        .collect()
}
