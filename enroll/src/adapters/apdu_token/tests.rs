//! The token against scripts: each line is a command that must come next and the answer it gets.

use std::collections::VecDeque;

use gost3410::{Algorithm, ParameterSet, VerifyingKey};
use proptest::prelude::*;

use super::*;
use crate::ports::token::{KeyKind, TransmitError};

/// `command > answer` in hex, spaces anywhere; an answer `-` is a card that was taken out.
struct Script(VecDeque<(Vec<u8>, Vec<u8>)>);

impl Script {
    fn of(lines: &[&str]) -> Self {
        let hex = |text: &str| hex::decode(text.replace(' ', "")).expect("hexadecimal");
        let line = |line: &&str| {
            let (command, answer) = line.split_once('>').expect("two sides");
            (
                hex(command),
                if answer.trim() == "-" {
                    Vec::new()
                } else {
                    hex(answer)
                },
            )
        };
        Self(lines.iter().map(line).collect())
    }
}

impl Transmit for Script {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransmitError> {
        let (expected, answer) = self
            .0
            .pop_front()
            .expect("a command more than the script has");
        assert_eq!(hex::encode_upper(command), hex::encode_upper(&expected));
        if answer.is_empty() {
            Err(TransmitError::Removed)
        } else {
            Ok(answer)
        }
    }

    fn reset(&mut self) -> Result<(), TransmitError> {
        Ok(())
    }

    fn reader_name(&self) -> String {
        "Aktiv Rutoken ECP 00 00".to_owned()
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        assert!(
            self.0.is_empty() || std::thread::panicking(),
            "commands that did not come: {:02X?}",
            self.0
        );
    }
}

fn token(lines: &[&str]) -> ApduToken<Script> {
    ApduToken::new(Script::of(lines))
}

fn with_user(lines: &[&str]) -> ApduToken<Script> {
    let mut token = token(&[&[LOG_IN], lines].concat());
    token
        .log_in(PinRole::User, &Pin::new("12345678"))
        .expect("the right PIN");
    token
}

const LOG_IN: &str = "00 20 00 02 08 3132333435363738 > 9000";

/// A file as SELECT and READ BINARY give it; directories end with the first 00.
fn file(path: &str, content: &str) -> [String; 2] {
    let content = content.replace(' ', "");
    let size = content.len() / 2;
    let path = path.replace('/', "");
    [
        format!(
            "00A40800 {:02X} {path} 00 > 6F20 8002{size:04X} 82020100 83020000 8A0105 860F43000200000000020000000000 0000 9000",
            path.len() / 2
        ),
        format!("00B00000 {size:02X} > {content} 9000"),
    ]
}

fn absent(path: &str) -> String {
    let path = path.replace('/', "");
    format!("00A40800 {:02X} {path} 00 > 6A82", path.len() / 2)
}

/// What OpenSC 0.23 wrote for `pkcs11-tool --keypairgen --key-type GOSTR3410:A --id 01 --label gk1`.
const OBJECTS: &str = "A00A300804063F0050006002 A10A300804063F0050006001 00";
const PRIVATE_KEYS: &str = "A435300C0C03676B31030206C0040102300A0401010302043002 0101A1193017300C040A3F001000100060020001020101020100020100 00";
const PUBLIC_KEYS: &str = "A43130090C03676B3103020640300D0401010302000301010002 0100A1153013300804063F0050000200020101020100020100 00";
/// A key, a digest and the card's signature, checked with the gost engine.
const PUBLIC_KEY: &str = "1B7BEEB499FDD7D3F3F629C2BE4C5D0321B6549889C499C3B082F7A269EF35AA88260CC8FF05621F0F09335C6616EB006C19D0EEF4A42F09B7E173662A1A9CFF";
const DIGEST: &str = "A0A1A2A3A4A5A6A7A8A9AAABACADAEAFB0B1B2B3B4B5B6B7B8B9BABBBCBDBEBF";
const SIGNATURE: &str = "078D3B2D756EF18B3FF7B3D51EFA0FD1C3EE8F3E6D8DDC2986062B73AA829350CCE7666200E3ED3875A782860FD67489EDACAA69D5BE8000672819CA4C94455F";

