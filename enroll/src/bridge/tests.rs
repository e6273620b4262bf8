//! Every method at the pure door: JSON in, JSON or a number out.

mod door;
mod guarded;
mod several;
mod token;

use std::cell::RefCell;
use std::rc::Rc;

use gost3410::{ParameterSet, SigningKey};
use serde_json::{Value, json};

use self::token::{InMemory, Memory};
use super::{CONSTANTS, Call, Fault, Plugin, description};
use crate::certificate::Certificate;
use crate::ports::Token;
use crate::ports::token::PinRole;
use crate::{pem, request};

const ORIGIN: &str = "http://127.0.0.1:8080";

/// A page, the plugin and the token below it.
struct Page {
    plugin: Plugin,
    memory: Rc<RefCell<Memory>>,
}

impl Page {
    fn new() -> Self {
        let token = InMemory::new(signer());
        let memory = token.memory.clone();
        let opener: super::Opener = Box::new(move || {
            let mut again = token.clone();
            again.info()?;
            Ok(Box::new(again))
        });
        Self {
            plugin: Plugin::new([opener]),
            memory,
        }
    }

    /// One that has logged in and made a pair for GOST R 34.10-2001.
    fn with_pair() -> (Self, String) {
        let mut page = Self::new();
        page.ok("login", json!([0, "12345678"]));
        let options = json!({
            "publicKeyAlgorithm": constant("PUBLIC_KEY_ALGORITHM_GOST3410_2001"), "paramset": "A",
        });
        let id = page.ok("generateKeyPair", json!([0, null, "egais", options]));
        let id = id.as_str().unwrap().to_owned();
        (page, id)
    }

    fn with_certificate() -> (Self, String, String) {
        let (mut page, key) = Self::with_pair();
        let user = constant("CERT_CATEGORY_USER");
        let id = page.ok("importCertificate", json!([0, issued().to_pem(), user]));
        let id = id.as_str().unwrap().to_owned();
        (page, key, id)
    }

    fn call(&mut self, method: &str, arguments: Value) -> Result<Value, Fault> {
        self.call_from(ORIGIN, 1, method, arguments)
    }

    fn call_from(
        &mut self,
        origin: &str,
        session: u64,
        method: &str,
        arguments: Value,
    ) -> Result<Value, Fault> {
        let at = "2018-12-26T12:00:00Z".parse().unwrap();
        let call = Call {
            origin,
            session,
            at,
        };
        self.plugin.call(&call, method, &list(arguments))
    }

    fn panel(&mut self, verb: &str, arguments: Value) -> Result<Value, Fault> {
        let at = "2018-12-26T12:00:00Z".parse().unwrap();
        let call = Call {
            origin: "panel",
            session: 9,
            at,
        };
        self.plugin.panel(&call, verb, &list(arguments))
    }

    fn ok(&mut self, method: &str, arguments: Value) -> Value {
        self.call(method, arguments)
            .unwrap_or_else(|fault| panic!("{method}: {fault}"))
    }

    fn fails(&mut self, method: &str, arguments: Value) -> u16 {
        self.call(method, arguments).expect_err(method).number
    }

    fn info(&mut self, name: &str) -> Value {
        self.ok("getDeviceInfo", json!([0, constant(name)]))
    }
}

fn list(arguments: Value) -> Vec<Value> {
    match arguments {
        Value::Array(list) => list,
        other => panic!("no list: {other}"),
    }
}

fn constant(name: &str) -> u64 {
    CONSTANTS
        .iter()
        .find(|(known, _)| *known == name)
        .expect(name)
        .1
}

fn vector(name: &str) -> Value {
    let file: Value =
        serde_json::from_str(include_str!("../../tests/vectors/egais_x509.json")).unwrap();
    let mut list = file["objects"].as_array().unwrap().iter();
    list.find(|it| it["name"] == name).expect(name).clone()
}

