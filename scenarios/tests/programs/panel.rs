//! What «Панель управления Рутокен» does, by hand: `enroll token …` as separate programs.

use scenarios::scenario::{Holding, Pins, Token};
use scenarios::token;
use serde_json::Value;

use super::*;

const WRONG_PIN: i32 = 12;
const OLD_OBJECTS: i32 = 15;
const TOKEN: i32 = 10;
const USAGE: i32 = 2;

/// A desk with last year's certificate, its pair and an RSA pair on the token.
fn desk(pins: Pins) -> (Desk, Running) {
    let desk = Desk::new();
    let holds = vec![Holding::EarlierCertificate, Holding::RsaPair];
    let token = Token {
        holds,
        pins,
        administrator_deletes: true,
        ..Token::default()
    };
    let epoch = "2018-12-13T01:00:00Z".parse().expect("a moment");
    let image = token::image(&token, 1, epoch).expect("a token");
    desk.write("token.image", &image.to_toml());
    desk.write("administrator", "87654321\n");
    let running = desk.attach();
    (desk, running)
}

impl Desk {
    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).expect("a file");
    }

    /// `enroll token …` with nothing but the ways to token and state: its exit code, result and words.
    fn panel(&self, verb: &[&str]) -> (i32, Value, String) {
        let mut command = self.command("enroll");
        let token = format!("vpcd:127.0.0.1:{}", self.vpcd);
        command
            .arg("token")
            .args(verb)
            .args(["--json", "--token", &token, "--state", "state"])
            .stdin(Stdio::null());
        let output = command.output().expect("enroll starts");
        let out = String::from_utf8_lossy(&output.stdout).into_owned();
        let words = out.clone() + &String::from_utf8_lossy(&output.stderr);
        let lines = out
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok());
        let mut results = lines.filter_map(|line: Value| line.get("result").cloned());
        let result = results.next_back().unwrap_or_default();
        (output.status.code().unwrap_or(-1), result, words)
    }

    fn panel_well(&self, verb: &[&str]) -> Value {
        let (code, result, words) = self.panel(verb);
        assert_eq!(code, 0, "enroll token {verb:?}\n{words}");
        result
    }

    /// What `list` tells of each object under this name.
    fn listed(&self, field: &str) -> Vec<String> {
        let list = self.panel_well(&["list"]);
        let list = list.as_array().cloned().unwrap_or_default();
        let told = list.iter().filter_map(|it| it[field].as_str());
        told.map(str::to_owned).collect()
    }

    /// CKA_ID of the pair with such an algorithm.
    fn pair(&self, algorithm: &str) -> String {
        let list = self.panel_well(&["list"]);
        let list = list.as_array().cloned().unwrap_or_default();
        let is_it = |it: &&Value| {
            it["algorithm"]
                .as_str()
                .is_some_and(|it| it.contains(algorithm))
        };
        let pair = list.iter().find(is_it).expect("such a pair");
        pair["key"].as_str().expect("an id").to_owned()
    }
}

const AS_ADMINISTRATOR: [&str; 3] = ["--yes", "--admin-pin-file", "administrator"];
const AS_USER: [&str; 3] = ["--yes", "--pin-file", "pin"];

