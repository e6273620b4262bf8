//! What every prime field here can do, whatever its reduction.

use core::fmt::Debug;

use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use zeroize::DefaultIsZeroes;

/// An element of GF(p) or GF(q). All operations take the same time for all values unless their name says otherwise.
pub(crate) trait Field:
    Copy
    + Debug
    + Default
    + ConditionallySelectable
    + ConstantTimeEq
    + DefaultIsZeroes
    + Send
    + Sync
    + 'static
{
    /// Octets of an element.
    const SIZE: usize;
    /// Zero.
    const ZERO: Self;
    /// One.
    const ONE: Self;

    /// A number of `SIZE` octets if it is below the modulus.
    fn from_le_bytes(bytes: &[u8]) -> Option<Self>;
    /// A number of `SIZE` octets, reduced.
    fn reduce_le_bytes(bytes: &[u8]) -> Self;
    /// Writes the canonical number as `SIZE` octets.
    fn write_le_bytes(&self, out: &mut [u8]);

    /// `self + b`.
    fn add(&self, b: &Self) -> Self;
    /// `self - b`.
    fn sub(&self, b: &Self) -> Self;
    /// `self · b`.
    fn mul(&self, b: &Self) -> Self;
    /// `self²`.
    fn square(&self) -> Self;
    /// `1/self`, or zero for zero.
    fn invert(&self) -> Self;

    /// `-self`.
    fn neg(&self) -> Self {
        Self::ZERO.sub(self)
    }
    /// `2·self`.
    fn double(&self) -> Self {
        self.add(self)
    }
    /// Whether the element is zero.
    fn is_zero(&self) -> Choice {
        self.ct_eq(&Self::ZERO)
    }
}
