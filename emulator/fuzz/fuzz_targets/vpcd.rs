//! A reader's end of the line sends bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| emulator_fuzz::vpcd(input));