fn certificate(name: &str) -> Certificate {
    let der = hex::decode(vector(name)["der"].as_str().unwrap()).unwrap();
    Certificate::from_der(&der).unwrap()
}

fn issued() -> Certificate {
    certificate("gost2001-A/user-legal-entity")
}

/// The key of that certificate.
fn signer() -> SigningKey {
    let csr = vector("gost2001-A/csr-legal-entity");
    let mut d = hex::decode(csr["signer_d"].as_str().unwrap()).unwrap();
    d.reverse();
    SigningKey::from_le_bytes(ParameterSet::CryptoProA, &d).unwrap()
}

#[test]
fn pages_find_what_they_look_for() {
    let told = description();
    let methods = told["methods"].as_array().unwrap();
    let required = [
        "cmsDecrypt",
        "cmsEncrypt",
        "createPkcs10",
        "deleteCertificate",
        "deleteKeyPair",
        "enumerateCertificates",
        "enumerateDevices",
        "enumerateKeys",
        "generateKeyPair",
        "getCertificate",
        "getCertificateInfo",
        "getDeviceInfo",
        "getDeviceModel",
        "getDeviceType",
        "getKeyByCertificate",
        "importCertificate",
        "login",
        "logout",
        "parseCertificate",
        "sign",
        "verify",
    ];
    assert!(required.iter().all(|name| methods.contains(&json!(name))));
    assert_eq!(told["errorCodes"]["PIN_INCORRECT"], 17);
    let numbers: std::collections::BTreeSet<_> =
        Fault::ALL.iter().map(|fault| fault.number).collect();
    assert_eq!(numbers.len(), Fault::ALL.len(), "numbers are distinct");
}

#[test]
fn a_device_tells_who_it_is_without_a_login() {
    let mut page = Page::new();
    assert_eq!(page.ok("enumerateDevices", json!([])), json!([0]));
    assert_eq!(page.info("TOKEN_INFO_SERIAL"), "1968268439");
    assert_eq!(page.info("TOKEN_INFO_LABEL"), "Rutoken ECP <no label>");
    assert_eq!(page.info("TOKEN_INFO_MODEL"), "Rutoken ECP");
    assert_eq!(page.info("TOKEN_INFO_SPEED"), 3);
    assert_eq!(page.info("TOKEN_INFO_IS_LOGGED_IN"), false);
    assert_eq!(page.info("TOKEN_INFO_PINS_INFO")["retriesLeft"], 10);
    let all = CONSTANTS
        .iter()
        .filter(|(name, _)| name.starts_with("TOKEN_INFO_"));
    for (name, number) in all.filter(|(name, _)| *name != "TOKEN_INFO_FREE_MEMORY") {
        assert!(
            page.call("getDeviceInfo", json!([0, number])).is_ok(),
            "{name}"
        );
    }
    assert_eq!(
        page.ok("getDeviceType", json!([0])),
        constant("TOKEN_TYPE_RUTOKEN_ECP")
    );
    assert_eq!(page.fails("getDeviceInfo", json!([1, 1])), 3);
    assert_eq!(page.fails("getDeviceInfo", json!([0])), 2);
}

#[test]
fn a_token_that_comes_and_goes_is_told_once_to_each_session() {
    let mut page = Page::new();
    let events = json!([{ "mode": constant("ENUMERATE_DEVICES_EVENTS") }]);
    let told =
        |connected: Value, gone: Value| json!({ "connected": connected, "disconnected": gone });
    assert_eq!(
        page.ok("enumerateDevices", events.clone()),
        told(json!([0]), json!([]))
    );
    assert_eq!(
        page.ok("enumerateDevices", events.clone()),
        told(json!([]), json!([]))
    );
    page.ok("login", json!([0, "12345678"]));
    page.memory.borrow_mut().removed = true;
    assert_eq!(
        page.ok("enumerateDevices", events.clone()),
        told(json!([]), json!([0]))
    );
    assert_eq!(page.fails("enumerateKeys", json!([0, ""])), 19);
    page.memory.borrow_mut().removed = false;
    assert_eq!(
        page.ok("enumerateDevices", events.clone()),
        told(json!([0]), json!([]))
    );
    let other = page
        .call_from("http://127.0.0.1:9", 2, "enumerateDevices", events)
        .unwrap();
    assert_eq!(other, told(json!([0]), json!([])));
}