fn with<'a>(verb: &[&'a str], rest: &[&'a str]) -> Vec<&'a str> {
    verb.iter().chain(rest).copied().collect()
}

#[test]
fn old_objects_go_after_a_plan_a_copy_and_each_ones_pin() {
    let (desk, _running) = desk(Pins::default());
    let fingerprint = desk.listed("fingerprint").remove(0);
    let delete = ["delete-certificate", &fingerprint[..8]];

    let (code, _, words) = desk.panel(&with(&delete, &AS_ADMINISTRATOR[1..]));
    assert_eq!(code, USAGE, "{words}");
    assert!(words.contains("--yes"), "{words}");
    assert_eq!(
        desk.listed("fingerprint"),
        std::slice::from_ref(&fingerprint)
    );

    let (code, done, words) = desk.panel(&with(&delete, &AS_ADMINISTRATOR));
    assert_eq!(code, 0, "{words}");
    for told in ["valid until 2019-03-", "RSA 2048", "CryptoPro-A"] {
        assert!(words.contains(told), "no «{told}» in the plan:\n{words}");
    }
    let copy = done["copy"].as_str().expect("where the copy is");
    let copy = std::fs::read_to_string(desk.folder.path().join(copy)).expect("a copy");
    assert!(copy.starts_with("-----BEGIN CERTIFICATE-----"), "{copy}");
    assert_eq!(desk.listed("fingerprint"), [""; 0]);

    let (gost, rsa) = (desk.pair("CryptoPro"), desk.pair("RSA"));
    let (code, _, words) = desk.panel(&with(&["delete-key", &rsa], &AS_USER));
    assert_eq!(code, TOKEN, "{words}");
    desk.panel_well(&with(&["delete-key", &gost], &AS_USER));
    assert_eq!(desk.listed("key"), [rsa]);
}

#[test]
fn a_wrong_pin_costs_one_try_and_deletes_nothing() {
    let (desk, _running) = desk(Pins::default());
    desk.write("pin", "73519264\n");
    let gost = desk.pair("CryptoPro");
    let (code, _, words) = desk.panel(&with(&["delete-key", &gost], &AS_USER));
    assert_eq!(code, WRONG_PIN, "{words}");
    assert_eq!(desk.panel_well(&["info"])["user_tries_left"], 9);
    assert_eq!(desk.listed("key").len(), 2);
    assert!(!words.contains("73519264"), "{words}");
}

#[test]
fn a_named_pin_that_is_the_factorys_is_pointed_out_and_not_presented() {
    let (desk, _running) = desk(Pins::default());
    desk.write("pin", "73519264\n");
    let told = desk.panel_well(&with(&["info"], &AS_ADMINISTRATOR[1..]));
    assert_eq!(told["administrator_pin_is_the_factorys"], true);
    assert_eq!(told.get("user_pin_is_the_factorys"), None);
    let told = desk.panel_well(&with(&["info"], &AS_USER[1..]));
    assert_eq!(told["user_pin_is_the_factorys"], false);
    assert_eq!(told["user_tries_left"], 10);
}

#[test]
fn an_object_that_is_not_there_or_not_the_only_one_is_not_guessed() {
    let (desk, _running) = desk(Pins::default());
    let gost = desk.pair("CryptoPro");
    for wanted in ["ffffffff", "", "gost", &gost[..3]] {
        let (code, _, words) = desk.panel(&with(&["delete-key", wanted], &AS_USER));
        assert_eq!(code, USAGE, "{words}");
    }
    assert_eq!(desk.listed("key").len(), 2);
}

#[test]
fn pins_are_changed_and_unblocked() {
    let (desk, _running) = desk(Pins {
        user_tries_left: 0,
        ..Pins::default()
    });
    assert_eq!(desk.panel_well(&["info"])["user_tries_left"], 0);
    desk.write("new", "87651234\n");
    let change = ["change-pin", "--pin-file", "pin", "--new-pin-file", "new"];
    let (code, _, words) = desk.panel(&change);
    assert_eq!(code, 13, "{words}");
    assert!(words.contains("enroll token unblock"), "{words}");

    let unblocked = desk.panel_well(&["unblock", "--admin-pin-file", "administrator"]);
    assert_eq!(unblocked["user_tries_left"], 10);
    desk.panel_well(&change);
    let (code, _, words) = desk.panel(&change);
    assert_eq!(code, WRONG_PIN, "the old PIN no longer counts: {words}");
    assert_eq!(desk.panel_well(&["info"])["user_tries_left"], 9);
}

#[test]
fn a_pin_that_is_not_named_and_cannot_be_asked_for_is_told() {
    let (desk, _running) = desk(Pins::default());
    let (code, _, words) = desk.panel(&["change-pin", "--pin-file", "pin"]);
    assert_eq!(code, USAGE, "{words}");
    assert!(words.contains("--new-pin-file"), "{words}");
    let (code, _, words) = desk.panel(&["set-label", "x", "--pin-file", "nowhere"]);
    assert_eq!(code, USAGE, "{words}");
    assert!(words.contains("cannot read nowhere"), "{words}");
    let (code, _, words) = desk.panel(&["set-label", "x"]);
    assert_eq!(code, USAGE, "{words}");
    assert!(words.contains("no terminal to ask at"), "{words}");
}

#[test]
fn a_code_that_nobody_can_type_is_told_before_a_pair_is_made() {
    let desk = Desk::new();
    let _mock = desk.serve();
    desk.new_token();
    let _token = desk.attach();
    let portal = format!("http://127.0.0.1:{}/", desk.portal);
    let token = format!("vpcd:127.0.0.1:{}", desk.vpcd);
    let mut command = desk.command("enroll");
    command
        .args(["request", "--portal", &portal, "--token", &token])
        .args(["--sms", "prompt", "--phone", "+7 900 000-00-00"])
        .args(["--pin-file", "pin", "--state", "state"])
        .stdin(Stdio::null());
    let output = command.output().expect("enroll starts");
    let words = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(20), "{words}");
    assert!(
        words.contains("no terminal to ask for the SMS code"),
        "{words}"
    );
    let sent = answer(desk.sms, "GET /inbox?phone=79000000000");
    assert!(
        sent.trim_end().ends_with("[]"),
        "an SMS that nobody could type: {sent}"
    );
    assert_eq!(desk.listed("key"), [""; 0]);
}

