//! Signatures in certificates, requests, CRLs and OCSP answers, ours to check and to repeat.

use gost3410::{
    Algorithm, Error, PrivateKeyInfo, PublicKeyInfo, Signature, SigningKey, VerifyingKey, hazmat,
};
use serde_json::Value;

use crate::common::{little_endian, octets, read, rows, set, text};
use crate::der_walk::{Signed, basic_ocsp_response};

/// Checks the signature of one object and returns the digest it covers.
fn check(signed: &Signed<'_>, key: &VerifyingKey, name: &str) -> Vec<u8> {
    let algorithm = Algorithm::from_signature_identifier_der(signed.algorithm).unwrap();
    let signature = Signature::from_bytes(signed.signature).unwrap();
    let verified = key.verify_message(algorithm, signed.to_be_signed.whole, &signature);
    assert_eq!(verified, Ok(()), "{name}");
    algorithm.digest(signed.to_be_signed.whole)
}

/// Signs again with the recorded nonce.
fn repeat(key: &SigningKey, digest: &[u8], k: &[u8], signed: &Signed<'_>, name: &str) {
    let signature = hazmat::sign_with_nonce(key, digest, k).unwrap();
    assert_eq!(signature.to_bytes(), signed.signature, "{name}");
}

#[test]
fn examples_of_the_standards_verify_and_repeat() {
    for row in rows(&read("rfc_x509.json"), "vectors") {
        let (der, name) = (octets(&row, "der"), text(&row, "source"));
        let signed = Signed::new(&der);
        if name.contains("34.10-94") {
            let info = PublicKeyInfo::from_der(signed.public_key_info());
            assert_eq!(info, Err(Error::UnknownAlgorithm));
            continue;
        }
        let set = set(&row, "curve_oid");
        if row.get("d").is_none() {
            let info = PublicKeyInfo::from_der(signed.public_key_info()).unwrap();
            assert_eq!(info.key.parameter_set(), set, "{name}");
            continue;
        }
        let key = SigningKey::from_le_bytes(set, &little_endian(&row, "d")).unwrap();
        let digest = check(&signed, key.verifying_key(), name);
        if row.get("k_recovered").is_some() {
            assert_eq!(hex::encode(&digest), text(&row, "tbs_digest"), "{name}");
            repeat(
                &key,
                &digest,
                &little_endian(&row, "k_recovered"),
                &signed,
                name,
            );
        }
    }
}

#[test]
fn objects_of_the_domain_verify_and_repeat() {
    for row in rows(&read("egais_x509.json"), "objects") {
        let (der, name) = (octets(&row, "der"), text(&row, "name"));
        match text(&row, "kind") {
            "OCSPREQ" => {} // not signed
            "OCSPRESP" => check_ocsp_response(&der, name),
            _ => check_object(&row, &der, name),
        }
    }
}

fn check_object(row: &Value, der: &[u8], name: &str) {
    let signed = Signed::new(der);
    let key = match row.get("signer_d") {
        Some(_) => {
            SigningKey::from_le_bytes(set(row, "curve_oid"), &little_endian(row, "signer_d"))
        }
        None => PrivateKeyInfo::from_der(&octets(row, "signer_pkcs8")).map(|info| info.key),
    };
    let key = key.unwrap();
    let digest = check(&signed, key.verifying_key(), name);
    if row.get("k").is_some() {
        assert_eq!(hex::encode(&digest), text(row, "tbs_digest"), "{name}");
        repeat(&key, &digest, &little_endian(row, "k"), &signed, name);
    }
    if text(row, "kind") != "CRL" {
        PublicKeyInfo::from_der(signed.public_key_info()).unwrap();
    }
}

fn check_ocsp_response(der: &[u8], name: &str) {
    let signed = basic_ocsp_response(der);
    let certificates = signed.rest[0].children()[0].children();
    let responder = Signed::new(certificates[0].whole);
    let info = PublicKeyInfo::from_der(responder.public_key_info()).unwrap();
    check(&signed, &info.key, name);
}

#[test]
fn published_ca_certificates_verify_under_their_roots() {
    let certificates = rows(&read("real_ca_certs.json"), "certificates");
    for row in &certificates {
        let issuer = certificates
            .iter()
            .find(|other| other["name"] == row["issuer"])
            .unwrap();
        let issuer_der = octets(issuer, "der");
        let info = PublicKeyInfo::from_der(Signed::new(&issuer_der).public_key_info()).unwrap();
        check(
            &Signed::new(&octets(row, "der")),
            &info.key,
            text(row, "name"),
        );
    }
}

#[test]
fn signature_identifier_with_other_parameters_is_refused() {
    let der = hex::decode("300d06082a85030701010302020101").unwrap();
    assert_eq!(
        Algorithm::from_signature_identifier_der(&der),
        Err(Error::ParameterMismatch)
    );
    for algorithm in Algorithm::ALL {
        let der = algorithm.signature_identifier_to_der();
        assert_eq!(
            Algorithm::from_signature_identifier_der(&der),
            Ok(algorithm)
        );
    }
}
