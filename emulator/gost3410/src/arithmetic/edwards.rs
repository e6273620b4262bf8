//! Curves of cofactor 4 in their Edwards form `u² + v² = 1 + d·u²·v²`.
//!
//! `d` is not a square, so the addition below has no exceptions at all (Bernstein and Lange, 2007/286), for secrets as for
//! anything else. Extended coordinates: `u = U/Z`, `v = V/Z`, `T = U·V/Z` (Hisil et al., 2008/522).

use zeroize::Zeroizing;

use super::comb::{BASE_WIDTH, Comb, Entry, WIDTH};
use super::field::{Field, Words};
use super::group::{Complete, Curve, Ratio, times};
use super::mask::Mask;
use super::recode::{OddDigits, sparse_digits_public};

/// Constants of one curve.
///
/// Source: RFC 7836 §5.2 for the map `x = s(1 + v)/(1 - v) + t`, `y = s(1 + v)/((1 - v)u)`.
pub(crate) trait Parameters: Copy + Send + Sync + 'static {
    /// GF(p).
    type Base: Field;
    /// GF(q).
    type Scalar: Field;
    /// Coefficient `a` of the Weierstrass form.
    const A: Self::Base;
    /// Coefficient `b` of the Weierstrass form.
    const B: Self::Base;
    /// Coefficient `d`.
    const D: Self::Base;
    /// Base point.
    const U: Self::Base;
    /// Base point.
    const V: Self::Base;
    /// `(1 - d)/4`.
    const S: Self::Base;
    /// `(1 + d)/6`.
    const T: Self::Base;

    /// Multiples of the base point, made at first use.
    fn comb() -> &'static Comb<Affine<Self::Base>>;
}

/// The curve of the parameters `C`.
pub(crate) struct Edwards<C>(C);

impl<C: Parameters> Curve for Edwards<C> {
    type Base = C::Base;
    type Scalar = C::Scalar;
    type Point = Extended<C>;
    const COFACTOR: u64 = 4;

    fn point_public(x: &C::Base, y: &C::Base) -> Option<Extended<C>> {
        let right = x.square().add(&C::A).mul(x).add(&C::B);
        let on_curve = y.square().equals(&right).reveal();
        let point = Extended::<C>::from_weierstrass(x, y);
        // Z = 0 marks the points of order 2 and 4, which the map does not reach.
        (on_curve && !point.z.is_zero().reveal()).then_some(point)
    }

    fn in_subgroup_public(point: &Extended<C>) -> bool {
        times_public(point, &C::Scalar::MODULUS, C::Scalar::BITS).is_identity_public()
    }

    fn times_base(k: &C::Scalar) -> (C::Base, C::Base) {
        let comb = C::comb();
        let even = !Mask::from_bit(k.to_words()[0] & 1);
        let odd = Zeroizing::new(C::Scalar::select(k, &k.neg(), even));
        let digits = OddDigits::new(&odd.to_words(), WIDTH, comb.rows());
        let mut sum = Extended::<C>::IDENTITY;
        for row in 0..comb.rows() {
            sum = sum.add_affine(&comb.entry(row, &digits.digit(row)));
        }
        let (x, y) = sum.to_weierstrass();
        (x, C::Base::select(&y, &y.neg(), even))
    }

    fn times(point: &Extended<C>, k: &C::Scalar) -> (C::Base, C::Base) {
        times(point, &k.to_words(), C::Scalar::BITS).to_weierstrass()
    }

    fn combine_public(a: &C::Scalar, point: &Extended<C>, b: &C::Scalar) -> Option<Ratio<C::Base>> {
        let a_digits = sparse_digits_public(&a.to_words(), BASE_WIDTH);
        let b_digits = sparse_digits_public(&b.to_words(), POINT_WIDTH);
        let multiples = odd_multiples(point);
        let comb = C::comb();

        let mut sum = Extended::<C>::IDENTITY;
        for i in (0..=C::Scalar::BITS).rev() {
            let needs_t = a_digits[i] != 0 || b_digits[i] != 0;
            sum = if needs_t {
                sum.double()
            } else {
                sum.double_without_t()
            };
            if a_digits[i] != 0 {
                sum = sum.add_affine(&comb.multiple_public(a_digits[i]));
            }
            if b_digits[i] != 0 {
                sum = sum.add_cached(
                    &multiples[usize::from(b_digits[i].unsigned_abs() / 2)],
                    b_digits[i] < 0,
                );
            }
        }
        sum.x_public()
    }
}

