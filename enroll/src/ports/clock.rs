//! Time, lent by whoever runs the engine.

use core::time::Duration;

use jiff::Timestamp;

/// The engine's only way to learn the time and to let it pass.
///
/// Methods take `&self` so that one clock can be shared by the engine, the transports and the observer; an
/// implementation that counts its own time keeps it in a `Cell` or an atomic.
pub trait Clock {
    /// The present moment.
    fn now(&self) -> Timestamp;

    /// Returns when `how_long` has passed; `why` is for a person who watches.
    fn wait(&self, how_long: Duration, why: &str);
}
