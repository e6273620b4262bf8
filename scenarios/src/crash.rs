//! Kills the engine at every effect and sees that each enrollment, resumed, ends as if nothing had happened.
//!
//! An effect is what outlives the engine: a command that writes to the token, a request that changes the portal, a
//! line of the journal. A kill drops the engine before an effect or right after it, with no further write by it: only
//! the synced bytes of the journal, the token and the mock survive. For a request the kill after it means that the
//! portal acted and the answer was lost; a line of the journal may be torn in the middle as well.
//!
//! How many points there are is counted from what a clean run left: its recording and its journal. The rooms are
//! watched on their own, and the two counts have to agree.

pub(crate) mod count;
mod fuse;
mod life;
pub mod table;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use crate::jobs;
use crate::scenario::Scenario;
use crate::world::{Conditions, WorldError};

pub use fuse::{Effect, Half, Point, Room};
pub use life::Ending;

/// How much of each enrollment is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// All of the scenario.
    Whole,
    /// All but chapter 3: drawing seven papers for each point takes most of the time.
    WithoutPapers,
}

/// What came of the kill at one point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Where the engine was to be killed.
    pub point: Point,
    /// Whether the run came to that point.
    pub hit: bool,
    /// How the enrollment ended after it was resumed, or why it could not be.
    pub ending: Result<Ending, String>,
}

/// What came of all of them.
#[derive(Clone, Debug)]
pub struct Report {
    /// Every effect of the clean run, in order.
    pub effects: Vec<Effect>,
    /// How the clean run ended.
    pub expected: Ending,
    /// One for each point, in order.
    pub verdicts: Vec<Verdict>,
}

/// Why a scenario cannot be killed everywhere.
#[derive(Debug, thiserror::Error)]
pub enum CrashError {
    /// The world could not be made.
    #[error(transparent)]
    World(#[from] WorldError),
    /// The scenario goes wrong without any kill, or is meant to.
    #[error("only a scenario whose every step succeeds can be killed everywhere: {0}")]
    NotAStory(String),
    /// Recording and journal of the clean run tell other effects than the rooms saw.
    #[error("the clean run's recording tells {recorded} effects, the rooms saw {met}: {first}")]
    Miscounted {
        /// Counted from recording and journal.
        recorded: usize,
        /// Counted by the rooms.
        met: usize,
        /// The first that differs.
        first: String,
    },
    /// A file of the clean run could not be read.
    #[error("cannot read the clean run's journal: {0}")]
    Journal(std::io::Error),
}

impl Report {
    /// How many points were hit and ended as the clean run did.
    pub fn well(&self) -> usize {
        let well = |it: &&Verdict| it.hit && it.ending.as_ref() == Ok(&self.expected);
        self.verdicts.iter().filter(well).count()
    }

    /// Whether all did.
    pub fn passed(&self) -> bool {
        !self.verdicts.is_empty() && self.well() == self.verdicts.len()
    }
}

/// Runs the scenario once undisturbed, then once for each point; `told` hears how many points are done, and of how
/// many.
///
/// Errors: [`CrashError`]; that an enrollment did not end well is no error but a [`Verdict`].
pub fn crash(
    scenario: &Scenario,
    conditions: Conditions,
    extent: Extent,
    told: &(dyn Fn(usize, usize) + Sync),
) -> Result<Report, CrashError> {
    let conditions = conditions.without_papers();
    let (effects, expected) = life::undisturbed(scenario, conditions, extent)?;
    let points: Vec<Point> = points(&effects);
    let mut verdicts = Vec::with_capacity(points.len());
    let act = |point: &Point| {
        let (hit, ending) = life::killed_at(*point, scenario, conditions, extent);
        Verdict {
            point: *point,
            hit,
            ending,
        }
    };
    jobs::in_order(jobs::cores(), &points, act, |verdict| {
        verdicts.push(verdict);
        told(verdicts.len(), points.len());
    });
    Ok(Report {
        effects,
        expected,
        verdicts,
    })
}

/// Every half of every effect.
fn points(effects: &[Effect]) -> Vec<Point> {
    let of = |(index, effect): (usize, &Effect)| {
        let halves = effect.room.halves().iter();
        halves
            .map(move |half| Point {
                effect: index,
                half: *half,
            })
            .collect::<Vec<_>>()
    };
    effects.iter().enumerate().flat_map(of).collect()
}

/// What the engine's stack is unwound with.
struct Killed;

/// Ends the engine where it stands.
pub(crate) fn end() -> ! {
    resume_unwind(Box::new(Killed))
}

/// Does `act` until it ends or is killed; `None` when it was killed.
pub(crate) fn unless_killed<T>(act: impl FnOnce() -> T) -> Option<T> {
    match catch_unwind(AssertUnwindSafe(act)) {
        Ok(done) => Some(done),
        Err(why) if why.is::<Killed>() => None,
        Err(why) => resume_unwind(why),
    }
}
