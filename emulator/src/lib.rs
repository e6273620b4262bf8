//! A software Rutoken ECP 2.0: APDUs in, APDUs out.
//!
//! [`Card`] is the whole token as a value: a [`TokenImage`] that outlives power, a session that does not, and the
//! rules between them. It opens no file, no socket and no clock; time and randomness are lent by [`Env`], so the same
//! image, commands and random stream give the same answers. [`vpcd`] is the thin shell that puts a card into
//! the virtual reader of pcscd, and the program `emulator` is a thin shell around that.
//!
//! What the device does is known from OpenSC's driver and from recordings of its programs; there is no public
//! specification. [`fidelity`] is the table of what each behaviour rests on; item docs say `Evidence: driver`, and "assumed"
//! wherever a choice was made that no source backs. [`fixture`] makes tokens for other people's tests.
//!
//! Invariants: every byte string gets an answer of at least two bytes; a refused command changes nothing but retry counters
//! and the right of the PIN that was wrong; each change of the image is one durable write, made before the command goes on;
//! secrets are never printed.

pub mod access;
pub mod apdu;
mod card;
pub mod command;
pub mod describe;
pub mod fidelity;
pub mod fixture;
pub mod image;
mod octets;
pub mod reference;
pub mod rsa;
pub mod rsf;
mod session;
pub mod status_word;
pub mod timing;
pub mod tlv;
pub mod vpcd;

pub use card::{Card, Env, Exchange, Model};
pub use image::{ImageError, ObjectName, TokenImage};
pub use status_word::StatusWord;
