//! Fields, points and the few operations on them that signatures need; knows nothing of encodings or names.
//!
//! ```text
//! constant, limbs, mask ◄── field ◄── montgomery, near_power, safegcd
//!                   ▲
//!                 group ◄── comb, recode ◄── weierstrass, edwards
//! ```
//!
//! Everything runs in time that does not depend on the values, except what says "public" in its name: that
//! is for signatures being verified and points being checked.

pub(crate) mod comb;
pub(crate) mod constant;
pub(crate) mod edwards;
pub(crate) mod field;
pub(crate) mod group;
pub(crate) mod homogeneous;
pub(crate) mod jacobian;
pub(crate) mod limbs;
pub(crate) mod mask;
pub(crate) mod montgomery;
pub(crate) mod near_power;
pub(crate) mod recode;
pub(crate) mod safegcd;
pub(crate) mod weierstrass;
pub(crate) mod xyzz;

#[cfg(test)]
mod tests;
