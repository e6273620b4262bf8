//! Power that goes at the worst moment, and what a reset forgets.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use crate::bench::Bench;
use emulator::apdu::CommandApdu;
use emulator::command::{self, Command};
use emulator::fidelity;
use emulator::reference::PinRef;
use emulator::{Card, ImageError, StatusWord, TokenImage};

/// Each command that writes, after what must come before it.
const WRITING: &[(&[&str], &str)] = &[
    (&[LOGIN, "00A408000450005032"], "00D60000020102"),
    (&["00A40800025000"], FILE),
    (&["00A40800025000"], DIRECTORY),
    (&[LOGIN], PRIVATE_HALF),
    (&["808A0000"], MASTER_FILE),
    (&["808A0000", MASTER_FILE], PIN_FILE),
    (&[LOGIN, "00A408000450005032"], "00E40000025032"),
    (&[], LOGIN),
    (&["0020000204 30303030"], LOGIN),
    (&[], "0020000204 30303030"),
    (&[LOGIN], CHANGE_PIN),
    (&[LOGIN, PRIVATE_HALF, "00A40800081000100060020001"], IMPORT),
    (&[LOGIN_AS_ADMINISTRATOR, "0020000204 30303030"], "002C0302"),
    (&[LOGIN, PRIVATE_HALF, PUBLIC_HALF], "0046800100"),
    (&[], "808A0000"),
    (&["808A0000"], "80844E19"),
];

const LOGIN_AS_ADMINISTRATOR: &str = "0020000108 3837363534333231";
const CHANGE_PIN: &str = "002401020A 80020004 A504 31323334";
const FILE: &str = "00E000001F 6F1D 80020010 82020100 83020400 860F430000000000000200000000000000";
const DIRECTORY: &str =
    "00E000001F 6F1D 80020000 82023800 83020400 860F430000000000000200000000000000";
const MASTER_FILE: &str =
    "00E000001F 6F1D 80020000 82023800 83023F00 860F47020201000000FF00000000000000";
const PIN_FILE: &str = "00E0000027 6F25 80020008 82021000 83020001 8506010801AA0000 860F43FF0100000000FF00000000000000";
const LOGIN: &str = "0020000208 3132333435363738";
const PRIVATE_HALF: &str =
    "00E00000276F258002002082021000830200018506032000AA0000860F460002020000000200000000000000";
const PUBLIC_HALF: &str =
    "00E00000276F258002004082021000830200018506132000AA0000860F460002000000000200000000000000";
const IMPORT: &str =
    "0024010026800200 20A520 0101010101010101010101010101010101010101010101010101010101010101";

fn bytes(text: &str) -> Vec<u8> {
    hex::decode(text.replace(' ', "")).expect("hexadecimal")
}

/// Whether a command may write. No `_` arm: a new command must say so here, and be met in [`WRITING`] if it does.
fn writes(command: &Command<'_>) -> bool {
    match command {
        Command::UpdateBinary { .. }
        | Command::CreateFile(_)
        | Command::DeleteFile(_)
        | Command::Verify { pin: Some(_), .. }
        | Command::ChangeReferenceData { .. }
        | Command::ResetRetryCounter(_)
        | Command::GenerateKeyPair(_)
        | Command::Initialise
        | Command::EndInitialisation => true,
        Command::Select(_)
        | Command::ReadBinary { .. }
        | Command::Verify { pin: None, .. }
        | Command::ManageSecurityEnvironment(_)
        | Command::ComputeSignature(_)
        | Command::Decipher(_)
        | Command::Hash(_)
        | Command::SerialNumber
        | Command::GetChallenge(_)
        | Command::GetResponse(_)
        | Command::Logout => false,
    }
}

/// One of each kind of command the card knows.
const EVERY: &[&str] = &[
    "00A40000023F00",
    "00B0000000",
    "00D600000100",
    PRIVATE_HALF,
    "00E40000025032",
    LOGIN,
    CHANGE_PIN,
    "002C0302",
    "002241B603840101",
    "002A9E9A0101",
    "002A80860101",
    "002A90800101",
    "0046800100",
    "00CA018108",
    "0084000001",
    "00C0000001",
    "80400000",
    "808A0000",
    "80844E19",
];

fn header(text: &str) -> [u8; 2] {
    bytes(text)[..2].try_into().expect("class and instruction")
}

fn may_write(text: &str) -> bool {
    let c_apdu = bytes(text);
    let apdu = CommandApdu::parse(&c_apdu).expect("a short APDU");
    let command = command::decode(&apdu);
    writes(&command.unwrap_or_else(|word| panic!("{text}: {word}")))
}

#[test]
fn no_command_that_writes_is_missing_here() {
    let known: BTreeSet<_> = fidelity::rows().filter_map(|row| row.command).collect();
    let every: BTreeSet<_> = EVERY.iter().map(|text| header(text)).collect();
    assert_eq!(every, known);
    let writing: BTreeSet<_> = WRITING.iter().map(|(_, text)| header(text)).collect();
    let may: BTreeSet<_> = EVERY
        .iter()
        .filter(|text| may_write(text))
        .map(|text| header(text))
        .collect();
    assert_eq!(writing, may);
    for text in EVERY.iter().filter(|text| !may_write(text)) {
        assert_eq!(Bench::new().exchange(&bytes(text)).writes, [], "{text}");
    }
}

