//! The certification request (PKCS#10, RFC 2986) that the portal's page describes.
//!
//! Built from the page's subject, order kept, one attribute in each RDN, string types by attribute; signed by the
//! token elsewhere; read back and checked before it leaves. Knows no token and no portal.

mod check;
mod identifiers;

use const_oid::ObjectIdentifier;
use der::asn1::{Any, BitString, ObjectIdentifier as Oid, OctetString, SetOfVec, Utf8StringRef};
use der::{Decode as _, Encode as _, Tag};
use gost3410::{Algorithm, PublicKeyInfo, Signature};
use x509_cert::attr::{Attribute, AttributeTypeAndValue};
use x509_cert::ext::Extension;
use x509_cert::name::{Name, RdnSequence, RelativeDistinguishedName};
use x509_cert::request::{CertReq, CertReqInfo, Version};
use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};

use crate::name::{StringType, attribute_type};
use crate::pem;
use crate::ports::portal::{RequestedExtensions, SubjectAttribute};

pub use check::self_check;

/// Why no request can be made of what the page says, or why a request is not fit to be sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// A value does not fit its attribute.
    #[error("«{label}» ({oid}) {why}")]
    Field {
        /// The page's label.
        label: String,
        /// The attribute.
        oid: ObjectIdentifier,
        /// What is wrong.
        why: FieldProblem,
    },
    /// The page names a key usage that X.509 does not know.
    #[error("«{name}» is no key usage")]
    KeyUsage {
        /// As the page has it.
        name: String,
    },
    /// The page wants an algorithm and a parameter set that do not go together.
    #[error("the key does not fit the algorithm {algorithm:?}")]
    Algorithm {
        /// What the page wants.
        algorithm: Algorithm,
    },
    /// The DER does not read back.
    #[error("the request does not read back: {why}")]
    Malformed {
        /// What failed.
        why: String,
    },
    /// The request differs from what was asked for.
    #[error("the request read back has another {what}")]
    Differs {
        /// What differs.
        what: &'static str,
    },
    /// The signature does not verify with the key in the request.
    #[error("the request's own signature does not verify")]
    Signature,
}

/// Why a value does not fit its attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FieldProblem {
    /// Nothing in it.
    #[error("is empty")]
    Empty,
    /// More characters than the attribute's limit.
    #[error("is longer than its attribute may be")]
    TooLong,
    /// Characters that the string type does not have.
    #[error("holds characters that its string type does not have")]
    Characters,
    /// Not two letters.
    #[error("is no country code")]
    Country,
    /// Length or check digits.
    #[error("does not pass the check of an ИНН")]
    Inn,
    /// Length or check digit.
    #[error("does not pass the check of an ОГРН")]
    Ogrn,
    /// Length or check digit.
    #[error("does not pass the check of an ОГРНИП")]
    Ogrnip,
    /// Length or check number.
    #[error("does not pass the check of a СНИЛС")]
    Snils,
    /// Not nine characters, or Latin look-alikes in the word.
    #[error("names a КПП that is none")]
    Kpp,
}

/// What goes into a request.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// In the page's order.
    pub subject: &'a [SubjectAttribute],
    /// As the page names them.
    pub extensions: &'a RequestedExtensions,
    /// The pair's public half.
    pub key: &'a PublicKeyInfo,
}

/// The part that is signed: CertificationRequestInfo, DER.
pub fn info(wanted: &Wanted<'_>) -> Result<Vec<u8>, RequestError> {
    wanted.subject.iter().try_for_each(identifiers::check)?;
    info_of(wanted.subject, wanted.key, &extensions(wanted.extensions)?)
}

/// The same without a look at what the values mean.
pub(crate) fn info_of(
    subject: &[SubjectAttribute],
    key: &PublicKeyInfo,
    extensions: &Vec<Extension>,
) -> Result<Vec<u8>, RequestError> {
    let fields = subject.iter().map(attribute);
    let subject = Name::hazmat_from_rdn_sequence(rdns(fields.collect::<Result<Vec<_>, _>>()?)?);
    let info = CertReqInfo {
        version: Version::V1,
        subject,
        public_key: SubjectPublicKeyInfoOwned::from_der(&key.to_der()).map_err(malformed)?,
        attributes: SetOfVec::try_from(vec![extension_request(extensions)?]).map_err(malformed)?,
    };
    info.to_der().map_err(malformed)
}

/// Joins the signed part and its signature: CertificationRequest, DER. The algorithm identifier has no parameters.
pub fn assemble(
    info: &[u8],
    algorithm: Algorithm,
    signature: &Signature,
) -> Result<Vec<u8>, RequestError> {
    let request = CertReq {
        info: CertReqInfo::from_der(info).map_err(malformed)?,
        algorithm: AlgorithmIdentifierOwned {
            oid: algorithm.signature_oid(),
            parameters: None,
        },
        signature: BitString::from_bytes(&signature.to_bytes()).map_err(malformed)?,
    };
    request.to_der().map_err(malformed)
}

/// PEM with the label that Microsoft's tools and all others read.
#[must_use]
pub fn to_pem(der: &[u8]) -> String {
    pem::encode("CERTIFICATE REQUEST", der)
}

/// DER of a PEM request, whichever of the two labels it has.
pub fn from_pem(text: &str) -> Result<Vec<u8>, RequestError> {
    let wanted = ["CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"];
    let found = pem::blocks(text)
        .into_iter()
        .find(|block| wanted.contains(&block.label.as_str()));
    found
        .map(|block| block.der)
        .ok_or_else(|| RequestError::Malformed {
            why: "no PEM block".to_owned(),
        })
}

