//! `parseCertificate`: names, times, usages, and a text that looks like what `openssl x509 -text` prints, since pages
//! pick lines out of it.

use core::fmt::Write as _;

use der::Decode as _;
use gost3410::{Algorithm, PublicKeyInfo};
use serde_json::{Map, Value, json};
use x509_cert::certificate::{CertificateInner, Raw};
use x509_cert::ext::pkix::{BasicConstraints, CertificatePolicies, ExtendedKeyUsage, KeyUsage};

use super::arguments::colons;
use super::{Fault, names};
use crate::certificate::Certificate;
use crate::name::print;

type Inner = CertificateInner<Raw>;

/// What the plugin tells of a certificate. Lists of usages are under both names that pages look for.
pub(super) fn parsed(der: &[u8]) -> Result<Value, Fault> {
    let certificate = Certificate::from_der(der).map_err(|_| Fault::ASN1_ERROR)?;
    let inner = Inner::from_der(der).map_err(|_| Fault::ASN1_ERROR)?;
    let (from, until) = certificate.validity();
    let extensions = usages(&inner);
    Ok(json!({
        "subject": names::list(certificate.subject()),
        "issuer": names::list(certificate.issuer()),
        "serialNumber": certificate.serial().to_lowercase(),
        "validNotBefore": from.to_string(),
        "validNotAfter": until.to_string(),
        "text": text(&certificate, &inner),
        "extension": extensions,
        "extensions": extensions,
    }))
}

/// Whether it may issue certificates.
pub(super) fn is_authority(der: &[u8]) -> bool {
    let inner = Inner::from_der(der).ok();
    inner
        .and_then(|inner| extension::<BasicConstraints>(&inner, "2.5.29.19"))
        .is_some_and(|it| it.ca)
}

fn usages(inner: &Inner) -> Value {
    let mut found = Map::new();
    if let Some(KeyUsage(flags)) = extension::<KeyUsage>(inner, "2.5.29.15") {
        let names: Vec<String> = flags
            .into_iter()
            .map(|flag| spelled(&format!("{flag:?}")))
            .collect();
        found.insert("keyUsage".to_owned(), json!(names));
    }
    if let Some(ExtendedKeyUsage(purposes)) = extension(inner, "2.5.29.37") {
        let names: Vec<String> = purposes.iter().map(names::purpose_name).collect();
        found.insert("extKeyUsage".to_owned(), json!(names));
    }
    if let Some(CertificatePolicies(policies)) = extension(inner, "2.5.29.32") {
        let oids: Vec<String> = policies
            .iter()
            .map(|it| it.policy_identifier.to_string())
            .collect();
        found.insert("certificatePolicies".to_owned(), json!(oids));
    }
    Value::Object(found)
}

/// `DigitalSignature` → `digitalSignature`; X.509 spells one of them `cRLSign`, which this gives too.
fn spelled(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_lowercase().collect::<String>() + letters.as_str()
    })
}

fn extension<'a, T: der::Decode<'a>>(inner: &'a Inner, oid: &str) -> Option<T> {
    let mut extensions = inner.tbs_certificate().extensions()?.iter();
    let found = extensions.find(|it| it.extn_id.to_string() == oid)?;
    T::from_der(found.extn_value.as_bytes()).ok()
}

fn text(certificate: &Certificate, inner: &Inner) -> String {
    let tbs = inner.tbs_certificate();
    let (from, until) = certificate.validity();
    let version = tbs.version() as u8;
    let mut text = String::from("Certificate:\n    Data:\n");
    let mut line = |line: String| {
        let _ = writeln!(text, "        {line}");
    };
    line(format!("Version: {} (0x{version:x})", version + 1));
    line(format!(
        "Serial Number: {}",
        colons(tbs.serial_number().as_bytes())
    ));
    line(format!("Signature Algorithm: {}", signature_name(inner)));
    line(format!("Issuer: {}", print(certificate.issuer())));
    line(format!("Validity: {from} - {until}"));
    line(format!("Subject: {}", print(certificate.subject())));
    line(format!(
        "Public Key Algorithm: {}",
        key_name(certificate, inner)
    ));
    if let Some(PublicKeyInfo { key, .. }) = certificate.key() {
        line(format!("Parameter set: {}", key.parameter_set().name()));
        line(format!("Public-Key: {}", colons(&key.to_bytes())));
    }
    for extension in tbs.extensions().into_iter().flatten() {
        let critical = if extension.critical { " critical" } else { "" };
        line(format!("Extension {}:{critical}", extension.extn_id));
    }
    text
}

fn key_name(certificate: &Certificate, inner: &Inner) -> String {
    let spki = inner.tbs_certificate().subject_public_key_info();
    certificate.key().map_or_else(
        || spki.algorithm.oid.to_string(),
        |key| openssl_name(key.algorithm).to_owned(),
    )
}

fn signature_name(inner: &Inner) -> String {
    let oid = &inner.signature_algorithm().oid;
    Algorithm::from_signature_oid(oid).map_or_else(
        || oid.to_string(),
        |algorithm| format!("{} with its digest", openssl_name(algorithm)),
    )
}

/// As gost-engine has OpenSSL print them.
const fn openssl_name(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::Gost2001 => "GOST R 34.10-2001",
        Algorithm::Gost2012_256 => "GOST R 34.10-2012 with 256 bit modulus",
        Algorithm::Gost2012_512 => "GOST R 34.10-2012 with 512 bit modulus",
    }
}