#[test]
fn a_login_follows_the_plugins_rules() {
    let mut page = Page::new();
    assert_eq!(page.fails("enumerateKeys", json!([0, ""])), 19);
    assert_eq!(page.fails("logout", json!([0])), 19);
    assert_eq!(page.fails("login", json!([0, "00000000"])), 17);
    assert_eq!(page.info("TOKEN_INFO_PINS_INFO")["retriesLeft"], 9);
    page.ok("login", json!([0, "12345678"]));
    assert_eq!(page.info("TOKEN_INFO_PINS_INFO")["isPinDefault"], true);
    assert_eq!(page.fails("login", json!([0, "12345678"])), 93);
    assert_eq!(
        page.memory.borrow().presented,
        2,
        "the second login presents nothing"
    );
    page.ok("logout", json!([0]));
    page.memory.borrow_mut().tries = 0;
    assert_eq!(page.fails("login", json!([0, "12345678"])), 18);
}

#[test]
fn a_login_is_not_another_origins() {
    let (mut page, key) = Page::with_pair();
    let other = "http://127.0.0.1:9";
    let stolen = page.call_from(other, 2, "deleteKeyPair", json!([0, key]));
    assert_eq!(stolen, Err(Fault::USER_NOT_LOGGED_IN));
    page.call_from(other, 2, "login", json!([0, "12345678"]))
        .unwrap();
    assert_eq!(
        page.fails("enumerateKeys", json!([0, ""])),
        19,
        "the later login stands"
    );
}

#[test]
fn a_saved_pin_logs_in_by_itself_until_it_is_removed() {
    let mut page = Page::new();
    assert_eq!(page.fails("savePin", json!([0])), 19);
    page.ok("login", json!([0, "12345678"]));
    page.ok("savePin", json!([0]));
    page.ok("logout", json!([0]));
    assert_eq!(page.info("TOKEN_INFO_IS_PIN_CACHED"), true);
    page.ok("enumerateKeys", json!([0, ""]));
    page.ok("logout", json!([0]));
    page.memory.borrow_mut().user_pin = b"another one".to_vec();
    assert_eq!(page.fails("enumerateKeys", json!([0, ""])), 17);
    assert_eq!(
        page.fails("enumerateKeys", json!([0, ""])),
        19,
        "a wrong one is presented once"
    );
}

#[test]
fn pins_are_changed_unblocked_and_set_anew() {
    let mut page = Page::new();
    assert_eq!(page.fails("changePin", json!([0, "12345678", "1"])), 16);
    page.ok("changePin", json!([0, "12345678", "other-pin"]));
    page.ok("login", json!([0, "other-pin"]));
    page.ok("changePin", json!([0, "other-pin", "third-pin"]));
    page.ok("enumerateKeys", json!([0, ""]));
    page.ok(
        "changePin",
        json!([0, "87654321", "fourth-pin", { "useAdminPin": true }]),
    );
    page.memory.borrow_mut().tries = 0;
    page.ok("unblockUserPin", json!([0, "87654321"]));
    page.ok("login", json!([0, "fourth-pin"]));
    let anew = json!([0, { "adminPin": "87654321", "newUserPin": "12345678", "label": "ЕГАИС" }]);
    page.ok("formatToken", anew);
    assert_eq!(page.info("TOKEN_INFO_LABEL"), "ЕГАИС");
    assert_eq!(page.info("TOKEN_INFO_IS_LOGGED_IN"), false);
}

