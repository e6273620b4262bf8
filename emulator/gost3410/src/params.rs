//! Registered names: parameter sets, and the identifiers that go together in one algorithm.

use alloc::vec::Vec;

use der::asn1::ObjectIdentifier;
use digest::Digest;

use crate::{Error, count};

/// A registered parameter set (fourteen names, nine curves).
///
/// Source: RFC 4357 §8.4, RFC 7836 appendix A, RFC 9215 §5; the Test sets from RFC 7091 §7.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ParameterSet {
    /// The example of RFC 7091 §7.1; for tests only.
    CryptoProTest,
    /// The curve of practice.
    CryptoProA,
    /// `q > p`.
    CryptoProB,
    /// Base point with `x = 0`.
    CryptoProC,
    /// The curve of [`CryptoProA`](Self::CryptoProA) under its "exchange" name.
    CryptoProXchA,
    /// The curve of [`CryptoProC`](Self::CryptoProC) under its "exchange" name.
    CryptoProXchB,
    /// Twisted Edwards, cofactor 4.
    Tc26Gost256A,
    /// The curve of [`CryptoProA`](Self::CryptoProA).
    Tc26Gost256B,
    /// The curve of [`CryptoProB`](Self::CryptoProB).
    Tc26Gost256C,
    /// The curve of [`CryptoProC`](Self::CryptoProC).
    Tc26Gost256D,
    /// The example of RFC 7091 §7.2; for tests only.
    Tc26Gost512Test,
    /// 512 bits.
    Tc26Gost512A,
    /// 512 bits, `q > p`.
    Tc26Gost512B,
    /// 512 bits, twisted Edwards, cofactor 4.
    Tc26Gost512C,
}

impl ParameterSet {
    /// Every set, in the order of the enum.
    pub const ALL: [Self; 14] = [
        Self::CryptoProTest,
        Self::CryptoProA,
        Self::CryptoProB,
        Self::CryptoProC,
        Self::CryptoProXchA,
        Self::CryptoProXchB,
        Self::Tc26Gost256A,
        Self::Tc26Gost256B,
        Self::Tc26Gost256C,
        Self::Tc26Gost256D,
        Self::Tc26Gost512Test,
        Self::Tc26Gost512A,
        Self::Tc26Gost512B,
        Self::Tc26Gost512C,
    ];

    /// The registered identifier.
    pub const fn oid(self) -> ObjectIdentifier {
        ObjectIdentifier::new_unwrap(match self {
            Self::CryptoProTest => "1.2.643.2.2.35.0",
            Self::CryptoProA => "1.2.643.2.2.35.1",
            Self::CryptoProB => "1.2.643.2.2.35.2",
            Self::CryptoProC => "1.2.643.2.2.35.3",
            Self::CryptoProXchA => "1.2.643.2.2.36.0",
            Self::CryptoProXchB => "1.2.643.2.2.36.1",
            Self::Tc26Gost256A => "1.2.643.7.1.2.1.1.1",
            Self::Tc26Gost256B => "1.2.643.7.1.2.1.1.2",
            Self::Tc26Gost256C => "1.2.643.7.1.2.1.1.3",
            Self::Tc26Gost256D => "1.2.643.7.1.2.1.1.4",
            Self::Tc26Gost512Test => "1.2.643.7.1.2.1.2.0",
            Self::Tc26Gost512A => "1.2.643.7.1.2.1.2.1",
            Self::Tc26Gost512B => "1.2.643.7.1.2.1.2.2",
            Self::Tc26Gost512C => "1.2.643.7.1.2.1.2.3",
        })
    }

    /// The set of that identifier, if it is one of the fourteen.
    pub fn from_oid(oid: &ObjectIdentifier) -> Option<Self> {
        Self::ALL.into_iter().find(|set| set.oid() == *oid)
    }

    /// A short name for people and files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CryptoProTest => "CryptoPro-Test",
            Self::CryptoProA => "CryptoPro-A",
            Self::CryptoProB => "CryptoPro-B",
            Self::CryptoProC => "CryptoPro-C",
            Self::CryptoProXchA => "CryptoPro-XchA",
            Self::CryptoProXchB => "CryptoPro-XchB",
            Self::Tc26Gost256A => "TC26-256-A",
            Self::Tc26Gost256B => "TC26-256-B",
            Self::Tc26Gost256C => "TC26-256-C",
            Self::Tc26Gost256D => "TC26-256-D",
            Self::Tc26Gost512Test => "TC26-512-Test",
            Self::Tc26Gost512A => "TC26-512-A",
            Self::Tc26Gost512B => "TC26-512-B",
            Self::Tc26Gost512C => "TC26-512-C",
        }
    }

    /// Octets of a coordinate, a scalar or a digest: 32 or 64.
    pub const fn size(self) -> usize {
        match self {
            Self::Tc26Gost512Test
            | Self::Tc26Gost512A
            | Self::Tc26Gost512B
            | Self::Tc26Gost512C => 64,
            _ => 32,
        }
    }
}

