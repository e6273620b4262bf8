//! Samples of pcsc-lite 1.9.9 and OpenSC 0.23 with a new token of the emulator: `pkcs15-tool --verify-pin`, and for
//! `pcscd-keygen.log` a pair made and used by `pkcs11-tool`. The lines about threads and handles are cut.

use proptest::prelude::*;

use super::*;

const PCSCD: &str = include_str!("../../testdata/logs/pcscd.log");
const SPY: &str = include_str!("../../testdata/logs/spy.log");
const PRINTED: &str = include_str!("../../testdata/logs/spy-printed.log");
const OPENSC: &str = include_str!("../../testdata/logs/opensc.log");

fn imported(log: &str, from: From) -> Recording {
    import(log.as_bytes(), from, "imported").expect("a log")
}

/// Commands, answers and meanings: all but the times.
fn exchanges(recording: &Recording) -> Vec<String> {
    let fields = recording.lines().iter().map(|line| &line.fields);
    fields
        .map(|fields| serde_json::to_string(fields).expect("plain"))
        .collect()
}

#[test]
fn every_log_of_one_session_tells_the_same_exchange() {
    let told = exchanges(&imported(SPY, From::Spy));
    assert!(told.len() >= 10, "{told:?}");
    assert_eq!(exchanges(&imported(PRINTED, From::Spy)), told);
    let verify = |log: &str, from| {
        let mut told = exchanges(&imported(log, from));
        told.retain(|line| line.contains("VERIFY"));
        told
    };
    assert_eq!(verify(PCSCD, From::Pcscd), verify(SPY, From::Spy));
    assert_eq!(verify(OPENSC, From::Opensc), verify(SPY, From::Spy));
}

#[test]
fn a_pin_in_a_log_is_no_pin_in_the_recording() {
    for (log, from) in [
        (PCSCD, From::Pcscd),
        (SPY, From::Spy),
        (PRINTED, From::Spy),
        (OPENSC, From::Opensc),
    ] {
        let text = imported(log, from).to_json_lines();
        assert!(text.contains("00200002{pin:user}"), "{text}");
        assert!(!text.contains(&hex::encode_upper("12345678")), "{text}");
    }
}

#[test]
fn times_are_the_logs_own() {
    let at = |log, from| imported(log, from).header().epoch.clone();
    assert!(at(SPY, From::Spy).starts_with("2026-11-23T"));
    assert!(at(PCSCD, From::Pcscd).starts_with("1970-01-01T08:00:0"));
    assert!(at(OPENSC, From::Opensc).starts_with("1970-01-01T20:3"));
}

#[test]
fn a_card_powered_anew_is_a_reset_once() {
    let log = "\
00000001 eventhandler.c:423:EHStatusHandlerThread() Card inserted into R
00000001 APDU: 00 84 00 00 08
00000001 winscard.c:883:SCardDisconnect() dwDisposition: 2
00000001 winscard.c:332:SCardConnect() power up complete.
00000001 APDU: 80 40 00 00
00000009 SW: 90 00";
    let told = exchanges(&imported(log, From::Pcscd));
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told[0].contains("no answer in the log"));
    assert!(told[1].contains(r#""command":"reset""#));
}

#[test]
fn what_is_wrong_with_a_log_is_told_with_its_line() {
    let said = |log: &str, from| match import(log.as_bytes(), from, "x") {
        Ok(recording) => panic!("a recording: {}", recording.to_json_lines()),
        Err(error) => error.to_string(),
    };
    assert_eq!(
        said("00000000 APDU: 00 A", From::Pcscd),
        "line 1 of the log: a command in hex after «APDU:»"
    );
    assert_eq!(
        said("\n00000000 SW: 90 00", From::Pcscd),
        "line 2 of the log: an answer without a command before it"
    );
    assert_eq!(
        said("Outgoing APDU (5 bytes):\n00 B0", From::Opensc),
        "line 2 of the log: the bytes of an APDU"
    );
    assert_eq!(
        said("nothing", From::Spy),
        "the log has no commands to a card"
    );
    let long = "x".repeat(LONGEST + 1);
    assert!(said(&long, From::Spy).starts_with("line 1 of the log is longer"));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(128) })]

    #[test]
    fn no_log_panics(
        which in 0_usize..4,
        cut in any::<prop::sample::Index>(),
        noise in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let (log, from) = [(PCSCD, From::Pcscd), (SPY, From::Spy), (PRINTED, From::Spy), (OPENSC, From::Opensc)][which];
        let mut bytes = log.as_bytes().to_vec();
        let at = cut.index(bytes.len());
        bytes.splice(at..(at + noise.len()).min(log.len()), noise);
        drop(import(&bytes[..], from, "x"));
    }
}

const KEYGEN: &str = include_str!("../../testdata/logs/pcscd-keygen.log");

/// What replay tells of the log on a new token of another seed.
fn on_a_new_token(log: &str) -> (bool, String) {
    use crate::replay::{Side, on_card, told};
    let image = include_str!("../../testdata/logs/new.image");
    let image = emulator::TokenImage::from_toml(image).expect("an image");
    let recording = imported(log, From::Pcscd);
    let replayed = on_card(&recording, &image, crate::reader::Way::InProcess).expect("a card");
    let lang = enroll::messages::Lang::En;
    (
        replayed.passed(),
        told::render(&recording, Side::Token, &replayed, lang),
    )
}

#[test]
fn a_pair_made_and_used_on_another_card_replays_with_its_values_bound() {
    let (passed, told) = on_a_new_token(KEYGEN);
    assert!(passed, "{told}");
}

#[test]
fn a_byte_that_may_not_differ_is_found_beside_bound_ones() {
    let at = KEYGEN
        .rfind("6F 20 80 02 00 42")
        .expect("the public key's file");
    let mut log = KEYGEN.to_owned();
    log.replace_range(at..at + 17, "6F 20 80 02 00 43");
    assert!(!on_a_new_token(&log).0);
}

#[test]
fn a_recorded_signature_that_is_not_true_is_no_value_that_may_differ() {
    let digest = KEYGEN.find("APDU: 00 2A 9E 9A").expect("a signature");
    let at = digest + KEYGEN[digest..].find("SW: ").expect("its answer") + "SW: ".len();
    let mut log = KEYGEN.to_owned();
    log.replace_range(
        at..at + 2,
        if log[at..].starts_with("00") {
            "01"
        } else {
            "00"
        },
    );
    assert!(!on_a_new_token(&log).0);
}
