//! Reduction for primes next to a power of two: the high half of a product folds onto the low half.
//!
//! Any number of `N` limbs stands for itself mod p, so most operations need no comparison with p.

use super::constant::one;
use super::field::{Element, Reduction};
use super::limbs::{adc, add, add_word, multiply, row, sbb, square, sub, sub_word, subtract_once};
use super::safegcd;

/// `p = 2^(64N) - C`, where `2^(64N) ≡ C`; `C` is below `2^20`.
pub(crate) type Below<const C: u64> = NearPower<BelowPower<C>>;
/// `p = 2^(64N-1) + C`, where `2^(64N) ≡ -2C`; `C` is below `2^20`.
pub(crate) type Above<const C: u64> = NearPower<AbovePower<C>>;

/// Reduction by the prime that `F` folds by.
#[derive(Clone, Copy)]
pub(crate) struct NearPower<F>(F);

/// What is particular to the side of the power that a prime lies on.
pub(crate) trait Fold<const N: usize>: Copy + Send + Sync + 'static {
    /// The prime.
    const P: [u64; N];
    /// As [`Reduction::INLINE`].
    const INLINE: bool = false;

    /// `low + high·2^(64N)`.
    fn fold(low: &[u64; N], high: &[u64; N]) -> [u64; N];
    /// Sum.
    fn add(a: &[u64; N], b: &[u64; N]) -> [u64; N];
    /// Difference.
    fn sub(a: &[u64; N], b: &[u64; N]) -> [u64; N];
}

impl<F: Fold<N>, const N: usize> Element<NearPower<F>, N> {
    /// The element of a constant.
    pub(crate) const fn constant(number: [u64; N]) -> Self {
        Self::from_stored(number)
    }
}

impl<F: Fold<N>, const N: usize> Reduction<N> for NearPower<F> {
    const M: [u64; N] = F::P;
    const ONE: [u64; N] = one();
    const INLINE: bool = F::INLINE;

    #[inline(always)]
    fn enter(number: &[u64; N]) -> [u64; N] {
        *number
    }

    #[inline(always)]
    fn leave(stored: &[u64; N]) -> [u64; N] {
        subtract_once(stored, 0, &F::P)
    }

    #[inline(always)]
    fn add(a: &[u64; N], b: &[u64; N]) -> [u64; N] {
        F::add(a, b)
    }

    #[inline(always)]
    fn sub(a: &[u64; N], b: &[u64; N]) -> [u64; N] {
        F::sub(a, b)
    }

    #[inline(always)]
    fn mul(a: &[u64; N], b: &[u64; N]) -> [u64; N] {
        let (low, high) = multiply(a, b);
        F::fold(&low, &high)
    }

    #[inline(always)]
    fn square(a: &[u64; N]) -> [u64; N] {
        let (low, high) = square(a);
        F::fold(&low, &high)
    }

    fn invert(a: &[u64; N]) -> [u64; N] {
        safegcd::invert(&Self::leave(a), &F::P)
    }

    fn invert_public(a: &[u64; N]) -> [u64; N] {
        safegcd::invert_public(&Self::leave(a), &F::P)
    }
}

/// Folds by `2^(64N) - C`.
#[derive(Clone, Copy)]
pub(crate) struct BelowPower<const C: u64>;

impl<const C: u64> BelowPower<C> {
    /// `low + high·2^(64N)` for a word below `2^40`.
    #[inline(always)]
    fn fold_word<const N: usize>(low: &[u64; N], high: u64) -> [u64; N] {
        let (mut sum, carry) = add_word(low, high * C);
        // After a carry the sum is below 2^60, so that one more C stays in the lowest limb.
        sum[0] += carry.wrapping_neg() & C;
        sum
    }
}

impl<const C: u64, const N: usize> Fold<N> for BelowPower<C> {
    const P: [u64; N] = {
        let mut p = [u64::MAX; N];
        p[0] = C.wrapping_neg();
        p
    };
    const INLINE: bool = N == 4;

