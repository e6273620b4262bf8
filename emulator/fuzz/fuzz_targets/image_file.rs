//! Any text is an image or is refused; an image is the same after writing and reading.
#![no_main]

use emulator::TokenImage;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(image) = TokenImage::from_toml(text) {
        assert!(TokenImage::from_toml(&image.to_toml()).is_ok_and(|again| again == image));
    }
});
