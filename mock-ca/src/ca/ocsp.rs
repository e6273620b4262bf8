//! Answers about single certificates: OCSP (RFC 6960), signed by the authority that issued them.

use der::asn1::{Any, BitString, GeneralizedTime, Null, ObjectIdentifier, OctetString};
use der::{Choice, Decode, Enumerated, Sequence};
use gost3410::Algorithm;
use jiff::{SignedDuration, Timestamp};
use sha1::{Digest as _, Sha1};
use sha2::Sha256;
use spki::AlgorithmIdentifierOwned;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::CrlReason;
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;

use super::issuer::Issuer;
use super::ledger::Revoked;
use super::name::der;
use super::{crl, oids, time};

/// How long an answer holds. Assumed.
const LIFE: SignedDuration = SignedDuration::from_hours(1);
/// The longest request that is read, in octets, and the most certificates one may ask about.
pub(crate) const MAX_REQUEST: usize = 16 * 1024;
const MAX_QUESTIONS: usize = 32;
/// The longest nonce that is given back (RFC 8954 §2.1 allows 32 octets; some clients send more).
const MAX_NONCE: usize = 128;

#[derive(Sequence)]
struct OcspRequest {
    tbs_request: TbsRequest,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    signature: Option<Any>,
}

#[derive(Sequence)]
struct TbsRequest {
    #[asn1(
        context_specific = "0",
        tag_mode = "EXPLICIT",
        default = "Default::default"
    )]
    version: u8,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    requestor: Option<Any>,
    list: Vec<SingleRequest>,
    #[asn1(context_specific = "2", tag_mode = "EXPLICIT", optional = "true")]
    extensions: Option<Vec<Extension>>,
}

#[derive(Sequence)]
struct SingleRequest {
    /// A CertID, to be given back as it came.
    certificate: Any,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    extensions: Option<Vec<Extension>>,
}

#[derive(Sequence)]
struct CertId {
    hash: AlgorithmIdentifierOwned,
    issuer_name_hash: OctetString,
    issuer_key_hash: OctetString,
    serial_number: SerialNumber,
}

#[derive(Sequence)]
struct OcspResponse {
    status: ResponseStatus,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    bytes: Option<ResponseBytes>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enumerated)]
#[asn1(type = "ENUMERATED")]
#[repr(u8)]
enum ResponseStatus {
    Successful = 0,
    MalformedRequest = 1,
    TryLater = 3,
    Unauthorized = 6,
}

#[derive(Sequence)]
struct ResponseBytes {
    kind: ObjectIdentifier,
    response: OctetString,
}

#[derive(Sequence)]
struct BasicResponse {
    data: Any,
    algorithm: AlgorithmIdentifierOwned,
    signature: BitString,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    certificates: Option<Vec<Any>>,
}

#[derive(Sequence)]
struct ResponseData {
    responder: ResponderId,
    produced_at: GeneralizedTime,
    responses: Vec<SingleResponse>,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    extensions: Option<Vec<Extension>>,
}

#[derive(Choice)]
enum ResponderId {
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", constructed = "true")]
    Name(Name),
}

#[derive(Sequence)]
struct SingleResponse {
    certificate: Any,
    status: CertStatus,
    this_update: GeneralizedTime,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    next_update: Option<GeneralizedTime>,
}

#[derive(Choice)]
enum CertStatus {
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT")]
    Good(Null),
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", constructed = "true")]
    Revoked(RevokedInfo),
    #[asn1(context_specific = "2", tag_mode = "IMPLICIT")]
    Unknown(Null),
}

#[derive(Sequence)]
struct RevokedInfo {
    at: GeneralizedTime,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    reason: Option<CrlReason>,
}

/// What an authority knows of a serial number.
pub(super) enum Known<'a> {
    /// Issued, and nothing against it.
    Good,
    /// Taken back.
    Revoked(&'a Revoked),
    /// Never issued here.
    Unknown,
}

/// A request that could be read.
pub(crate) struct Question {
    certificates: Vec<(Any, CertId)>,
    nonce: Option<Extension>,
}