#[test]
fn a_pair_is_made_named_listed_and_deleted() {
    let (mut page, key) = Page::with_pair();
    assert_eq!(page.ok("enumerateKeys", json!([0, ""])), json!([key]));
    assert_eq!(page.ok("enumerateKeys", json!([0, "egais"])), json!([key]));
    assert_eq!(page.ok("enumerateKeys", json!([0, "other"])), json!([]));
    page.ok("setKeyLabel", json!([0, key, "ЕГАИС_722318"]));
    assert_eq!(page.ok("getKeyLabel", json!([0, key])), "ЕГАИС_722318");
    let public = page.ok("getPublicKeyValue", json!([0, key, {}]));
    assert_eq!(public.as_str().unwrap().len(), 64 * 3 - 1);
    let algorithm = page.ok(
        "getKeyInfo",
        json!([0, key, constant("KEY_INFO_ALGORITHM")]),
    );
    assert_eq!(algorithm, constant("PUBLIC_KEY_ALGORITHM_GOST3410_2001"));
    page.ok("deleteKeyPair", json!([0, key]));
    assert_eq!(page.fails("getKeyLabel", json!([0, key])), 20);
    let rsa = json!({ "publicKeyAlgorithm": constant("PUBLIC_KEY_ALGORITHM_RSA") });
    let rsa = page.fails("generateKeyPair", json!([0, null, "", rsa]));
    assert_eq!(rsa, Fault::UNSUPPORTED_BY_TOKEN.number);
}

fn subject() -> Value {
    json!([
        { "rdn": "commonName", "value": "ООО «Тестовая организация»" },
        { "rdn": "INN", "value": "003812009997" },
        { "rdn": "2.5.4.6", "value": "RU" },
    ])
}

#[test]
fn a_request_has_the_pages_subject_and_the_tokens_signature() {
    let (mut page, key) = Page::with_pair();
    let extensions = json!({ "keyUsage": ["digitalSignature"], "extKeyUsage": ["clientAuth", "1.2.643.2.2.34.6"] });
    let custom = json!([{ "oid": "1.2.3.4", "value": "BQA=", "criticality": false }]);
    let options = json!({ "subjectSignTool": "СКЗИ", "customExtensions": custom });
    let made = page.ok(
        "createPkcs10",
        json!([0, key, subject(), extensions, options]),
    );
    let der = request::from_pem(made.as_str().unwrap()).unwrap();
    let (names, public) = request::read(&der).unwrap();
    assert_eq!(names[0].1, "ООО «Тестовая организация»");
    assert_eq!(names.len(), 3);
    assert_eq!(public.algorithm, gost3410::Algorithm::Gost2001);
    let hash = json!({ "hashAlgorithm": constant("HASH_TYPE_GOST3411_12_256") });
    let made = page.ok("createPkcs10", json!([0, key, subject(), {}, hash]));
    let (_, public) = request::read(&request::from_pem(made.as_str().unwrap()).unwrap()).unwrap();
    assert_eq!(
        public.algorithm,
        gost3410::Algorithm::Gost2012_256,
        "the page's hash decides"
    );
}

#[test]
fn a_request_that_fails_leaves_the_pair_behind() {
    let (mut page, key) = Page::with_pair();
    assert_eq!(
        page.fails(
            "createPkcs10",
            json!([0, key, [{ "rdn": "no such" }], {}, {}])
        ),
        2
    );
    page.memory.borrow_mut().signs = false;
    let failed = page.fails("createPkcs10", json!([0, key, subject(), {}, {}]));
    assert_eq!(failed, Fault::DEVICE_ERROR.number);
    assert_eq!(page.ok("enumerateKeys", json!([0, ""])), json!([key]));
}

