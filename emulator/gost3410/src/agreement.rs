//! VKO: a shared key from one's secret and the other's public key.

use alloc::vec::Vec;

use zeroize::Zeroizing;

use crate::{Algorithm, Error, SigningKey, VerifyingKey, hazmat};

/// `hash(K)` for `K = (m/q · UKM · d mod q) · Q`, both coordinates little-endian, `X‖Y`.
///
/// Shape: `hash` chooses the name: [`Algorithm::Gost2001`] is VKO GOST R 34.10-2001,
/// [`Algorithm::Gost2012_256`] and [`Algorithm::Gost2012_512`] are VKO_GOSTR3410_2012_256 and _512; the first two of
/// the 2012 kind take keys of either size.
/// Units: `ukm` is read little-endian, usually 8 octets, never more than a scalar.
/// Errors: keys of different sets; a UKM of zero (mod q) or too long.
/// The hash looks its tables up by secret: see the crate page on time.
/// Source: RFC 4357 §5.2, RFC 7836 §4.3.
pub fn vko(
    key: &SigningKey,
    peer: &VerifyingKey,
    ukm: &[u8],
    hash: Algorithm,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let shared = hazmat::shared_point(key, peer, ukm)?;
    Ok(Zeroizing::new(hash.digest(&shared)))
}