/// A key's algorithm: which key, digest and signature identifiers go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// GOST R 34.10-2001 with GOST R 34.11-94 (CryptoPro S-boxes).
    Gost2001,
    /// GOST R 34.10-2012 with a 256-bit key and Streebog-256.
    Gost2012_256,
    /// GOST R 34.10-2012 with a 512-bit key and Streebog-512.
    Gost2012_512,
}

impl Algorithm {
    /// Every algorithm.
    pub const ALL: [Self; 3] = [Self::Gost2001, Self::Gost2012_256, Self::Gost2012_512];

    /// Identifier of a public key.
    pub const fn key_oid(self) -> ObjectIdentifier {
        ObjectIdentifier::new_unwrap(match self {
            Self::Gost2001 => "1.2.643.2.2.19",
            Self::Gost2012_256 => "1.2.643.7.1.1.1.1",
            Self::Gost2012_512 => "1.2.643.7.1.1.1.2",
        })
    }

    /// Identifier of the digest.
    pub const fn digest_oid(self) -> ObjectIdentifier {
        ObjectIdentifier::new_unwrap(match self {
            Self::Gost2001 => "1.2.643.2.2.9",
            Self::Gost2012_256 => "1.2.643.7.1.1.2.2",
            Self::Gost2012_512 => "1.2.643.7.1.1.2.3",
        })
    }

    /// The digest's identifier inside key parameters: the S-boxes for 2001, the digest itself for 2012.
    pub const fn digest_params_oid(self) -> ObjectIdentifier {
        match self {
            Self::Gost2001 => ObjectIdentifier::new_unwrap("1.2.643.2.2.30.1"),
            _ => self.digest_oid(),
        }
    }

    /// Identifier of a signature made with this algorithm's digest.
    pub const fn signature_oid(self) -> ObjectIdentifier {
        ObjectIdentifier::new_unwrap(match self {
            Self::Gost2001 => "1.2.643.2.2.3",
            Self::Gost2012_256 => "1.2.643.7.1.1.3.2",
            Self::Gost2012_512 => "1.2.643.7.1.1.3.3",
        })
    }

    /// The algorithm of that public key identifier.
    pub fn from_key_oid(oid: &ObjectIdentifier) -> Option<Self> {
        Self::ALL.into_iter().find(|a| a.key_oid() == *oid)
    }

    /// The algorithm of that signature identifier.
    pub fn from_signature_oid(oid: &ObjectIdentifier) -> Option<Self> {
        Self::ALL.into_iter().find(|a| a.signature_oid() == *oid)
    }

    /// Octets of a digest: 32 or 64.
    pub const fn size(self) -> usize {
        match self {
            Self::Gost2012_512 => 64,
            _ => 32,
        }
    }

    /// Whether keys of this algorithm may lie in `set`.
    ///
    /// GOST R 34.10-2001 knows only the CryptoPro names; the 2012 algorithms take every set of their size.
    pub fn allows(self, set: ParameterSet) -> bool {
        match self {
            Self::Gost2001 => set <= ParameterSet::CryptoProXchB,
            _ => set.size() == self.size(),
        }
    }

    pub(crate) fn check_allows(self, set: ParameterSet) -> Result<(), Error> {
        let allows = self.allows(set);
        allows.then_some(()).ok_or(Error::ParameterMismatch)
    }

    /// The digest of a message: 32 or 64 octets in the order of every hash API.
    pub fn digest(self, message: &[u8]) -> Vec<u8> {
        count::DIGESTS.add_one();
        match self {
            Self::Gost2001 => gost94::Gost94CryptoPro::digest(message).to_vec(),
            Self::Gost2012_256 => streebog::Streebog256::digest(message).to_vec(),
            Self::Gost2012_512 => streebog::Streebog512::digest(message).to_vec(),
        }
    }
}
