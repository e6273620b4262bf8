//! The scenario's one clock: the engine waits on it, the portal reads it, nobody else moves it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use jiff::Timestamp;

/// Lets real time pass as well: so much, and what it is waited for, in the recording's words.
pub type Sleep = fn(Duration, &str);

/// A moment that only moves when somebody waits; clones show the same moment.
#[derive(Clone, Debug)]
pub struct ScenarioClock {
    micros: Arc<AtomicI64>,
    stopped: Arc<AtomicBool>,
    sleep: Option<Sleep>,
}

impl ScenarioClock {
    /// A clock that stands at `epoch`.
    pub fn at(epoch: Timestamp) -> Self {
        Self {
            micros: Arc::new(AtomicI64::new(epoch.as_microsecond())),
            stopped: Arc::default(),
            sleep: None,
        }
    }

    /// The same, with every wait made real by `sleep`; whoever looks at the clock meanwhile sees the wait's beginning.
    #[must_use]
    pub fn sleeping(self, sleep: Option<Sleep>) -> Self {
        Self { sleep, ..self }
    }

    /// The scenario's present moment.
    pub fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.micros.load(Ordering::SeqCst))
            .expect("a scenario does not outlive the calendar")
    }

    /// The same since 1970, as the card wants it; zero for moments before.
    pub fn since_unix_epoch(&self) -> Duration {
        Duration::from_micros(u64::try_from(self.micros.load(Ordering::SeqCst)).unwrap_or(0))
    }

    /// Lets time pass until `moment`; it never goes back.
    pub fn come_to(&self, moment: Timestamp) {
        self.micros
            .fetch_max(moment.as_microsecond(), Ordering::SeqCst);
    }

    /// Does something that is no part of the scenario and takes none of its time.
    pub fn stopped<Done>(&self, act: impl FnOnce() -> Done) -> Done {
        self.stopped.store(true, Ordering::SeqCst);
        let done = act();
        self.stopped.store(false, Ordering::SeqCst);
        done
    }

    /// Lets time pass, at once unless the clock sleeps; `why` is for who watches it sleep.
    pub fn pass(&self, how_long: Duration, why: &str) {
        if self.stopped.load(Ordering::SeqCst) {
            return;
        }
        if let Some(sleep) = self.sleep.filter(|_| !how_long.is_zero()) {
            sleep(how_long, why);
        }
        let micros = i64::try_from(how_long.as_micros()).unwrap_or(i64::MAX);
        self.micros.fetch_add(micros, Ordering::SeqCst);
    }
}

impl mock_ca::Clock for ScenarioClock {
    fn now(&self) -> Timestamp {
        Self::now(self)
    }
}

impl enroll::ports::Clock for ScenarioClock {
    fn now(&self) -> Timestamp {
        Self::now(self)
    }

    fn wait(&self, how_long: Duration, why: &str) {
        self.pass(how_long, why);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_part_of_the_scenario_takes_none_of_its_time() {
        let clock = ScenarioClock::at(Timestamp::UNIX_EPOCH);
        let second = Duration::from_secs(1);
        clock.stopped(|| clock.pass(second, "a test"));
        assert_eq!(clock.since_unix_epoch(), Duration::ZERO);
        clock.pass(second, "a test");
        assert_eq!(clock.since_unix_epoch(), second);
    }
}
