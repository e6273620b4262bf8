//! AlgorithmIdentifiers (RFC 4491 §2.2, §2.3; RFC 9215 §2, §4).

use alloc::vec::Vec;

use der::asn1::{AnyRef, ObjectIdentifier};
use der::{Decode, Encode, Reader, SliceReader};
use spki::AlgorithmIdentifierRef;

use crate::{Algorithm, Error, ParameterSet};

impl Algorithm {
    /// The AlgorithmIdentifier of a signature as RFC 4491 and RFC 9215 write it: without parameters.
    pub fn signature_identifier_to_der(self) -> Vec<u8> {
        let identifier = AlgorithmIdentifierRef {
            oid: self.signature_oid(),
            parameters: None,
        };
        identifier.to_der().expect("one identifier fits")
    }

    /// Reads the AlgorithmIdentifier of a signature; parameters may be absent or NULL, as gost-engine writes.
    ///
    /// Errors: malformed DER; another algorithm; other parameters.
    pub fn from_signature_identifier_der(der: &[u8]) -> Result<Self, Error> {
        let identifier = AlgorithmIdentifierRef::from_der(der).map_err(|_| Error::Malformed)?;
        let algorithm = Self::from_signature_oid(&identifier.oid).ok_or(Error::UnknownAlgorithm)?;
        let plain = identifier.parameters.is_none_or(AnyRef::is_null);
        plain.then_some(algorithm).ok_or(Error::ParameterMismatch)
    }
}

/// GostR3410-…-PublicKeyParameters, DER.
///
/// The digest stands beside the CryptoPro names only: RFC 4491 §2.3.2 and RFC 9215 §4.2 require it there, and
/// the latter wants it absent beside those of TC26.
pub(super) fn parameters(algorithm: Algorithm, set: ParameterSet) -> Vec<u8> {
    let mut oids = Vec::from([set.oid()]);
    if Algorithm::Gost2001.allows(set) {
        oids.push(algorithm.digest_params_oid());
    }
    oids.to_der().expect("two identifiers fit")
}

/// The algorithm and the parameter set of a key, once the other identifiers have proved to belong to them.
pub(super) fn read(
    identifier: &AlgorithmIdentifierRef<'_>,
) -> Result<(Algorithm, ParameterSet), Error> {
    let algorithm = Algorithm::from_key_oid(&identifier.oid).ok_or(Error::UnknownAlgorithm)?;
    // RFC 4491 §2.3.2 would let a key inherit its issuer's parameters; we have no issuer to ask.
    let parameters = identifier.parameters.filter(|any| !any.is_null());
    let parameters = parameters.ok_or(Error::UnknownParameterSet)?;
    let (set, digest) = read_oids(parameters).map_err(|_| Error::Malformed)?;
    let set = ParameterSet::from_oid(&set).ok_or(Error::UnknownParameterSet)?;
    let digest_belongs = digest.is_none_or(|oid| oid == algorithm.digest_params_oid());
    if !algorithm.allows(set) || !digest_belongs {
        return Err(Error::ParameterMismatch);
    }
    Ok((algorithm, set))
}

fn read_oids(any: AnyRef<'_>) -> der::Result<(ObjectIdentifier, Option<ObjectIdentifier>)> {
    let der = any.to_der()?;
    let mut reader = SliceReader::new(&der)?;
    let oids = reader.sequence(|inner| {
        let set = ObjectIdentifier::decode(inner)?;
        let digest = Option::<ObjectIdentifier>::decode(inner)?;
        Option::<ObjectIdentifier>::decode(inner)?; // the cipher's set, beside some 2001 keys
        Ok::<_, der::Error>((set, digest))
    })?;
    reader.finish()?;
    Ok(oids)
}
