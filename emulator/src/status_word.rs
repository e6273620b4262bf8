//! Status words: the two bytes that end every answer. Knows nothing of commands or files.

use core::fmt;

/// SW1 SW2 as one number.
///
/// Source: ISO/IEC 7816-4 §5.6; the choice of word per cause follows OpenSC's reading of the token
/// (`iso7816.c`, `card-rtecp.c`) where that is known and is assumed elsewhere.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StatusWord(pub u16);

impl StatusWord {
    /// Done.
    pub const SUCCESS: Self = Self(0x9000);
    /// The file ended before as many bytes as asked were read; the data given are good.
    pub const END_OF_FILE: Self = Self(0x6282);
    /// Wrong PIN; the tries left are asked for with an empty VERIFY.
    pub const WRONG_PIN: Self = Self(0x6300);
    /// The memory could not be written; the card goes on with it as it was.
    pub const MEMORY_FAILURE: Self = Self(0x6581);
    /// A length field, or the length of the data, does not fit the command.
    pub const WRONG_LENGTH: Self = Self(0x6700);
    /// This command cannot be sent in a chain.
    pub const CHAINING_NOT_SUPPORTED: Self = Self(0x6884);
    /// The current file is of another kind than the command works on.
    pub const WRONG_FILE_TYPE: Self = Self(0x6981);
    /// The access rule of the file is not satisfied: log in first.
    pub const SECURITY_STATUS: Self = Self(0x6982);
    /// No tries left for this PIN.
    pub const PIN_BLOCKED: Self = Self(0x6983);
    /// Not now: a preceding command is missing or the state forbids it.
    pub const CONDITIONS_OF_USE: Self = Self(0x6985);
    /// No elementary file is selected.
    pub const NO_CURRENT_EF: Self = Self(0x6986);
    /// The data field is not what the command expects.
    pub const WRONG_DATA: Self = Self(0x6A80);
    /// File not found, or the end of a listing.
    pub const FILE_NOT_FOUND: Self = Self(0x6A82);
    /// No room in the memory or in the file.
    pub const NOT_ENOUGH_MEMORY: Self = Self(0x6A84);
    /// P1 or P2 has a value the command does not know.
    pub const WRONG_P1_P2: Self = Self(0x6A86);
    /// The PIN or key that the command names is not there.
    pub const REFERENCE_NOT_FOUND: Self = Self(0x6A88);
    /// The directory holds that file identifier already.
    pub const FILE_EXISTS: Self = Self(0x6A89);
    /// The offset lies outside the file.
    pub const OFFSET_OUTSIDE_FILE: Self = Self(0x6B00);
    /// Unknown instruction.
    pub const INS_NOT_SUPPORTED: Self = Self(0x6D00);
    /// Unknown class.
    pub const CLA_NOT_SUPPORTED: Self = Self(0x6E00);

    /// `63Cx`: what an empty VERIFY answers while `left` tries (at most 15) remain.
    #[must_use]
    pub const fn tries_left(left: u8) -> Self {
        Self(0x63C0 | (left & 0x0F) as u16)
    }

    /// `61xx`: `waiting` bytes (1 to 256) can be fetched with GET RESPONSE. T=0 only.
    #[must_use]
    pub const fn more_data(waiting: usize) -> Self {
        Self(0x6100 | (waiting & 0xFF) as u16)
    }

    /// `6Cxx`: send the command again with this Le (1 to 256). T=0 only.
    #[must_use]
    pub const fn wrong_le(right: usize) -> Self {
        Self(0x6C00 | (right & 0xFF) as u16)
    }

    /// The two bytes as they are sent.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 2] {
        self.0.to_be_bytes()
    }

    /// What the word says, for people; words the token never sends are "unknown status".
    #[must_use]
    pub fn meaning(self) -> String {
        match self.0 {
            0x9000 => "ok".into(),
            0x6100..=0x61FF => format!("{} more bytes wait", full_256(self.0)),
            0x6282 => "end of file reached".into(),
            0x6300 => "wrong PIN".into(),
            0x63C0..=0x63CF => format!("{} tries left", self.0 & 0x0F),
            0x6581 => "memory failure".into(),
            0x6700 => "wrong length".into(),
            0x6884 => "chaining not supported".into(),
            0x6981 => "wrong kind of file".into(),
            0x6982 => "not allowed before login".into(),
            0x6983 => "PIN blocked".into(),
            0x6985 => "conditions of use not satisfied".into(),
            0x6986 => "no file selected".into(),
            0x6A80 => "wrong data".into(),
            0x6A82 => "file not found".into(),
            0x6A84 => "not enough memory".into(),
            0x6A86 => "wrong P1 P2".into(),
            0x6A88 => "PIN or key not found".into(),
            0x6A89 => "file exists already".into(),
            0x6B00 => "offset outside the file".into(),
            0x6C00..=0x6CFF => format!("wrong Le, {} is right", full_256(self.0)),
            0x6D00 => "unknown instruction".into(),
            0x6E00 => "unknown class".into(),
            _ => "unknown status".into(),
        }
    }
}

impl fmt::Display for StatusWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04X}", self.0)
    }
}

impl fmt::Debug for StatusWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StatusWord({self})")
    }
}

/// The low byte as a count of 1 to 256.
fn full_256(word: u16) -> u16 {
    match word & 0xFF {
        0 => 256,
        count => count,
    }
}
