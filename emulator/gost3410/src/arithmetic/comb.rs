//! Tables of multiples of a base point.

use alloc::vec::Vec;
use core::hint::black_box;

use super::field::Field;
use super::group::Complete;
use super::mask::Mask;
use super::recode::OddDigit;

/// A point as tables hold it.
pub(crate) trait Entry: Copy + Send + Sync + 'static {
    /// All bits zero; not a point.
    const BLANK: Self;
    /// Takes over the bits of `other` where the mask says yes; `self` must be blank there.
    fn or_masked(&mut self, other: &Self, mask: Mask);
    /// `-self` where the mask says yes.
    fn negate_if(&self, mask: Mask) -> Self;
}

/// Row `i` holds `1, 3, 5 … 2^WIDTH - 1` times `2^(WIDTH·i)·P`.
///
/// For public scalars there are `1, 3, 5 … 2^(BASE_WIDTH-1) - 1` times `P` as well.
pub(crate) struct Comb<E> {
    entries: Vec<E>,
    multiples: Vec<E>,
}

/// Bits of the scalar that one row serves.
pub(crate) const WIDTH: usize = 5;
/// Digits of public scalars lie below `2^(BASE_WIDTH-1)`.
pub(crate) const BASE_WIDTH: usize = 10;
const ROW: usize = 1 << (WIDTH - 1);

impl<E: Entry> Comb<E> {
    /// The table for scalars of `bits` bits; costs `bits/WIDTH·2^(WIDTH-1)` additions and two inversions.
    pub(crate) fn new<P: Complete<Entry = E>>(base: &P, bits: usize) -> Self {
        let rows = bits.div_ceil(WIDTH);
        let mut points = Vec::with_capacity(rows * ROW);
        let mut first = *base;
        for _ in 0..rows {
            points.extend(odd_multiples(first).take(ROW));
            for _ in 0..WIDTH {
                first = first.double();
            }
        }
        let multiples: Vec<P> = odd_multiples(*base).take(1 << (BASE_WIDTH - 2)).collect();
        Self {
            entries: to_entries(&points),
            multiples: to_entries(&multiples),
        }
    }

    /// How many rows a scalar needs.
    pub(crate) fn rows(&self) -> usize {
        self.entries.len() / ROW
    }

    /// `digit` times the base of a row; every entry of the row is read.
    #[inline(always)]
    pub(crate) fn entry(&self, row: usize, digit: &OddDigit) -> E {
        let mut entry = E::BLANK;
        let index = black_box(digit.index);
        for (i, candidate) in (0..).zip(&self.entries[ROW * row..][..ROW]) {
            entry.or_masked(candidate, Mask::small_is_zero(index ^ i));
        }
        entry.negate_if(digit.negative)
    }

    /// `digit` times the base point, for odd digits below `2^(BASE_WIDTH-1)`.
    pub(crate) fn multiple_public(&self, digit: i16) -> E {
        let multiple = &self.multiples[usize::from(digit.unsigned_abs() / 2)];
        multiple.negate_if(Mask::from_bit(u64::from(digit < 0)))
    }
}

/// 1, 3, 5 … times a point.
fn odd_multiples<P: Complete>(first: P) -> impl Iterator<Item = P> {
    let twice = first.double();
    core::iter::successors(Some(first), move |multiple| Some(multiple.add(&twice)))
}

/// The affine forms of many points for one inversion (Montgomery's trick).
fn to_entries<P: Complete>(points: &[P]) -> Vec<P::Entry> {
    let mut products = Vec::with_capacity(points.len());
    let mut product = P::Base::ONE;
    for point in points {
        products.push(product);
        product = product.mul(&point.denominator());
    }
    let mut inverse = product.invert_public();
    let mut entries: Vec<_> = (points.iter().zip(&products).rev())
        .map(|(point, before)| {
            let own = inverse.mul(before);
            inverse = inverse.mul(&point.denominator());
            point.to_entry(&own)
        })
        .collect();
    entries.reverse();
    entries
}
