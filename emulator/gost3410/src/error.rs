//! What can be wrong with bytes handed to this crate.

use core::fmt;

/// Why bytes were refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// A field has the wrong number of octets.
    Length {
        /// Octets the parameter set asks for.
        expected: usize,
        /// Octets that came.
        got: usize,
    },
    /// A secret or a nonce is zero or not below the group order `q`.
    ScalarOutOfRange,
    /// A coordinate is not below `p`, the point is off the curve, or it is outside the subgroup of order `q`.
    InvalidPoint,
    /// `r` or `s` is not in `1..q`, or the signature does not match.
    InvalidSignature,
    /// The nonce gave `r = 0` or `s = 0`; choose another.
    UnluckyNonce,
    /// The DER is not what the encoding prescribes.
    Malformed,
    /// The algorithm identifier is not one of GOST R 34.10-2001 or -2012.
    UnknownAlgorithm,
    /// The parameter set is missing, inherited or unknown.
    UnknownParameterSet,
    /// The parameter set or the digest does not belong to the algorithm.
    ParameterMismatch,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length { expected, got } => {
                write!(f, "expected {expected} octets, got {got}")
            }
            Self::ScalarOutOfRange => f.write_str("number is not in 1..q"),
            Self::InvalidPoint => {
                f.write_str("point is not on the curve or not in the subgroup of order q")
            }
            Self::InvalidSignature => f.write_str("signature is not valid"),
            Self::UnluckyNonce => f.write_str("nonce gives a zero half of a signature"),
            Self::Malformed => f.write_str("malformed DER"),
            Self::UnknownAlgorithm => f.write_str("not a GOST R 34.10 algorithm"),
            Self::UnknownParameterSet => f.write_str("unknown or missing parameter set"),
            Self::ParameterMismatch => {
                f.write_str("parameter set or digest does not belong to the algorithm")
            }
        }
    }
}

impl core::error::Error for Error {}

/// Refuses any length but `expected`.
pub(crate) fn check_length(bytes: &[u8], expected: usize) -> Result<(), Error> {
    if bytes.len() == expected {
        return Ok(());
    }
    Err(Error::Length {
        expected,
        got: bytes.len(),
    })
}
