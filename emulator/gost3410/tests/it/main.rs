//! Vector files, refusals and encodings, through the public door.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

mod common;
mod der_walk;
mod encoding;
mod engine;
mod files;
mod refusals;
mod rfc7091;
mod signing;
mod vko;
mod x509;
