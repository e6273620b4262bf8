//! Lists, issuers and OCSP over HTTP, and authorities that come from files.

use base64ct::{Base64, Encoding as _};
use gost3410::{Algorithm, ParameterSet, PrivateKeyInfo, SigningKey};
use http::{Method, Request, Response};
use mock_ca::ca::{KeyFile, LoadedError, Profile};
use mock_ca::{Door, MockCa, Room, Settings};
use sha1::{Digest as _, Sha1};
use x509_cert::Certificate;
use x509_cert::der::asn1::{Any, BitString, Null, ObjectIdentifier, OctetString};
use x509_cert::der::pem::{self, LineEnding};
use x509_cert::der::{Decode as _, DecodePem as _, Encode as _, Sequence};
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::AlgorithmIdentifierOwned;

use crate::world::{PHONE, World};

const SHA1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.14.3.2.26");

#[derive(Sequence)]
struct CertId {
    hash: AlgorithmIdentifierOwned,
    name: OctetString,
    key: OctetString,
    serial: SerialNumber,
}

fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    let parts: Vec<Any> = parts
        .iter()
        .map(|one| Any::from_der(one).unwrap())
        .collect();
    parts.to_der().unwrap()
}

/// What OpenSSL would send for a certificate, without a nonce.
fn question(issuer: &Certificate, serial: &SerialNumber) -> Vec<u8> {
    let tbs = issuer.tbs_certificate();
    let hash = |octets: &[u8]| OctetString::new(Sha1::digest(octets).to_vec()).unwrap();
    let id = CertId {
        hash: AlgorithmIdentifierOwned {
            oid: SHA1,
            parameters: Some(Any::from(Null)),
        },
        name: hash(&tbs.subject().to_der().unwrap()),
        key: hash(tbs.subject_public_key_info().subject_public_key.raw_bytes()),
        serial: serial.clone(),
    };
    let id = id.to_der().unwrap();
    sequence(&[&sequence(&[&sequence(&[&sequence(&[&id])])])])
}

fn get(world: &mut World, path: &str) -> Response<Vec<u8>> {
    world.ask(Door::Portal, Method::GET, path, "")
}

fn post(world: &mut World, question: Vec<u8>) -> Vec<u8> {
    let request = Request::post("/ocsp").body(question).unwrap();
    let response = world.mock.handle(world.now, Door::Portal, request);
    assert_eq!(response.status(), 200);
    response.into_body()
}

/// The answer's status of the certificate: `[0]` good, `[1]` revoked, `[2]` unknown; after its serial number.
fn status(answer: &[u8], serial: &SerialNumber) -> u8 {
    let serial = serial.to_der().unwrap();
    let place = answer.windows(serial.len()).position(|part| part == serial);
    answer[place.unwrap() + serial.len()]
}

/// A world with an issued certificate, and its issuer.
fn issued() -> (World, Certificate, Certificate) {
    let mut world = World::new();
    world.issued(PHONE, 722_318);
    let issuer = get(&mut world, "/ca/forus-2018.cer").into_body();
    let order = world.mock.orders().next().unwrap();
    let der = order.certificate.as_ref().unwrap().der.clone();
    let read = |der: &[u8]| Certificate::from_der(der).unwrap();
    (world, read(&der), read(&issuer))
}

#[test]
fn ocsp_knows_good_revoked_and_unknown_by_post_and_by_get() {
    let (mut world, certificate, issuer) = issued();
    let serial = certificate.tbs_certificate().serial_number().clone();
    let asked = question(&issuer, &serial);
    let good = post(&mut world, asked.clone());
    assert_eq!(status(&good, &serial), 0x80);
    let escaped = Base64::encode_string(&asked)
        .replace('/', "%2F")
        .replace('+', "%2B");
    let by_get = get(&mut world, &format!("/ocsp/{escaped}")).into_body();
    assert_eq!(by_get, good);
    let never = SerialNumber::from(77_u32);
    let unknown = post(&mut world, question(&issuer, &never));
    assert_eq!(status(&unknown, &never), 0x82);
    let path = "/applications/722318/revoke";
    let reason = r#"{"reason":"key-compromise"}"#;
    world.ask(Door::Control, Method::POST, path, reason);
    assert_eq!(status(&post(&mut world, asked), &serial), 0xA1);
}

#[test]
fn ocsp_refuses_nonsense_and_strangers_without_a_signature() {
    let (mut world, certificate, issuer) = issued();
    let bare = |status| vec![0x30, 3, 0x0A, 1, status];
    for nonsense in [vec![], vec![0x30, 0], vec![0xFF; 100], vec![0; 60_000]] {
        assert_eq!(post(&mut world, nonsense), bare(1));
    }
    let stranger = question(&certificate, &SerialNumber::from(1_u32));
    assert_eq!(post(&mut world, stranger), bare(6));
    let settings = Settings {
        knobs: mock_ca::Knobs {
            ocsp_try_later: true,
            ..Default::default()
        },
        ..Settings::default()
    };
    let asked = question(&issuer, &SerialNumber::from(1_u32));
    assert_eq!(post(&mut World::with(settings), asked), bare(3));
}

