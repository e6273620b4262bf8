//! What time it is: the machine's, a faster one, or one that moves only when told.

use std::sync::Mutex;

use jiff::{SignedDuration, Timestamp};

/// The time that a [`crate::Server`] lends to its door.
pub trait Clock: Send + Sync {
    /// Now, by this clock.
    fn now(&self) -> Timestamp;

    /// Moves a clock that can be moved; `false` from one that cannot.
    fn advance(&self, by: SignedDuration) -> bool {
        let _ = by;
        false
    }
}

/// The machine's clock, shifted and sped up.
///
/// `Real::since(start, 1)` runs from `start` at the usual pace; `Real::since(start, 60)` makes a minute of every second.
#[derive(Debug)]
pub struct Real {
    began: Timestamp,
    start: Timestamp,
    rate: u32,
    added: Mutex<SignedDuration>,
}

impl Real {
    /// A clock that shows `start` now and goes `rate` times as fast as the machine's.
    pub fn since(start: Timestamp, rate: u32) -> Self {
        Self {
            began: wall_clock(),
            start,
            rate,
            added: Mutex::new(SignedDuration::ZERO),
        }
    }
}

impl Clock for Real {
    fn now(&self) -> Timestamp {
        let passed = wall_clock().duration_since(self.began);
        let shown = passed.checked_mul(i32::try_from(self.rate).unwrap_or(i32::MAX));
        let added = *self.added.lock().expect("no holder of this lock can panic");
        let shown = shown
            .and_then(|shown| shown.checked_add(added))
            .unwrap_or(SignedDuration::MAX);
        self.start.saturating_add(shown).unwrap_or(Timestamp::MAX)
    }

    fn advance(&self, by: SignedDuration) -> bool {
        let mut added = self.added.lock().expect("no holder of this lock can panic");
        *added = added.saturating_add(by);
        true
    }
}

/// A clock that stands still until [`Clock::advance`].
#[derive(Debug)]
pub struct Manual(Mutex<Timestamp>);

impl Manual {
    /// A clock that shows `start`.
    pub fn at(start: Timestamp) -> Self {
        Self(Mutex::new(start))
    }
}

impl Clock for Manual {
    fn now(&self) -> Timestamp {
        *self.0.lock().expect("no holder of this lock can panic")
    }

    fn advance(&self, by: SignedDuration) -> bool {
        let mut now = self.0.lock().expect("no holder of this lock can panic");
        *now = now.saturating_add(by).unwrap_or(Timestamp::MAX);
        true
    }
}

/// The machine's own time; nothing else in this crate asks for it.
#[expect(clippy::disallowed_methods, reason = "this is the shell's clock")]
pub(crate) fn wall_clock() -> Timestamp {
    Timestamp::now()
}
