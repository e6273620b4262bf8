//! Secret keys.

use alloc::vec;
use alloc::vec::Vec;
use core::convert::Infallible;
use core::fmt;

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::error::check_length;
use crate::nonce::Nonces;
use crate::suite::suite;
use crate::{Algorithm, Error, ParameterSet, Signature, VerifyingKey, count, hazmat};

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
            let Ok(d) = draw(set, infallible(rng));
            if let Ok(key) = Self::from_le_bytes(set, &d) {
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
        let d = Zeroizing::new(d.to_vec());
        Ok(Self { d, public })
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
        let Ok(signature) = self.sign_drawing(digest, infallible(rng));
        signature
    }

    /// Signs a digest with a nonce that follows from key and digest: the same input gives the same signature.
    ///
    /// The nonce is that of RFC 6979 with HMAC over Streebog of the set's size; no Russian standard defines one.
    /// Streebog looks its tables up by secret here, so a neighbour on the same processor may learn from the cache.
    /// Errors: a digest of another length than the set's.
    pub fn sign_prehash_deterministic(&self, digest: &[u8]) -> Result<Signature, Error> {
        check_length(digest, self.parameter_set().size())?;
        let mut nonces = Nonces::new(self.parameter_set(), &self.d, digest);
        let Ok(signature) = self.try_nonces(digest, || Ok::<_, Infallible>(nonces.next()));
        signature
    }

    /// Signs a message by its digest under `algorithm`.
    ///
    /// Errors: an algorithm that does not allow the key's set.
    pub fn sign_message<R: CryptoRng + ?Sized>(
        &self,
        algorithm: Algorithm,
        message: &[u8],
        rng: &mut R,
    ) -> Result<Signature, Error> {
        algorithm.check_allows(self.parameter_set())?;
        self.sign_prehash(&algorithm.digest(message), rng)
    }

    /// Signs with nonces filled by a source that may fail.
    pub(crate) fn sign_drawing<E>(
        &self,
        digest: &[u8],
        mut fill: impl FnMut(&mut [u8]) -> Result<(), E>,
    ) -> Result<Result<Signature, Error>, E> {
        if let Err(error) = check_length(digest, self.parameter_set().size()) {
            return Ok(Err(error));
        }
        self.try_nonces(digest, || draw(self.parameter_set(), &mut fill))
    }

    /// Tries nonces until one is in `1..q` and gives no zero half; almost always the first.
    fn try_nonces<E>(
        &self,
        digest: &[u8],
        mut next: impl FnMut() -> Result<Zeroizing<Vec<u8>>, E>,
    ) -> Result<Result<Signature, Error>, E> {
        loop {
            match hazmat::sign_with_nonce(self, digest, &next()?) {
                Err(Error::ScalarOutOfRange | Error::UnluckyNonce) => {}
                answer => return Ok(answer),
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

/// Signs with the secret of `key`; digest and nonce have the size of the set.
pub(crate) fn sign(key: &SigningKey, digest: &[u8], k: &[u8]) -> Result<Signature, Error> {
    let rs = suite(key.parameter_set()).sign(&key.d, digest, k)?;
    count::SIGNATURES.add_one();
    Ok(Signature::from_le_halves(rs))
}

/// A number with as many random bits as `q` has, little-endian.
fn draw<E>(
    set: ParameterSet,
    mut fill: impl FnMut(&mut [u8]) -> Result<(), E>,
) -> Result<Zeroizing<Vec<u8>>, E> {
    let mut octets = Zeroizing::new(vec![0; set.size()]);
    fill(&mut octets)?;
    let surplus = 8 * set.size() - suite(set).order_bits();
    octets[set.size() - 1] &= 0xff >> surplus;
    Ok(octets)
}

fn infallible<R: CryptoRng + ?Sized>(
    rng: &mut R,
) -> impl FnMut(&mut [u8]) -> Result<(), Infallible> {
    |octets| {
        rng.fill_bytes(octets);
        Ok(())
    }
}