#[test]
fn a_certificate_goes_beside_its_pair_and_is_read_without_a_login() {
    let (mut page, key, id) = Page::with_certificate();
    assert_eq!(id.replace(':', ""), issued().fingerprint());
    assert_eq!(page.ok("getKeyByCertificate", json!([0, id])), json!(key));
    assert_eq!(
        page.fails("importCertificate", json!([0, issued().to_pem(), 1])),
        6
    );
    page.ok("logout", json!([0]));
    let user = constant("CERT_CATEGORY_USER");
    assert_eq!(
        page.ok("enumerateCertificates", json!([0, user])),
        json!([id])
    );
    assert_eq!(page.ok("getCertificate", json!([0, id])), issued().to_pem());
    let serial = page.ok("getCertificateInfo", json!([0, id, 1]));
    assert_eq!(serial, issued().serial().to_lowercase());
    assert_eq!(page.fails("getKeyByCertificate", json!([0, id])), 19);
    assert_eq!(page.fails("deleteCertificate", json!([0, id])), 19);
    page.ok("login", json!([0, "12345678"]));
    page.ok("deleteCertificate", json!([0, id]));
    assert_eq!(
        page.fails("getCertificate", json!([0, id])),
        Fault::CERTIFICATE_NOT_FOUND.number
    );
}

#[test]
fn a_certificate_without_its_pair_is_taken_and_has_no_key() {
    let mut page = Page::new();
    page.ok("login", json!([0, "12345678"]));
    let bare: String = issued()
        .to_pem()
        .lines()
        .filter(|line| !line.starts_with('-'))
        .collect();
    let id = page.ok("importCertificate", json!([0, bare, 1]));
    assert_eq!(page.fails("getKeyByCertificate", json!([0, id])), 20);
    assert_eq!(page.fails("sign", json!([0, id, "data", 0, {}])), 20);
    let fault = page.fails("importCertificate", json!([0, bare, 77]));
    assert_eq!(fault, Fault::CERTIFICATE_CATEGORY_BAD.number);
    assert_eq!(
        page.fails("importCertificate", json!([0, "AAAA", 1])),
        Fault::ASN1_ERROR.number
    );
}

#[test]
fn a_parsed_certificate_has_the_lines_that_pages_pick() {
    let (mut page, _, id) = Page::with_certificate();
    let parsed = page.ok("parseCertificate", json!([0, id]));
    assert_eq!(
        parsed,
        page.ok("parseCertificateFromString", json!([issued().to_pem()]))
    );
    assert_eq!(parsed["extensions"]["keyUsage"][0], "digitalSignature");
    assert_eq!(parsed["subject"][0]["rdn"], "commonName");
    let text = parsed["text"].as_str().unwrap();
    assert!(text.contains("Version: 3 (0x2)\n"), "{text}");
    assert!(
        text.contains("Public Key Algorithm: GOST R 34.10-2001\n"),
        "{text}"
    );
}

#[test]
fn a_signature_verifies_attached_detached_and_with_two_signers() {
    let (mut page, _, id) = Page::with_certificate();
    let lax = json!({ "verifyCertificate": false });
    let attached = page.ok(
        "sign",
        json!([0, id, "данные", 0, { "detached": false, "addSignTime": true }]),
    );
    assert_eq!(page.ok("verify", json!([0, attached, lax])), true);
    let detached = page.ok("sign", json!([0, id, "0LTQsA==", 1, {}]));
    let of = |data: &str| json!({ "verifyCertificate": false, "data": data, "base64": true });
    assert_eq!(
        page.ok("verify", json!([0, detached, of("0LTQsA==")])),
        true
    );
    assert_eq!(page.ok("verify", json!([0, detached, of("AAAA")])), false);
    let twice = page.ok(
        "sign",
        json!([0, id, "", 1, { "detached": false, "CMS": attached, "addSignTime": false }]),
    );
    assert_eq!(page.ok("verify", json!([0, twice, lax])), true);
    assert_eq!(
        page.fails("verify", json!([0, "AAAA", lax])),
        Fault::ASN1_ERROR.number
    );
}

