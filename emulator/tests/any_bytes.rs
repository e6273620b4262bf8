//! Whatever comes, the card answers, and what it refuses it does not do.

mod common;

use common::Bench;
use emulator::StatusWord;
use proptest::prelude::*;

/// Data fields that some command takes.
const BODIES: &[&[u8]] = &[
    &[0x3F, 0x00],
    &[0x2F, 0x00],
    &[0x50, 0x00],
    &[0x50, 0x00, 0x50, 0x32],
    &[0x10, 0x00, 0x10, 0x00],
    &[0x10, 0x00, 0x10, 0x00, 0x60, 0x02, 0x00, 0x01],
    &[0x03, 0x01],
    &[0x84, 0x01, 0x01],
    &[0x55; 32],
    b"\x6F\x25\x80\x02\x00\x20\x82\x02\x10\x00\x83\x02\x00\x01\x85\x06\x03\x20\x00\xAA\x00\x00\x86\x0F\x46\0\x02\x02\0\0\0\x02\0\0\0\0\0\0\0",
    b"\x6F\x25\x80\x02\x00\x40\x82\x02\x10\x00\x83\x02\x00\x01\x85\x06\x13\x20\x00\xAA\x00\x00\x86\x0F\x46\0\x02\0\0\0\0\x02\0\0\0\0\0\0\0",
    b"12345678",
    b"87654321",
    &[0x80, 0x02, 0x00, 0x04, 0xA5, 0x04, 1, 2, 3, 4],
    b"\x6F\x1D\x80\x02\x00\x09\x82\x02\x01\x00\x83\x02\x03\x01\x86\x0F\x43\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
];

/// Headers that some command takes.
const HEADERS: &[[u8; 4]] = &[
    [0x00, 0xA4, 0x00, 0x00],
    [0x00, 0xA4, 0x00, 0x02],
    [0x00, 0xA4, 0x03, 0x00],
    [0x00, 0xA4, 0x08, 0x00],
    [0x00, 0xB0, 0x00, 0x00],
    [0x00, 0xD6, 0x00, 0x00],
    [0x00, 0xE0, 0x00, 0x00],
    [0x00, 0xE4, 0x00, 0x00],
    [0x00, 0x20, 0x00, 0x01],
    [0x00, 0x20, 0x00, 0x02],
    [0x00, 0x24, 0x01, 0x00],
    [0x10, 0x24, 0x01, 0x00],
    [0x00, 0x24, 0x01, 0x02],
    [0x00, 0x2C, 0x03, 0x02],
    [0x00, 0x22, 0x41, 0xB6],
    [0x00, 0x2A, 0x9E, 0x9A],
    [0x10, 0x2A, 0x80, 0x86],
    [0x00, 0x2A, 0x80, 0x86],
    [0x00, 0x46, 0x80, 0x01],
    [0x00, 0x84, 0x00, 0x00],
    [0x00, 0xC0, 0x00, 0x00],
    [0x80, 0x40, 0x00, 0x00],
    [0x80, 0x84, 0x4E, 0x19],
    [0x80, 0x8A, 0x00, 0x00],
];

/// Commands that are right, or nearly, far more often than random bytes are.
fn command() -> impl Strategy<Value = Vec<u8>> {
    let header = prop_oneof![8 => prop::sample::select(HEADERS), 1 => any::<[u8; 4]>()];
    let body = prop_oneof![
        2 => Just(Vec::new()),
        4 => prop::sample::select(BODIES).prop_map(<[u8]>::to_vec),
        1 => prop::collection::vec(any::<u8>(), 1..40),
    ];
    (header, body, prop::option::of(any::<u8>())).prop_map(|(header, data, le)| {
        let mut bytes = header.to_vec();
        if !data.is_empty() {
            bytes.push(data.len() as u8);
            bytes.extend(data);
        }
        bytes.extend(le);
        bytes
    })
}

fn anything() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![6 => command(), 1 => prop::collection::vec(any::<u8>(), 0..300)]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_is_answered_and_refusals_change_nothing_but_counters(
        commands in prop::collection::vec(anything(), 1..40),
        login in any::<bool>(),
    ) {
        let mut bench = Bench::new();
        if login {
            bench.login_user();
            bench.login_administrator();
        }
        for command in commands {
            let before = bench.card.image().clone();
            let exchange = bench.exchange(&command);
            prop_assert!((2..=258).contains(&exchange.answer.len()));
            let status = exchange.answer.last_chunk::<2>().map(|sw| u16::from_be_bytes(*sw));
            let after = bench.card.image();
            prop_assert_eq!(exchange.writes.last().unwrap_or(&before), after);
            if status != Some(StatusWord::SUCCESS.0) {
                let mut expected = before.clone();
                if matches!(status, Some(0x6300 | 0x6983)) {
                    for (pin_ref, pin) in &mut expected.pins {
                        pin.tries_left = after.pins[pin_ref].tries_left;
                    }
                }
                prop_assert_eq!(after, &expected);
            }
        }
    }

    #[test]
    fn an_image_after_any_sequence_is_still_good_text(commands in prop::collection::vec(anything(), 1..40)) {
        let mut bench = Bench::new();
        bench.login_user();
        for command in commands {
            bench.exchange(&command);
        }
        let image = bench.card.image();
        prop_assert_eq!(&emulator::TokenImage::from_toml(&image.to_toml()).unwrap(), image);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,200}") {
        let _ = emulator::TokenImage::from_toml(&text);
    }

    #[test]
    fn any_bytes_can_be_described(command in anything(), answer in prop::collection::vec(any::<u8>(), 0..40)) {
        prop_assert!(!emulator::describe::command(&command).is_empty());
        prop_assert!(!emulator::describe::response(&command, &answer).is_empty());
        prop_assert!(emulator::describe::mask(&command).len() <= 3 * command.len() + 5);
    }
}