/// Reading both directories of keys.
fn keys() -> Vec<String> {
    let objects = || file("5000/5031", OBJECTS);
    [
        objects(),
        file("5000/6002", PRIVATE_KEYS),
        objects(),
        file("5000/6001", PUBLIC_KEYS),
    ]
    .concat()
}

fn public_key() -> [String; 2] {
    file("5000/0200", &format!("0440{PUBLIC_KEY}"))
}

fn lines(script: &[String]) -> Vec<&str> {
    script.iter().map(String::as_str).collect()
}

#[test]
fn info_is_read_without_a_pin() {
    let info = "303C 020100 0408 000000002CDB7256 0C09 416B74697620436F2E 800B 5275746F6B656E20454350 03020410 A511180F 32303138313231333031303030305A";
    let directory = "61214F0CA000000063504B43532D3135500B5275746F6B656E2045435051043F00500000";
    let script = [
        &["00CA018100 > 000000002CDB7256 9000".to_owned()][..],
        &file("5000/5032", info),
        &file("2F00", directory),
        &["00200002 > 63CA".to_owned(), "00200001 > 6983".to_owned()],
    ]
    .concat();
    let told = token(&lines(&script)).info().expect("tells");
    assert_eq!(
        (
            told.serial.as_str(),
            told.model.as_str(),
            told.label.as_str()
        ),
        ("2cdb7256", "Rutoken ECP", "Rutoken ECP")
    );
    assert_eq!(
        (told.user_tries_left, told.administrator_tries_left),
        (Tries::Left(10), Tries::Blocked)
    );
}

#[test]
fn another_card_is_not_a_rutoken() {
    assert_eq!(
        token(&["00CA018100 > 6D00"]).info(),
        Err(TokenError::NotARutoken { sw: 0x6D00 })
    );
    assert_eq!(
        token(&["00CA018100 > 2CDB7256 9000"]).info(),
        Err(TokenError::NotARutoken { sw: 0x9000 })
    );
}

#[test]
fn pin_is_presented_once_whatever_the_card_says() {
    let role = PinRole::User;
    let wrong = |tries_left| Err(TokenError::WrongPin { role, tries_left });
    for (script, outcome) in [
        (
            &["0020000204 30303030 > 6300", "00200002 > 63C9"][..],
            wrong(Tries::Left(9)),
        ),
        (
            &["0020000204 30303030 > 63C1", "00200002 > 63C1"],
            wrong(Tries::Left(1)),
        ),
        (
            &["0020000204 30303030 > 6300", "00200002 > 63C0"],
            Err(TokenError::PinBlocked { role }),
        ),
        (
            &["0020000204 30303030 > 6983"],
            Err(TokenError::PinBlocked { role }),
        ),
        (
            &["0020000204 30303030 > 63C0"],
            Err(TokenError::PinBlocked { role }),
        ),
        (
            &["0020000204 30303030 > 6A80", "00200002 > 63CA"],
            wrong(Tries::Left(10)),
        ),
        (
            &["0020000204 30303030 > 6A88"],
            Err(TokenError::NoSuchPin { role }),
        ),
        (
            &["0020000204 30303030 > 6F00"],
            Err(TokenError::StatusWord {
                command: "VERIFY",
                sw: 0x6F00,
            }),
        ),
        (
            &["0020000204 30303030 > -"],
            Err(TransmitError::Removed.into()),
        ),
        (
            &[
                "0020000204 30303030 > 6F86",
                "80400000 > 9000",
                "0020000204 30303030 > 9000",
            ],
            Ok(()),
        ),
        (
            &[
                "0020000204 30303030 > 6F86",
                "80400000 > 9000",
                "0020000204 30303030 > 6F86",
            ],
            Err(TokenError::StatusWord {
                command: "VERIFY",
                sw: 0x6F86,
            }),
        ),
    ] {
        assert_eq!(
            token(script).log_in(role, &Pin::new("0000")),
            outcome,
            "{script:?}"
        );
    }
}

