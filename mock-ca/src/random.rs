//! Chance that is not: every draw is a function of the seed, what it is for, and which one it is.

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// The generator for the `nth` draw of one purpose. No state is kept, so nothing depends on what was drawn elsewhere.
///
/// Shape: ChaCha20 with key `seed (8 octets, little-endian) ‖ purpose, zero-padded to 24` and stream `nth`.
pub(crate) fn draw(seed: u64, purpose: &str, nth: u64) -> ChaCha20Rng {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    for (to, from) in key[8..].iter_mut().zip(purpose.bytes()) {
        *to = from;
    }
    let mut rng = ChaCha20Rng::from_seed(key);
    rng.set_stream(nth);
    rng
}

/// A number between `min` and `max`, both included; `min` when they are the wrong way round.
pub(crate) fn between(rng: &mut impl Rng, min: u32, max: u32) -> u32 {
    let span = u64::from(max.saturating_sub(min)) + 1;
    let offset = u32::try_from(rng.next_u64() % span)
        .expect("a remainder by a 33-bit span of u32 numbers fits");
    min + offset
}

/// A decimal code of so many digits (one to ten), leading zeros kept.
pub(crate) fn digits(rng: &mut impl Rng, count: u8) -> String {
    (0..count.clamp(1, 10))
        .map(|_| char::from(b'0' + between(rng, 0, 9) as u8))
        .collect()
}

/// 128 bits in hexadecimal: a session's or a form's name.
pub(crate) fn token(rng: &mut impl Rng) -> String {
    let mut bytes = [0; 16];
    rng.fill_bytes(&mut bytes);
    hex::encode(bytes)
}
