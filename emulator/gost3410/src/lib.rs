#![doc = include_str!("../README.md")]
#![no_std]
extern crate alloc;
#[cfg(test)]
extern crate std;

// Who knows whom: params ◄── curves ◄── suite ◄── hazmat ◄── signing, verifying; encoding beside.
// The arithmetic knows neither names nor encodings; nothing here knows cards. `count` is told by whoever does work.
mod agreement;
mod arithmetic;
pub mod count;
mod curves;
mod encoding;
mod error;
pub mod hazmat;
mod nonce;
mod params;
mod signature;
mod signing;
mod suite;
mod traits;
mod verifying;

pub use agreement::vko;
pub use encoding::{PrivateKeyInfo, PublicKeyInfo};
pub use error::Error;
pub use params::{Algorithm, ParameterSet};
pub use signature::Signature;
pub use signing::SigningKey;
pub use verifying::VerifyingKey;
