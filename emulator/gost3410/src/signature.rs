//! Signatures and the two orders they travel in.

use alloc::vec::Vec;

use crate::Error;

/// A pair `r`, `s` of 32 or 64 octets each; its range is checked against `q` by the key that verifies it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// `r‖s`, each little-endian.
    rs: Vec<u8>,
}

impl Signature {
    /// Reads `s‖r`, each big-endian: X.509, PKCS#10, CMS, PKCS#11.
    ///
    /// Errors: a length other than 64 or 128 octets, a zero half.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        // Reversing all octets turns s‖r big-endian into r‖s little-endian.
        let reversed: Vec<u8> = bytes.iter().rev().copied().collect();
        Self::from_token_bytes(&reversed)
    }

    /// `s‖r`, each big-endian.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.rs.iter().rev().copied().collect()
    }

    /// Reads `r‖s`, each little-endian: the card's answer.
    ///
    /// Errors: a length other than 64 or 128 octets, a zero half.
    pub fn from_token_bytes(bytes: &[u8]) -> Result<Self, Error> {
        if bytes.len() != 64 && bytes.len() != 128 {
            return Err(Error::Length {
                expected: if bytes.len() > 96 { 128 } else { 64 },
                got: bytes.len(),
            });
        }
        let (r, s) = bytes.split_at(bytes.len() / 2);
        if r.iter().all(|&b| b == 0) || s.iter().all(|&b| b == 0) {
            return Err(Error::InvalidSignature);
        }
        Ok(Self { rs: bytes.to_vec() })
    }

    /// `r‖s`, each little-endian.
    pub fn to_token_bytes(&self) -> Vec<u8> {
        self.rs.clone()
    }

    pub(crate) fn from_le_halves(rs: Vec<u8>) -> Self {
        Self { rs }
    }

    pub(crate) fn as_le_halves(&self) -> &[u8] {
        &self.rs
    }
}
