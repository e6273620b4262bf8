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
    &[0x84, 0x01, 0x01],
    b"12345678",
    b"87654321",
    &[0x80, 0x02, 0x00, 0x04, 0xA5, 0x04, 1, 2, 3, 4],
    b"\x6F\x1D\x80\x02\x00\x09\x82\x02\x01\x00\x83\x02\x03\x01\x86\x0F\x43\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
];

/// Commands that are nearly right far more often than random bytes are.
fn command() -> impl Strategy<Value = Vec<u8>> {
    let header = (
        prop_oneof![8 => Just(0x00u8), 2 => Just(0x80), 2 => Just(0x10), 1 => any::<u8>()],
        prop_oneof![
            12 => prop::sample::select(&[
                0xA4u8, 0xB0, 0xD6, 0xE0, 0xE4, 0x20, 0x24, 0x2C, 0x22, 0x2A, 0x46, 0x84, 0xCA, 0xC0, 0x40,
            ][..]),
            1 => any::<u8>(),
        ],
        prop_oneof![4 => prop::sample::select(&[0x00u8, 0x01, 0x03, 0x08, 0x41, 0x80, 0x9E][..]), 1 => any::<u8>()],
        prop_oneof![4 => prop::sample::select(&[0x00u8, 0x01, 0x02, 0xB6, 0xB8, 0x9A, 0x86][..]), 1 => any::<u8>()],
    );
    let body = prop_oneof![
        2 => Just(Vec::new()),
        2 => prop::sample::select(BODIES).prop_map(<[u8]>::to_vec),
        1 => prop::collection::vec(any::<u8>(), 1..40),
    ];
    (header, body, prop::option::of(any::<u8>())).prop_map(|((cla, ins, p1, p2), data, le)| {
        let mut bytes = vec![cla, ins, p1, p2];
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
            if matches!(status, Some(0x6A00.. | 0x6700 | 0x6981 | 0x6982 | 0x6985 | 0x6986)) {
                prop_assert_eq!(after, &before);
            }
            if status != Some(StatusWord::SUCCESS.0) {
                let mut counted = after.clone();
                for (pin_ref, pin) in &mut counted.pins {
                    pin.tries_left = before.pins[pin_ref].tries_left;
                }
                prop_assert_eq!(counted, before);
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
