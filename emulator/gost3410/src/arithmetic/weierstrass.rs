//! Curves `y² = x³ + a·x + b` of prime order.
//!
//! Secret scalars reach the base point through a table of odd multiples, one addition a row and no doubling. The fast
//! addition fails on equal or opposite points, and no input brings it there: before row `i` the sum is an odd number
//! below `2^(wi)` times `P`, row `i` adds an odd multiple of `2^(wi)`, and up to the last row but one both together stay below
//! `2^(w(m-1)) < q`, so that they can differ by no multiple of `q`. In the last row the sum may equal its addend (never its
//! opposite, since `k` is not zero): that one addition is complete. Secret multiples of other points use complete additions
//! throughout (Renes, Costello, Batina, 2015/1060, algorithm 1: no exceptions in a group of odd order).

use zeroize::Zeroizing;

use super::comb::{BASE_WIDTH, Comb, Entry, WIDTH};
use super::field::Field;
use super::group::{Complete, Curve, Ratio, times};
use super::homogeneous::Homogeneous;
use super::jacobian::{Addend, Jacobian};
use super::mask::Mask;
use super::recode::{OddDigits, sparse_digits_public};
use super::xyzz::Xyzz;

/// Constants of one curve.
pub(crate) trait Parameters: Copy + Send + Sync + 'static {
    /// GF(p).
    type Base: Field;
    /// GF(q).
    type Scalar: Field;
    /// Coefficient `a`.
    const A: Self::Base;
    /// Coefficient `b`.
    const B: Self::Base;
    /// Base point.
    const BASE: Affine<Self::Base>;
    /// Whether `a = p - 3`, as on all curves but the two Test sets.
    const A_IS_MINUS_THREE: bool;

    /// Multiples of the base point, made at first use.
    fn comb() -> &'static Comb<Affine<Self::Base>>;

    /// `a·x`.
    #[inline(always)]
    fn times_a(x: &Self::Base) -> Self::Base {
        if Self::A_IS_MINUS_THREE {
            x.triple().neg()
        } else {
            Self::A.mul(x)
        }
    }
}

/// A point that is not the identity.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Affine<F> {
    pub(crate) x: F,
    pub(crate) y: F,
}

impl<F: Field> Entry for Affine<F> {
    const BLANK: Self = Self {
        x: F::ZERO,
        y: F::ZERO,
    };

    #[inline(always)]
    fn or_masked(&mut self, other: &Self, mask: Mask) {
        self.x.or_masked(&other.x, mask);
        self.y.or_masked(&other.y, mask);
    }

    #[inline(always)]
    fn negate_if(&self, mask: Mask) -> Self {
        Self {
            x: self.x,
            y: F::select(&self.y, &self.y.neg(), mask),
        }
    }
}

/// The curve of the parameters `C`.
pub(crate) struct Weierstrass<C>(C);

impl<C: Parameters> Curve for Weierstrass<C> {
    type Base = C::Base;
    type Scalar = C::Scalar;
    type Point = Affine<C::Base>;
    const COFACTOR: u64 = 1;

    fn point_public(x: &C::Base, y: &C::Base) -> Option<Affine<C::Base>> {
        let right = x.square().add(&C::A).mul(x).add(&C::B);
        y.square()
            .equals(&right)
            .reveal()
            .then_some(Affine { x: *x, y: *y })
    }

    fn in_subgroup_public(_: &Affine<C::Base>) -> bool {
        true
    }

    fn times_base(k: &C::Scalar) -> (C::Base, C::Base) {
        let comb = C::comb();
        let even = !Mask::from_bit(k.to_words()[0] & 1);
        let odd = Zeroizing::new(C::Scalar::select(k, &k.neg(), even));
        let digits = OddDigits::new(&odd.to_words(), WIDTH, comb.rows());
        let last = comb.rows() - 1;

        let mut sum = Xyzz::<C>::from(comb.entry(0, &digits.digit(0)));
        for row in 1..last {
            sum = sum.add_unlike(&comb.entry(row, &digits.digit(row)));
        }
        let top = Homogeneous::<C>::from(comb.entry(last, &digits.digit(last)));
        let Affine { x, y } = Homogeneous::from(sum).add(&top).to_affine();
        (x, C::Base::select(&y, &y.neg(), even))
    }

    fn times(point: &Affine<C::Base>, k: &C::Scalar) -> (C::Base, C::Base) {
        let product = times(
            &Homogeneous::<C>::from(*point),
            &k.to_words(),
            C::Scalar::BITS,
        );
        let Affine { x, y } = product.to_affine();
        (x, y)
    }

    fn combine_public(
        a: &C::Scalar,
        point: &Affine<C::Base>,
        b: &C::Scalar,
    ) -> Option<Ratio<C::Base>> {
        let a_digits = sparse_digits_public(&a.to_words(), BASE_WIDTH);
        let b_digits = sparse_digits_public(&b.to_words(), POINT_WIDTH);
        let multiples = odd_multiples_public(point);
        let comb = C::comb();

        let mut sum = Jacobian::<C>::IDENTITY;
        for i in (0..=C::Scalar::BITS).rev() {
            let adds = a_digits[i] != 0 || b_digits[i] != 0;
            sum = if adds {
                sum.double_without_w().0
            } else {
                sum.double()
            };
            if a_digits[i] != 0 {
                sum = sum.add_affine_public(&comb.multiple_public(a_digits[i]));
            }
            if b_digits[i] != 0 {
                let multiple = &multiples[usize::from(b_digits[i].unsigned_abs() / 2)];
                sum = sum.add_public(multiple, b_digits[i] < 0);
            }
        }
        sum.x_public()
    }
}

/// Digits of a public scalar on a point without a table lie below `2^(POINT_WIDTH-1)`.
const POINT_WIDTH: usize = 5;

/// 1, 3, 5 … 15 times a point.
fn odd_multiples_public<C: Parameters>(
    point: &Affine<C::Base>,
) -> [Addend<C>; 1 << (POINT_WIDTH - 2)] {
    let first = Jacobian::<C>::from(*point);
    let twice = Addend::from(first.double());
    let mut multiple = first;
    core::array::from_fn(|_| {
        let addend = Addend::from(multiple);
        multiple = multiple.add_public(&twice, false);
        addend
    })
}
