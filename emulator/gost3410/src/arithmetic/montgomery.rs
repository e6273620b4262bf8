//! Fields of any odd modulus, in Montgomery form.

use core::fmt;
use core::marker::PhantomData;

use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use zeroize::DefaultIsZeroes;

use super::field::Field;
use super::limbs::{adc, add, from_le_bytes, mac, select, sub, subtract_once, write_le_bytes};

/// An odd prime of `N` limbs.
pub(crate) trait Modulus<const N: usize>: Copy + Default + Send + Sync + 'static {
    /// The prime.
    const M: [u64; N];
    /// `-1/M mod 2^64`.
    const NEG_INVERSE: u64 = negated_inverse(Self::M[0]);
    /// `2^(64N) mod M`, the form of one.
    const R: [u64; N] = power_of_two(&Self::M, 64 * N);
    /// `2^(128N) mod M`, which brings a number into Montgomery form.
    const R2: [u64; N] = power_of_two(&Self::M, 128 * N);
}

/// `x·2^(64N) mod M` stands for `x`.
#[derive(Clone, Copy)]
pub(crate) struct Montgomery<M, const N: usize>([u64; N], PhantomData<M>);

impl<M: Modulus<N>, const N: usize> Montgomery<M, N> {
    const fn new(limbs: [u64; N]) -> Self {
        Self(limbs, PhantomData)
    }

    /// The element of a constant below the modulus.
    pub(crate) const fn constant(value: [u64; N]) -> Self {
        assert!(sub(&value, &M::M).1 == 1);
        Self::new(multiply::<M, N>(&value, &M::R2))
    }

    fn canonical(&self) -> [u64; N] {
        let mut one = [0; N];
        one[0] = 1;
        multiply::<M, N>(&self.0, &one)
    }
}

impl<M: Modulus<N>, const N: usize> Field for Montgomery<M, N> {
    const SIZE: usize = 8 * N;
    const ZERO: Self = Self::new([0; N]);
    const ONE: Self = Self::new(M::R);

    fn from_le_bytes(bytes: &[u8]) -> Option<Self> {
        let limbs = from_le_bytes(bytes);
        let (_, borrow) = sub(&limbs, &M::M);
        (borrow == 1).then(|| Self::new(multiply::<M, N>(&limbs, &M::R2)))
    }

    fn reduce_le_bytes(bytes: &[u8]) -> Self {
        // `multiply` takes any first factor below 2^(64N).
        Self::new(multiply::<M, N>(&from_le_bytes(bytes), &M::R2))
    }

    fn write_le_bytes(&self, out: &mut [u8]) {
        write_le_bytes(&self.canonical(), out);
    }

    #[inline(always)]
    fn add(&self, b: &Self) -> Self {
        let (sum, carry) = add(&self.0, &b.0);
        Self::new(subtract_once(&sum, carry, &M::M))
    }

    #[inline(always)]
    fn sub(&self, b: &Self) -> Self {
        let (difference, borrow) = sub(&self.0, &b.0);
        let correction = select(&[0; N], &M::M, borrow.wrapping_neg());
        Self::new(add(&difference, &correction).0)
    }

    #[inline(always)]
    fn mul(&self, b: &Self) -> Self {
        Self::new(multiply::<M, N>(&self.0, &b.0))
    }

    #[inline(always)]
    fn square(&self) -> Self {
        self.mul(self)
    }

    fn invert(&self) -> Self {
        let mut two = [0; N];
        two[0] = 2;
        let (exponent, _) = sub(&M::M, &two);
        let mut power = Self::ONE;
        for bit in (0..64 * N).rev() {
            power = power.square();
            // The exponent is the public modulus.
            if exponent[bit / 64] >> (bit % 64) & 1 == 1 {
                power = power.mul(self);
            }
        }
        power
    }
}

/// `a·b/2^(64N) mod M` for any `a` below `2^(64N)` and `b` below `M`.
#[inline(always)]
const fn multiply<M: Modulus<N>, const N: usize>(a: &[u64; N], b: &[u64; N]) -> [u64; N] {
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
        let factor = t[0].wrapping_mul(M::NEG_INVERSE);
        (_, carry) = mac(t[0], factor, M::M[0], 0);
        j = 1;
        while j < N {
            (t[j - 1], carry) = mac(t[j], factor, M::M[j], carry);
            j += 1;
        }
        (t[N - 1], carry) = adc(high, carry, 0);
        top = higher + carry;
        i += 1;
    }
    subtract_once(&t, top, &M::M)
}

const fn negated_inverse(m: u64) -> u64 {
    let mut inverse = 1_u64;
    let mut i = 0;
    while i < 6 {
        inverse = inverse.wrapping_mul(2_u64.wrapping_sub(m.wrapping_mul(inverse)));
        i += 1;
    }
    inverse.wrapping_neg()
}

const fn power_of_two<const N: usize>(m: &[u64; N], exponent: usize) -> [u64; N] {
    let mut power = [0; N];
    power[0] = 1;
    let mut i = 0;
    while i < exponent {
        let (sum, carry) = add(&power, &power);
        power = subtract_once(&sum, carry, m);
        i += 1;
    }
    power
}

impl<M: Modulus<N>, const N: usize> Default for Montgomery<M, N> {
    fn default() -> Self {
        Self::ZERO
    }
}

impl<M: Modulus<N>, const N: usize> DefaultIsZeroes for Montgomery<M, N> {}

impl<M: Modulus<N>, const N: usize> ConditionallySelectable for Montgomery<M, N> {
    #[inline(always)]
    fn conditional_select(a: &Self, b: &Self, choice: Choice) -> Self {
        let mask = u64::from(choice.unwrap_u8()).wrapping_neg();
        Self::new(select(&a.0, &b.0, mask))
    }
}

impl<M: Modulus<N>, const N: usize> ConstantTimeEq for Montgomery<M, N> {
    #[inline(always)]
    fn ct_eq(&self, other: &Self) -> Choice {
        self.0.ct_eq(&other.0)
    }
}

impl<M: Modulus<N>, const N: usize> fmt::Debug for Montgomery<M, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Montgomery(…)")
    }
}