/// The subject and the key of a request, for comparing a certificate with it.
pub fn read(der: &[u8]) -> Result<(Vec<(Oid, String)>, PublicKeyInfo), RequestError> {
    let request = CertReq::from_der(der).map_err(malformed)?;
    let key = request.info.public_key.to_der().map_err(malformed)?;
    let key = PublicKeyInfo::from_der(&key).map_err(|why| RequestError::Malformed {
        why: why.to_string(),
    })?;
    Ok((crate::name::attributes(&request.info.subject), key))
}

fn attribute(field: &SubjectAttribute) -> Result<AttributeTypeAndValue, RequestError> {
    let string = attribute_type(&field.oid).map_or(StringType::Utf8, |known| known.string);
    let refused = || RequestError::Field {
        label: field.label.clone(),
        oid: field.oid,
        why: FieldProblem::Characters,
    };
    let (tag, fits): (Tag, fn(char) -> bool) = match string {
        StringType::Utf8 => (Tag::Utf8String, |c| !c.is_control()),
        StringType::Printable => (Tag::PrintableString, is_printable),
        StringType::Ia5 => (Tag::Ia5String, |c| c.is_ascii_graphic() || c == ' '),
        StringType::Numeric => (Tag::NumericString, |c| c.is_ascii_digit()),
    };
    if !field.value.chars().all(fits) {
        return Err(refused());
    }
    let value = Any::new(tag, field.value.as_bytes()).map_err(malformed)?;
    Ok(AttributeTypeAndValue {
        oid: field.oid,
        value,
    })
}

/// PrintableString, X.680 §41.4.
fn is_printable(c: char) -> bool {
    c.is_ascii_alphanumeric() || " '()+,-./:=?".contains(c)
}

fn rdns(attributes: Vec<AttributeTypeAndValue>) -> Result<RdnSequence, RequestError> {
    let mut sequence = RdnSequence::default();
    for attribute in attributes {
        let mut one = RelativeDistinguishedName::default();
        one.insert(attribute).map_err(malformed)?;
        sequence.push(one);
    }
    Ok(sequence)
}

fn extension_request(extensions: &Vec<Extension>) -> Result<Attribute, RequestError> {
    let values = SetOfVec::try_from(vec![Any::encode_from(extensions).map_err(malformed)?])
        .map_err(malformed)?;
    Ok(Attribute {
        oid: EXTENSION_REQUEST,
        values,
    })
}

/// What the page names, encoded.
pub(crate) fn extensions(wanted: &RequestedExtensions) -> Result<Vec<Extension>, RequestError> {
    let mut extensions: Vec<Extension> = Vec::new();
    if !wanted.key_usage.is_empty() {
        extensions.push(extension(KEY_USAGE, &key_usage(&wanted.key_usage)?)?);
    }
    if !wanted.extended_key_usage.is_empty() {
        extensions.push(extension(EXT_KEY_USAGE, &wanted.extended_key_usage)?);
    }
    if !wanted.policies.is_empty() {
        let policies: Vec<Vec<Oid>> = wanted.policies.iter().map(|policy| vec![*policy]).collect();
        extensions.push(extension(CERTIFICATE_POLICIES, &policies)?);
    }
    if let Some(tool) = &wanted.sign_tool {
        extensions.push(extension(
            SUBJECT_SIGN_TOOL,
            &Utf8StringRef::new(tool).map_err(malformed)?,
        )?);
    }
    Ok(extensions)
}

/// All of them non-critical, as 2382 of 2403 certificates have their policies and most their key usage.
fn extension(oid: Oid, value: &impl der::Encode) -> Result<Extension, RequestError> {
    let value = value.to_der().map_err(malformed)?;
    Ok(Extension {
        extn_id: oid,
        critical: false,
        extn_value: OctetString::new(value).map_err(malformed)?,
    })
}

/// A named bit list: bit 0 is the first bit, no trailing zero bits (RFC 5280 §4.2.1.3, X.690 §11.2.2).
fn key_usage(names: &[String]) -> Result<BitString, RequestError> {
    let mut bits = 0u16;
    for name in names {
        let bit = KEY_USAGES.iter().position(|known| known == name);
        bits |= 0x8000 >> bit.ok_or_else(|| RequestError::KeyUsage { name: name.clone() })?;
    }
    let octets = if bits & 0x00ff == 0 { 1 } else { 2 };
    let unused = bits.trailing_zeros().min(15) as u8 % 8;
    BitString::new(unused, &bits.to_be_bytes()[..octets]).map_err(malformed)
}

fn malformed(error: der::Error) -> RequestError {
    RequestError::Malformed {
        why: error.to_string(),
    }
}

const KEY_USAGES: [&str; 9] = [
    "digitalSignature",
    "nonRepudiation",
    "keyEncipherment",
    "dataEncipherment",
    "keyAgreement",
    "keyCertSign",
    "cRLSign",
    "encipherOnly",
    "decipherOnly",
];
const KEY_USAGE: Oid = Oid::new_unwrap("2.5.29.15");
const EXT_KEY_USAGE: Oid = Oid::new_unwrap("2.5.29.37");
const CERTIFICATE_POLICIES: Oid = Oid::new_unwrap("2.5.29.32");
const SUBJECT_SIGN_TOOL: Oid = Oid::new_unwrap("1.2.643.100.111");
const EXTENSION_REQUEST: Oid = Oid::new_unwrap("1.2.840.113549.1.9.14");