    #[inline(always)]
    fn fold(low: &[u64; N], high: &[u64; N]) -> [u64; N] {
        let (row_low, row_high) = row(high, C);
        let (mut sum, mut top) = add(low, &row_low);
        let mut carry = 0;
        for i in 1..N {
            (sum[i], carry) = adc(sum[i], row_high[i - 1], carry);
        }
        top += row_high[N - 1] + carry;
        Self::fold_word(&sum, top)
    }

    #[inline(always)]
    fn add(a: &[u64; N], b: &[u64; N]) -> [u64; N] {
        let (sum, carry) = add(a, b);
        Self::fold_word(&sum, carry)
    }

    #[inline(always)]
    fn sub(a: &[u64; N], b: &[u64; N]) -> [u64; N] {
        let (difference, borrow) = sub(a, b);
        let (mut difference, borrow) = sub_word(&difference, borrow.wrapping_neg() & C);
        // After a second borrow the number is at least 2^(64N) - C, so that one more C leaves the lowest limb positive.
        difference[0] -= borrow.wrapping_neg() & C;
        difference
    }
}

/// Folds by `2^(64N-1) + C`.
#[derive(Clone, Copy)]
pub(crate) struct AbovePower<const C: u64>;

impl<const C: u64> AbovePower<C> {
    /// Takes p away once if `carry` is set; says whether a carry remains.
    #[inline(always)]
    fn subtract_if<const N: usize>(a: &[u64; N], carry: u64) -> ([u64; N], u64) {
        let mask = carry.wrapping_neg();
        let (mut out, borrow) = sub_word(a, mask & C);
        // A borrow out of all limbs and the top bit of p are both paid for by the carry.
        let (top, borrow_of_top) = sbb(out[N - 1], mask & 1 << 63, 0);
        out[N - 1] = top;
        (out, carry.wrapping_sub(borrow + borrow_of_top))
    }

    /// Adds p once if `borrow` is set; says whether a borrow remains.
    #[inline(always)]
    fn add_if<const N: usize>(a: &[u64; N], borrow: u64) -> ([u64; N], u64) {
        let mask = borrow.wrapping_neg();
        let (mut out, carry) = add_word(a, mask & C);
        let (top, carry_of_top) = adc(out[N - 1], mask & 1 << 63, 0);
        out[N - 1] = top;
        (out, borrow.wrapping_sub(carry + carry_of_top))
    }
}

impl<const C: u64, const N: usize> Fold<N> for AbovePower<C> {
    const P: [u64; N] = {
        let mut p = [0; N];
        p[0] = C;
        p[N - 1] |= 1 << 63;
        p
    };

    #[inline(always)]
    fn fold(low: &[u64; N], high: &[u64; N]) -> [u64; N] {
        let mut difference = [0; N];
        let mut owed = 0;
        for i in 0..N {
            (difference[i], owed) = take(low[i], high[i], 2 * C, owed);
        }
        // Now the number is difference - owed·2^(64N), and owed is at most 2C.
        let (sum, carry) = add_word(&difference, owed * 2 * C);
        Self::subtract_if(&sum, carry).0
    }

    #[inline(always)]
    fn add(a: &[u64; N], b: &[u64; N]) -> [u64; N] {
        let (sum, carry) = add(a, b);
        let (sum, carry) = Self::subtract_if(&sum, carry);
        Self::subtract_if(&sum, carry).0
    }

    #[inline(always)]
    fn sub(a: &[u64; N], b: &[u64; N]) -> [u64; N] {
        let (difference, borrow) = sub(a, b);
        let (difference, borrow) = Self::add_if(&difference, borrow);
        Self::add_if(&difference, borrow).0
    }
}

/// `limb - a·b - owed`, and what the next limb owes.
#[inline(always)]
fn take(limb: u64, a: u64, b: u64, owed: u64) -> (u64, u64) {
    let product = a as u128 * b as u128 + owed as u128;
    let (rest, borrow) = limb.overflowing_sub(product as u64);
    (rest, (product >> 64) as u64 + u64::from(borrow))
}
