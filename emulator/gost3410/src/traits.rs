//! The `signature` crate's traits: whole messages for a key with its algorithm, digests for a bare key.

use alloc::vec::Vec;

use ::signature::hazmat::{PrehashSigner, PrehashVerifier, RandomizedPrehashSigner};
use ::signature::rand_core::TryCryptoRng;
use ::signature::{KeypairRef, RandomizedSigner, SignatureEncoding, Signer, Verifier};

use crate::{Error, PrivateKeyInfo, PublicKeyInfo, Signature, SigningKey, VerifyingKey};

/// Signs deterministically; see [`SigningKey::sign_prehash_deterministic`].
impl Signer<Signature> for PrivateKeyInfo {
    fn try_sign(&self, message: &[u8]) -> Result<Signature, ::signature::Error> {
        let digest = self.algorithm.digest(message);
        Ok(self.key.sign_prehash_deterministic(&digest)?)
    }
}

impl RandomizedSigner<Signature> for PrivateKeyInfo {
    fn try_sign_with_rng<R: TryCryptoRng + ?Sized>(
        &self,
        rng: &mut R,
        message: &[u8],
    ) -> Result<Signature, ::signature::Error> {
        let digest = self.algorithm.digest(message);
        self.key.sign_prehash_with_rng(rng, &digest)
    }
}

impl Verifier<Signature> for PublicKeyInfo {
    fn verify(&self, message: &[u8], signature: &Signature) -> Result<(), ::signature::Error> {
        let digest = self.algorithm.digest(message);
        Ok(self.key.verify_prehash(&digest, signature)?)
    }
}

/// Signs deterministically; see [`SigningKey::sign_prehash_deterministic`].
impl PrehashSigner<Signature> for SigningKey {
    fn sign_prehash(&self, digest: &[u8]) -> Result<Signature, ::signature::Error> {
        Ok(self.sign_prehash_deterministic(digest)?)
    }
}

impl RandomizedPrehashSigner<Signature> for SigningKey {
    fn sign_prehash_with_rng<R: TryCryptoRng + ?Sized>(
        &self,
        rng: &mut R,
        digest: &[u8],
    ) -> Result<Signature, ::signature::Error> {
        let signature = self.sign_drawing(digest, |octets| rng.try_fill_bytes(octets));
        // The trait's error has room for a source only under `alloc`; a broken generator has no other words here.
        Ok(signature.map_err(|_| ::signature::Error::new())??)
    }
}

impl PrehashVerifier<Signature> for VerifyingKey {
    fn verify_prehash(
        &self,
        digest: &[u8],
        signature: &Signature,
    ) -> Result<(), ::signature::Error> {
        Ok(Self::verify_prehash(self, digest, signature)?)
    }
}

impl AsRef<VerifyingKey> for SigningKey {
    fn as_ref(&self) -> &VerifyingKey {
        self.verifying_key()
    }
}

impl KeypairRef for SigningKey {
    type VerifyingKey = VerifyingKey;
}

impl TryFrom<&[u8]> for Signature {
    type Error = Error;

    fn try_from(octets: &[u8]) -> Result<Self, Error> {
        Self::from_bytes(octets)
    }
}

impl From<Signature> for Vec<u8> {
    fn from(signature: Signature) -> Self {
        signature.to_bytes()
    }
}

impl SignatureEncoding for Signature {
    type Repr = Vec<u8>;
}

impl From<Error> for ::signature::Error {
    fn from(_: Error) -> Self {
        Self::new()
    }
}
