//! The machine's clock.

use core::time::Duration;

use jiff::Timestamp;

use crate::ports::Clock;

/// Real time.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the program's clock")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    #[expect(clippy::disallowed_methods, reason = "this is the program's clock")]
    fn wait(&self, how_long: Duration, _why: &str) {
        std::thread::sleep(how_long);
    }
}
