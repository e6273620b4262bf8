//! The certificate of a recording, in words.

use base64ct::{Base64, Encoding as _};
use der::Decode;
use enroll::certificate::Certificate;
use enroll::name;
use gost3410::Algorithm;
use serde_json::{Value, json};
use x509_cert::Certificate as Inner;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::name::{DistributionPointName, GeneralName};
use x509_cert::ext::pkix::{
    AuthorityInfoAccessSyntax, AuthorityKeyIdentifier, BasicConstraints, CertificatePolicies,
    CrlDistributionPoints, ExtendedKeyUsage, KeyUsage, PrivateKeyUsagePeriod, SubjectKeyIdentifier,
};

use crate::recording::{Recording, irkutsk};

/// The one that was enrolled; null where there is none.
pub(super) fn of(recording: &Recording) -> Value {
    let Some(it) = checked(recording).or_else(|| saved(recording)) else {
        return Value::Null;
    };
    let (from, to) = it.validity();
    let inner = Inner::from_der(it.der()).ok();
    let key = it.key();
    json!({
        "serial": it.serial(),
        "subject": named(it.subject()),
        "issuer": named(it.issuer()),
        "from": irkutsk(from),
        "to": irkutsk(to),
        "fingerprint": it.fingerprint(),
        "algorithm": key.map(|key| algorithm(key.algorithm)),
        "parameter_set": key.map(|key| key.key.parameter_set().name()),
        "key": key.map(|key| hex::encode(key.key.to_bytes())),
        "signature_algorithm": inner.as_ref().map(signature),
        "extensions": inner.as_ref().map(extensions),
        "pem": it.to_pem(),
    })
}

/// The one that the engine checked last.
fn checked(recording: &Recording) -> Option<Certificate> {
    let lines = recording.lines().iter().rev();
    let mut facts = lines.filter_map(|line| line.fields.get("fact"));
    let fact = facts.find(|fact| fact["is"] == "certificate-checked")?;
    Certificate::from_pem(fact["pem"].as_str()?).ok()
}

/// The one that the portal let a person save last.
fn saved(recording: &Recording) -> Option<Certificate> {
    let lines = recording.lines().iter().rev();
    let mut answers = lines.filter_map(|line| line.fields.get("answer"));
    let file = answers.find_map(|it| {
        let is_certificate = it["type"] == "application/pkix-cert";
        it["base64"].as_str().filter(|_| is_certificate)
    })?;
    let der = Base64::decode_vec(file).ok()?;
    Certificate::from_der(&der).ok()
}

fn named(name: &x509_cert::name::Name) -> Value {
    let rows = name::attributes(name);
    rows.into_iter()
        .map(|(oid, value)| json!([name::short_name(&oid), value]))
        .collect()
}

const fn algorithm(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::Gost2001 => "GOST R 34.10-2001",
        Algorithm::Gost2012_256 => "GOST R 34.10-2012, 256 bit",
        Algorithm::Gost2012_512 => "GOST R 34.10-2012, 512 bit",
    }
}

fn signature(inner: &Inner) -> String {
    let oid = &inner.signature_algorithm().oid;
    Algorithm::from_signature_oid(oid)
        .map_or_else(|| oid.to_string(), |it| algorithm(it).to_owned())
}

/// Rows of name, words, and whether it is critical.
fn extensions(inner: &Inner) -> Value {
    let all = inner.tbs_certificate().extensions().into_iter().flatten();
    all.map(|one| {
        let (name, words) = described(one);
        // What nobody here can read is shown as it is.
        let words = words.unwrap_or_else(|| hex::encode(one.extn_value.as_bytes()));
        json!([name, words, one.critical])
    })
    .collect()
}

fn described(one: &Extension) -> (String, Option<String>) {
    let der = one.extn_value.as_bytes();
    let oid = one.extn_id.to_string();
    let (name, words) = match oid.as_str() {
        "2.5.29.14" => ("subjectKeyIdentifier", read(der, subject_key)),
        "2.5.29.15" => ("keyUsage", read(der, usage)),
        "2.5.29.16" => ("privateKeyUsagePeriod", read(der, period)),
        "2.5.29.19" => ("basicConstraints", read(der, constraints)),
        "2.5.29.31" => ("cRLDistributionPoints", read(der, lists)),
        "2.5.29.32" => ("certificatePolicies", read(der, policies)),
        "2.5.29.35" => ("authorityKeyIdentifier", read(der, authority_key)),
        "2.5.29.37" => ("extKeyUsage", read(der, purposes)),
        "1.3.6.1.5.5.7.1.1" => ("authorityInfoAccess", read(der, access)),
        "1.2.643.100.111" => ("subjectSignTool", read(der, |it: &String| it.clone())),
        "1.2.643.100.112" => (
            "issuerSignTool",
            read(der, |it: &Vec<String>| it.join("\n")),
        ),
        oid => (oid, None),
    };
    (name.to_owned(), words)
}

fn read<'a, T: Decode<'a>>(der: &'a [u8], words: impl Fn(&T) -> String) -> Option<String> {
    T::from_der(der).ok().map(|it| words(&it))
}

fn usage(it: &KeyUsage) -> String {
    let names = it.0.into_iter().map(|one| spelled(&format!("{one:?}")));
    names.collect::<Vec<_>>().join(", ")
}

/// `DigitalSignature` as X.509 has it, `digitalSignature`.
fn spelled(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|first| first.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}

fn subject_key(it: &SubjectKeyIdentifier) -> String {
    hex::encode(it.0.as_bytes())
}

fn authority_key(it: &AuthorityKeyIdentifier) -> String {
    let key = it
        .key_identifier
        .as_ref()
        .map(|key| hex::encode(key.as_bytes()));
    key.unwrap_or_default()
}

fn period(it: &PrivateKeyUsagePeriod) -> String {
    let day = |it: &Option<der::asn1::GeneralizedTime>| {
        it.as_ref()
            .map_or_else(String::new, |it| it.to_date_time().to_string())
    };
    format!("{} – {}", day(&it.not_before), day(&it.not_after))
}

fn constraints(it: &BasicConstraints) -> String {
    format!("CA: {}", it.ca)
}

fn purposes(it: &ExtendedKeyUsage) -> String {
    let names = it.0.iter().map(|oid| match oid.to_string().as_str() {
        "1.3.6.1.5.5.7.3.2" => "clientAuth".to_owned(),
        "1.3.6.1.5.5.7.3.4" => "emailProtection".to_owned(),
        oid => oid.to_owned(),
    });
    names.collect::<Vec<_>>().join("\n")
}

fn policies(it: &CertificatePolicies) -> String {
    let names = it.0.iter().map(|one| one.policy_identifier.to_string());
    names.collect::<Vec<_>>().join("\n")
}

fn lists(it: &CrlDistributionPoints) -> String {
    let names = it.0.iter().filter_map(|one| match &one.distribution_point {
        Some(DistributionPointName::FullName(names)) => Some(names),
        _ => None,
    });
    names.flatten().map(address).collect::<Vec<_>>().join("\n")
}

fn access(it: &AuthorityInfoAccessSyntax) -> String {
    let places = it.0.iter().map(|one| address(&one.access_location));
    places.collect::<Vec<_>>().join("\n")
}

fn address(name: &GeneralName) -> String {
    match name {
        GeneralName::UniformResourceIdentifier(uri) => uri.to_string(),
        other => format!("{other:?}"),
    }
}
