//! SubjectPublicKeyInfo.

use alloc::vec::Vec;

use der::asn1::{AnyRef, BitStringRef, OctetStringRef};
use der::{Decode, Encode};
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};

use super::identifier;
use crate::{Algorithm, Error, VerifyingKey};

/// A SubjectPublicKeyInfo: a public key and the algorithm it is for.
///
/// The parameter set keeps the name it came with: CryptoPro-XchA is never rewritten as -A, since names are signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKeyInfo {
    /// Which signatures the key checks; must allow the key's set.
    pub algorithm: Algorithm,
    /// The key.
    pub key: VerifyingKey,
}

impl PublicKeyInfo {
    /// Writes DER; the digest identifier stands where RFC 4491 §2.3.2 and RFC 9215 §4.2 want it.
    pub fn to_der(&self) -> Vec<u8> {
        self.encode()
            .expect("lengths are far below the limits of DER")
    }

    fn encode(&self) -> der::Result<Vec<u8>> {
        let parameters = identifier::parameters(self.algorithm, self.key.parameter_set());
        let octets = self.key.to_bytes();
        let key = OctetStringRef::new(&octets)?.to_der()?;
        let info = SubjectPublicKeyInfoRef {
            algorithm: AlgorithmIdentifierRef {
                oid: self.algorithm.key_oid(),
                parameters: Some(AnyRef::from_der(&parameters)?),
            },
            subject_public_key: BitStringRef::from_bytes(&key)?,
        };
        info.to_der()
    }

    /// Reads DER with one, two or three identifiers in the parameters.
    ///
    /// Errors: malformed DER; another algorithm; a set that is missing, unknown or not the algorithm's; a digest that
    /// is not the algorithm's; an invalid point.
    pub fn from_der(der: &[u8]) -> Result<Self, Error> {
        let info = SubjectPublicKeyInfoRef::from_der(der).map_err(|_| Error::Malformed)?;
        let (algorithm, set) = identifier::read(&info.algorithm)?;
        let bits = info.subject_public_key.as_bytes().ok_or(Error::Malformed)?;
        let octets = <&OctetStringRef>::from_der(bits).map_err(|_| Error::Malformed)?;
        let key = VerifyingKey::from_bytes(set, octets.as_bytes())?;
        Ok(Self { algorithm, key })
    }
}