#[test]
fn the_root_answers_for_the_issuing_authority() {
    let (mut world, _, issuer) = issued();
    let root = get(&mut world, "/ca/forus-2018-root.cer").into_body();
    let root = Certificate::from_der(&root).unwrap();
    let serial = issuer.tbs_certificate().serial_number();
    let answer = post(&mut world, question(&root, serial));
    assert_eq!(status(&answer, serial), 0x80);
}

#[test]
fn what_certificates_name_is_served_and_leaves_no_trace() {
    let (mut world, certificate, issuer) = issued();
    let calls = world.mock.calls(Room::Portal);
    let visits = world.mock.history().count();
    for signed in [certificate, issuer] {
        let text = signed.to_der().unwrap();
        let text = String::from_utf8_lossy(&text).into_owned();
        for address in text.split("http://ca.forus.test").skip(1) {
            let end = address.find(|c: char| !c.is_ascii_graphic() || c == '0');
            let path = address[..end.unwrap_or(address.len())].to_owned();
            if path.ends_with(".crl") || path.ends_with(".cer") {
                assert_eq!(get(&mut world, &path).status(), 200, "{path}");
            }
        }
    }
    for (path, status) in [
        ("/ca/forus-2018.crl", 200),
        ("/ca/forus-2018-root.crl", 200),
        ("/ca/forus-2019-512.cer", 200),
        ("/ca/forus-2019.pem", 200),
        ("/ca/tls-ca.pem", 200),
        ("/ca/forus-1999.crl", 404),
        ("/ca/", 404),
        ("/ca/forus-2018.key", 404),
        ("/ocsp", 404),
    ] {
        assert_eq!(get(&mut world, path).status(), status, "{path}");
    }
    assert_eq!(world.mock.calls(Room::Portal), calls);
    assert_eq!(world.mock.history().count(), visits);
}

#[test]
fn an_aged_list_is_of_an_earlier_moment() {
    let mut settings = Settings::default();
    let fresh = get(&mut World::with(settings.clone()), "/ca/forus-2018.crl").into_body();
    settings.knobs.revocation_age_secs = 86_400;
    let aged = get(&mut World::with(settings), "/ca/forus-2018.crl").into_body();
    let holds = |list: &[u8], time: &[u8]| list.windows(time.len()).any(|part| part == time);
    assert!(holds(&fresh, b"181213010000Z") && !holds(&fresh, b"181212010000Z"));
    assert!(holds(&aged, b"181212010000Z"));
}

/// Certificate and key of an authority whose CN and O are this; self-signed by a key of its own.
fn self_signed(name: &str, d: u8) -> KeyFile {
    let key = SigningKey::from_le_bytes(ParameterSet::CryptoProA, &[d; 32]).unwrap();
    let pair = PrivateKeyInfo {
        algorithm: Algorithm::Gost2001,
        key,
    };
    // The mock's own root with another name and key, signed anew.
    let settings = Settings::default();
    let mut mock = MockCa::new(settings.clone());
    let request = Request::get("/ca/forus-2018-root.cer")
        .body(Vec::new())
        .unwrap();
    let root = mock
        .handle(settings.epoch, Door::Portal, request)
        .into_body();
    let root = Certificate::from_der(&root).unwrap();
    let own = root.tbs_certificate().subject().to_der().unwrap();
    let name: x509_cert::name::Name = format!("CN={name},O={name}").parse().unwrap();
    let name = name.to_der().unwrap();
    let tbs = root.tbs_certificate().to_der().unwrap();
    let fields = Vec::<Any>::from_der(&tbs).unwrap();
    let info = pair.public_key_info().to_der();
    let fields: Vec<Vec<u8>> = fields
        .iter()
        .map(|field| match field.to_der().unwrap() {
            octets if octets == own => name.clone(),
            octets if octets.starts_with(&info[..4]) && octets.len() == info.len() => info.clone(),
            octets => octets,
        })
        .collect();
    let fields: Vec<&[u8]> = fields.iter().map(Vec::as_slice).collect();
    let signed = sequence(&fields);
    let digest = pair.algorithm.digest(&signed);
    let signature = pair.key.sign_prehash_deterministic(&digest).unwrap();
    let certificate = sequence(&[
        &signed,
        &root.signature_algorithm().to_der().unwrap(),
        &BitString::from_bytes(&signature.to_bytes())
            .unwrap()
            .to_der()
            .unwrap(),
    ]);
    let written =
        |label: &'static str, der: &[u8]| pem::encode_string(label, LineEnding::LF, der).unwrap();
    KeyFile {
        certificate: written("CERTIFICATE", &certificate),
        key: written("PRIVATE KEY", &pair.to_der()),
    }
}

