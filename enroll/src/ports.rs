//! What the engine asks of the world: a token, a portal, a phone's inbox, a clock, and the applicant.
//!
//! Every port is a plain synchronous trait in the applicant's words with an error type of its own. The engine
//! knows these traits only; `adapters` know the sockets, files and terminals behind them.

pub mod applicant;
pub mod clock;
pub mod portal;
pub mod printer;
pub mod sms;
pub mod token;

pub use applicant::{Applicant, ApplicantError, Plan, Unattended};
pub use clock::Clock;
pub use portal::{Portal, PortalError};
pub use printer::{Printer, PrinterError};
pub use sms::{SmsError, SmsInbox};
pub use token::{Token, TokenError};