#[test]
fn a_pair_that_opensc_made_is_found_and_signs() {
    let objects = || file("5000/5031", OBJECTS);
    let script = [
        &objects()[..],
        &[absent("5000/6004")],
        &keys(),
        &public_key(),
    ]
    .concat();
    let [pair] = token(&lines(&script))
        .inventory()
        .expect("reads")
        .keys
        .try_into()
        .expect("one");
    assert_eq!(
        (pair.id, pair.label.as_str(), pair.reference),
        (KeyId(vec![1]), "gk1", 1)
    );
    assert_eq!(pair.kind, KeyKind::Gost(ParameterSet::CryptoProA));
    let key = VerifyingKey::from_bytes(
        ParameterSet::CryptoProA,
        &hex::decode(PUBLIC_KEY).expect("hex"),
    );
    assert_eq!(pair.public_key, key.ok());

    let digest = hex::decode(DIGEST).expect("hex");
    for (answer, outcome) in [
        (SIGNATURE.to_owned(), Ok(SIGNATURE.to_lowercase())),
        (
            SIGNATURE.replacen("07", "08", 1),
            Err(TokenError::BadSignature),
        ),
        (String::new(), Err(TokenError::BadSignature)),
    ] {
        let operation = [
            file("1000/1000/6002/0001", "")
                .first()
                .cloned()
                .expect("SELECT"),
            "002241B603 840101 > 9000".to_owned(),
            format!("002A9E9A20 {DIGEST} 00 > {answer} 9000"),
        ];
        let script = [&keys()[..], &public_key(), &operation].concat();
        let signature = with_user(&lines(&script)).sign_digest(&KeyId(vec![1]), &digest);
        assert_eq!(
            signature.map(|signature| hex::encode(signature.to_token_bytes())),
            outcome
        );
    }
}

#[test]
fn a_pair_of_another_kind_and_one_that_is_not_there_are_refused() {
    let missing = KeyId(vec![2]);
    let outcome = with_user(&lines(&keys())).sign_digest(&missing, &[0; 32]);
    assert_eq!(outcome, Err(TokenError::KeyNotFound { id: missing }));
    let outcome = with_user(&lines(&keys())).sign_digest(&KeyId(vec![1]), &[0; 64]);
    assert!(matches!(outcome, Err(TokenError::Unsupported { .. })));
    let spec = |algorithm, parameter_set| KeySpec {
        algorithm,
        parameter_set,
        label: "x".to_owned(),
    };
    for spec in [
        spec(Algorithm::Gost2012_512, ParameterSet::Tc26Gost256A),
        spec(Algorithm::Gost2012_256, ParameterSet::Tc26Gost512A),
        spec(Algorithm::Gost2001, ParameterSet::CryptoProTest),
        spec(Algorithm::Gost2001, ParameterSet::Tc26Gost256B),
        KeySpec {
            label: "Ю".repeat(128),
            ..spec(Algorithm::Gost2001, ParameterSet::CryptoProA)
        },
    ] {
        assert!(
            matches!(
                with_user(&[]).generate_key_pair(&spec),
                Err(TokenError::Unsupported { .. })
            ),
            "{spec:?}"
        );
    }
}

#[test]
fn status_words_become_words() {
    let id = KeyId(vec![1]);
    let refused = |answer: &str| {
        let select = file("1000/1000/6002/0001", "")
            .first()
            .cloned()
            .expect("SELECT");
        let operation = [
            select,
            "002241B603 840101 > 9000".to_owned(),
            format!("002A9E9A20 {DIGEST} 00 > {answer}"),
        ];
        let script = [&keys()[..], &public_key(), &operation].concat();
        with_user(&lines(&script)).sign_digest(&id, &hex::decode(DIGEST).expect("hex"))
    };
    assert_eq!(
        refused("6982"),
        Err(TokenError::NotPermitted {
            what: "sign",
            role: PinRole::User
        })
    );
    assert_eq!(
        refused("6A84"),
        Err(TokenError::NoSpace {
            what: "a signature"
        })
    );
    assert_eq!(
        refused("6A88"),
        Err(TokenError::StatusWord {
            command: "PERFORM SECURITY OPERATION",
            sw: 0x6A88
        })
    );
    assert_eq!(refused("-"), Err(TransmitError::Removed.into()));
}

#[test]
fn a_login_of_another_program_is_not_ours_and_the_pin_is_presented_once() {
    let role = PinRole::User;
    let mut token = token(&["00200002 > 9000", LOG_IN, "00200002 > 9000"]);
    assert_eq!(token.tries(role), Ok(Tries::Untold));
    token.log_in(role, &Pin::new("12345678")).expect("right");
    assert_eq!(token.tries(role), Ok(Tries::Verified));
}

