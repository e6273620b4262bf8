//! Power that goes at the worst moment, and what a reset forgets.

mod common;

use common::Bench;
use emulator::reference::PinRef;
use emulator::{StatusWord, TokenImage};

fn tries_left(image: &TokenImage) -> u8 {
    image.pins[&PinRef::User].tries_left
}

#[test]
fn a_power_cut_during_a_right_pin_costs_one_try_and_after_it_none() {
    let mut bench = Bench::new();
    let exchange = bench.exchange(b"\x00\x20\x00\x02\x0812345678");
    assert_eq!(exchange.answer, [0x90, 0x00]);
    let tries: Vec<u8> = exchange.writes.iter().map(tries_left).collect();
    assert_eq!(tries, [9, 10]);
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
    bench.login_user();
    bench.create_key([0x03, 0x20], 0x20, 1);
    bench.create_key([0x13, 0x20], 0x40, 1);
    let exchange = bench.exchange(&[0x00, 0x46, 0x80, 0x01, 0x00]);
    assert_eq!(exchange.writes, [bench.card.image().clone()]);
}

#[test]
fn commands_that_only_look_write_nothing() {
    let mut bench = Bench::new();
    for command in [
        &b"\x00\xA4\x00\x00\x02\x3F\x00\x00"[..],
        b"\x00\x20\x00\x02",
        b"\x80\x40\x00\x00",
        b"\x80\x84\x4E\x19",
    ] {
        assert_eq!(bench.exchange(command).writes, []);
    }
}

#[test]
fn a_reset_forgets_logins_selection_chain_and_chosen_key_but_no_file() {
    let mut bench = Bench::new();
    bench.login_user();
    bench.create_key([0x03, 0x20], 0x20, 1);
    bench.create_key([0x13, 0x20], 0x40, 1);
    bench.ok(&[0x00, 0x46, 0x80, 0x01, 0x00]);
    bench.ok(&[0x00, 0x22, 0x41, 0xB6, 0x03, 0x84, 0x01, 0x01]);
    bench.select(&[0x5000, 0x5032]);
    bench.ok(&[0x10, 0x24, 0x01, 0x02, 0x01, 0x80]);
    let before = bench.card.image().clone();
    bench.card.power_on();
    assert!(
        bench.card == emulator::Card::new(before),
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
