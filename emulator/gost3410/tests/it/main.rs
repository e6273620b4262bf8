//! Vector files, refusals and encodings, through the public door.

mod common;
mod engine;
mod refusals;
mod rfc7091;
mod vko;
