//! The questions to a fresh certificate before it is written to the token.
//!
//! Order as a path check goes: algorithms, issuer, signature, time, rights of the issuer, critical extensions,
//! revocation, what makes it qualified, the subject. Whether the key is ours is asked before all of them, by the
//! engine, which knows the token. Source: RFC 5280 §6.1, RFC 9215, ФСБ order № 795.

use const_oid::ObjectIdentifier;
use der::{Decode as _, Encode as _};
use jiff::Timestamp;
use x509_cert::certificate::Raw;
use x509_cert::crl::CertificateList;
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, KeyUsage, SubjectKeyIdentifier,
};

use super::{Certificate, CertificateProblem, moment, signed_part, verifies};
use crate::name::{print, short_name};

/// What the certificate is held against.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The time by the portal's clock.
    pub at: Timestamp,
    /// The CA's certificates as the portal gives them.
    pub chain: &'a [Certificate],
    /// The CA's list of revoked certificates, DER.
    pub revoked: Option<&'a [u8]>,
    /// The subject of the request; `None` when the request is not at hand.
    pub subject: Option<&'a [(ObjectIdentifier, String)]>,
}

/// Something that does not forbid the installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remark {
    /// The list of revoked certificates is missing, does not read, is another CA's, or is out of date.
    RevocationUnknown,
    /// The request is not at hand, so the subject was not compared.
    SubjectNotCompared,
    /// Nothing above this issuer was given.
    ChainEndsAt(String),
}

/// Answers every question, or names the first that fails.
pub fn check(
    certificate: &Certificate,
    expected: &Expected<'_>,
) -> Result<Vec<Remark>, CertificateProblem> {
    let mut remarks = Vec::new();
    certificate.key().ok_or(CertificateProblem::NotGost)?;
    let issuer = check_path(certificate, expected, &mut remarks)?;
    match revoked(certificate, issuer, expected) {
        Some(true) => return Err(CertificateProblem::Revoked),
        Some(false) => {}
        None => remarks.push(Remark::RevocationUnknown),
    }
    check_qualified(certificate)?;
    match expected.subject {
        Some(asked) => check_subject(certificate, asked)?,
        None => remarks.push(Remark::SubjectNotCompared),
    }
    Ok(remarks)
}

/// Walks up to a self-signed certificate; returns the direct issuer.
fn check_path<'a>(
    certificate: &Certificate,
    expected: &Expected<'a>,
    remarks: &mut Vec<Remark>,
) -> Result<&'a Certificate, CertificateProblem> {
    let first = check_link(certificate, expected)?;
    let mut top = first;
    for depth in 0..expected.chain.len() {
        check_rights(top, depth)?;
        if top.issuer() == top.subject() {
            check_link(top, expected)?;
            return Ok(first);
        }
        match check_link(top, expected) {
            Ok(above) => top = above,
            Err(CertificateProblem::NoIssuer { issuer }) => {
                remarks.push(Remark::ChainEndsAt(issuer));
                return Ok(first);
            }
            Err(problem) => return Err(problem),
        }
    }
    Err(CertificateProblem::NoIssuer {
        issuer: print(top.issuer()),
    })
}

/// One certificate and the one above it: algorithms, time, critical extensions, name, key id, signature.
fn check_link<'a>(
    certificate: &Certificate,
    expected: &Expected<'a>,
) -> Result<&'a Certificate, CertificateProblem> {
    let issuer_name = print(certificate.issuer());
    if certificate.inner.tbs_certificate().signature() != certificate.inner.signature_algorithm() {
        return Err(CertificateProblem::TwoAlgorithms);
    }
    let issuer = expected
        .chain
        .iter()
        .find(|candidate| is_named_as_issuer(certificate, candidate));
    let issuer = issuer.ok_or_else(|| CertificateProblem::NoIssuer {
        issuer: issuer_name.clone(),
    })?;
    if !issuer
        .key()
        .is_some_and(|key| certificate.is_signed_by(key))
    {
        return Err(CertificateProblem::Signature {
            issuer: issuer_name,
        });
    }
    let (from, until) = certificate.validity();
    if expected.at < from {
        return Err(CertificateProblem::NotYetValid { from });
    }
    if expected.at > until {
        return Err(CertificateProblem::Expired { until });
    }
    check_critical(certificate)?;
    Ok(issuer)
}

/// By name, octet for octet, and by key id where both tell one. The id is compared as text: CAs compute it in two
/// ways.
fn is_named_as_issuer(certificate: &Certificate, candidate: &Certificate) -> bool {
    let wanted = certificate
        .extension(AUTHORITY_KEY_ID)
        .and_then(|it| AuthorityKeyIdentifier::from_der(it).ok());
    let wanted = wanted.and_then(|it| it.key_identifier);
    let has = candidate
        .extension(SUBJECT_KEY_ID)
        .and_then(|it| SubjectKeyIdentifier::from_der(it).ok());
    let same_key = wanted.zip(has).is_none_or(|(wanted, has)| wanted == has.0);
    same_key && candidate.subject().to_der().ok() == certificate.issuer().to_der().ok()
}