#[test]
fn the_token_gets_another_name() {
    let (desk, _running) = desk(Pins::default());
    desk.panel_well(&["set-label", "Касса № 2", "--pin-file", "pin"]);
    assert_eq!(desk.panel_well(&["info"])["label"], "Касса № 2");
}

#[test]
fn formatting_wants_the_serial_number_typed_and_keeps_a_copy() {
    let (desk, _running) = desk(Pins::default());
    desk.write("new", "11223344\n");
    desk.write("new-administrator", "44332211\n");
    let serial = desk.panel_well(&["info"])["serial"].clone();
    let serial = serial.as_str().expect("a serial number");
    let mut format = vec![
        "format",
        "--label",
        "Склад",
        "--new-pin-file",
        "new",
        "--new-admin-pin-file",
        "new-administrator",
        "--admin-pin-file",
        "administrator",
    ];
    for confirm in [&[][..], &["--confirm", "00000000"]] {
        let (code, _, words) = desk.panel(&with(&format, confirm));
        assert_eq!(code, USAGE, "{words}");
        assert!(
            words.contains(serial) && words.contains("--confirm"),
            "{words}"
        );
        assert_eq!(desk.listed("key").len(), 2);
    }
    format.extend(["--confirm", serial]);
    desk.panel_well(&format);
    assert_eq!(desk.panel_well(&["info"])["label"], "Склад");
    assert_eq!(desk.panel_well(&["list"]), Value::Array(Vec::new()));
    let copies = std::fs::read_dir(desk.folder.path().join("state/backup")).expect("copies");
    assert_eq!(copies.count(), 1);
}

#[test]
fn the_pair_of_an_enrollment_that_is_under_way_is_not_deleted() {
    let desk = Desk::new();
    let _mock = desk.serve();
    desk.new_token();
    let _token = desk.attach();
    desk.enroll_well(&["request"]);
    let key = desk.pair("CryptoPro");
    let (code, _, words) = desk.panel(&with(&["delete-key", &key], &AS_USER));
    assert_eq!(code, OLD_OBJECTS, "{words}");
    assert!(
        words.contains("722318") && words.contains("enroll abandon"),
        "{words}"
    );
    let (code, _, words) = desk.panel(&["format", "--confirm", "anything"]);
    assert_eq!(code, OLD_OBJECTS, "{words}");
    assert_eq!(desk.listed("key"), std::slice::from_ref(&key));
    desk.enroll_well(&["abandon"]);
    desk.panel_well(&with(&["delete-key", &key], &AS_USER));
}
