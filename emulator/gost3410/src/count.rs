//! How much work has been done in this process: what a benchmark divides by.
//!
//! Numbers that only grow and that nothing here reads; each operation adds one, which costs next to nothing beside it.

use core::ops::Sub;
use core::sync::atomic::{AtomicUsize, Ordering};

/// Operations, in all threads together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Operations {
    /// Public keys computed from secret ones: pairs made, and pairs read.
    pub public_keys: usize,
    /// Signatures made.
    pub signatures: usize,
    /// Signatures checked.
    pub verifications: usize,
    /// Shared points of VKO.
    pub agreements: usize,
    /// Messages hashed by [`Algorithm::digest`](crate::Algorithm::digest).
    pub digests: usize,
}

impl Operations {
    /// Since the process began.
    pub fn so_far() -> Self {
        Self {
            public_keys: PUBLIC_KEYS.so_far(),
            signatures: SIGNATURES.so_far(),
            verifications: VERIFICATIONS.so_far(),
            agreements: AGREEMENTS.so_far(),
            digests: DIGESTS.so_far(),
        }
    }
}

impl Sub for Operations {
    type Output = Self;

    fn sub(self, earlier: Self) -> Self {
        Self {
            public_keys: self.public_keys.wrapping_sub(earlier.public_keys),
            signatures: self.signatures.wrapping_sub(earlier.signatures),
            verifications: self.verifications.wrapping_sub(earlier.verifications),
            agreements: self.agreements.wrapping_sub(earlier.agreements),
            digests: self.digests.wrapping_sub(earlier.digests),
        }
    }
}

/// One of the numbers.
pub(crate) struct Counter(AtomicUsize);

impl Counter {
    const fn new() -> Self {
        Self(AtomicUsize::new(0))
    }

    pub(crate) fn add_one(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn so_far(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

pub(crate) static PUBLIC_KEYS: Counter = Counter::new();
pub(crate) static SIGNATURES: Counter = Counter::new();
pub(crate) static VERIFICATIONS: Counter = Counter::new();
pub(crate) static AGREEMENTS: Counter = Counter::new();
pub(crate) static DIGESTS: Counter = Counter::new();
