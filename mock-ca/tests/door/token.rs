//! Requests as an applicant's token makes them.

use der::asn1::{Any, BitString};
use der::{Decode, Encode, Tag};
use gost3410::{PublicKeyInfo, SigningKey};
use mock_ca::Application;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::name::{Name, RdnSequence, RelativeDistinguishedName};
use x509_cert::request::{CertReq, CertReqInfo, Version};

/// The public key of the `n`-th pair, as a request and a certificate hold it.
pub(crate) fn public_key_info(application: &Application, n: u64) -> Vec<u8> {
    let key = key(application, n).verifying_key().clone();
    PublicKeyInfo {
        algorithm: application.profile.algorithm,
        key,
    }
    .to_der()
}

/// A request for an application with the `n`-th pair, PEM.
pub(crate) fn request_pem(application: &Application, n: u64) -> String {
    mock_ca::ca::pem("CERTIFICATE REQUEST", &request_der(application, n))
}

/// The same as DER.
pub(crate) fn request_der(application: &Application, n: u64) -> Vec<u8> {
    let algorithm = application.profile.algorithm;
    let info = CertReqInfo {
        version: Version::V1,
        subject: subject(application),
        public_key: Decode::from_der(&public_key_info(application, n)).unwrap(),
        attributes: Default::default(),
    };
    let digest = algorithm.digest(&info.to_der().unwrap());
    let signature = key(application, n)
        .sign_prehash(&digest, &mut chance(n + 1))
        .unwrap();
    let request = CertReq {
        info,
        algorithm: spki::AlgorithmIdentifierOwned {
            oid: algorithm.signature_oid(),
            parameters: None,
        },
        signature: BitString::from_bytes(&signature.to_bytes()).unwrap(),
    };
    request.to_der().unwrap()
}

fn subject(application: &Application) -> Name {
    let mut name = RdnSequence::default();
    for field in &application.subject {
        let value = Any::new(Tag::Utf8String, field.value.as_bytes()).unwrap();
        let mut rdn = RelativeDistinguishedName::default();
        rdn.insert(AttributeTypeAndValue {
            oid: field.oid,
            value,
        })
        .unwrap();
        name.push(rdn);
    }
    Name::hazmat_from_rdn_sequence(name)
}

fn key(application: &Application, n: u64) -> SigningKey {
    SigningKey::generate(application.profile.parameter_set, &mut chance(n))
}

fn chance(n: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(n)
}
