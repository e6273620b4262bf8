//! The card against recorded commands.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use enroll::adapters::observed::Observed;
use enroll::event::Events;
use enroll::ports::token::Transmit;

use super::compare::{Tally, compare};
use super::story::{Story, field, moment};
use super::{ReplayError, Replayed};
use crate::clock::ScenarioClock;
use crate::crash::unless_killed;
use crate::faults::Meddler;
use crate::reader::{Reader, Way};
use crate::recording::{Line, Recording};
use crate::scenario::With;
use crate::screen::Nobody;
use crate::timeline::Timeline;
use crate::token;
use crate::world::WorldError;

const LANE: &str = "apdu";

pub(super) fn replay(
    recording: &Recording,
    story: &Story,
    way: Way,
) -> Result<Replayed, ReplayError> {
    let recorded = of_lane(recording.lines());
    if recorded.is_empty() {
        return Err(ReplayError::NothingRecorded { lane: LANE });
    }
    let came = of_lane(&answered(recording, story, way)?);
    let differences = compare(&recorded, &came);
    Ok(Replayed::of(
        differences,
        recorded.len(),
        &Tally::of(&recorded),
    ))
}

fn of_lane(lines: &[Line]) -> Vec<Line> {
    let lines = lines.iter().filter(|line| line.lane == LANE);
    lines.cloned().collect()
}

/// A card as the scenario has it is asked all that was asked then.
fn answered(recording: &Recording, story: &Story, way: Way) -> Result<Vec<Line>, ReplayError> {
    let clock = ScenarioClock::at(story.epoch());
    let conditions = story.conditions(way);
    let image = token::image(&story.scenario.token, conditions.seed, story.epoch());
    let image = image.map_err(WorldError::Token)?;
    let reader = Reader::insert(
        image,
        conditions.seed,
        clock.clone(),
        way,
        conditions.timing,
    );
    let meddler = Arc::new(Meddler::new(story.scenario.faults.clone()));
    let reader = reader
        .map_err(WorldError::Reader)?
        .meddled_by(Arc::clone(&meddler));
    let header = recording.header();
    let fresh = Recording::new(
        &header.scenario,
        header.seed.unwrap_or_default(),
        story.epoch(),
    );
    let timeline = Rc::new(RefCell::new(Timeline::new(fresh, Box::new(Nobody))));
    let events = Events::new(Rc::new(clock.clone()), Rc::clone(&timeline) as _);
    let mut card = Observed::new(reader.clone(), events);
    let mut steps = 0;
    let mut with = With::default();
    for line in recording.lines() {
        clock.come_to(moment(line));
        match line.lane.as_str() {
            "operator" => {
                with = story
                    .step(steps)
                    .map(|step| step.with.clone())
                    .unwrap_or_default();
                steps += 1;
                meddler.begin_step(steps, 0);
                reader.power_cycle().map_err(WorldError::Reader)?;
            }
            LANE => {
                let asked = unless_killed(|| ask(&mut card, field(line, "command"), &with));
                if let (None, Some((command, done))) = (asked, meddler.interrupted()) {
                    timeline.borrow_mut().killed(clock.now(), &command, done);
                }
            }
            _ => {}
        }
    }
    // The next recording must not meet this card.
    drop(card);
    drop(reader.eject());
    let lines = timeline.borrow().recording().lines().to_vec();
    Ok(lines)
}

/// A command that cannot be read back, or gets no answer, leaves no line, and that is a difference.
fn ask(card: &mut Observed<Reader>, command: &str, with: &With) {
    if command == "reset" {
        drop(card.reset());
    } else if let Some(command) = bytes(command, with) {
        drop(card.transmit(&command));
    }
}

/// `00200002{pin:user}` as the operator's PIN has it.
fn bytes(command: &str, with: &With) -> Option<Vec<u8>> {
    let Some((header, name)) = command.split_once('{') else {
        return hex::decode(command).ok();
    };
    let mut bytes = hex::decode(header).ok()?;
    let data = match (*bytes.get(1)?, name) {
        (CHANGE_REFERENCE_DATA, _) => new_reference(with.new_pin.as_deref()?.as_bytes()),
        (_, "pin:user}") => with.user_pin.clone().into_bytes(),
        (_, "pin:administrator}") => with.administrator_pin.clone().into_bytes(),
        _ => return None,
    };
    bytes.push(u8::try_from(data.len()).ok()?);
    bytes.extend(data);
    Some(bytes)
}

const CHANGE_REFERENCE_DATA: u8 = 0x24;

/// The new PIN as CHANGE REFERENCE DATA carries it; a longer one than any card takes is cut.
///
/// Source: OpenSC card-rtecp.c, `rtecp_change_reference_data`. Evidence: driver.
pub(super) fn new_reference(pin: &[u8]) -> Vec<u8> {
    let pin = &pin[..pin.len().min(LONGEST)];
    let length = u8::try_from(pin.len()).unwrap_or(u8::MAX);
    [&[0x80, 0x02, 0x00, length, 0xA5, length], pin].concat()
}

const LONGEST: usize = 0x7F;