/// Digits of a public scalar on a point without a table lie below `2^(POINT_WIDTH-1)`.
const POINT_WIDTH: usize = 5;

/// 1, 3, 5 … 15 times a point.
fn odd_multiples<C: Parameters>(point: &Extended<C>) -> [Extended<C>; 1 << (POINT_WIDTH - 2)] {
    let twice = point.double();
    let mut multiples = [*point; 1 << (POINT_WIDTH - 2)];
    for i in 1..multiples.len() {
        multiples[i] = multiples[i - 1].add(&twice);
    }
    for multiple in &mut multiples {
        multiple.t = multiple.t.mul(&C::D);
    }
    multiples
}

fn times_public<C: Parameters>(point: &Extended<C>, k: &Words, bits: usize) -> Extended<C> {
    let digits = sparse_digits_public(k, POINT_WIDTH);
    let multiples = odd_multiples(point);
    let mut sum = Extended::<C>::IDENTITY;
    for digit in digits[..=bits].iter().rev() {
        sum = sum.double();
        if *digit != 0 {
            sum = sum.add_cached(
                &multiples[usize::from(digit.unsigned_abs() / 2)],
                *digit < 0,
            );
        }
    }
    sum
}

/// `u`, `v` and `d·u·v`.
#[derive(Clone, Copy)]
pub(crate) struct Affine<F> {
    u: F,
    v: F,
    duv: F,
}

impl<F: Field> Entry for Affine<F> {
    const BLANK: Self = Self {
        u: F::ZERO,
        v: F::ZERO,
        duv: F::ZERO,
    };

    #[inline(always)]
    fn or_masked(&mut self, other: &Self, mask: Mask) {
        self.u.or_masked(&other.u, mask);
        self.v.or_masked(&other.v, mask);
        self.duv.or_masked(&other.duv, mask);
    }

    #[inline(always)]
    fn negate_if(&self, mask: Mask) -> Self {
        Self {
            u: F::select(&self.u, &self.u.neg(), mask),
            v: self.v,
            duv: F::select(&self.duv, &self.duv.neg(), mask),
        }
    }
}

/// A point in extended coordinates.
pub(crate) struct Extended<C: Parameters> {
    u: C::Base,
    v: C::Base,
    z: C::Base,
    t: C::Base,
}

impl<C: Parameters> Clone for Extended<C> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<C: Parameters> Copy for Extended<C> {}

impl<C: Parameters> Extended<C> {
    /// The base point.
    pub(crate) fn base() -> Self {
        Self {
            u: C::U,
            v: C::V,
            z: C::Base::ONE,
            t: C::U.mul(&C::V),
        }
    }

    /// `u = (x - t)/y`, `v = (x - t - s)/(x - t + s)`, over the common denominator.
    fn from_weierstrass(x: &C::Base, y: &C::Base) -> Self {
        let shifted = x.sub(&C::T);
        let (minus, plus) = (shifted.sub(&C::S), shifted.add(&C::S));
        Self {
            u: shifted.mul(&plus),
            v: minus.mul(y),
            z: y.mul(&plus),
            t: shifted.mul(&minus),
        }
    }

    /// Affine Weierstrass coordinates of a point other than the identity.
    fn to_weierstrass(self) -> (C::Base, C::Base) {
        let numerator = C::S.mul(&self.z.add(&self.v));
        let inverse = self.z.sub(&self.v).mul(&self.u).invert();
        let common = numerator.mul(&inverse);
        (common.mul(&self.u).add(&C::T), common.mul(&self.z))
    }

