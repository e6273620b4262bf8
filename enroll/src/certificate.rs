//! Certificates: reading them leniently, printing what people ask about, checking them strictly.

mod check;

use der::{Decode as _, Encode as _, Reader as _, SliceReader};
use gost3410::{Algorithm, PublicKeyInfo, Signature, VerifyingKey};
use jiff::Timestamp;
use sha1::{Digest as _, Sha1};
use x509_cert::certificate::{CertificateInner, Raw};
use x509_cert::name::Name;

use crate::pem;

pub use check::{Expected, Remark, check};

/// A certificate and the octets it came in. Its key may be of any algorithm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    der: Vec<u8>,
    inner: CertificateInner<Raw>,
    key: Option<PublicKeyInfo>,
}

/// Why a certificate must not be installed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateProblem {
    /// Not the DER of a certificate.
    #[error("it does not read: {why}")]
    Malformed {
        /// What failed.
        why: String,
    },
    /// Its key is not a GOST key.
    #[error("its key is not a GOST R 34.10 key")]
    NotGost,
    /// The identifier inside and the one outside differ.
    #[error("it names two signature algorithms")]
    TwoAlgorithms,
    /// No certificate of its issuer among those the portal gives.
    #[error(
        "the certificate of its issuer «{issuer}» is not among those of the certification authority"
    )]
    NoIssuer {
        /// The issuer's name.
        issuer: String,
    },
    /// The issuer's signature is wrong.
    #[error("the signature of «{issuer}» does not verify")]
    Signature {
        /// The issuer's name.
        issuer: String,
    },
    /// The issuer may not issue.
    #[error("«{issuer}» may not issue certificates: {why}")]
    NotAnIssuer {
        /// The issuer's name.
        issuer: String,
        /// What its certificate lacks.
        why: &'static str,
    },
    /// Its time has not come.
    #[error("it begins to be valid on {from}")]
    NotYetValid {
        /// notBefore.
        from: Timestamp,
    },
    /// Its time is over.
    #[error("it was valid until {until}")]
    Expired {
        /// notAfter.
        until: Timestamp,
    },
    /// It is on the CA's list of revoked certificates.
    #[error("it has been revoked")]
    Revoked,
    /// It has a critical extension that this program does not know.
    #[error("its critical extension {oid} is not known")]
    UnknownCritical {
        /// The extension.
        oid: const_oid::ObjectIdentifier,
    },
    /// A qualified certificate has to have this.
    #[error("it has no {what}, which a qualified certificate has")]
    NotQualified {
        /// What is missing.
        what: &'static str,
    },
    /// A field of the subject is not what was asked for.
    #[error("its {attribute} is not what was asked for")]
    OtherSubject {
        /// Short name of the attribute.
        attribute: String,
    },
}

impl Certificate {
    /// Reads DER. Bytes after the certificate are an error.
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateProblem> {
        let malformed = |error: der::Error| CertificateProblem::Malformed {
            why: error.to_string(),
        };
        let inner = CertificateInner::<Raw>::from_der(der).map_err(malformed)?;
        let spki = inner
            .tbs_certificate()
            .subject_public_key_info()
            .to_der()
            .map_err(malformed)?;
        Ok(Self {
            der: der.to_owned(),
            key: PublicKeyInfo::from_der(&spki).ok(),
            inner,
        })
    }

    /// Reads the one certificate of a PEM text.
    pub fn from_pem(text: &str) -> Result<Self, CertificateProblem> {
        Self::chain_from_pem(text)?
            .into_iter()
            .next()
            .ok_or_else(|| CertificateProblem::Malformed {
                why: "no PEM block".to_owned(),
            })
    }

    /// Reads every certificate of a PEM text, in order.
    pub fn chain_from_pem(text: &str) -> Result<Vec<Self>, CertificateProblem> {
        let blocks = pem::blocks(text)
            .into_iter()
            .filter(|block| block.label == "CERTIFICATE");
        blocks.map(|block| Self::from_der(&block.der)).collect()
    }

    /// The octets it came in.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// PEM.
    #[must_use]
    pub fn to_pem(&self) -> String {
        pem::encode("CERTIFICATE", &self.der)
    }

    /// SHA-1 of the DER, lower-case hex: what the vendor's plugin calls the certificate's id.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        hex::encode(Sha1::digest(&self.der))
    }

    /// The key, when it is a GOST key.
    #[must_use]
    pub const fn key(&self) -> Option<&PublicKeyInfo> {
        self.key.as_ref()
    }

    /// Whether it is for this key: the same point. The name of the curve does not count, since several names share one.
    #[must_use]
    pub fn is_for(&self, key: Option<&VerifyingKey>) -> bool {
        let keys = key.zip(self.key());
        keys.is_some_and(|(one, certified)| one.to_bytes() == certified.key.to_bytes())
    }

    /// The owner.
    #[must_use]
    pub fn subject(&self) -> &Name {
        self.inner.tbs_certificate().subject()
    }

    /// Who signed.
    #[must_use]
    pub fn issuer(&self) -> &Name {
        self.inner.tbs_certificate().issuer()
    }

    /// The serial number, upper-case hex.
    #[must_use]
    pub fn serial(&self) -> String {
        hex::encode_upper(self.inner.tbs_certificate().serial_number().as_bytes())
    }

    /// First and last moment of validity.
    #[must_use]
    pub fn validity(&self) -> (Timestamp, Timestamp) {
        let validity = self.inner.tbs_certificate().validity();
        (moment(validity.not_before), moment(validity.not_after))
    }

    fn extension(&self, oid: &str) -> Option<&[u8]> {
        let wanted = const_oid::ObjectIdentifier::new(oid).ok()?;
        let mut extensions = self.inner.tbs_certificate().extensions()?.iter();
        extensions
            .find(|it| it.extn_id == wanted)
            .map(|it| it.extn_value.as_bytes())
    }

    /// Whether that key signed it.
    pub(crate) fn is_signed_by(&self, issuer: &PublicKeyInfo) -> bool {
        signed_part(&self.der).is_some_and(|signed| {
            verifies(
                signed,
                &self.inner.signature_algorithm().oid,
                self.inner.signature().as_bytes(),
                issuer,
            )
        })
    }
}

/// Whether a signature by `issuer` over `signed` holds, under the algorithm that the object names.
fn verifies(
    signed: &[u8],
    algorithm: &const_oid::ObjectIdentifier,
    octets: Option<&[u8]>,
    issuer: &PublicKeyInfo,
) -> bool {
    let algorithm = Algorithm::from_signature_oid(algorithm).filter(|it| *it == issuer.algorithm);
    let signature = octets.and_then(|octets| Signature::from_bytes(octets).ok());
    algorithm
        .zip(signature)
        .is_some_and(|(algorithm, signature)| {
            issuer
                .key
                .verify_prehash(&algorithm.digest(signed), &signature)
                .is_ok()
        })
}

/// The first element inside the outer SEQUENCE, in the octets it came in: what the signature is over.
fn signed_part(der: &[u8]) -> Option<&[u8]> {
    let mut outer = SliceReader::new(der).ok()?;
    let header = der::Header::decode(&mut outer).ok()?;
    let content = outer.read_slice(header.length()).ok()?;
    SliceReader::new(content).ok()?.tlv_bytes().ok()
}

fn moment(time: x509_cert::time::Time) -> Timestamp {
    let seconds = i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
    Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX)
}
