//! Where things are on the token and under which rules they are made.
//!
//! Source: OpenSC's profile `rutoken_ecp` and the files its programs create. Evidence: driver.

use gost3410::ParameterSet;

use super::tlv::der;

/// Two octets that name a file within its directory.
pub(super) type FileId = u16;

/// File identifiers from below the master file.
pub(super) type Path = Vec<FileId>;

/// EF.DIR.
pub(super) const DIR: FileId = 0x2F00;
/// The PKCS#15 application.
pub(super) const APPLICATION: FileId = 0x5000;
/// The object directory file in it.
pub(super) const OBJECTS: FileId = 0x5031;
/// TokenInfo in it.
pub(super) const TOKEN_INFO: FileId = 0x5032;
/// The directory of PINs in it.
pub(super) const PINS: FileId = 0x6005;
/// Public keys are kept in 0200 to 02FF.
pub(super) const PUBLIC_KEY_FILES: FileId = 0x0200;
/// Certificates are kept in 0300 to 03FF.
pub(super) const CERTIFICATE_FILES: FileId = 0x0300;
/// Our note about a pair that is being made. No program else knows it; it is there for the time of one call.
pub(super) const NOTE: FileId = 0x4E4B;
/// Size of a directory file, as OpenSC makes them.
pub(super) const DIRECTORY_SIZE: u16 = 0x0800;

/// The private half of a pair.
pub(super) const fn private_key(reference: u8) -> [FileId; 4] {
    [0x1000, 0x1000, 0x6002, reference as FileId]
}

/// The public half of a pair: the card's own copy, which is never read.
pub(super) const fn public_key(reference: u8) -> [FileId; 4] {
    [0x1000, 0x1000, 0x6001, reference as FileId]
}

/// A directory of objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DirectoryKind {
    PrivateKeys,
    PublicKeys,
    Certificates,
}

impl DirectoryKind {
    /// Where a directory of keys is for the time of a change that takes several commands. That of certificates stays:
    /// a file made anew would lose the administrator's right, and its entries are short.
    pub(super) const fn spare(self) -> Option<FileId> {
        match self {
            Self::PrivateKeys => Some(0x4E42),
            Self::PublicKeys => Some(0x4E41),
            Self::Certificates => None,
        }
    }

    /// Where OpenSC makes it.
    pub(super) const fn path(self) -> [FileId; 2] {
        let file = match self {
            Self::PrivateKeys => 0x6002,
            Self::PublicKeys => 0x6001,
            Self::Certificates => 0x6004,
        };
        [APPLICATION, file]
    }

    /// Its tag in the object directory file.
    pub(super) const fn tag(self) -> u8 {
        match self {
            Self::PrivateKeys => 0xA0,
            Self::PublicKeys => 0xA1,
            Self::Certificates => 0xA4,
        }
    }

    /// For messages.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::PrivateKeys => "the directory of private keys",
            Self::PublicKeys => "the directory of public keys",
            Self::Certificates => "the directory of certificates",
        }
    }
}

/// What the token calls a curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Curve {
    /// Second property octet of a key file.
    pub(super) property: u8,
    /// Number in PKCS#15 entries.
    pub(super) number: u8,
    /// Octets of a private key and of one coordinate: 32 or 64.
    pub(super) size: u8,
}

impl Curve {
    /// First property octet of a private key's file.
    pub(super) const fn private_kind(self) -> u8 {
        match self.size {
            64 => 0x43,
            _ => 0x03,
        }
    }

    /// First property octet of a public key's file.
    const fn public_kind(self) -> u8 {
        self.private_kind() + 0x10
    }
}

/// The token's names for the curve of a set; `None` for a test curve, which no pair is made on.
///
/// A pair serves GOST R 34.10-2001 and -2012 alike, so a set of either counts as the curve it names. OpenSC's driver
/// knows the first three curves. TC26-256-A and those of 512 bits are assumed, property octets, key file types and
/// numbers alike: no published program asks this token for them.
pub(super) const fn curve(set: ParameterSet) -> Option<Curve> {
    use ParameterSet as Set;
    let (property, number, size) = match set {
        Set::CryptoProA | Set::CryptoProXchA | Set::Tc26Gost256B => (0x20, 1, 32),
        Set::CryptoProB | Set::Tc26Gost256C => (0x30, 2, 32),
        Set::CryptoProC | Set::CryptoProXchB | Set::Tc26Gost256D => (0x40, 3, 32),
        Set::Tc26Gost256A => (0x50, 4, 32),
        Set::Tc26Gost512A => (0x20, 0x11, 64),
        Set::Tc26Gost512B => (0x30, 0x12, 64),
        Set::Tc26Gost512C => (0x40, 0x13, 64),
        Set::CryptoProTest | Set::Tc26Gost512Test => return None,
    };
    Some(Curve {
        property,
        number,
        size,
    })
}

/// The set that an entry's number stands for.
pub(super) const fn set_of_number(number: u8) -> Option<ParameterSet> {
    match number {
        1 => Some(ParameterSet::CryptoProA),
        2 => Some(ParameterSet::CryptoProB),
        3 => Some(ParameterSet::CryptoProC),
        4 => Some(ParameterSet::Tc26Gost256A),
        0x11 => Some(ParameterSet::Tc26Gost512A),
        0x12 => Some(ParameterSet::Tc26Gost512B),
        0x13 => Some(ParameterSet::Tc26Gost512C),
        _ => None,
    }
}

/// A template for CREATE FILE: an elementary file that all read and the user changes and deletes.
pub(super) fn user_file(fid: FileId, size: u16) -> Vec<u8> {
    template(
        size,
        0x01,
        fid,
        &[],
        &[0x43, 0x00, 0x02, 0x00, 0x00, 0x00, 0x00, 0x02],
    )
}