fn check_rights(issuer: &Certificate, below: usize) -> Result<(), CertificateProblem> {
    let constraints = issuer
        .extension(BASIC_CONSTRAINTS)
        .and_then(|it| BasicConstraints::from_der(it).ok());
    let usage = issuer
        .extension(KEY_USAGE)
        .and_then(|it| KeyUsage::from_der(it).ok());
    let why = match (&constraints, &usage) {
        (None, _) => "no basicConstraints",
        (Some(constraints), _) if !constraints.ca => "not a CA",
        (Some(constraints), _)
            if constraints
                .path_len_constraint
                .is_some_and(|len| usize::from(len) < below) =>
        {
            "too many certificates below it"
        }
        (_, Some(usage)) if !usage.key_cert_sign() => "no keyCertSign",
        _ => return Ok(()),
    };
    Err(CertificateProblem::NotAnIssuer {
        issuer: print(issuer.subject()),
        why,
    })
}

fn check_critical(certificate: &Certificate) -> Result<(), CertificateProblem> {
    let extensions = certificate
        .inner
        .tbs_certificate()
        .extensions()
        .into_iter()
        .flatten();
    let unknown = extensions
        .filter(|it| it.critical)
        .find(|it| !KNOWN.contains(&it.extn_id.to_string().as_str()));
    unknown.map_or(Ok(()), |it| {
        Err(CertificateProblem::UnknownCritical { oid: it.extn_id })
    })
}

/// `None` when the list cannot answer: missing, unreadable, of another CA, or too old to say no.
fn revoked(
    certificate: &Certificate,
    issuer: &Certificate,
    expected: &Expected<'_>,
) -> Option<bool> {
    let der = expected.revoked?;
    let CertificateList {
        tbs_cert_list,
        signature_algorithm,
        signature,
    } = CertificateList::<Raw>::from_der(der).ok()?;
    let named = tbs_cert_list.issuer.to_der().ok() == issuer.subject().to_der().ok();
    let signed = verifies(
        signed_part(der)?,
        &signature_algorithm.oid,
        signature.as_bytes(),
        issuer.key()?,
    );
    let serial = certificate.inner.tbs_certificate().serial_number();
    let mut entries = tbs_cert_list.revoked_certificates.into_iter().flatten();
    let listed = entries.any(|entry| entry.serial_number == *serial);
    let fresh = tbs_cert_list
        .next_update
        .is_none_or(|until| expected.at <= moment(until));
    (named && signed && (listed || fresh)).then_some(listed)
}

fn check_qualified(certificate: &Certificate) -> Result<(), CertificateProblem> {
    let needed = [
        (CERTIFICATE_POLICIES, "certificatePolicies"),
        (SUBJECT_SIGN_TOOL, "subjectSignTool"),
        (ISSUER_SIGN_TOOL, "issuerSignTool"),
    ];
    let missing = needed
        .iter()
        .find(|(oid, _)| certificate.extension(oid).is_none());
    missing.map_or(Ok(()), |(_, what)| {
        Err(CertificateProblem::NotQualified { what })
    })
}

/// Every attribute asked for is there with that value; a CA may reorder and add. Quotes are not told apart, since
/// CAs write «» as "".
fn check_subject(
    certificate: &Certificate,
    asked: &[(ObjectIdentifier, String)],
) -> Result<(), CertificateProblem> {
    let got = crate::name::attributes(certificate.subject());
    let same = |(oid, value): &&(ObjectIdentifier, String)| {
        got.iter()
            .any(|(its, text)| its == oid && plain(text) == plain(value))
    };
    let missing = asked.iter().find(|field| !same(field));
    missing.map_or(Ok(()), |(oid, _)| {
        Err(CertificateProblem::OtherSubject {
            attribute: short_name(oid),
        })
    })
}

fn plain(text: &str) -> String {
    let quotes = |c: char| if "«»“”„".contains(c) { '"' } else { c };
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .map(quotes)
        .collect()
}

const KEY_USAGE: &str = "2.5.29.15";
const SUBJECT_KEY_ID: &str = "2.5.29.14";
const AUTHORITY_KEY_ID: &str = "2.5.29.35";
const BASIC_CONSTRAINTS: &str = "2.5.29.19";
const CERTIFICATE_POLICIES: &str = "2.5.29.32";
const SUBJECT_SIGN_TOOL: &str = "1.2.643.100.111";
const ISSUER_SIGN_TOOL: &str = "1.2.643.100.112";

/// Extensions that may be critical without surprising this program.
const KNOWN: [&str; 10] = [
    KEY_USAGE,
    SUBJECT_KEY_ID,
    AUTHORITY_KEY_ID,
    BASIC_CONSTRAINTS,
    CERTIFICATE_POLICIES,
    SUBJECT_SIGN_TOOL,
    ISSUER_SIGN_TOOL,
    "2.5.29.37",
    "2.5.29.16",
    "1.2.643.100.114",
];
