//! Requests rebuilt from what a page would say, compared octet for octet with published ones.
#![expect(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

#[path = "common/page.rs"]
mod page;
#[path = "common/vectors.rs"]
mod vectors;

use const_oid::ObjectIdentifier;
use enroll::ports::portal::{RequestedExtensions, SubjectAttribute};
use enroll::request::{self, RequestError, Wanted};
use gost3410::{PublicKeyInfo, SigningKey, hazmat};

#[test]
fn published_requests_are_built_again_octet_for_octet() {
    let requests = vectors::all().into_iter().filter(is_to_be_built);
    let mut count = 0;
    for vector in requests {
        let der = vectors::der(&vector);
        let (subject, extensions, key) = page::of(&der);
        let wanted = Wanted {
            subject: &subject,
            extensions: &extensions,
            key: &key,
        };
        let info = request::info(&wanted).unwrap();
        let number = |name: &str| {
            let mut octets = hex::decode(vector[name].as_str().unwrap()).unwrap();
            octets.reverse();
            octets
        };
        let signer =
            SigningKey::from_le_bytes(key.key.parameter_set(), &number("signer_d")).unwrap();
        let digest = key.algorithm.digest(&info);
        let signature = hazmat::sign_with_nonce(&signer, &digest, &number("k")).unwrap();
        let built = request::assemble(&info, key.algorithm, &signature).unwrap();
        assert_eq!(hex::encode(&built), hex::encode(&der), "{}", vector["name"]);
        request::self_check(&built, &wanted).unwrap();
        assert_eq!(request::from_pem(&request::to_pem(&built)).unwrap(), built);
        count += 1;
    }
    assert_eq!(count, 8);
}

/// Those with published nonces. The 512-bit ones name a digest in their key, which RFC 9215 no longer wants.
fn is_to_be_built(vector: &serde_json::Value) -> bool {
    let is_512 = vector["name"]
        .as_str()
        .is_some_and(|name| name.contains("-512-"));
    vector["kind"] == "CSR" && vector["k"].is_string() && !is_512
}

#[test]
fn a_request_that_was_tampered_with_is_not_sent() {
    let (subject, extensions, key, der) = legal_entity();
    let wanted = Wanted {
        subject: &subject,
        extensions: &extensions,
        key: &key,
    };
    request::self_check(&der, &wanted).unwrap();
    let mut other_signature = der.clone();
    *other_signature.last_mut().unwrap() ^= 1;
    assert_eq!(
        request::self_check(&other_signature, &wanted),
        Err(RequestError::Signature)
    );
    let mut renamed = subject.clone();
    renamed[0].value = "ООО \"Лютик\"".to_owned();
    let renamed = Wanted {
        subject: &renamed,
        ..wanted
    };
    assert_eq!(
        request::self_check(&der, &renamed),
        Err(RequestError::Differs { what: "subject" })
    );
}

#[test]
fn no_cut_of_a_request_passes_the_check() {
    let (subject, extensions, key, der) = legal_entity();
    let wanted = Wanted {
        subject: &subject,
        extensions: &extensions,
        key: &key,
    };
    for length in 0..der.len() {
        assert!(
            request::self_check(&der[..length], &wanted).is_err(),
            "{length}"
        );
    }
}

#[test]
fn a_page_with_an_impossible_field_makes_no_request() {
    let refused = [
        (
            "1.2.643.3.131.1.1",
            "003812009998",
            "does not pass the check of an ИНН",
        ),
        (
            "1.2.643.100.1",
            "1183850999992",
            "does not pass the check of an ОГРН",
        ),
        (
            "1.2.643.100.3",
            "12345678965",
            "does not pass the check of a СНИЛС",
        ),
        ("2.5.4.6", "РФ", "is no country code"),
        (
            "2.5.4.6",
            "R*",
            "holds characters that its string type does not have",
        ),
        (
            "1.2.840.113549.1.9.1",
            "buh@ромашка.рф",
            "holds characters that its string type does not have",
        ),
        ("2.5.4.3", "", "is empty"),
        (
            "2.5.4.3",
            "О\0О",
            "holds characters that its string type does not have",
        ),
        (
            "2.5.4.3",
            &"Ю".repeat(65),
            "is longer than its attribute may be",
        ),
    ];
    let (_, extensions, key, _) = legal_entity();
    for (oid, value, expected) in refused {
        let oid = ObjectIdentifier::new(oid).unwrap();
        let subject = [SubjectAttribute {
            oid,
            label: "Поле".to_owned(),
            value: value.to_owned(),
        }];
        let error = request::info(&Wanted {
            subject: &subject,
            extensions: &extensions,
            key: &key,
        })
        .unwrap_err();
        assert!(
            matches!(&error, RequestError::Field { why, .. } if why.to_string() == expected),
            "{value}: {error}"
        );
    }
}

#[test]
fn a_request_that_is_no_request_is_not_read() {
    for text in [
        "",
        "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n",
    ] {
        let error = request::from_pem(text).unwrap_err();
        assert!(matches!(error, RequestError::Malformed { .. }), "{error}");
    }
}

#[test]
fn key_usages_are_a_bit_string_without_trailing_zeros() {
    let (subject, _, key, _) = legal_entity();
    let encoded = |names: &[&str]| {
        let key_usage = names.iter().map(|name| (*name).to_owned()).collect();
        let extensions = RequestedExtensions {
            key_usage,
            ..RequestedExtensions::default()
        };
        request::info(&Wanted {
            subject: &subject,
            extensions: &extensions,
            key: &key,
        })
        .map(hex::encode)
    };
    assert!(
        encoded(&["digitalSignature"])
            .unwrap()
            .ends_with("0603551d0f040403020780")
    );
    assert!(
        encoded(&["digitalSignature", "decipherOnly"])
            .unwrap()
            .ends_with("0603551d0f04050303078080")
    );
    assert_eq!(
        encoded(&["sign"]),
        Err(RequestError::KeyUsage {
            name: "sign".to_owned()
        })
    );
}

fn legal_entity() -> (
    Vec<SubjectAttribute>,
    RequestedExtensions,
    PublicKeyInfo,
    Vec<u8>,
) {
    let all = vectors::all();
    let der = vectors::der(
        all.iter()
            .find(|it| it["name"] == "gost2001-A/csr-legal-entity")
            .unwrap(),
    );
    let (subject, extensions, key) = page::of(&der);
    (subject, extensions, key, der)
}
