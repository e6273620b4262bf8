//! A token is sent commands.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| emulator_fuzz::card(input));
