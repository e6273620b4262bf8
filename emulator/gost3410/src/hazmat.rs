//! Half-finished operations, for the standards' worked examples and for tests.
//!
//! **A nonce used twice, or known in part, gives the secret key away.** Use [`SigningKey::sign_prehash`] and
//! [`vko`](crate::vko).

use alloc::vec::Vec;

use zeroize::Zeroizing;

use crate::error::check_length;
use crate::suite::suite;
use crate::{Error, Signature, SigningKey, VerifyingKey, count, signing};

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

/// The point `K` of VKO before its hash: `X‖Y`, each little-endian.
///
/// Units and errors as for [`vko`](crate::vko).
pub fn shared_point(
    key: &SigningKey,
    peer: &VerifyingKey,
    ukm: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Error> {
    if key.parameter_set() != peer.parameter_set() {
        return Err(Error::ParameterMismatch);
    }
    count::AGREEMENTS.add_one();
    suite(key.parameter_set()).agree(&key.to_le_bytes(), ukm, &peer.to_bytes())
}
