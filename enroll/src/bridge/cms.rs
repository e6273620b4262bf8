//! `sign`: a CMS SignedData (RFC 5652) whose signer is a certificate of the token.
//!
//! Signed attributes are content type, digest and, when asked for, the time; the algorithm identifiers are those of
//! RFC 4490 and RFC 9215.

use cms::cert::{CertificateChoices, IssuerAndSerialNumber};
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{
    CertificateSet, EncapsulatedContentInfo, SignedData, SignerIdentifier, SignerInfo, SignerInfos,
};
use const_oid::ObjectIdentifier as Oid;
use const_oid::db::rfc5911::{
    ID_CONTENT_TYPE, ID_DATA, ID_MESSAGE_DIGEST, ID_SIGNED_DATA, ID_SIGNING_TIME,
};
use der::asn1::{Any, OctetString, OctetStringRef, SetOfVec};
use der::{DateTime, Decode as _, Encode as _, Tag};
use gost3410::Algorithm;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use x509_cert::attr::Attribute;
use x509_cert::spki::AlgorithmIdentifierOwned;
use x509_cert::time::Time;

use super::arguments::{Arguments, base64, flag, octets};
use super::certificates::pair_of;
use super::constants::*;
use super::device::Device;
use super::{Call, Fault, verifying};
use crate::certificate::Certificate;
use crate::pem;

/// Base64 of the signature, without line ends.
pub(super) fn sign(
    device: &mut Device,
    call: &Call<'_>,
    given: Arguments<'_>,
) -> Result<Value, Fault> {
    let content = content(given)?;
    signed(device, call, &given.octets(1)?, &content, given.options(4)?)
}

/// A signature over the page's salt, content attached (assumed: the shape is that of `sign`).
pub(super) fn authenticate(
    device: &mut Device,
    call: &Call<'_>,
    given: Arguments<'_>,
) -> Result<Value, Fault> {
    let salt = given.text(2)?.as_bytes().to_vec();
    signed(
        device,
        call,
        &given.octets(1)?,
        &Content::Data(salt),
        &Map::new(),
    )
}

/// What is signed: octets, or the digest of octets that stay with the page.
enum Content {
    Data(Vec<u8>),
    Digest(Vec<u8>),
}

/// By the format, or by the boolean «is base64» of older pages.
fn content(given: Arguments<'_>) -> Result<Content, Fault> {
    let text = given.text(2)?;
    let format = match given.given(3) {
        Some(Value::Bool(true)) => DATA_FORMAT_BASE64,
        Some(Value::Bool(false)) | None => DATA_FORMAT_PLAIN,
        Some(_) => given.number(3)?,
    };
    Ok(match format {
        DATA_FORMAT_PLAIN => Content::Data(text.as_bytes().to_vec()),
        DATA_FORMAT_BASE64 => Content::Data(base64(text)?),
        DATA_FORMAT_HASH => Content::Digest(octets(text).ok_or(Fault::DATA_INVALID)?),
        _ => return Err(Fault::BAD_PARAMS),
    })
}

fn signed(
    device: &mut Device,
    call: &Call<'_>,
    certificate: &[u8],
    content: &Content,
    options: &Map<String, Value>,
) -> Result<Value, Fault> {
    let (certificate, pair) = pair_of(device, call, certificate)?;
    let algorithm = certificate.key().ok_or(Fault::WRONG_KEY_TYPE)?.algorithm;
    let detached = flag(options, "detached", true);
    let mut message = match options.get("CMS").and_then(Value::as_str) {
        Some(text) => verifying::read(text)?,
        None => empty(content, detached)?,
    };
    let digest = match (content, carried(&message)?) {
        (_, Some(carried)) => algorithm.digest(&carried),
        (Content::Data(data), None) => algorithm.digest(data),
        (Content::Digest(digest), None) => digest.clone(),
    };
    if digest.len() != algorithm.size() {
        return Err(Fault::DATA_LEN_RANGE);
    }
    let time = flag(options, "addSignTime", false).then_some(call.at);
    let attributes = attributes(digest, time)?;
    let to_sign = algorithm.digest(&attributes.to_der().map_err(asn1)?);
    let signature = device.user(call)?.sign_digest(&pair.id, &to_sign)?;
    add(
        &mut message,
        &certificate,
        algorithm,
        attributes,
        &signature.to_bytes(),
    )?;
    if flag(options, "addUserCertificate", true) {
        enclose(&mut message, &certificate)?;
    }
    Ok(json!(base64_of(&message)?))
}

