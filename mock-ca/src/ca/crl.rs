//! Certificate revocation lists (RFC 5280 §5).

use der::asn1::OctetString;
use jiff::{SignedDuration, Timestamp};
use x509_cert::certificate::Version;
use x509_cert::crl::{RevokedCert, TbsCertList};
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::CrlReason;
use x509_cert::serial_number::SerialNumber;

use super::issuer::Issuer;
use super::ledger::{Reason, Revoked};
use super::name::der;
use super::{extensions, oids, time};

/// How long a list holds. Assumed: authorities publish daily to weekly.
const LIFE: SignedDuration = SignedDuration::from_hours(24 * 7);

/// The signer's list at a moment, DER. Its number is the moment in seconds: it grows without being counted.
pub(super) fn list<'a>(
    signer: &Issuer,
    at: Timestamp,
    revoked: impl Iterator<Item = (&'a String, &'a Revoked)>,
) -> Vec<u8> {
    let entries: Vec<RevokedCert> = revoked
        .filter(|(_, revoked)| revoked.at <= at)
        .filter_map(|(serial, revoked)| entry(serial, revoked))
        .collect();
    signer.sign(&der(&TbsCertList {
        version: Version::V2,
        signature: spki::AlgorithmIdentifierOwned {
            oid: signer.signature_algorithm().oid,
            parameters: None,
        },
        issuer: signer.subject.clone(),
        this_update: time::time(at),
        next_update: Some(time::time(at.checked_add(LIFE).unwrap_or(Timestamp::MAX))),
        revoked_certificates: (!entries.is_empty()).then_some(entries), // absent, never empty
        crl_extensions: Some(vec![
            extensions::authority_key_identifier(signer),
            extensions::crl_number(u64::try_from(at.as_second()).unwrap_or(0)),
        ]),
    }))
}

/// `None` when a stored serial number is no number of at most twenty octets.
fn entry(serial: &str, revoked: &Revoked) -> Option<RevokedCert> {
    let serial_number = SerialNumber::new(&hex::decode(serial).ok()?).ok()?;
    let reason = Extension {
        extn_id: oids::CRL_REASON,
        critical: false,
        extn_value: OctetString::new(der(&reason(revoked.reason))).ok()?,
    };
    Some(RevokedCert {
        serial_number,
        revocation_date: time::time(revoked.at),
        crl_entry_extensions: Some(vec![reason]),
    })
}

pub(super) fn reason(reason: Reason) -> CrlReason {
    match reason {
        Reason::KeyCompromise => CrlReason::KeyCompromise,
        Reason::AffiliationChanged => CrlReason::AffiliationChanged,
        Reason::Superseded => CrlReason::Superseded,
        Reason::CessationOfOperation => CrlReason::CessationOfOperation,
    }
}
