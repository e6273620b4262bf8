//! A file is read as an image, and a card is made of it.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| emulator_fuzz::image_file(input));
