//! Whatever comes, the card answers, and what it refuses it does not do.
//!
//! The claims are those of the fuzz targets: here they are put to the inputs that fuzzing found worth keeping, and to what
//! proptest thinks of.

#[path = "../../fuzz/src/lib.rs"]
#[expect(
    unreachable_pub,
    reason = "it is a library where the fuzz targets use it"
)]
mod claims;
use std::fs;

use crate::bench::Bench;
use emulator::{Card, TokenImage};
use proptest::prelude::*;

/// What must hold for every input.
type Claim = fn(&[u8]);

/// The four doors: a folder of the corpus, and the claim.
const DOORS: [(&str, Claim); 4] = [
    ("card", claims::card),
    ("image_file", claims::image_file),
    ("tlv", claims::tlv),
    ("vpcd", claims::vpcd),
];

#[test]
fn what_fuzzing_found_worth_keeping_still_holds() {
    for (door, claim) in DOORS {
        let folder = format!("{}/fuzz/corpus/{door}", env!("CARGO_MANIFEST_DIR"));
        let mut inputs = 0;
        for entry in fs::read_dir(&folder).expect("the corpus is committed") {
            claim(&fs::read(entry.expect("an input").path()).expect("a readable input"));
            inputs += 1;
        }
        assert!(inputs > 0, "{folder} is empty");
    }
}

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

/// The card after a harmless command, which ends what a refused one may have ended: a chain, an answer that waited.
fn settled(card: &Card) -> Card {
    let mut bench = Bench::holding(card.clone());
    bench.ok(&[0x00, 0xCA, 0x01, 0x81, 0x00]);
    bench.card
}

/// Commands as the claims cut them out again.
fn framed(choice: u8, commands: &[Vec<u8>]) -> Vec<u8> {
    let frame = |command: &Vec<u8>| {
        let short = &command[..command.len().min(0xFE)];
        [&[short.len() as u8], short].concat()
    };
    core::iter::once(choice)
        .chain(commands.iter().flat_map(frame))
        .collect()
}

/// A stream of frames, which may be cut anywhere.
fn stream() -> impl Strategy<Value = Vec<u8>> {
    let payload = prop_oneof![
        4 => command(),
        1 => prop::sample::select(&[0x00u8, 0x01, 0x02, 0x04, 0x05][..]).prop_map(|code| vec![code]),
        1 => prop::collection::vec(any::<u8>(), 0..300),
    ];
    let frames = prop::collection::vec(payload, 0..20);
    (frames, any::<prop::sample::Index>()).prop_map(|(payloads, cut)| {
        let frame =
            |payload: Vec<u8>| [&(payload.len() as u16).to_be_bytes()[..], &payload].concat();
        let mut bytes: Vec<u8> = payloads.into_iter().flat_map(frame).collect();
        bytes.truncate(cut.index(2 * bytes.len() + 1));
        bytes
    })
}

/// What a slip of the pen puts into an image.
const SLIPS: &[&str] = &[
    "",
    "0",
    "65536",
    "FF",
    "\"",
    "'''",
    "\n[[file]]\n",
    "3F00/1000",
    "rsf",
    "\u{FFFD}",
];

/// The text of an image, of which a few places are written over.
fn nearly_an_image() -> impl Strategy<Value = Vec<u8>> {
    let text = TokenImage::new(1, "").to_toml();
    let change = (
        any::<prop::sample::Index>(),
        0..40usize,
        prop::sample::select(SLIPS),
    );
    prop::collection::vec(change, 0..4).prop_map(move |changes| {
        let mut bytes = text.clone().into_bytes();
        for (place, length, slip) in changes {
            let start = place.index(bytes.len());
            let end = (start + length).min(bytes.len());
            bytes.splice(start..end, slip.bytes());
        }
        bytes
    })
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
            let before = bench.card.clone();
            let exchange = bench.exchange(&command);
            prop_assert!((2..=258).contains(&exchange.answer.len()));
            let status = exchange.answer.last_chunk::<2>().map(|sw| u16::from_be_bytes(*sw));
            prop_assert_eq!(exchange.writes.last().unwrap_or(before.image()), bench.card.image());
            match status {
                Some(0x9000) => {}
                Some(0x6300 | 0x6983) => {
                    let mut expected = before.image().clone();
                    for (pin_ref, pin) in &mut expected.pins {
                        pin.tries_left = bench.card.image().pins[pin_ref].tries_left;
                    }
                    prop_assert_eq!(bench.card.image(), &expected);
                }
                _ => prop_assert!(settled(&before) == settled(&bench.card), "{:02X?}", command),
            }
        }
    }

    #[test]
    fn any_token_holds_its_claims(
        choice in any::<u8>(),
        commands in prop::collection::vec(anything(), 1..30),
    ) {
        claims::card(&framed(choice, &commands));
    }

    #[test]
    fn any_stream_of_frames_is_obeyed_to_its_end(stream in stream()) {
        claims::vpcd(&stream);
    }

    #[test]
    fn any_text_near_an_image_is_read_or_refused(text in nearly_an_image()) {
        claims::image_file(&text);
    }

    #[test]
    fn any_elements_lose_nothing(
        bytes in prop_oneof![command(), prop::collection::vec(any::<u8>(), 0..40)],
    ) {
        claims::tlv(&bytes);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,200}") {
        let _ = TokenImage::from_toml(&text);
    }

    #[test]
    fn any_bytes_can_be_described(command in anything(), answer in prop::collection::vec(any::<u8>(), 0..40)) {
        prop_assert!(!emulator::describe::command(&command).is_empty());
        prop_assert!(!emulator::describe::response(&command, &answer).is_empty());
        prop_assert!(emulator::describe::mask(&command).len() <= 3 * command.len() + 5);
    }
}