impl Question {
    /// Reads DER; `None` when it is no request, or one that asks about nothing or too much.
    pub(crate) fn from_der(octets: &[u8]) -> Option<Self> {
        if octets.len() > MAX_REQUEST {
            return None;
        }
        let request = OcspRequest::from_der(octets).ok()?.tbs_request;
        let asked = request.list.into_iter().map(|one| {
            let id = one.certificate.decode_as::<CertId>();
            id.ok().map(|id| (one.certificate, id))
        });
        let certificates: Vec<_> = asked.collect::<Option<_>>()?;
        let nonce = request.extensions.into_iter().flatten();
        let nonce = nonce
            .filter(|one| one.extn_id == oids::OCSP_NONCE)
            .find(|one| one.extn_value.as_bytes().len() <= MAX_NONCE);
        (1..=MAX_QUESTIONS)
            .contains(&certificates.len())
            .then_some(Self {
                certificates,
                nonce,
            })
    }

    /// Whether any of it is about this issuer's certificates.
    pub(super) fn is_about(&self, issuer: &Issuer) -> bool {
        self.certificates.iter().any(|(_, id)| id.names(issuer))
    }

    /// The answer at a moment, DER; about others' certificates it says that they are not known.
    pub(super) fn answer<'a>(
        self,
        signer: &Issuer,
        at: Timestamp,
        known: impl Fn(&[u8]) -> Known<'a>,
    ) -> Vec<u8> {
        let single = |(certificate, id): (Any, CertId)| SingleResponse {
            certificate,
            status: match id.names(signer) {
                true => status(&known(id.serial_number.as_bytes())),
                false => CertStatus::Unknown(Null),
            },
            this_update: general(at),
            next_update: Some(general(at.checked_add(LIFE).unwrap_or(Timestamp::MAX))),
        };
        let data = der(&ResponseData {
            responder: ResponderId::Name(signer.subject.clone()),
            produced_at: general(at),
            responses: self.certificates.into_iter().map(single).collect(),
            extensions: self.nonce.map(|nonce| vec![nonce]),
        });
        let basic = BasicResponse {
            signature: BitString::from_bytes(&signer.signature(&data)).expect("at most 128 octets"),
            algorithm: AlgorithmIdentifierOwned {
                oid: signer.signature_algorithm().oid,
                parameters: None,
            },
            data: Any::from_der(&data).expect("written above"),
            certificates: Any::from_der(&signer.certificate).ok().map(|one| vec![one]),
        };
        let bytes = ResponseBytes {
            kind: oids::OCSP_BASIC,
            response: OctetString::new(der(&basic)).expect("far below the limits of DER"),
        };
        der(&OcspResponse {
            status: ResponseStatus::Successful,
            bytes: Some(bytes),
        })
    }
}

impl CertId {
    /// Whether this is a certificate of the issuer's, by name and key.
    fn names(&self, issuer: &Issuer) -> bool {
        let hash = |octets: &[u8]| hash(&self.hash.oid, octets);
        hash(&der(&issuer.subject)).as_deref() == Some(self.issuer_name_hash.as_bytes())
            && hash(&issuer.key_octets).as_deref() == Some(self.issuer_key_hash.as_bytes())
    }
}

/// SHA-1 as everybody sends it, SHA-256, and GOST as CryptoPro's clients do.
fn hash(oid: &ObjectIdentifier, octets: &[u8]) -> Option<Vec<u8>> {
    Some(match *oid {
        oids::SHA1 => Sha1::digest(octets).to_vec(),
        oids::SHA256 => Sha256::digest(octets).to_vec(),
        oids::GOST_94 => Algorithm::Gost2001.digest(octets),
        oids::STREEBOG_256 => Algorithm::Gost2012_256.digest(octets),
        oids::STREEBOG_512 => Algorithm::Gost2012_512.digest(octets),
        _ => return None,
    })
}

fn status(known: &Known<'_>) -> CertStatus {
    match known {
        Known::Good => CertStatus::Good(Null),
        Known::Revoked(revoked) => CertStatus::Revoked(RevokedInfo {
            at: general(revoked.at),
            reason: Some(crl::reason(revoked.reason)),
        }),
        Known::Unknown => CertStatus::Unknown(Null),
    }
}

fn general(at: Timestamp) -> GeneralizedTime {
    GeneralizedTime::from_date_time(time::date_time(at))
}

fn without_answer(status: ResponseStatus) -> Vec<u8> {
    der(&OcspResponse {
        status,
        bytes: None,
    })
}

/// «This is no request.»
pub(crate) fn malformed_request() -> Vec<u8> {
    without_answer(ResponseStatus::MalformedRequest)
}

/// «I know nothing of this issuer.»
pub(crate) fn unauthorized() -> Vec<u8> {
    without_answer(ResponseStatus::Unauthorized)
}

/// «Not now.»
pub(crate) fn try_later() -> Vec<u8> {
    without_answer(ResponseStatus::TryLater)
}