#[test]
fn a_signers_certificate_is_held_against_its_authority() {
    let (mut page, _, id) = Page::with_certificate();
    let signed = page.ok("sign", json!([0, id, "x", 0, { "detached": false }]));
    let strict = page.fails("verify", json!([0, signed, {}]));
    assert_eq!(strict, Fault::CA_CERTIFICATES_NOT_FOUND.number);
    let ca = certificate("gost2001-A/ca").to_pem();
    assert_eq!(page.ok("verify", json!([0, signed, { "CA": [ca] }])), true);
    let other = certificate("gost2001-A/root").to_pem();
    let fault = page.fails("verify", json!([0, signed, { "CA": [other] }]));
    assert_eq!(fault, Fault::CERTIFICATE_VERIFICATION_ERROR.number);
}

#[test]
fn digests_are_hex_with_colons_and_are_signed_raw() {
    let (mut page, key) = Page::with_pair();
    let kind = constant("HASH_TYPE_GOST3411_94");
    let digest = page.ok("digest", json!([0, kind, "YWJj", { "base64": true }]));
    assert_eq!(digest, page.ok("digest", json!([0, kind, "abc", {}])));
    let raw = page.ok("rawSign", json!([0, key, digest, {}]));
    assert_eq!(raw.as_str().unwrap().split(':').count(), 64);
    assert_eq!(
        page.fails("rawSign", json!([0, key, "00:11", {}])),
        Fault::DATA_LEN_RANGE.number
    );
    assert_eq!(page.fails("rawSign", json!([0, key, "zz", {}])), 2);
}

#[test]
fn what_is_not_offered_answers_with_an_error() {
    let mut page = Page::new();
    for name in ["cmsEncrypt", "getJournal", "no such method"] {
        assert_eq!(
            page.fails(name, json!([0])),
            Fault::UNSUPPORTED_BY_TOKEN.number
        );
    }
    for (name, _) in super::METHODS {
        let _ = page.call(name, json!([]));
        let _ = page.call(name, json!([0, { "a": [] }, -1, "я", []]));
    }
}

#[test]
fn the_panel_deletes_the_certificate_as_administrator_and_the_pair_as_user() {
    let (mut page, key, id) = Page::with_certificate();
    let before = page.panel("objects", json!([0])).unwrap();
    assert_eq!(before["certificates"].as_array().unwrap().len(), 1);
    assert_eq!(before["pairs"].as_array().unwrap().len(), 1);
    assert_eq!(
        page.panel("deleteCertificate", json!([0, id])),
        Err(Fault::USER_NOT_LOGGED_IN)
    );
    page.panel("login", json!([0, "administrator", "87654321"]))
        .unwrap();
    page.panel("deleteCertificate", json!([0, id])).unwrap();
    assert!(page.panel("deleteKeyPair", json!([0, key])).is_err());
    page.panel("login", json!([0, "user", "12345678"])).unwrap();
    let now = page.panel("objects", json!([0])).unwrap();
    assert_eq!(now["pairs"].as_array().unwrap().len(), 1);
    page.panel("deleteKeyPair", json!([0, key])).unwrap();
    page.panel("logout", json!([0])).unwrap();
    assert_eq!(page.memory.borrow().role, None::<PinRole>);
    assert!(page.memory.borrow().pairs.is_empty());
}

#[test]
fn an_unreadable_certificate_is_no_reason_to_stop() {
    let (mut page, ..) = Page::with_certificate();
    page.memory.borrow_mut().certificates[0].der = vec![0x30, 0x00];
    let listed = page.ok("enumerateCertificates", json!([0, 1]));
    let id = listed[0].as_str().unwrap();
    assert_eq!(
        page.ok("getCertificate", json!([0, id])),
        pem::encode("CERTIFICATE", &[0x30, 0x00])
    );
    assert_eq!(
        page.fails("parseCertificate", json!([0, id])),
        Fault::ASN1_ERROR.number
    );
}
