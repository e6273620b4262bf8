#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| mock_ca_fuzz::control(input));
