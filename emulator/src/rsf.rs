//! What a Rutoken Special File holds: the six property bytes of tag 85, decoded.

use gost3410::ParameterSet;

/// The six property bytes, stored and shown as received.
pub type Property = [u8; 6];

/// What the property bytes and the size declare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RsfKind {
    /// A global PIN.
    Pin(PinPolicy),
    /// One half of a key pair.
    Key(Half, KeyKind),
}

/// Which half of a key pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Half {
    /// The half that signs.
    Private,
    /// The half that verifies.
    Public,
}

/// Algorithm and size of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// GOST R 34.10 on this parameter set. A 256-bit key signs digests of either hash.
    Gost(ParameterSet),
    /// RSA.
    Rsa {
        /// Bytes of each prime: half the modulus.
        prime_len: usize,
    },
}

/// What a PIN's property bytes say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PinPolicy {
    /// Fewest bytes a PIN may have.
    pub min_len: u8,
    /// How many wrong tries in a row block the PIN, 1 to 15.
    pub max_tries: u8,
    /// Tries left at creation, at most `max_tries`.
    pub tries_left: u8,
}

impl RsfKind {
    /// Reads property bytes; `None` for what this token does not hold.
    ///
    /// Types 43 and 53, parameter bytes 50 (TC26-256-A) and the letters of the 512-bit sets are assumed:
    /// no published program asks this token for them. Byte 3 of a key (AA) is ignored.
    #[must_use]
    pub fn decode(property: &Property, size: u16) -> Option<Self> {
        let &[kind, detail, _, tries, ..] = property;
        let size = usize::from(size);
        match kind {
            0x01 => PinPolicy::decode(detail, tries).map(Self::Pin),
            0x03 => gost_256(detail).and_then(|set| sized(Half::Private, set, size)),
            0x13 => gost_256(detail).and_then(|set| sized(Half::Public, set, size)),
            0x43 => gost_512(detail).and_then(|set| sized(Half::Private, set, size)),
            0x53 => gost_512(detail).and_then(|set| sized(Half::Public, set, size)),
            0x23 if detail == 0 => rsa(Half::Private, size.checked_sub(8)?, 5),
            0x33 if detail == 0 => rsa(Half::Public, size, 3),
            _ => None,
        }
    }

    /// The half, if it is a key.
    #[must_use]
    pub const fn half(self) -> Option<Half> {
        match self {
            Self::Pin(_) => None,
            Self::Key(half, _) => Some(half),
        }
    }
}

impl KeyKind {
    /// The property bytes that declare one half of such a key, as OpenSC writes them; `None` for a
    /// parameter set the token does not know.
    #[must_use]
    pub fn property(self, half: Half) -> Option<Property> {
        let (family, detail) = match self {
            Self::Gost(set) => gost_bytes(set)?,
            Self::Rsa { .. } => (0x20, 0x00),
        };
        let kind = match half {
            Half::Private => 0x03 + family,
            Half::Public => 0x13 + family,
        };
        Some([kind, detail, 0x00, 0xAA, 0x00, 0x00])
    }

    /// Bytes that one half of such a key declares in tag 80.
    #[must_use]
    pub const fn size(self, half: Half) -> usize {
        match (self, half) {
            (Self::Gost(set), Half::Private) => set.size(),
            (Self::Gost(set), Half::Public) => 2 * set.size(),
            (Self::Rsa { prime_len }, Half::Private) => 5 * prime_len + 8,
            (Self::Rsa { prime_len }, Half::Public) => 3 * prime_len,
        }
    }
}

impl PinPolicy {
    /// Longest PIN in bytes.
    pub const MAX_LEN: usize = 32;

    fn decode(min_len: u8, tries: u8) -> Option<Self> {
        let (max_tries, tries_left) = (tries >> 4, tries & 0x0F);
        let sane =
            max_tries > 0 && tries_left <= max_tries && usize::from(min_len) <= Self::MAX_LEN;
        sane.then_some(Self {
            min_len,
            max_tries,
            tries_left,
        })
    }
}

fn sized(half: Half, set: ParameterSet, size: usize) -> Option<RsfKind> {
    let kind = KeyKind::Gost(set);
    (kind.size(half) == size).then_some(RsfKind::Key(half, kind))
}

