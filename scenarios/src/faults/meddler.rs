//! Who makes the rooms of a run fail: knows the plan, counts the calls of each step, and says what a call meets.

use std::sync::Mutex;

use crate::jobs::locked;
use crate::scenario::{Fault, Mischief, Room};

/// The faults of one run, and how far the run has come. Outside a step nothing is counted and nothing fails.
#[derive(Debug, Default)]
pub struct Meddler {
    plan: Vec<Fault>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// From 1; 0 between two steps.
    step: usize,
    /// For each fault of the plan, how many calls it has counted in its step.
    counted: Vec<u32>,
    /// For each fault, whether a call has met it.
    met: Vec<bool>,
    calls: Vec<Call>,
    removed: bool,
    dead: bool,
    /// The command at which the engine was killed, and whether the card did it.
    interrupted: Option<(Vec<u8>, bool)>,
    clock_off_secs: i64,
}

/// One call of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// During which step, from 1.
    pub step: usize,
    /// Where.
    pub room: Room,
    /// What was asked.
    pub name: String,
}

impl Meddler {
    /// Nothing has been called yet.
    pub fn new(plan: Vec<Fault>) -> Self {
        let state = State {
            counted: vec![0; plan.len()],
            met: vec![false; plan.len()],
            ..State::default()
        };
        Self {
            plan,
            state: Mutex::new(state),
        }
    }

    /// A step of the operator's begins, as a process of its own on a machine whose clock is so far ahead.
    pub fn begin_step(&self, step: usize, clock_off_secs: i64) {
        let mut state = locked(&self.state);
        (state.step, state.clock_off_secs) = (step, clock_off_secs);
        (state.removed, state.dead) = (false, false);
    }

    /// It is over: the token is back, and nothing fails.
    pub fn end_step(&self) {
        self.begin_step(0, 0);
    }

    /// Every call of the run's steps so far.
    pub fn calls(&self) -> Vec<Call> {
        locked(&self.state).calls.clone()
    }

    /// The faults that no call has met.
    pub fn unmet(&self) -> Vec<&Fault> {
        let state = locked(&self.state);
        let faults = self.plan.iter().zip(&state.met);
        faults
            .filter_map(|(fault, met)| (!met).then_some(fault))
            .collect()
    }

    /// Whether a fault of that kind is planned for the step that is going on.
    pub fn plans(&self, room: Room, what: Mischief) -> bool {
        let step = locked(&self.state).step;
        let mut plan = self.plan.iter();
        plan.any(|fault| (fault.step, fault.room, fault.what) == (step, room, what))
    }

    /// Counts a call; what it meets, if anything.
    pub(super) fn meet(&self, room: Room, name: &str) -> Option<Mischief> {
        let mut state = locked(&self.state);
        let step = state.step;
        if step == 0 {
            return None;
        }
        state.calls.push(Call {
            step,
            room,
            name: name.to_owned(),
        });
        let mut met = None;
        for (index, fault) in self.plan.iter().enumerate() {
            if (fault.step, fault.room) != (step, room) || !name.contains(&fault.at) {
                continue;
            }
            state.counted[index] += 1;
            if hits(fault, state.counted[index]) {
                state.met[index] = true;
                met = met.or(Some(fault.what));
            }
        }
        met
    }

    pub(super) fn pull_out(&self) {
        locked(&self.state).removed = true;
    }

    pub(super) fn is_out(&self) -> bool {
        locked(&self.state).removed
    }

    pub(super) fn kill(&self) {
        locked(&self.state).dead = true;
    }

    pub(super) fn kill_at(&self, command: &[u8], done: bool) {
        locked(&self.state).interrupted = Some((command.to_vec(), done));
        self.kill();
    }

    /// The command at which the engine was killed since this was asked last, and whether the card did it.
    pub fn interrupted(&self) -> Option<(Vec<u8>, bool)> {
        locked(&self.state).interrupted.take()
    }

    pub(super) fn is_dead(&self) -> bool {
        locked(&self.state).dead
    }

    pub(super) fn clock_off_secs(&self) -> i64 {
        locked(&self.state).clock_off_secs
    }

    pub(super) fn shift_clock(&self, secs: i64) {
        locked(&self.state).clock_off_secs += secs;
    }
}

/// Whether a fault happens to the call that is its `counted`th.
const fn hits(fault: &Fault, counted: u32) -> bool {
    counted >= fault.nth && (fault.times == 0 || counted - fault.nth < fault.times)
}
