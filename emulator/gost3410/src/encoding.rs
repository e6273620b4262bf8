//! SubjectPublicKeyInfo (RFC 4491 §2.3, RFC 9215 §4).

use alloc::vec::Vec;

use der::asn1::{AnyRef, BitStringRef, ObjectIdentifier, OctetStringRef};
use der::{Decode, Encode, Reader, SliceReader};
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};

use crate::{Algorithm, Error, ParameterSet, VerifyingKey};

/// A SubjectPublicKeyInfo: the key and the algorithm it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKeyInfo {
    /// Which signatures the key checks.
    pub algorithm: Algorithm,
    /// The key.
    pub key: VerifyingKey,
}

impl PublicKeyInfo {
    /// Writes DER; the digest identifier stands where RFC 4491 §2.3.2 and RFC 9215 §4 want it.
    pub fn to_der(&self) -> Vec<u8> {
        let parameters = parameters(self.algorithm, self.key.parameter_set());
        let octets = self.key.to_bytes();
        let info = OctetStringRef::new(&octets).and_then(|octets| octets.to_der());
        let info = info.and_then(|key| {
            SubjectPublicKeyInfoRef {
                algorithm: AlgorithmIdentifierRef {
                    oid: self.algorithm.key_oid(),
                    parameters: Some(AnyRef::from_der(&parameters)?),
                },
                subject_public_key: BitStringRef::from_bytes(&key)?,
            }
            .to_der()
        });
        info.expect("lengths are far below the limits of DER")
    }

    /// Reads DER with one, two or three identifiers in the parameters.
    ///
    /// Errors: malformed DER; another algorithm; a set that is missing, unknown or not the algorithm's; a digest that is
    /// not the algorithm's; an invalid point.
    pub fn from_der(der: &[u8]) -> Result<Self, Error> {
        let info = SubjectPublicKeyInfoRef::from_der(der).map_err(|_| Error::Malformed)?;
        let algorithm =
            Algorithm::from_key_oid(&info.algorithm.oid).ok_or(Error::UnknownAlgorithm)?;
        let set = read_parameters(algorithm, info.algorithm.parameters)?;
        let bits = info.subject_public_key.as_bytes().ok_or(Error::Malformed)?;
        let octets = <&OctetStringRef>::from_der(bits).map_err(|_| Error::Malformed)?;
        let key = VerifyingKey::from_bytes(set, octets.as_bytes())?;
        Ok(Self { algorithm, key })
    }
}

/// GostR3410-…-PublicKeyParameters, DER.
pub(crate) fn parameters(algorithm: Algorithm, set: ParameterSet) -> Vec<u8> {
    let mut oids = Vec::from([set.oid()]);
    if set <= ParameterSet::CryptoProXchB {
        oids.push(algorithm.digest_params_oid());
    }
    oids.to_der().expect("two identifiers fit")
}

/// The parameter set, once the other identifiers have proved to belong to the algorithm.
pub(crate) fn read_parameters(
    algorithm: Algorithm,
    parameters: Option<AnyRef<'_>>,
) -> Result<ParameterSet, Error> {
    let parameters = parameters.filter(|any| !any.is_null());
    let der = parameters
        .ok_or(Error::UnknownParameterSet)?
        .to_der()
        .map_err(|_| Error::Malformed)?;
    let (set, digest) = read_oids(&der).map_err(|_| Error::Malformed)?;
    let set = ParameterSet::from_oid(&set).ok_or(Error::UnknownParameterSet)?;
    let digest_belongs = digest.is_none_or(|oid| oid == algorithm.digest_params_oid());
    if !algorithm.allows(set) || !digest_belongs {
        return Err(Error::ParameterMismatch);
    }
    Ok(set)
}

fn read_oids(der: &[u8]) -> der::Result<(ObjectIdentifier, Option<ObjectIdentifier>)> {
    let mut reader = SliceReader::new(der)?;
    let oids = reader.sequence(|inner| {
        let set = ObjectIdentifier::decode(inner)?;
        let digest = Option::<ObjectIdentifier>::decode(inner)?;
        Option::<ObjectIdentifier>::decode(inner)?; // the cipher set of some 2001 keys
        Ok::<_, der::Error>((set, digest))
    })?;
    reader.finish()?;
    Ok(oids)
}
