//! What time it is: the machine's, a faster one, or one that moves only when told.

use std::fmt;
use std::str::FromStr;
use std::sync::{Mutex, MutexGuard};
use std::time::Instant;

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

    /// How it goes, if that is known.
    fn pace(&self) -> Option<Pace> {
        None
    }

    /// Has it go otherwise from now on; `false` from a clock that cannot.
    fn set_pace(&self, pace: Pace) -> bool {
        let _ = pace;
        false
    }
}

/// How a clock goes. Its text form is `real`, `fast:60` or `manual`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// So many seconds for every second of the machine's; 1 is `real`.
    Times(u32),
    /// It stands still until [`Clock::advance`].
    Manual,
}

impl FromStr for Pace {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match (text, text.strip_prefix("fast:").map(str::parse)) {
            ("real", _) => Ok(Self::Times(1)),
            ("manual", _) => Ok(Self::Manual),
            (_, Some(Ok(rate @ 1..=1_000_000))) => Ok(Self::Times(rate)),
            _ => Err("real, manual, or fast:N with N from 1 to 1000000".into()),
        }
    }
}

impl fmt::Display for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Times(1) => f.write_str("real"),
            Self::Times(rate) => write!(f, "fast:{rate}"),
            Self::Manual => f.write_str("manual"),
        }
    }
}

/// A clock that goes as the tester says, and never back.
#[derive(Debug)]
pub struct Dial(Mutex<Hand>);

/// Where a dial was when something last changed.
#[derive(Clone, Copy, Debug)]
struct Hand {
    shown: Timestamp,
    /// By the machine's clock that is never set back.
    since: Instant,
    pace: Pace,
}

impl Dial {
    /// A clock that shows `start` now.
    pub fn new(start: Timestamp, pace: Pace) -> Self {
        Self(Mutex::new(Hand {
            shown: start,
            since: instant(),
            pace,
        }))
    }

    fn hand(&self) -> MutexGuard<'_, Hand> {
        self.0.lock().expect("no holder of this lock can panic")
    }
}

impl Hand {
    fn now(self) -> Timestamp {
        let rate = match self.pace {
            Pace::Manual => return self.shown,
            Pace::Times(rate) => i32::try_from(rate).unwrap_or(i32::MAX),
        };
        let passed = SignedDuration::try_from(self.since.elapsed()).ok();
        let passed = passed.and_then(|passed| passed.checked_mul(rate));
        moved(self.shown, passed.unwrap_or(SignedDuration::MAX))
    }

    /// Takes the time that has passed as the new beginning.
    fn settle(&mut self) {
        self.shown = self.now();
        self.since = instant();
    }
}

impl Clock for Dial {
    fn now(&self) -> Timestamp {
        self.hand().now()
    }

    fn advance(&self, by: SignedDuration) -> bool {
        let mut hand = self.hand();
        hand.settle();
        hand.shown = moved(hand.shown, by);
        true
    }

    fn pace(&self) -> Option<Pace> {
        Some(self.hand().pace)
    }

    fn set_pace(&self, pace: Pace) -> bool {
        let mut hand = self.hand();
        hand.settle();
        hand.pace = pace;
        true
    }
}

/// A clock that stands still until [`Clock::advance`], on any machine.
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
        *now = moved(*now, by);
        true
    }

    fn pace(&self) -> Option<Pace> {
        Some(Pace::Manual)
    }
}

fn moved(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.saturating_add(by).unwrap_or(Timestamp::MAX)
}

/// The machine's time as it passes; nothing else in this crate asks for it.
#[expect(clippy::disallowed_methods, reason = "this is the shell's clock")]
fn instant() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dial_is_stopped_advanced_and_started_again_and_never_goes_back() {
        let start = Timestamp::UNIX_EPOCH;
        let dial = Dial::new(start, Pace::Manual);
        assert_eq!(dial.now(), start);
        assert!(dial.advance(SignedDuration::from_secs(60)));
        let minute = dial.now();
        assert_eq!(minute.duration_since(start).as_secs(), 60);
        assert!(dial.set_pace(Pace::Times(1_000_000)));
        while dial.now() == minute {}
        assert!(dial.set_pace(Pace::Manual));
        let stopped = dial.now();
        assert!(stopped > minute && dial.now() == stopped);
    }

    #[test]
    fn a_pace_is_read_as_it_is_written() {
        for text in ["real", "fast:60", "manual"] {
            assert_eq!(text.parse::<Pace>().unwrap().to_string(), text);
        }
        for text in ["", "fast", "fast:0", "fast:1000001", "slow:2"] {
            assert!(text.parse::<Pace>().is_err(), "{text}");
        }
    }
}