/// Moduli of 512 to 2048 bits in steps of 128, as the host checks them.
fn rsa(half: Half, size: usize, primes: usize) -> Option<RsfKind> {
    let prime_len = size / primes;
    let sane = size.is_multiple_of(primes)
        && prime_len.is_multiple_of(8)
        && (32..=128).contains(&prime_len);
    sane.then_some(RsfKind::Key(half, KeyKind::Rsa { prime_len }))
}

fn gost_256(detail: u8) -> Option<ParameterSet> {
    match detail {
        0x10 => Some(ParameterSet::CryptoProTest),
        0x20 => Some(ParameterSet::CryptoProA),
        0x30 => Some(ParameterSet::CryptoProB),
        0x40 => Some(ParameterSet::CryptoProC),
        0x50 => Some(ParameterSet::Tc26Gost256A),
        _ => None,
    }
}

fn gost_512(detail: u8) -> Option<ParameterSet> {
    match detail {
        0x20 => Some(ParameterSet::Tc26Gost512A),
        0x30 => Some(ParameterSet::Tc26Gost512B),
        0x40 => Some(ParameterSet::Tc26Gost512C),
        _ => None,
    }
}

/// Type offset and parameter byte. Sets that are other names of the same curve share its bytes.
fn gost_bytes(set: ParameterSet) -> Option<(u8, u8)> {
    use ParameterSet as Set;
    match set {
        Set::CryptoProTest => Some((0x00, 0x10)),
        Set::CryptoProA | Set::CryptoProXchA | Set::Tc26Gost256B => Some((0x00, 0x20)),
        Set::CryptoProB | Set::Tc26Gost256C => Some((0x00, 0x30)),
        Set::CryptoProC | Set::CryptoProXchB | Set::Tc26Gost256D => Some((0x00, 0x40)),
        Set::Tc26Gost256A => Some((0x00, 0x50)),
        Set::Tc26Gost512A => Some((0x40, 0x20)),
        Set::Tc26Gost512B => Some((0x40, 0x30)),
        Set::Tc26Gost512C => Some((0x40, 0x40)),
        Set::Tc26Gost512Test => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn properties_opensc_writes_are_understood() {
        let kind = |property, size| RsfKind::decode(&property, size);
        let pin = PinPolicy {
            min_len: 8,
            max_tries: 10,
            tries_left: 10,
        };
        assert_eq!(kind([1, 8, 1, 0xAA, 0, 0], 8), Some(RsfKind::Pin(pin)));
        let a = KeyKind::Gost(ParameterSet::CryptoProA);
        assert_eq!(
            kind([3, 0x20, 0, 0xAA, 0, 0], 0x20),
            Some(RsfKind::Key(Half::Private, a))
        );
        assert_eq!(
            kind([0x13, 0x20, 0, 0xAA, 0, 0], 0x40),
            Some(RsfKind::Key(Half::Public, a))
        );
        let rsa = KeyKind::Rsa { prime_len: 128 };
        assert_eq!(
            kind([0x23, 0, 0, 0xAA, 0, 0], 0x288),
            Some(RsfKind::Key(Half::Private, rsa))
        );
        assert_eq!(
            kind([0x33, 0, 0, 0xAA, 0, 0], 0x180),
            Some(RsfKind::Key(Half::Public, rsa))
        );
    }

    #[test]
    fn what_the_token_cannot_hold_is_refused() {
        for (property, size) in [
            ([3, 0x60, 0, 0xAA, 0, 0], 0x20),
            ([3, 0x20, 0, 0xAA, 0, 0], 0x21),
            ([0x23, 0x1F, 0, 0xAA, 0, 0], 0x288),
            ([0x23, 0, 0, 0xAA, 0, 0], 7),
            ([1, 8, 1, 0x00, 0, 0], 8),
            ([1, 8, 1, 0x56, 0, 0], 8),
        ] {
            assert_eq!(RsfKind::decode(&property, size), None, "{property:02X?}");
        }
    }

    #[test]
    fn every_known_set_reads_back_as_the_curve_it_declares() {
        for set in ParameterSet::ALL {
            let Some(property) = KeyKind::Gost(set).property(Half::Private) else {
                continue;
            };
            let Some(RsfKind::Key(_, KeyKind::Gost(read))) =
                RsfKind::decode(&property, set.size() as u16)
            else {
                panic!("{set:?} does not read back");
            };
            assert_eq!(KeyKind::Gost(read).property(Half::Private), Some(property));
        }
    }
}
