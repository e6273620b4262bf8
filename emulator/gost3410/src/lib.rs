//! GOST R 34.10-2001 and GOST R 34.10-2012 signatures and keys.
#![no_std]
extern crate alloc;
#[cfg(test)]
extern crate std;

mod agreement;
mod arithmetic;
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