/// A template for CREATE FILE: the private half of a GOST pair.
pub(super) fn private_key_file(reference: u8, curve: Curve) -> Vec<u8> {
    let access = [0x46, 0x00, 0x02, 0x02, 0x00, 0x00, 0x00, 0x02];
    template(
        curve.size.into(),
        0x10,
        reference.into(),
        &key_property(curve.private_kind(), curve),
        &access,
    )
}

/// A template for CREATE FILE: the public half.
pub(super) fn public_key_file(reference: u8, curve: Curve) -> Vec<u8> {
    let access = [0x46, 0x00, 0x02, 0x00, 0x00, 0x00, 0x00, 0x02];
    template(
        2 * u16::from(curve.size),
        0x10,
        reference.into(),
        &key_property(curve.public_kind(), curve),
        &access,
    )
}

/// A template for CREATE FILE: a directory.
pub(super) fn directory_of(fid: FileId, size: u16, access: [u8; 8]) -> Vec<u8> {
    template(size, 0x38, fid, &[], &access)
}

/// What a new token is made of.
pub(super) mod made {
    use super::{FileId, der, directory_of, template};
    use crate::ports::token::PinRole;

    /// All read, the administrator changes and deletes.
    pub(in crate::adapters::apdu_token) const ADMINISTRATOR_WRITES: [u8; 8] =
        [0x43, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x01];
    /// All read and change, the administrator deletes.
    pub(in crate::adapters::apdu_token) const OBJECTS: [u8; 8] =
        [0x43, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01];
    /// All read and change, the user deletes.
    pub(in crate::adapters::apdu_token) const TOKEN_INFO: [u8; 8] =
        [0x43, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02];

    /// An elementary file.
    pub(in crate::adapters::apdu_token) fn file(
        fid: FileId,
        size: u16,
        access: [u8; 8],
    ) -> Vec<u8> {
        template(size, 0x01, fid, &[], &access)
    }

    /// A directory of the system's.
    pub(in crate::adapters::apdu_token) fn system(fid: FileId) -> Vec<u8> {
        directory_of(fid, 0, [0x43, 0x02, 0x02, 0x00, 0x00, 0x00, 0x00, 0xFF])
    }

    /// A PIN with ten tries; its first value needs no right.
    pub(in crate::adapters::apdu_token) fn pin(role: PinRole) -> Vec<u8> {
        let (number, shortest, access) = match role {
            PinRole::Administrator => (1, 0x08, [0x43, 0xFF, 0x01, 0, 0, 0, 0, 0xFF]),
            PinRole::User => (2, 0x04, [0x43, 0x01, 0x03, 0, 0, 0, 0, 0xFF]),
        };
        let property = der(0x85, &[&[0x01, shortest, 0x01, 0xAA, 0x00, 0x00]]);
        template(0x08, 0x10, number, &property, &access)
    }
}

/// Tag 85. AA in it is a counter whose effect is unknown; OpenSC writes it so.
fn key_property(kind: u8, curve: Curve) -> Vec<u8> {
    der(0x85, &[&[kind, curve.property, 0x00, 0xAA, 0x00, 0x00]])
}

fn template(size: u16, descriptor: u8, fid: FileId, property: &[u8], access: &[u8; 8]) -> Vec<u8> {
    let size = der(0x80, &[&size.to_be_bytes()]);
    let descriptor = der(0x82, &[&[descriptor, 0x00]]);
    let fid = der(0x83, &[&fid.to_be_bytes()]);
    der(
        0x6F,
        &[
            &size,
            &descriptor,
            &fid,
            property,
            &der(0x86, &[access, &[0; 7]]),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_those_of_opensc() {
        let curve = curve(ParameterSet::CryptoProA).expect("known");
        let private =
            "6f258002002082021000830200018506032000aa0000860f460002020000000200000000000000";
        assert_eq!(hex::encode(private_key_file(1, curve)), private);
        let public =
            "6f258002004082021000830200018506132000aa0000860f460002000000000200000000000000";
        assert_eq!(hex::encode(public_key_file(1, curve)), public);
        let certificate = "6f1d800203038202010083020300860f430002000000000200000000000000";
        assert_eq!(hex::encode(user_file(0x0300, 0x0303)), certificate);
    }

    #[test]
    fn a_set_and_its_other_names_are_one_curve() {
        let curves = |sets: &[ParameterSet]| {
            sets.iter()
                .map(|set| curve(*set).map(|curve| curve.property))
                .collect::<Vec<_>>()
        };
        use ParameterSet as Set;
        assert_eq!(
            curves(&[Set::CryptoProA, Set::CryptoProXchA, Set::Tc26Gost256B]),
            [Some(0x20); 3]
        );
        assert_eq!(
            curves(&[Set::CryptoProB, Set::Tc26Gost256C]),
            [Some(0x30); 2]
        );
        assert_eq!(
            curves(&[Set::CryptoProC, Set::CryptoProXchB, Set::Tc26Gost256D]),
            [Some(0x40); 3]
        );
        assert_eq!(
            curves(&[Set::CryptoProTest, Set::Tc26Gost512Test]),
            [None; 2]
        );
    }

    #[test]
    fn a_number_stands_for_a_set_that_has_it() {
        let numbers = (0..=u8::MAX).filter(|number| {
            let set = set_of_number(*number);
            set.is_some_and(|set| curve(set).is_some_and(|curve| curve.number == *number))
        });
        assert_eq!(numbers.collect::<Vec<_>>(), [1, 2, 3, 4, 0x11, 0x12, 0x13]);
    }
}
