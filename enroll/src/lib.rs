//! The enrollment engine: from an empty token to an installed certificate.
//!
//! A person who follows the manual of УЦ «Форус» logs in to the portal by phone and SMS code, has the token make a
//! key pair, sends a request, waits for two messages, logs in again, writes the certificate beside the key and
//! prints papers. [`Enrollment`] does the same, in the same numbered steps, and checks what a person cannot see.
//!
//! ```text
//! stage (pure) ← journal ← engine → ports ← adapters/*      request, certificate: formats      cli → all
//! ```
//!
//! # From another program
//!
//! The ports ([`Ports`]) are traits: a token ([`ports::Token`]), a portal ([`ports::Portal`]), the phone's inbox
//! ([`ports::SmsInbox`]), who knows the PINs ([`ports::Applicant`]), and for paper a [`ports::Printer`]. [`adapters`]
//! has one or more of each; your own will do as well. [`Enrollment`] has a function for each chapter, and every one may
//! be called again after a failure: it goes on from what the journal says.
//!
//! A run tells what it does as [`event::Event`]s to the [`event::Observer`] it was given, in the order of the acts; they
//! serialize, hold no secret, and are what `enroll --json` prints. Time is the caller's: whatever implements
//! [`ports::Clock`] says what time it is and lets it pass, so a test waits half an hour in no time.
//! `examples/request_a_certificate.rs` is a whole request in seventy lines.
//!
//! Invariants:
//! - The engine knows ports, never adapters; only `cli` prints.
//! - Where an enrollment stands is a fold over the journal ([`stage`]); nothing else is remembered.
//! - The intent is in the journal before an act, the fact after it: a crash leaves a question, not a guess.
//! - Pairs are found by public key, never by name. A PIN is never tried twice. An RSA pair is never touched.
//! - No subject, algorithm or label of our own: they come from the portal's page.

pub mod adapters;
pub mod bridge;
pub mod certificate;
pub mod cli;
pub mod engine;
pub mod error;
pub mod event;
pub mod journal;
pub mod messages;
mod moment;
pub mod name;
pub mod object;
pub mod pem;
pub mod ports;
pub mod request;
pub mod sms;
pub mod stage;

pub use engine::{Enrollment, Installed, Issued, Papers, Ports, ReplaceOld, Requested, Settings};
pub use error::{Error, exit_code};
