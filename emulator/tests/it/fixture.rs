//! Tokens for other people's tests: what is on them, what goes wrong with them, what time it is for them.

use core::time::Duration;

use emulator::fixture::{Fault, Fixture, NoAnswer};
use emulator::reference::PinRef;
use emulator::rsa::RsaKey;
use emulator::timing::Profile;
use emulator::{Model, StatusWord, TokenImage};
use gost3410::{ParameterSet, SigningKey};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

const VERIFY: &[u8] = b"\x00\x20\x00\x02\x0812345678";
const TRIES: &[u8] = b"\x00\x20\x00\x02";
const SERIAL: &[u8] = &[0x00, 0xCA, 0x01, 0x81, 0x08];

#[test]
fn objects_of_one_label_share_an_id() {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let known = SigningKey::generate(ParameterSet::CryptoProB, &mut rng);
    let token = Fixture::new()
        .gost_pair("first", ParameterSet::CryptoProA)
        .gost_key("second", known.clone())
        .rsa_key("third", RsaKey::generate(64, &mut rng).unwrap())
        .certificate("second", &[0x30, 0x00])
        .build()
        .unwrap();
    let text = token.image().to_toml();
    let secret = emulator::describe::spaced(&known.to_le_bytes());
    assert!(text.contains(&secret));
    let same = Fixture::new().image(token.image().clone()).build().unwrap();
    assert_eq!(same.image(), token.image());
}

#[test]
fn the_same_seed_draws_the_same_token() {
    let token = |seed| {
        let fixture = Fixture::new().gost_pair("pair", ParameterSet::CryptoProA);
        fixture.seed(seed).build().unwrap().image().clone()
    };
    assert_eq!(token(5), token(5));
    assert_ne!(token(5), token(6));
}

#[test]
fn a_power_cut_leaves_what_was_written_and_no_login() {
    for (writes, tries) in [(0, 0xCA), (1, 0xC9), (2, 0xCA)] {
        let fixture = Fixture::new().fault(1, Fault::PowerCut { writes });
        let mut token = fixture.build().unwrap();
        assert_eq!(token.transmit(VERIFY), Err(NoAnswer));
        assert_eq!(token.transmit(TRIES).unwrap(), [0x63, tries]);
    }
}

#[test]
fn a_memory_that_fails_once_refuses_once() {
    let fixture = Fixture::new().fault(1, Fault::MemoryFailure);
    let mut token = fixture.build().unwrap();
    assert_eq!(token.transmit(VERIFY).unwrap(), [0x65, 0x81]);
    assert_eq!(token.transmit(VERIFY).unwrap(), [0x90, 0x00]);
}

#[test]
fn an_answer_can_be_put_into_the_tokens_mouth() {
    let fixture = Fixture::new().fault(2, Fault::Answer(StatusWord(0x6F86)));
    let mut token = fixture.build().unwrap();
    assert_eq!(token.transmit(VERIFY).unwrap(), [0x90, 0x00]);
    assert_eq!(token.transmit(VERIFY).unwrap(), [0x6F, 0x86]);
    assert_eq!(token.transmit(TRIES).unwrap(), [0x90, 0x00]);
    token.reset();
    assert_eq!(token.transmit(TRIES).unwrap(), [0x63, 0xCA]);
}

#[test]
fn the_clock_moves_by_what_the_hardware_would_take() {
    let start = Duration::from_secs(1_544_662_800);
    let fixture = Fixture::new().clock(start).timing(Profile::hardware());
    let mut token = fixture.build().unwrap();
    assert_eq!(token.now(), start);
    token.transmit(SERIAL).unwrap();
    assert_eq!(token.now() - start, Duration::from_micros(2000 + 20 * 15));
}

#[test]
fn what_no_token_can_be_is_not_built() {
    assert!(
        Fixture::new()
            .pin(PinRef::User, "1234", 16)
            .build()
            .is_err()
    );
    let mut erased = TokenImage::new(1, "");
    erased.pins.clear();
    let fixture = Fixture::new().image(erased).pin(PinRef::User, "1234", 3);
    assert!(fixture.build().is_err());
    let test_set = ParameterSet::Tc26Gost512Test;
    assert!(Fixture::new().gost_pair("pair", test_set).build().is_err());
}

#[test]
fn the_smart_card_answers_as_one() {
    let mut token = Fixture::new().model(Model::EcpSc).build().unwrap();
    let answer = token.transmit(&[0x00, 0xCA, 0x01, 0x81, 0x00]).unwrap();
    assert_eq!(answer, [0x6C, 0x08]);
}
