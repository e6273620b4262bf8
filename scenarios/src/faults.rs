//! Faults: one call of one room goes wrong, as a scenario's file plans it.

mod hands;
mod meddler;

use std::sync::{Mutex, MutexGuard, PoisonError};

pub use meddler::{Call, Meddler};

pub(crate) use hands::{Card, MachineClock, PATIENCE, Platter, meddled, to_card, to_reset};

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
