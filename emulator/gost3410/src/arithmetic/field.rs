//! Prime fields: what every one can do, and the element they share.

use core::fmt;
use core::marker::PhantomData;

use zeroize::DefaultIsZeroes;

use super::limbs::{add, from_le_bytes, select, sub, write_le_bytes};
use super::mask::Mask;

/// A number of up to 512 bits, least significant word first: how scalars reach recoding.
pub(crate) type Words = [u64; 8];

/// An element of GF(p) or GF(q).
pub(crate) trait Field:
    Copy + Default + DefaultIsZeroes + fmt::Debug + Send + Sync + 'static
{
    /// Octets of an element.
    const SIZE: usize;
    /// Bits of the modulus.
    const BITS: usize;
    /// The modulus.
    const MODULUS: Words;
    /// Zero.
    const ZERO: Self;
    /// One.
    const ONE: Self;

    /// A number of `SIZE` octets if it is below the modulus; whether it is becomes public.
    fn from_le_bytes(octets: &[u8]) -> Option<Self>;
    /// A number of `SIZE` octets, reduced.
    fn reduce_le_bytes(octets: &[u8]) -> Self;
    /// Writes the number as `SIZE` octets.
    fn write_le_bytes(&self, out: &mut [u8]);
    /// The element of a public number, if it is below the modulus.
    fn from_words_public(number: &Words) -> Option<Self>;
    /// The number, below the modulus.
    fn to_words(self) -> Words;

    /// `self + b`.
    fn add(&self, b: &Self) -> Self;
    /// `self - b`.
    fn sub(&self, b: &Self) -> Self;
    /// `self · b`.
    fn mul(&self, b: &Self) -> Self;
    /// `self²`.
    fn square(&self) -> Self;
    /// `self · b` without a call where four limbs allow it: for the formulas that signing and verifying spend their time in.
    fn mul_inline(&self, b: &Self) -> Self;
    /// `self²`, likewise.
    fn square_inline(&self) -> Self;
    /// `1/self`, or zero for zero.
    fn invert(&self) -> Self;
    /// `1/self` for a public element, or zero for zero.
    fn invert_public(&self) -> Self;
    /// Whether the element is zero.
    fn is_zero(&self) -> Mask;
    /// `b` where the mask says yes, `a` otherwise.
    fn select(a: &Self, b: &Self, mask: Mask) -> Self;
    /// Takes over the bits of `other` where the mask says yes; `self` must be all zeros there.
    fn or_masked(&mut self, other: &Self, mask: Mask);

    /// `-self`.
    #[inline(always)]
    fn neg(&self) -> Self {
        Self::ZERO.sub(self)
    }
    /// `2·self`.
    #[inline(always)]
    fn double(&self) -> Self {
        self.add(self)
    }
    /// `3·self`.
    #[inline(always)]
    fn triple(&self) -> Self {
        self.double().add(self)
    }
    /// Whether a public element is zero.
    fn is_zero_public(&self) -> bool;
    /// `self/2`.
    fn half(&self) -> Self;
    /// Whether two elements are equal.
    fn equals(&self, b: &Self) -> Mask {
        self.sub(b).is_zero()
    }
}

/// How one modulus of `N` limbs stores and reduces numbers.
///
/// Stored limbs need not be below the modulus nor equal to the number; only `leave` gives the number itself. They are linear
/// in the number, below `2M`, and zero is stored as 0 or `M`.
pub(crate) trait Reduction<const N: usize>: Copy + Send + Sync + 'static {
    /// The prime.
    const M: [u64; N];
    /// The stored form of one.
    const ONE: [u64; N];
    /// Whether a product is short enough to stand in the middle of a point formula. Eight limbs would swell it beyond what
    /// the optimizer handles in reasonable time.
    const INLINE: bool = false;

    /// The stored form of any number of `N` limbs.
    fn enter(number: &[u64; N]) -> [u64; N];
    /// The number below the modulus.
    fn leave(stored: &[u64; N]) -> [u64; N];
    /// Sum.
    fn add(a: &[u64; N], b: &[u64; N]) -> [u64; N];
    /// Difference.
    fn sub(a: &[u64; N], b: &[u64; N]) -> [u64; N];
    /// Product.
    fn mul(a: &[u64; N], b: &[u64; N]) -> [u64; N];
    /// Square.
    fn square(a: &[u64; N]) -> [u64; N];
    /// Inverse, zero for zero.
    fn invert(a: &[u64; N]) -> [u64; N];
    /// Inverse of a public number, zero for zero.
    fn invert_public(a: &[u64; N]) -> [u64; N];
}

