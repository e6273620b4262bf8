//! Reduction for any odd modulus: `x·2^(64N) mod M`, below `M`, stands for `x`.

use super::constant::{below, negated_inverse, one, shifted};
use super::field::{Element, Reduction};
use super::limbs::{adc, add, mac, select, sub, subtract_once};
use super::safegcd;

/// An odd prime of `N` limbs.
pub(crate) trait Prime<const N: usize>: Copy + Send + Sync + 'static {
    /// The prime.
    const M: [u64; N];
    /// `-1/M mod 2^64`.
    const NEG_INVERSE: u64 = negated_inverse(Self::M[0]);
    /// `2^(64N) mod M`.
    const R: [u64; N] = shifted(&one(), 64 * N, &Self::M);
    /// `2^(128N) mod M`, which brings a number into Montgomery form.
    const R2: [u64; N] = shifted(&Self::R, 64 * N, &Self::M);
}

/// Montgomery's reduction by the prime `P`.
#[derive(Clone, Copy)]
pub(crate) struct Montgomery<P>(P);

impl<P: Prime<N>, const N: usize> Element<Montgomery<P>, N> {
    /// The element of a constant below the modulus.
    pub(crate) const fn constant(number: [u64; N]) -> Self {
        assert!(below(&number, &P::M), "not below the modulus");
        Self::from_stored(shifted(&number, 64 * N, &P::M))
    }
}

impl<P: Prime<N>, const N: usize> Reduction<N> for Montgomery<P> {
    const M: [u64; N] = P::M;
    const ONE: [u64; N] = P::R;

    #[inline(always)]
    fn enter(number: &[u64; N]) -> [u64; N] {
        multiply::<P, N>(number, &P::R2)
    }

    #[inline(always)]
    fn leave(stored: &[u64; N]) -> [u64; N] {
        multiply::<P, N>(stored, &one())
    }

    #[inline(always)]
    fn add(a: &[u64; N], b: &[u64; N]) -> [u64; N] {
        let (sum, carry) = add(a, b);
        subtract_once(&sum, carry, &P::M)
    }

    #[inline(always)]
    fn sub(a: &[u64; N], b: &[u64; N]) -> [u64; N] {
        let (difference, borrow) = sub(a, b);
        let correction = select(&[0; N], &P::M, borrow.wrapping_neg());
        add(&difference, &correction).0
    }

    #[inline(always)]
    fn mul(a: &[u64; N], b: &[u64; N]) -> [u64; N] {
        multiply::<P, N>(a, b)
    }

    #[inline(always)]
    fn square(a: &[u64; N]) -> [u64; N] {
        multiply::<P, N>(a, a)
    }

    fn invert(a: &[u64; N]) -> [u64; N] {
        restore::<P, N>(&safegcd::invert(a, &P::M))
    }

    fn invert_public(a: &[u64; N]) -> [u64; N] {
        restore::<P, N>(&safegcd::invert_public(a, &P::M))
    }
}

/// The stored form of the inverse, from the inverse of the stored form.
fn restore<P: Prime<N>, const N: usize>(inverse: &[u64; N]) -> [u64; N] {
    let number = multiply::<P, N>(inverse, &P::R2);
    multiply::<P, N>(&number, &P::R2)
}

/// `a·b/2^(64N) mod M` for any `a` below `2^(64N)` and `b` below `M`.
#[inline(never)]
fn multiply<P: Prime<N>, const N: usize>(a: &[u64; N], b: &[u64; N]) -> [u64; N] {
    let mut t = [0; N];
    let mut top = 0;
    let mut i = 0;
    while i < N {
        let mut carry = 0;
        let mut j = 0;
        while j < N {
            (t[j], carry) = mac(t[j], a[i], b[j], carry);
            j += 1;
        }
        let (high, higher) = adc(top, carry, 0);
        let factor = t[0].wrapping_mul(P::NEG_INVERSE);
        (_, carry) = mac(t[0], factor, P::M[0], 0);
        j = 1;
        while j < N {
            (t[j - 1], carry) = mac(t[j], factor, P::M[j], carry);
            j += 1;
        }
        (t[N - 1], carry) = adc(high, carry, 0);
        top = higher + carry;
        i += 1;
    }
    subtract_once(&t, top, &P::M)
}
