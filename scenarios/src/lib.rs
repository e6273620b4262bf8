//! The end-to-end harness: whole stories of an enrollment, run against a software token and a mock certification
//! authority, recorded as one timeline and proven at the end.
//!
//! ```text
//! scenario (a file) ─► world (token, portal, clock) ─► runner (steps) ─► timeline ─► recording, transcript, screen
//!                                                          └────────────► proof (token and chain, on its own)
//! ```
//!
//! Invariants: image + scenario + seed + epoch give the same recording byte for byte; no event holds a port, a
//! path, a process or the wall clock; reports see recorded lines only, never the world.

pub mod bench;
pub mod browser;
pub mod clock;
pub mod coverage;
pub mod crash;
pub mod explore;
pub mod faults;
pub mod import;
pub mod jobs;
pub mod junit;
pub mod lang;
#[cfg_attr(not(feature = "pcsc"), path = "no_module.rs")]
mod module;
pub mod operator;
pub mod output;
#[cfg_attr(not(feature = "pcsc"), path = "no_pcsc.rs")]
mod pcsc;
pub mod proof;
pub mod reader;
pub mod recording;
pub mod relay;
pub mod replay;
pub mod report;
pub mod runner;
pub mod scenario;
pub mod screen;
pub mod shard;
pub mod signing;
pub mod suite;
pub mod summary;
pub mod timeline;
pub mod token;
pub mod transcript;
pub mod wire;
pub mod world;
