//! Secret keys.

use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::error::check_length;
use crate::suite::suite;
use crate::{Error, ParameterSet, Signature, VerifyingKey, hazmat};

/// A secret key with its public key; wiped when dropped.
#[derive(Clone)]
pub struct SigningKey {
    d: Zeroizing<Vec<u8>>,
    public: VerifyingKey,
}

impl SigningKey {
    /// Draws a secret uniformly from `1..q`, by rejection.
    pub fn generate<R: CryptoRng + ?Sized>(set: ParameterSet, rng: &mut R) -> Self {
        loop {
            if let Ok(key) = Self::from_le_bytes(set, &draw(set, rng)) {
                return key;
            }
        }
    }

    /// Reads `d` in the order of the token and of PKCS#8.
    ///
    /// Units: `set.size()` octets, least significant first.
    /// Errors: wrong length, or not in `1..q`.
    pub fn from_le_bytes(set: ParameterSet, d: &[u8]) -> Result<Self, Error> {
        check_length(d, set.size())?;
        let public = VerifyingKey::of_secret(set, d)?;
        Ok(Self {
            d: Zeroizing::new(d.to_vec()),
            public,
        })
    }

    /// `d` as [`from_le_bytes`](Self::from_le_bytes) reads it.
    pub fn to_le_bytes(&self) -> Zeroizing<Vec<u8>> {
        self.d.clone()
    }

    /// The public key of the pair.
    pub fn verifying_key(&self) -> &VerifyingKey {
        &self.public
    }

    /// The parameter set of the pair.
    pub fn parameter_set(&self) -> ParameterSet {
        self.public.parameter_set()
    }

    /// Signs a digest with a nonce drawn from `rng`.
    ///
    /// Shape: `set.size()` octets as the hash API gives them.
    /// Errors: a digest of another length.
    pub fn sign_prehash<R: CryptoRng + ?Sized>(
        &self,
        digest: &[u8],
        rng: &mut R,
    ) -> Result<Signature, Error> {
        check_length(digest, self.parameter_set().size())?;
        loop {
            let k = draw(self.parameter_set(), rng);
            match hazmat::sign_with_nonce(self, digest, &k) {
                Err(Error::ScalarOutOfRange | Error::UnluckyNonce) => {}
                answer => return answer,
            }
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("d", &"…")
            .field("public", &self.public)
            .finish()
    }
}

/// Signs with the secret of `key`; the nonce has the size of the set.
pub(crate) fn sign(key: &SigningKey, digest: &[u8], k: &[u8]) -> Result<Signature, Error> {
    let rs = suite(key.parameter_set()).sign(&key.d, digest, k)?;
    Ok(Signature::from_le_halves(&rs))
}

/// Random octets of the length of `q`, with no more bits than `q` has, so that rejection is rare.
fn draw<R: CryptoRng + ?Sized>(set: ParameterSet, rng: &mut R) -> Zeroizing<Vec<u8>> {
    let mut octets = Zeroizing::new(vec![0; set.size()]);
    rng.fill_bytes(&mut octets);
    if matches!(
        set,
        ParameterSet::Tc26Gost256A | ParameterSet::Tc26Gost512C | ParameterSet::Tc26Gost512Test
    ) {
        octets[set.size() - 1] &= 0x7f;
    }
    octets
}
