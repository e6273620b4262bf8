//! What a curve offers to signatures, and multiplication by complete formulas.

use super::comb::Entry;
use super::field::{Field, Words};
use super::limbs::add;
use super::mask::Mask;

/// One curve with its base point `P` of prime order `q`.
pub(crate) trait Curve: Send + Sync + 'static {
    /// GF(p).
    type Base: Field;
    /// GF(q).
    type Scalar: Field;
    /// A point of the curve that is not the identity.
    type Point: Copy;
    /// Order of the whole group over `q`.
    const COFACTOR: u64;

    /// The point of affine Weierstrass coordinates, if it is on the curve; it may lie outside the subgroup.
    fn point_public(x: &Self::Base, y: &Self::Base) -> Option<Self::Point>;
    /// Whether `q·Q` is the identity.
    fn in_subgroup_public(point: &Self::Point) -> bool;
    /// Coordinates of `k·P` for `k` other than zero.
    fn times_base(k: &Self::Scalar) -> (Self::Base, Self::Base);
    /// Coordinates of `k·Q` for `k` other than zero and `Q` in the subgroup.
    fn times(point: &Self::Point, k: &Self::Scalar) -> (Self::Base, Self::Base);
    /// The x coordinate of `a·P + b·Q`, unless that is the identity.
    fn combine_public(
        a: &Self::Scalar,
        point: &Self::Point,
        b: &Self::Scalar,
    ) -> Option<Ratio<Self::Base>>;
}

/// A coordinate before its division.
pub(crate) struct Ratio<F> {
    pub(crate) numerator: F,
    pub(crate) denominator: F,
}

impl<F: Field> Ratio<F> {
    /// Whether the coordinate leaves the remainder `r` mod `q`.
    pub(crate) fn leaves_public(&self, r: &Words, q: &Words) -> bool {
        let mut candidate = *r;
        while let Some(x) = F::from_words_public(&candidate) {
            if x.mul(&self.denominator).equals(&self.numerator).reveal() {
                return true;
            }
            let (next, carry) = add(&candidate, q);
            if carry != 0 {
                return false;
            }
            candidate = next;
        }
        false
    }
}

/// A point whose addition has no exceptions within the subgroup.
pub(crate) trait Complete: Copy {
    /// GF(p).
    type Base: Field;
    /// The affine form that tables hold.
    type Entry: Entry;
    /// The neutral point.
    const IDENTITY: Self;

    /// Sum of any two points.
    fn add(&self, other: &Self) -> Self;
    /// `2·self`.
    fn double(&self) -> Self;
    /// `b` where the mask says yes, `a` otherwise.
    fn select(a: &Self, b: &Self, mask: Mask) -> Self;
    /// What `to_entry` wants inverted.
    fn denominator(&self) -> Self::Base;
    /// The affine form.
    fn to_entry(self, inverse: &Self::Base) -> Self::Entry;
}

/// `k·point` by windows of four bits, each entry of the table touched for each.
pub(crate) fn times<P: Complete>(point: &P, k: &Words, bits: usize) -> P {
    let mut table = [P::IDENTITY; 16];
    for i in 1..16 {
        table[i] = table[i - 1].add(point);
    }
    let mut sum = P::IDENTITY;
    for window in (0..bits.div_ceil(4)).rev() {
        for _ in 0..4 {
            sum = sum.double();
        }
        let digit = k[window / 16] >> (window % 16 * 4) & 15;
        let mut chosen = P::IDENTITY;
        for (i, entry) in (0..).zip(&table) {
            chosen = P::select(&chosen, entry, Mask::is_zero(digit ^ i));
        }
        sum = sum.add(&chosen);
    }
    sum
}