#[test]
fn a_removed_card_has_forgotten_the_login() {
    let mut token = with_user(&["00A40800 04 50005031 00 > -"]);
    assert_eq!(
        token.sign_digest(&KeyId(vec![1]), &[0; 32]),
        Err(TransmitError::Removed.into())
    );
    assert_eq!(
        token.sign_digest(&KeyId(vec![1]), &[0; 32]),
        Err(TokenError::NotLoggedIn { what: "sign" })
    );
}

#[test]
fn a_t0_card_gives_its_answer_in_parts() {
    let script = [
        "00CA018100 > 6C08",
        "00CA018108 > 6104",
        "00C0000004 > 00000000 6104",
        "00C0000004 > 2CDB7256 9000",
    ];
    let mut token = token(
        &[
            &script[..],
            &[
                "00A4080004 50005032 00 > 6A82",
                "00A4080002 2F00 00 > 6A82",
                "00200002 > 63CA",
                "00200001 > 63CA",
            ],
        ]
        .concat(),
    );
    let info = token.info().expect("tells");
    assert_eq!(
        (
            info.serial.as_str(),
            info.model.as_str(),
            info.label.as_str()
        ),
        ("2cdb7256", "Rutoken ECP", "")
    );
}

#[test]
fn damage_is_told_and_nothing_is_written() {
    let broken = file("5000/5031", "A00A3008");
    let outcome = token(&lines(&broken)).inventory();
    assert_eq!(
        outcome,
        Err(TokenError::Damaged {
            what: "directory 5000/5031".to_owned()
        })
    );
    let empty = [
        broken.first().cloned().expect("SELECT"),
        "00B0000004 > 9000".to_owned(),
    ];
    let outcome = token(&lines(&empty)).inventory();
    assert_eq!(
        outcome,
        Err(TokenError::Damaged {
            what: "file 5000/5031, shorter than it says".to_owned()
        })
    );
    let outcome = token(&["00A4080004 50005031 00 > 90"]).inventory();
    assert_eq!(
        outcome,
        Err(TransmitError::Lost("an answer of 1 octets".to_owned()).into())
    );
    assert_eq!(
        token(&["00A4080004 50005031 00 > 6A82"]).inventory(),
        Err(TokenError::NotInitialised)
    );
}

/// A card that answers anything at all.
struct Babbler(Vec<Vec<u8>>, usize);

impl Transmit for Babbler {
    fn transmit(&mut self, _: &[u8]) -> Result<Vec<u8>, TransmitError> {
        self.1 += 1;
        if self.1 > 2000 {
            Err(TransmitError::Removed)
        } else {
            Ok(self.0[self.1 % self.0.len()].clone())
        }
    }

    fn reset(&mut self) -> Result<(), TransmitError> {
        Ok(())
    }

    fn reader_name(&self) -> String {
        String::new()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn any_answers_end_in_an_outcome(
        answers in proptest::collection::vec(prop_oneof![
            proptest::collection::vec(any::<u8>(), 0..300),
            proptest::collection::vec(any::<u8>(), 0..300).prop_map(|data| [&data[..], &[0x90, 0x00]].concat()),
            Just(hex::decode("6F20800201008202010083020000860F4300020000000002000000000000009000").expect("hex")),
            Just(vec![0x6A, 0x82]),
            Just(vec![0x90, 0x00]),
        ], 1..20),
    ) {
        let mut token = ApduToken::new(Babbler(answers, 0));
        token.card.logged_in.insert(PinRole::User);
        let (id, certificate) = (KeyId(vec![1]), StoredCertificate { id: KeyId(vec![1]), label: String::new(), der: vec![0], file: 0x0300 });
        let spec = KeySpec { algorithm: Algorithm::Gost2001, parameter_set: ParameterSet::CryptoProA, label: "x".to_owned() };
        drop((token.info(), token.inventory(), token.sign_digest(&id, &[0; 32]), token.set_key_label(&id, "y")));
        drop((token.write_certificate(&id, "z", &[0; 300]), token.delete_certificate(&certificate)));
        drop((token.generate_key_pair(&spec), token.delete_key_pair(&id), token.log_in(PinRole::User, &Pin::new("1"))));
    }
}
