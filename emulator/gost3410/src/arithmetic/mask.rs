//! Truth values that never become branches.

use core::hint::black_box;
use core::ops::{BitAnd, BitOr, Not};

/// All ones for yes, all zeros for no.
#[derive(Clone, Copy)]
pub(crate) struct Mask(u64);

impl Mask {
    /// From the lowest bit of `bit`; the rest must be zero.
    ///
    /// The barrier keeps the compiler from seeing that only two values are possible and choosing a branch.
    #[inline(always)]
    pub(crate) fn from_bit(bit: u64) -> Self {
        Self(black_box(bit).wrapping_neg())
    }

    /// Whether `word` is zero.
    #[inline(always)]
    pub(crate) fn is_zero(word: u64) -> Self {
        Self::from_bit(!(word | word.wrapping_neg()) >> 63)
    }

    /// Whether a word below `2^63` is zero; without a barrier, for loops whose input has passed one.
    #[inline(always)]
    pub(crate) fn small_is_zero(word: u64) -> Self {
        Self((word.wrapping_sub(1) as i64 >> 63) as u64)
    }

    /// The mask as a word.
    #[inline(always)]
    pub(crate) fn word(self) -> u64 {
        self.0
    }

    /// Makes the answer public: the only place where a truth about a secret may turn into a branch.
    ///
    /// It is a function of its own, and the branch is a real one, so that `examples/constant_time.rs` can tell this jump,
    /// which is meant, from any other.
    #[inline(never)]
    pub(crate) fn reveal(self) -> bool {
        if self.0 != 0 {
            black_box(true)
        } else {
            black_box(false)
        }
    }
}

impl Not for Mask {
    type Output = Self;
    #[inline(always)]
    fn not(self) -> Self {
        Self(!self.0)
    }
}

impl BitAnd for Mask {
    type Output = Self;
    #[inline(always)]
    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl BitOr for Mask {
    type Output = Self;
    #[inline(always)]
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}
