//! The doors of `fuzz/`, with what proptest thinks of: the same functions that are fuzzed.

use proptest::prelude::*;

#[path = "../../fuzz/src/lib.rs"]
#[expect(unreachable_pub, reason = "over there it is a crate of its own")]
mod doors;

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let words = prop::sample::select(vec![
        &b"press=send&pem="[..],
        b"phone=79000000000",
        b"code=",
        b"\0",
        b"{\"pem\":\"-----BEGIN CERTIFICATE REQUEST-----\\nMAA=\\n-----END CERTIFICATE REQUEST-----\"}",
        b"{\"room\":\"portal\",\"next\":1,\"what\":\"lose-answer\"}",
        b"{\"knobs\":{\"double_sms\":true}}",
        b"{\"number\":1}",
        b"{\"text\":\"\"}",
    ]);
    let piece = prop_oneof![
        words.prop_map(<[u8]>::to_vec),
        prop::collection::vec(any::<u8>(), 0..12),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_door_holds_what_it_promises(input in bytes()) {
        doors::pages(&input);
        doors::api(&input);
        doors::control(&input);
        doors::request(&input);
    }

    #[test]
    fn a_request_with_one_byte_changed_is_refused_or_good(at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let application = mock_ca::Settings::default().all_applications().remove(0);
        let mut der = crate::token::request_der(&application, 1);
        let at = at.index(der.len());
        der[at] = to;
        doors::request(&der);
    }
}
