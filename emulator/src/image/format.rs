//! The file form of an image: TOML with a version, readable and diffable, secrets under the key `secret`.
//!
//! Writing is by hand, so that the same image is always the same text; reading is strict. Bytes are hexadecimal, in lines
//! of 32 where there are many; zeros at the end of a file's data are left out, its size brings them back.

mod read;
mod write;

/// The form written here. Images of every earlier form must still load.
pub(super) const VERSION: u32 = 1;
