//! Public keys.

use alloc::vec::Vec;
use core::fmt;

use crate::error::check_length;
use crate::suite::suite;
use crate::{Algorithm, Error, ParameterSet, Signature, count};

/// A public key: always on the curve and in the subgroup of order `q`.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifyingKey {
    set: ParameterSet,
    xy: Vec<u8>,
}

impl VerifyingKey {
    /// Reads `X‖Y`, each little-endian: the order of the token and of SubjectPublicKeyInfo.
    ///
    /// Errors: a length other than twice `set.size()`; a coordinate not below `p`; a point off the curve or, for the
    /// two sets of cofactor 4, outside the subgroup of order `q`.
    pub fn from_bytes(set: ParameterSet, xy_le: &[u8]) -> Result<Self, Error> {
        check_length(xy_le, 2 * set.size())?;
        suite(set).check_public_key(xy_le)?;
        Ok(Self {
            set,
            xy: xy_le.to_vec(),
        })
    }

    /// Reads `CKA_VALUE` of PKCS#11: `X‖Y` with or without the header of an OCTET STRING before it.
    ///
    /// Source: rtpkcs11ecp gives 64 octets, OpenSC 66. Errors: those of [`from_bytes`](Self::from_bytes).
    pub fn from_pkcs11(set: ParameterSet, value: &[u8]) -> Result<Self, Error> {
        let header: &[u8] = match set.size() {
            32 => &[0x04, 0x40],
            _ => &[0x04, 0x81, 0x80],
        };
        let bare = (value.strip_prefix(header)).filter(|rest| rest.len() == 2 * set.size());
        Self::from_bytes(set, bare.unwrap_or(value))
    }

    pub(crate) fn of_secret(set: ParameterSet, d: &[u8]) -> Result<Self, Error> {
        let xy = suite(set).public_key(d)?;
        count::PUBLIC_KEYS.add_one();
        Ok(Self { set, xy })
    }

    /// `X‖Y`, each little-endian.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.xy.clone()
    }

    /// The parameter set of the key.
    pub fn parameter_set(&self) -> ParameterSet {
        self.set
    }

    /// Checks a signature of a digest.
    ///
    /// Shape: `set.size()` octets as the hash API gives them.
    /// Errors: a digest or signature of another size; [`Error::InvalidSignature`].
    pub fn verify_prehash(&self, digest: &[u8], signature: &Signature) -> Result<(), Error> {
        check_length(digest, self.set.size())?;
        let rs = signature.as_le_halves();
        check_length(rs, 2 * self.set.size())?;
        count::VERIFICATIONS.add_one();
        suite(self.set).verify(&self.xy, digest, rs)
    }

    /// Checks a signature of a message by its digest under `algorithm`.
    ///
    /// Errors: an algorithm that does not allow the key's set; those of [`verify_prehash`](Self::verify_prehash).
    pub fn verify_message(
        &self,
        algorithm: Algorithm,
        message: &[u8],
        signature: &Signature,
    ) -> Result<(), Error> {
        algorithm.check_allows(self.set)?;
        self.verify_prehash(&algorithm.digest(message), signature)
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyingKey({}, ", self.set.name())?;
        for octet in &self.xy {
            write!(f, "{octet:02x}")?;
        }
        f.write_str(")")
    }
}
