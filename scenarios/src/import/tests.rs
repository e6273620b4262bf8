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
