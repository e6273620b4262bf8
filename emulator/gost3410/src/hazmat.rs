//! Signing from a nonce of the caller's choice, for the standards' worked examples.
//!
//! **A nonce used twice, or known in part, gives the secret key away.** Use [`SigningKey::sign_prehash`].

use crate::error::check_length;
use crate::{Error, Signature, SigningKey, signing};

/// GOST R 34.10-2012 signing from step 4 on (RFC 7091 §6.1); the nonce of step 3 is the caller's.
///
/// Units: `k_le` has the octets of the set, least significant first.
/// Errors: wrong lengths; `k` not in `1..q`; [`Error::UnluckyNonce`] when `r` or `s` is zero.
pub fn sign_with_nonce(key: &SigningKey, digest: &[u8], k_le: &[u8]) -> Result<Signature, Error> {
    let size = key.parameter_set().size();
    check_length(digest, size)?;
    check_length(k_le, size)?;
    signing::sign(key, digest, k_le)
}