/// An element stored the way `R` does.
pub(crate) struct Element<R, const N: usize>(pub(super) [u64; N], PhantomData<R>);

impl<R, const N: usize> Element<R, N> {
    pub(super) const fn from_stored(stored: [u64; N]) -> Self {
        Self(stored, PhantomData)
    }
}

impl<R: Reduction<N>, const N: usize> Field for Element<R, N> {
    const SIZE: usize = 8 * N;
    const BITS: usize = 64 * N - R::M[N - 1].leading_zeros() as usize;
    const MODULUS: Words = widen(&R::M);
    const ZERO: Self = Self::from_stored([0; N]);
    const ONE: Self = Self::from_stored(R::ONE);

    fn from_le_bytes(octets: &[u8]) -> Option<Self> {
        let number = from_le_bytes(octets);
        let (_, borrow) = sub(&number, &R::M);
        let below = Mask::from_bit(borrow).reveal();
        below.then(|| Self::from_stored(R::enter(&number)))
    }

    fn reduce_le_bytes(octets: &[u8]) -> Self {
        Self::from_stored(R::enter(&from_le_bytes(octets)))
    }

    fn write_le_bytes(&self, out: &mut [u8]) {
        write_le_bytes(&R::leave(&self.0), out);
    }

    fn from_words_public(number: &Words) -> Option<Self> {
        let (_, borrow) = sub(number, &Self::MODULUS);
        let limbs = core::array::from_fn(|i| number[i]);
        (borrow == 1).then(|| Self::from_stored(R::enter(&limbs)))
    }

    fn to_words(self) -> Words {
        widen(&R::leave(&self.0))
    }

    #[inline]
    fn add(&self, b: &Self) -> Self {
        Self::from_stored(R::add(&self.0, &b.0))
    }

    #[inline]
    fn sub(&self, b: &Self) -> Self {
        Self::from_stored(R::sub(&self.0, &b.0))
    }

    #[inline(never)]
    fn mul(&self, b: &Self) -> Self {
        Self::from_stored(R::mul(&self.0, &b.0))
    }

    #[inline(never)]
    fn square(&self) -> Self {
        Self::from_stored(R::square(&self.0))
    }

    #[inline(always)]
    fn mul_inline(&self, b: &Self) -> Self {
        if R::INLINE {
            Self::from_stored(R::mul(&self.0, &b.0))
        } else {
            self.mul(b)
        }
    }

    #[inline(always)]
    fn square_inline(&self) -> Self {
        if R::INLINE {
            Self::from_stored(R::square(&self.0))
        } else {
            self.square()
        }
    }

    fn invert(&self) -> Self {
        Self::from_stored(R::invert(&self.0))
    }

    fn invert_public(&self) -> Self {
        Self::from_stored(R::invert_public(&self.0))
    }

    fn is_zero(&self) -> Mask {
        Mask::is_zero(R::leave(&self.0).iter().fold(0, |all, limb| all | limb))
    }

    #[inline(always)]
    fn is_zero_public(&self) -> bool {
        self.0 == [0; N] || self.0 == R::M
    }

    #[inline(always)]
    fn half(&self) -> Self {
        let even = select(&[0; N], &R::M, (self.0[0] & 1).wrapping_neg());
        let (sum, carry) = add(&self.0, &even);
        Self::from_stored(core::array::from_fn(|i| {
            let above = if i + 1 < N { sum[i + 1] } else { carry };
            sum[i] >> 1 | above << 63
        }))
    }

    #[inline(always)]
    fn select(a: &Self, b: &Self, mask: Mask) -> Self {
        Self::from_stored(select(&a.0, &b.0, mask.word()))
    }

    #[inline(always)]
    fn or_masked(&mut self, other: &Self, mask: Mask) {
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine |= theirs & mask.word();
        }
    }
}

const fn widen<const N: usize>(limbs: &[u64; N]) -> Words {
    let mut words = [0; 8];
    let mut i = 0;
    while i < N {
        words[i] = limbs[i];
        i += 1;
    }
    words
}

impl<R, const N: usize> Clone for Element<R, N> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<R, const N: usize> Copy for Element<R, N> {}

impl<R, const N: usize> Default for Element<R, N> {
    fn default() -> Self {
        Self::from_stored([0; N])
    }
}

impl<R, const N: usize> DefaultIsZeroes for Element<R, N> {}

impl<R, const N: usize> fmt::Debug for Element<R, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Element(…)")
    }
}
