//! Scalars as digits.

use zeroize::Zeroize;

use super::field::Words;
use super::mask::Mask;

/// An odd number as digits `±1, ±3 … ±(2^w - 1)` to the base `2^w`: none is zero, so every window adds a point.
///
/// With `K = (k + 2^(wm) - 1)/2` and `K_i` its digits in `0..2^w`, `k = Σ (2·K_i + 1 - 2^w)·2^(wi)`.
pub(crate) struct OddDigits {
    words: [u64; 9],
    width: usize,
}

impl Drop for OddDigits {
    fn drop(&mut self) {
        self.words.zeroize();
    }
}

/// One digit `±(2·index + 1)`.
pub(crate) struct OddDigit {
    /// Which odd multiple.
    pub(crate) index: u64,
    /// Whether the digit is negative.
    pub(crate) negative: Mask,
}

impl OddDigits {
    /// Digits of `k`, which is odd and below `2^(width·windows)`; that is at most 575 bits.
    pub(crate) fn new(k: &Words, width: usize, windows: usize) -> Self {
        let mut words = [0; 9];
        for i in 0..8 {
            let above = k.get(i + 1).copied().unwrap_or(0);
            words[i] = k[i] >> 1 | above << 63;
        }
        let top = width * windows - 1;
        words[top / 64] |= 1 << (top % 64);
        Self { words, width }
    }

    /// Digit number `i`, least significant first.
    pub(crate) fn digit(&self, i: usize) -> OddDigit {
        let half = 1 << (self.width - 1);
        let digit = bits(&self.words, i * self.width, self.width);
        let positive = digit >> (self.width - 1);
        // The lower half counts down from the middle: its index is the complement.
        let index = (digit ^ positive.wrapping_sub(1)) & (half - 1);
        OddDigit {
            index,
            negative: !Mask::from_bit(positive),
        }
    }
}

/// Zero or odd digits below `2^(width-1)` in absolute value, at most one in `width` of them not zero; for public scalars.
///
/// Shape: least significant first; one longer than the scalar.
pub(crate) fn sparse_digits_public(k: &Words, width: usize) -> [i16; 513] {
    let mut words = [0; 9];
    words[..8].copy_from_slice(k);
    let mut digits = [0; 513];
    let (mut at, mut carry) = (0, 0);
    while at < digits.len() {
        // Bits equal to the carry continue it: zeros a zero digit, ones a carry of one.
        let skip = (word_at(&words, at) ^ 0_u64.wrapping_sub(carry)).trailing_zeros() as usize;
        if skip > 0 {
            at += skip;
            continue;
        }
        let window = bits(&words, at, width) + carry;
        carry = window >> (width - 1);
        digits[at] = (window as i64 - ((carry << width) as i64)) as i16;
        at += width;
    }
    digits
}

/// `count` bits of a number from position `at` on, at most 63.
fn bits(words: &[u64; 9], at: usize, count: usize) -> u64 {
    word_at(words, at) & ((1 << count) - 1)
}

/// 64 bits of a number from position `at` on.
fn word_at(words: &[u64; 9], at: usize) -> u64 {
    let (word, shift) = (at / 64, at % 64);
    let low = words.get(word).map_or(0, |w| w >> shift);
    // Two shifts, since a shift by 64 is not defined.
    let high = words.get(word + 1).map_or(0, |w| w << 1 << (63 - shift));
    low | high
}