#[test]
fn certificates_are_issued_under_a_root_from_files() {
    let mut world = World::new();
    let root = self_signed("TEST root", 7);
    world.mock.use_authority(&root, None).unwrap();
    world.issued(PHONE, 722_318);
    let served = get(&mut world, "/ca/forus-2018-root.cer").into_body();
    let expected = Certificate::from_pem(&root.certificate).unwrap();
    assert_eq!(served, expected.to_der().unwrap());
    let issuer = get(&mut world, "/ca/forus-2018.cer").into_body();
    let issuer = Certificate::from_der(&issuer).unwrap();
    assert_eq!(
        issuer.tbs_certificate().issuer(),
        expected.tbs_certificate().subject()
    );
    let other = get(&mut world, "/ca/forus-2019-root.cer").into_body();
    assert_ne!(other, served, "other algorithms keep their own root");

    let mut world = World::new();
    let issuing = self_signed("TEST issuing", 8);
    let error = world.mock.use_authority(&root, Some(&issuing)).unwrap_err();
    assert!(matches!(error, LoadedError::NotUnderRoot(_)), "{error}");
    world.mock.use_authority(&root, Some(&root)).unwrap();
    let own = get(&mut world, "/ca/forus-2018.cer").into_body();
    assert_eq!(own, served, "a root may issue by itself");
}

#[test]
fn files_that_are_no_test_authority_are_refused() {
    let mut mock = MockCa::new(Settings::default());
    let root = self_signed("TEST root", 7);
    let mut refused = |certificate: &str, key: &str| {
        let file = KeyFile {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
        };
        mock.use_authority(&file, None).unwrap_err()
    };
    let real = self_signed("Головной УЦ", 7);
    assert!(matches!(
        refused(&real.certificate, &real.key),
        LoadedError::NotTest(_)
    ));
    let other = self_signed("TEST other", 9).key;
    assert!(matches!(
        refused(&root.certificate, &other),
        LoadedError::OtherKey(_)
    ));
    assert!(matches!(
        refused(&root.certificate, &root.certificate),
        LoadedError::Key(_)
    ));
    assert!(matches!(
        refused(&root.key, &root.key),
        LoadedError::Certificate(_)
    ));
    assert!(matches!(refused("", ""), LoadedError::Certificate(_)));
}

#[test]
fn the_address_in_certificates_is_a_setting() {
    let mut settings = Settings::default();
    settings.authority.address = "http://127.0.0.1:18722".into();
    let profile = settings.profile();
    assert_eq!(profile.addresses.ocsp, "http://127.0.0.1:18722/ocsp");
    assert_eq!(
        profile.addresses.crl,
        ["http://127.0.0.1:18722/ca/forus-2018.crl"]
    );
}

#[test]
fn an_issuer_is_the_same_whoever_asked_for_it_first_and_names_the_address_of_the_settings() {
    let mut settings = Settings::default();
    settings.authority.address = "http://127.0.0.1:18722".into();
    let with_application = |application: &str| {
        let mut world = World::with(settings.clone());
        world.json(Door::Control, Method::POST, "/applications", application);
        world.issued("+7 900 000-00-01", 722_319);
        get(&mut world, "/ca/forus-2019.cer").into_body()
    };
    let alone = get(&mut World::with(settings.clone()), "/ca/forus-2019.cer").into_body();
    let text = String::from_utf8_lossy(&alone);
    assert!(text.contains("http://127.0.0.1:18722/ocsp"));
    let named = with_application(r#"{"number": 722319, "profile_name": "forus-2019"}"#);
    assert!(named == alone);
    let mut own = Profile::named("forus-2019").unwrap();
    own.addresses.ocsp = "http://elsewhere.test/ocsp".into();
    own.issuer_sign_tool[0] = "Другое средство".into();
    let own = serde_json::json!({"number": 722_319, "profile": own});
    assert!(with_application(&own.to_string()) == alone);
}

#[test]
fn an_application_with_a_named_profile_has_the_address_of_the_settings() {
    let mut settings = Settings::default();
    settings.authority.address = "http://127.0.0.1:18722".into();
    let mut world = World::with(settings);
    let draft = r#"{"number": 722319, "profile_name": "forus-2019"}"#;
    world.json(Door::Control, Method::POST, "/applications", draft);
    let addresses = world.application(722_319).profile.addresses;
    assert_eq!(addresses.ocsp, "http://127.0.0.1:18722/ocsp");
}