#[test]
fn after_a_cut_at_any_write_the_command_has_happened_or_not_and_no_try_is_gained() {
    for (preparation, text) in WRITING {
        let mut bench = Bench::new();
        for c_apdu in *preparation {
            bench.exchange(&bytes(c_apdu));
        }
        let old = bench.card.image().clone();
        let exchange = bench.exchange(&bytes(text));
        let new = bench.card.image();
        assert!(!exchange.writes.is_empty(), "{text} wrote nothing");
        assert_eq!(exchange.writes.last(), Some(new));
        let cut = &exchange.writes[..exchange.writes.len() - 1];
        for state in core::iter::once(&old).chain(cut) {
            let whole = [&old, new]
                .map(without_tries)
                .contains(&without_tries(state));
            assert!(whole, "{text} happened in part");
            for (pin_ref, pin) in &state.pins {
                assert!(
                    pin.tries_left <= old.pins[pin_ref].tries_left,
                    "{text} gained a try"
                );
            }
            assert_eq!(&TokenImage::from_toml(&state.to_toml()).unwrap(), state);
        }
    }
}

fn without_tries(image: &TokenImage) -> TokenImage {
    let mut image = image.clone();
    for pin in image.pins.values_mut() {
        pin.tries_left = 0;
    }
    image
}

/// A card and the PIN tries that each of its writes left on disk.
fn card_and_its_disk() -> (Card, Arc<Mutex<Vec<u8>>>) {
    let disk = Arc::new(Mutex::new(Vec::new()));
    let written = Arc::clone(&disk);
    let card = Card::new(TokenImage::new(1, "")).saved_by(move |image| {
        written
            .lock()
            .expect("no panic yet")
            .push(tries_left(image));
        Ok(())
    });
    (card, disk)
}

#[test]
fn each_write_is_on_disk_before_the_command_goes_on() {
    let (card, disk) = card_and_its_disk();
    let mut bench = Bench::holding(card);
    bench.login_user();
    assert_eq!(*disk.lock().unwrap(), [9, 10]);
}

#[test]
fn a_pin_whose_try_cannot_be_written_off_is_not_compared() {
    let refuse = |_: &TokenImage| {
        let source = std::io::ErrorKind::StorageFull.into();
        let path = "disk".into();
        Err(ImageError::Io { path, source })
    };
    let card = Card::new(TokenImage::new(1, "")).saved_by(refuse);
    let mut bench = Bench::holding(card);
    for pin in [
        b"\x00\x20\x00\x02\x0812345678",
        b"\x00\x20\x00\x02\x08xxxxxxxx",
    ] {
        let exchange = bench.exchange(pin);
        assert_eq!(exchange.answer, StatusWord::MEMORY_FAILURE.to_bytes());
        assert_eq!(exchange.writes, []);
    }
    assert_eq!(
        bench.send(&[0x00, 0x20, 0x00, 0x02]).1,
        StatusWord::tries_left(10)
    );
}

fn tries_left(image: &TokenImage) -> u8 {
    image.pins[&PinRef::User].tries_left
}

#[test]
fn a_wrong_pin_is_written_off_once() {
    let mut bench = Bench::new();
    let exchange = bench.exchange(b"\x00\x20\x00\x02\x04000");
    assert!(exchange.writes.is_empty(), "a torn APDU is no try");
    let exchange = bench.exchange(b"\x00\x20\x00\x02\x040000");
    let tries: Vec<u8> = exchange.writes.iter().map(tries_left).collect();
    assert_eq!(tries, [9]);
}

#[test]
fn a_pair_is_generated_in_one_write() {
    let mut bench = Bench::new();
    for text in [LOGIN, PRIVATE_HALF, PUBLIC_HALF] {
        bench.ok(&bytes(text));
    }
    let exchange = bench.exchange(&[0x00, 0x46, 0x80, 0x01, 0x00]);
    assert_eq!(exchange.writes, [bench.card.image().clone()]);
}

#[test]
fn a_reset_forgets_logins_selection_chain_and_chosen_key_but_no_file() {
    let mut bench = Bench::new();
    for text in [LOGIN, PRIVATE_HALF, PUBLIC_HALF, "0046800100"] {
        bench.ok(&bytes(text));
    }
    bench.ok(&[0x00, 0x22, 0x41, 0xB6, 0x03, 0x84, 0x01, 0x01]);
    bench.ok(&[0x00, 0x22, 0x41, 0xAA, 0x03, 0x80, 0x01, 0x01]);
    bench.select(&[0x5000, 0x5032]);
    bench.ok(&[0x10, 0x24, 0x01, 0x02, 0x01, 0x80]);
    let before = bench.card.image().clone();
    bench.card.power_on();
    assert!(
        bench.card == Card::new(before),
        "something outlived the reset"
    );
    assert_eq!(
        bench.send(&[0x00, 0xB0, 0x00, 0x00, 0x01]).1,
        StatusWord::NO_CURRENT_EF
    );
    assert_eq!(
        bench.send(&[0x00, 0x20, 0x00, 0x02]).1,
        StatusWord::tries_left(10)
    );
    let pso = [&[0x00, 0x2A, 0x9E, 0x9A, 0x20][..], &[7; 0x20], &[0x00]].concat();
    assert_eq!(bench.send(&pso).1, StatusWord::CONDITIONS_OF_USE);
}
