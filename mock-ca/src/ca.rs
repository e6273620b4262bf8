//! The certification authority: takes a request and an application, gives certificates and lists. It knows no HTTP,
//! no clock and no chance of its own.

pub mod identifiers;
pub mod oids;
mod profile;

pub use profile::Profile;
