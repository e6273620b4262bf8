//! The page that would ask for a published request.

use const_oid::ObjectIdentifier;
use der::{Decode, Encode};
use enroll::ports::portal::{RequestedExtensions, SubjectAttribute};
use enroll::request;
use gost3410::PublicKeyInfo;
use x509_cert::ext::pkix::{CertificatePolicies, ExtendedKeyUsage};
use x509_cert::request::{CertReq, ExtensionReq};

/// Subject, extensions and key of the request, as the page has them.
pub(crate) fn of(der: &[u8]) -> (Vec<SubjectAttribute>, RequestedExtensions, PublicKeyInfo) {
    let (subject, key) = request::read(der).unwrap();
    let subject = subject.into_iter().map(|(oid, value)| SubjectAttribute {
        oid,
        label: oid.to_string(),
        value,
    });
    let info = CertReq::from_der(der).unwrap().info;
    let wanted = info
        .attributes
        .get(0)
        .unwrap()
        .values
        .get(0)
        .unwrap()
        .to_der()
        .unwrap();
    let asked = ExtensionReq::from_der(&wanted).unwrap().0;
    let value = |oid: &str| {
        let oid = ObjectIdentifier::new(oid).unwrap();
        asked
            .iter()
            .find(|it| it.extn_id == oid)
            .unwrap()
            .extn_value
            .as_bytes()
    };
    let usages = [
        "digitalSignature",
        "nonRepudiation",
        "keyEncipherment",
        "dataEncipherment",
    ];
    let policies = CertificatePolicies::from_der(value("2.5.29.32")).unwrap().0;
    let extensions = RequestedExtensions {
        key_usage: usages.map(str::to_owned).to_vec(),
        extended_key_usage: ExtendedKeyUsage::from_der(value("2.5.29.37")).unwrap().0,
        policies: policies
            .into_iter()
            .map(|it| it.policy_identifier)
            .collect(),
        sign_tool: Some(String::from_utf8(value("1.2.643.100.111")[2..].to_vec()).unwrap()),
    };
    (subject.collect(), extensions, key)
}
