//! How things on the card are named on the wire: file identifiers, PIN references, key references.

use core::fmt;

/// A file identifier, two bytes, unique within one directory only.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u16);

impl FileId {
    /// The master file.
    pub const MF: Self = Self(0x3F00);
    /// EF.DIR, which names the applications.
    pub const DIR: Self = Self(0x2F00);
    /// System directory, and the key directory inside it (same number).
    pub const SYSTEM: Self = Self(0x1000);
    /// The PKCS#15 application.
    pub const PKCS15: Self = Self(0x5000);
    /// Inside [`Self::PKCS15`]: where the other directories are.
    pub const ODF: Self = Self(0x5031);
    /// Inside [`Self::PKCS15`]: label, serial number, last change.
    pub const TOKEN_INFO: Self = Self(0x5032);
    /// Inside [`Self::PKCS15`]: the initialising program's own note.
    pub const INIT_INFO: Self = Self(0x4946);
    /// Public keys: key values below the system directory, their PKCS#15 directory in the application.
    pub const PUBLIC_KEYS: Self = Self(0x6001);
    /// Private keys, likewise.
    pub const PRIVATE_KEYS: Self = Self(0x6002);
    /// Inside [`Self::PKCS15`]: the directory of certificates.
    pub const CERTIFICATES: Self = Self(0x6004);
    /// Inside [`Self::PKCS15`]: the directory of PINs.
    pub const PINS: Self = Self(0x6005);

    /// The two bytes, most significant first.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 2] {
        self.0.to_be_bytes()
    }

    /// From two bytes, most significant first.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 2]) -> Self {
        Self(u16::from_be_bytes(bytes))
    }
}

impl fmt::Display for FileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04X}", self.0)
    }
}

impl fmt::Debug for FileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// The two global PINs. Local PINs (references 03 to 1E) are not emulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PinRef {
    /// The administrator, "SO" in PKCS#11.
    So,
    /// The user.
    User,
}

impl PinRef {
    /// Both, in the order of their references.
    pub const ALL: [Self; 2] = [Self::So, Self::User];

    /// From P2 or a file identifier: 01 the administrator, 02 the user.
    #[must_use]
    pub const fn from_number(number: u16) -> Option<Self> {
        match number {
            1 => Some(Self::So),
            2 => Some(Self::User),
            _ => None,
        }
    }

    /// 1 or 2; also the bit that stands for this PIN in an access condition.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::So => 1,
            Self::User => 2,
        }
    }

    /// The word for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::So => "administrator",
            Self::User => "user",
        }
    }
}

/// A key reference, 01 to FF: the low byte of the file identifier that both halves of a pair share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyRef(core::num::NonZeroU8);

impl KeyRef {
    /// From a byte; zero names no key.
    #[must_use]
    pub const fn new(number: u8) -> Option<Self> {
        match core::num::NonZeroU8::new(number) {
            Some(number) => Some(Self(number)),
            None => None,
        }
    }

    /// From a file identifier 0001 to 00FF.
    #[must_use]
    pub fn from_file_id(fid: FileId) -> Option<Self> {
        u8::try_from(fid.0).ok().and_then(Self::new)
    }

    /// The byte.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0.get()
    }

    /// The identifier of the files that hold the halves of this pair.
    #[must_use]
    pub const fn file_id(self) -> FileId {
        FileId(self.0.get() as u16)
    }
}
