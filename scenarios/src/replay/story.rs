//! What a recording was made of: the scenario in its header, its seed and its moment.

use emulator::timing::Profile;
use jiff::{SignedDuration, Timestamp};

use super::ReplayError;
use crate::reader::Way;
use crate::recording::{Line, Recording};
use crate::scenario::{Expect, Fault, Mischief, Room, Scenario, Step};
use crate::world::Conditions;

/// The scenario of a recording, ready to be told again.
#[derive(Clone, Debug)]
pub struct Story {
    /// As it was run.
    pub scenario: Scenario,
    seed: u64,
    epoch: Timestamp,
    /// The present moment of the recorded run: a scenario that starts an hour before it started at the header's.
    present: Timestamp,
}

impl Story {
    /// Takes it from the header.
    pub fn of(recording: &Recording) -> Result<Self, ReplayError> {
        let header = recording.header();
        let story = header.story.clone().ok_or(ReplayError::NoStory)?;
        let mut scenario: Scenario = serde_json::from_value(story)?;
        header.scenario.clone_into(&mut scenario.name);
        let epoch: Timestamp = header.epoch.parse().map_err(|_| ReplayError::NoStory)?;
        if epoch.checked_add(A_CENTURY).is_err() || epoch.checked_sub(A_CENTURY).is_err() {
            return Err(ReplayError::NoStory);
        }
        Ok(Self {
            scenario,
            seed: header.seed.ok_or(ReplayError::NoStory)?,
            epoch,
            present: epoch + SignedDuration::from_hours(1),
        })
    }

    /// The conditions of the recorded run, with the token reached by `way`. Where it took time, the recorded lines tell when
    /// it was done.
    pub fn conditions(&self, way: Way) -> Conditions {
        Conditions {
            way,
            timing: Profile::none(),
            ..Conditions::new(self.seed, self.present)
        }
    }

    /// The scenario for a world in which the others are played: nothing looks at the rooms, and the faults that the
    /// recording itself has are not made again.
    pub fn played(&self) -> Scenario {
        let mut scenario = self.scenario.clone();
        scenario.events.clear();
        for step in &mut scenario.steps {
            step.expect = Expect::default();
        }
        scenario.faults.retain(is_the_engines);
        scenario
    }

    /// The moment it starts.
    pub const fn epoch(&self) -> Timestamp {
        self.epoch
    }

    /// What the operator does at the `n`th `operator` line, counted from 0.
    pub fn step(&self, n: usize) -> Option<&Step> {
        self.scenario.steps.get(n)
    }
}

/// So much of the calendar lies around a story: what was issued before it, and what expires after it.
const A_CENTURY: SignedDuration = SignedDuration::from_hours(24 * 36_525);

/// Whether a fault happens to the engine itself, or leaves nothing in a recorded lane.
fn is_the_engines(fault: &Fault) -> bool {
    let kills = matches!(fault.what, Mischief::KilledBefore | Mischief::KilledAfter);
    let recorded = matches!(fault.room, Room::Token | Room::Portal);
    kills || !recorded || (fault.room, fault.what) == (Room::Portal, Mischief::NoAnswer)
}

/// When a line was written.
pub(super) fn moment(line: &Line) -> Timestamp {
    line.at.parse().unwrap_or(Timestamp::UNIX_EPOCH)
}

/// A text field of a line; empty where there is none.
pub(super) fn field<'a>(line: &'a Line, name: &str) -> &'a str {
    let value = line.fields.get(name);
    value
        .and_then(serde_json::Value::as_str)
        .unwrap_or_default()
}
