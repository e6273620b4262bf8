//! DER of keys and algorithm identifiers, beside the arithmetic.

mod identifier;
mod private_key;
mod public_key;

pub use private_key::PrivateKeyInfo;
pub use public_key::PublicKeyInfo;
