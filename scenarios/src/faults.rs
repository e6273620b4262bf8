//! Faults: one call of one room goes wrong, as a scenario's file plans it; and the matrix of all of them.
//!
//! The matrix takes every call of a clean run and everything that can happen to it, one at a time, and then goes on as
//! a person would. An enrollment finishes by itself, or it tells clearly what happened and finishes when it is resumed;
//! anything else is a failure.

mod hands;
mod life;
mod matrix;
mod meddler;
pub(crate) mod secrets;
pub mod table;
pub(crate) mod witness;

pub use life::Class;
pub use matrix::{Cell, FaultsError, Report, Trouble, faults};
pub use meddler::{Call, Meddler};

#[cfg(feature = "pcsc")]
pub(crate) use hands::end_the_dead;
pub(crate) use hands::{Card, Killed, MachineClock, PATIENCE, Platter, meddled, to_card, to_reset};
