//! Fields, points and the few operations on them that signatures need; knows nothing of encodings or names.

pub(crate) mod field;
pub(crate) mod limbs;
pub(crate) mod montgomery;
pub(crate) mod weierstrass;