fn empty(content: &Content, detached: bool) -> Result<SignedData, Fault> {
    let econtent = match content {
        Content::Data(data) if !detached => {
            Some(Any::new(Tag::OctetString, data.as_slice()).map_err(asn1)?)
        }
        Content::Digest(_) if !detached => return Err(Fault::BAD_PARAMS),
        _ => None,
    };
    Ok(SignedData {
        version: CmsVersion::V1,
        digest_algorithms: SetOfVec::new(),
        encap_content_info: EncapsulatedContentInfo {
            econtent_type: ID_DATA,
            econtent,
        },
        certificates: None,
        crls: None,
        signer_infos: SignerInfos(SetOfVec::new()),
    })
}

/// The octets inside, of an attached signature.
pub(super) fn carried(message: &SignedData) -> Result<Option<Vec<u8>>, Fault> {
    let inside = message.encap_content_info.econtent.as_ref();
    inside
        .map(|any| {
            any.decode_as::<&OctetStringRef>()
                .map(|it| it.as_bytes().to_vec())
        })
        .transpose()
        .map_err(asn1)
}

fn attributes(digest: Vec<u8>, time: Option<Timestamp>) -> Result<SetOfVec<Attribute>, Fault> {
    let mut list = vec![
        attribute(ID_CONTENT_TYPE, &ID_DATA)?,
        attribute(ID_MESSAGE_DIGEST, &OctetString::new(digest).map_err(asn1)?)?,
    ];
    if let Some(time) = time {
        let since = core::time::Duration::from_secs(u64::try_from(time.as_second()).unwrap_or(0));
        let time = DateTime::from_unix_duration(since).map_err(asn1)?;
        let time = der::asn1::UtcTime::from_date_time(time).map_err(asn1)?;
        list.push(attribute(ID_SIGNING_TIME, &Time::UtcTime(time))?);
    }
    SetOfVec::try_from(list).map_err(asn1)
}

fn attribute(oid: Oid, value: &impl der::Encode) -> Result<Attribute, Fault> {
    let value = Any::from_der(&value.to_der().map_err(asn1)?).map_err(asn1)?;
    let values = SetOfVec::try_from(vec![value]).map_err(asn1)?;
    Ok(Attribute { oid, values })
}

fn add(
    message: &mut SignedData,
    certificate: &Certificate,
    algorithm: Algorithm,
    attributes: SetOfVec<Attribute>,
    signature: &[u8],
) -> Result<(), Fault> {
    let digest_alg = AlgorithmIdentifierOwned {
        oid: algorithm.digest_oid(),
        parameters: None,
    };
    if !message
        .digest_algorithms
        .iter()
        .any(|it| it.oid == digest_alg.oid)
    {
        message
            .digest_algorithms
            .insert(digest_alg.clone())
            .map_err(asn1)?;
    }
    let signature_algorithm = AlgorithmIdentifierOwned {
        oid: algorithm.key_oid(),
        parameters: None,
    };
    let inner = enclosed(certificate)?;
    let tbs = inner.tbs_certificate();
    let signer = SignerInfo {
        version: CmsVersion::V1,
        sid: SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
            issuer: tbs.issuer().clone(),
            serial_number: tbs.serial_number().clone(),
        }),
        digest_alg,
        signed_attrs: Some(attributes),
        signature_algorithm,
        signature: OctetString::new(signature).map_err(asn1)?,
        unsigned_attrs: None,
    };
    message.signer_infos.0.insert(signer).map_err(asn1)
}

fn enclose(message: &mut SignedData, certificate: &Certificate) -> Result<(), Fault> {
    let choice = CertificateChoices::Certificate(enclosed(certificate)?);
    let mut set = message
        .certificates
        .take()
        .map_or_else(SetOfVec::new, |it| it.0);
    if !set.iter().any(|it| *it == choice) {
        set.insert(choice).map_err(asn1)?;
    }
    message.certificates = Some(CertificateSet(set));
    Ok(())
}

fn enclosed(certificate: &Certificate) -> Result<x509_cert::Certificate, Fault> {
    x509_cert::Certificate::from_der(certificate.der()).map_err(asn1)
}

fn base64_of(message: &SignedData) -> Result<String, Fault> {
    let content = Any::encode_from(message).map_err(asn1)?;
    let whole = ContentInfo {
        content_type: ID_SIGNED_DATA,
        content,
    };
    let text = pem::encode("CMS", &whole.to_der().map_err(asn1)?);
    Ok(text.lines().filter(|line| !line.starts_with('-')).collect())
}

pub(super) fn asn1(_: der::Error) -> Fault {
    Fault::ASN1_ERROR
}