    /// The Weierstrass x coordinate, unless this is the identity.
    fn x_public(&self) -> Option<Ratio<C::Base>> {
        let denominator = self.z.sub(&self.v);
        let numerator = C::S.mul(&self.z.add(&self.v)).add(&C::T.mul(&denominator));
        (!self.is_identity_public()).then_some(Ratio {
            numerator,
            denominator,
        })
    }

    fn is_identity_public(&self) -> bool {
        (self.u.is_zero() & self.v.equals(&self.z)).reveal()
    }

    #[inline(never)]
    fn double_without_t(&self) -> Self {
        let (e, f, g, h) = self.double_factors();
        Self {
            u: e.mul_inline(&f),
            v: g.mul_inline(&h),
            z: f.mul_inline(&g),
            t: C::Base::ZERO,
        }
    }

    #[inline(always)]
    fn double_factors(&self) -> (C::Base, C::Base, C::Base, C::Base) {
        let (uu, vv) = (self.u.square_inline(), self.v.square_inline());
        let g = uu.add(&vv);
        let e = self.u.mul_inline(&self.v).double();
        let f = g.sub(&self.z.square_inline().double());
        (e, f, g, uu.sub(&vv))
    }

    #[inline(never)]
    fn add_affine(&self, other: &Affine<C::Base>) -> Self {
        let c = self.t.mul_inline(&other.duv);
        self.add_factors(&other.u, &other.v, &c, &self.z)
    }

    /// Adds or subtracts a point whose `t` already holds `d·T`.
    #[inline(never)]
    fn add_cached(&self, other: &Self, negate: bool) -> Self {
        let (u, dt) = if negate {
            (other.u.neg(), other.t.neg())
        } else {
            (other.u, other.t)
        };
        let (c, d) = (self.t.mul_inline(&dt), self.z.mul_inline(&other.z));
        self.add_factors(&u, &other.v, &c, &d)
    }

    #[inline(always)]
    fn add_factors(&self, u: &C::Base, v: &C::Base, c: &C::Base, d: &C::Base) -> Self {
        let (a, b) = (self.u.mul_inline(u), self.v.mul_inline(v));
        let e = self.u.add(&self.v).mul_inline(&u.add(v)).sub(&a).sub(&b);
        let (f, g, h) = (d.sub(c), d.add(c), b.sub(&a));
        Self {
            u: e.mul_inline(&f),
            v: g.mul_inline(&h),
            z: f.mul_inline(&g),
            t: e.mul_inline(&h),
        }
    }
}

impl<C: Parameters> Complete for Extended<C> {
    type Base = C::Base;
    type Entry = Affine<C::Base>;
    const IDENTITY: Self = Self {
        u: C::Base::ZERO,
        v: C::Base::ONE,
        z: C::Base::ONE,
        t: C::Base::ZERO,
    };

    fn add(&self, other: &Self) -> Self {
        let c = C::D.mul(&self.t).mul(&other.t);
        self.add_factors(&other.u, &other.v, &c, &self.z.mul(&other.z))
    }

    #[inline(never)]
    fn double(&self) -> Self {
        let (e, f, g, h) = self.double_factors();
        Self {
            u: e.mul_inline(&f),
            v: g.mul_inline(&h),
            z: f.mul_inline(&g),
            t: e.mul_inline(&h),
        }
    }

    fn select(a: &Self, b: &Self, mask: Mask) -> Self {
        Self {
            u: C::Base::select(&a.u, &b.u, mask),
            v: C::Base::select(&a.v, &b.v, mask),
            z: C::Base::select(&a.z, &b.z, mask),
            t: C::Base::select(&a.t, &b.t, mask),
        }
    }

    fn denominator(&self) -> C::Base {
        self.z
    }

    fn to_entry(self, inverse: &C::Base) -> Affine<C::Base> {
        let (u, v) = (self.u.mul(inverse), self.v.mul(inverse));
        Affine {
            u,
            v,
            duv: C::D.mul(&u).mul(&v),
        }
    }
}
