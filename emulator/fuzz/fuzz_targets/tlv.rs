//! Bytes are read as elements, as commands and as answers.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| emulator_fuzz::tlv(input));
