//! The table of what each behaviour rests on: complete, and the committed one.

use std::collections::BTreeSet;
use std::{env, fs};

use emulator::apdu::CommandApdu;
use emulator::fidelity::{self, Evidence};
use emulator::{StatusWord, command};

const COMMITTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/FIDELITY.md");

#[test]
fn the_committed_table_is_the_one_of_the_code() {
    let table = fidelity::markdown();
    if env::var_os("UPDATE").is_some() {
        fs::write(COMMITTED, &table).expect("the folder is ours");
    }
    let committed = fs::read_to_string(COMMITTED).expect("it is committed");
    assert!(
        committed == table,
        "FIDELITY.md is stale: UPDATE=1 cargo test -p emulator --test it fidelity"
    );
}

#[test]
fn every_instruction_that_is_known_has_a_row_and_no_other_has() {
    let headers =
        (0..=0xFF).flat_map(|class| (0..=0xFF).map(move |instruction| [class, instruction]));
    let known: BTreeSet<_> = headers.filter(|header| is_known(*header)).collect();
    let told: BTreeSet<_> = fidelity::rows().filter_map(|row| row.command).collect();
    assert_eq!(known, told);
}

fn is_known([class, instruction]: [u8; 2]) -> bool {
    let bytes = [class, instruction, 0x00, 0x00];
    let apdu = CommandApdu::parse(&bytes).expect("a header is a command");
    let refusal = command::decode(&apdu).err();
    !matches!(
        refusal,
        Some(StatusWord::INS_NOT_SUPPORTED | StatusWord::CLA_NOT_SUPPORTED)
    )
}

#[test]
fn every_command_says_what_is_assumed_about_it_or_rests_on_something() {
    for evidence in [
        Evidence::Spec,
        Evidence::Driver,
        Evidence::Recording,
        Evidence::Report,
        Evidence::Assumed,
    ] {
        assert!(
            fidelity::rows().any(|row| row.evidence == evidence),
            "{evidence:?}"
        );
    }
    for row in fidelity::rows() {
        assert!(
            !row.behaviour.contains('|') && row.behaviour.len() > 10,
            "{row:?}"
        );
    }
}
