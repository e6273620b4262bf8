//! A new card is sent commands, cut out of the input at a length byte each, after both PINs were given or not.
#![no_main]

use core::time::Duration;

use emulator::{Card, Env, TokenImage};
use libfuzzer_sys::fuzz_target;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

fuzz_target!(|input: &[u8]| {
    let mut card = Card::new(TokenImage::new(1, ""));
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let mut send = |card: &mut Card, c_apdu: &[u8]| {
        let answer = card.transmit(
            &mut Env {
                now: Duration::ZERO,
                rng: &mut rng,
            },
            c_apdu,
        );
        assert!((2..=258).contains(&answer.len()));
    };
    let Some((login, mut rest)) = input.split_first() else {
        return;
    };
    if login & 1 != 0 {
        send(&mut card, b"\x00\x20\x00\x02\x0812345678");
        send(&mut card, b"\x00\x20\x00\x01\x0887654321");
    }
    while let Some((length, after)) = rest.split_first() {
        let (c_apdu, after) = after.split_at(after.len().min(usize::from(*length)));
        // Drawing an RSA key takes seconds; the arithmetic has tests of its own.
        if !matches!(c_apdu, [_, 0x46, ..]) {
            send(&mut card, c_apdu);
        }
        rest = after;
    }
    let text = card.image().to_toml();
    assert!(TokenImage::from_toml(&text).is_ok_and(|image| &image == card.image()));
});
