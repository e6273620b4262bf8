//! PrivateKeyInfo (PKCS#8, RFC 5208) as gost-engine writes it, and the older forms it reads.

use alloc::vec;
use alloc::vec::Vec;

use der::asn1::{AnyRef, OctetStringRef, UintRef};
use der::{Decode, Encode, Reader, SliceReader, Tag, Tagged};
use spki::AlgorithmIdentifierRef;
use zeroize::Zeroizing;

use super::{PublicKeyInfo, identifier};
use crate::suite::suite;
use crate::{Algorithm, Error, ParameterSet, SigningKey};

/// A PrivateKeyInfo: a secret key and the algorithm it is for.
#[derive(Clone, Debug)]
pub struct PrivateKeyInfo {
    /// Which signatures the key makes; must allow the key's set.
    pub algorithm: Algorithm,
    /// The key.
    pub key: SigningKey,
}

impl PrivateKeyInfo {
    /// The public half.
    pub fn public_key_info(&self) -> PublicKeyInfo {
        PublicKeyInfo {
            algorithm: self.algorithm,
            key: self.key.verifying_key().clone(),
        }
    }

    /// Writes DER: version 0, no attributes, `d` little-endian straight in the OCTET STRING.
    pub fn to_der(&self) -> Zeroizing<Vec<u8>> {
        let der = self.encode();
        Zeroizing::new(der.expect("lengths are far below the limits of DER"))
    }

    fn encode(&self) -> der::Result<Vec<u8>> {
        let parameters = identifier::parameters(self.algorithm, self.key.parameter_set());
        let algorithm = AlgorithmIdentifierRef {
            oid: self.algorithm.key_oid(),
            parameters: Some(AnyRef::from_der(&parameters)?),
        };
        let d = self.key.to_le_bytes();
        let mut fields = Zeroizing::new(0_u8.to_der()?);
        algorithm.encode_to_vec(&mut fields)?;
        OctetStringRef::new(&d)?.encode_to_vec(&mut fields)?;
        AnyRef::new(Tag::Sequence, &fields)?.to_der()
    }

    /// Reads DER.
    ///
    /// Shape of the octets in `privateKey`: `d` little-endian; `d` masked, that is several numbers of the
    /// set's size whose product mod q is `d`; either of them in a further OCTET STRING; `d` as an INTEGER; a
    /// SEQUENCE of masked key and public key.
    /// Errors: malformed DER; those of [`PublicKeyInfo::from_der`]; a secret not in `1..q`.
    pub fn from_der(der: &[u8]) -> Result<Self, Error> {
        let (identifier, octets) = read_fields(der).map_err(|_| Error::Malformed)?;
        let (algorithm, set) = identifier::read(&identifier)?;
        let d = read_secret(set, octets)?;
        let key = SigningKey::from_le_bytes(set, &d)?;
        Ok(Self { algorithm, key })
    }
}

/// Version 0 or 1, AlgorithmIdentifier, OCTET STRING; attributes are skipped.
fn read_fields(der: &[u8]) -> der::Result<(AlgorithmIdentifierRef<'_>, &[u8])> {
    let mut reader = SliceReader::new(der)?;
    let fields = reader.sequence(|inner| {
        let version = u8::decode(inner)?;
        if version > 1 {
            return Err(Tag::Integer.value_error().into());
        }
        let algorithm = AlgorithmIdentifierRef::decode(inner)?;
        let key = <&OctetStringRef>::decode(inner)?;
        while !inner.is_finished() {
            AnyRef::decode(inner)?;
        }
        Ok::<_, der::Error>((algorithm, key.as_bytes()))
    })?;
    reader.finish()?;
    Ok(fields)
}

fn read_secret(set: ParameterSet, octets: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
    if octets.len().is_multiple_of(set.size()) {
        return unmask(set, octets);
    }
    let any = AnyRef::from_der(octets).map_err(|_| Error::Malformed)?;
    match any.tag() {
        Tag::Integer => read_integer(set, any),
        Tag::OctetString => unmask(set, any.value()),
        Tag::Sequence => unmask(set, first_octet_string(any).map_err(|_| Error::Malformed)?),
        _ => Err(Error::Malformed),
    }
}

/// The product mod q of all numbers in a row: key and masks, or the key alone.
fn unmask(set: ParameterSet, octets: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
    let whole = !octets.is_empty() && octets.len().is_multiple_of(set.size());
    if !whole {
        return Err(Error::Length {
            expected: set.size(),
            got: octets.len(),
        });
    }
    suite(set).product(octets)
}

fn read_integer(set: ParameterSet, any: AnyRef<'_>) -> Result<Zeroizing<Vec<u8>>, Error> {
    let number = any
        .decode_as::<UintRef<'_>>()
        .map_err(|_| Error::Malformed)?;
    let big_endian = number.as_bytes();
    if big_endian.len() > set.size() {
        return Err(Error::ScalarOutOfRange);
    }
    let mut d = Zeroizing::new(vec![0; set.size()]);
    for (octet, value) in d.iter_mut().zip(big_endian.iter().rev()) {
        *octet = *value;
    }
    Ok(d)
}

/// The masked key of a SEQUENCE { masked key, public key }.
fn first_octet_string(any: AnyRef<'_>) -> der::Result<&[u8]> {
    any.sequence(|reader| {
        let key = <&OctetStringRef>::decode(reader)?;
        while !reader.is_finished() {
            AnyRef::decode(reader)?;
        }
        Ok(key.as_bytes())
    })
}
