//! Access rules: the fifteen bytes of tag 86.

use crate::fidelity::{Evidence, Row, Subject};

/// What may be done with a file, and by whom, as stored and shown: byte 0 says which operations have a
/// condition, byte 1+i is the condition for operation i, bytes 8 to 14 are zero.
///
/// Source: OpenSC card-rtecp.c, `set_acl_from_sec_attr`. Evidence: driver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccessRules(pub [u8; 15]);

/// The operations that a rule may name, by bit number. What a number means depends on the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Create a file or directory in a directory.
    Create,
    /// Create a PIN or key file in a directory.
    CreateRsf,
    /// Read a file.
    Read,
    /// Change a file; import or generate a key; change a PIN.
    Update,
    /// Sign or decipher with a key.
    Use,
    /// Give a PIN its tries back.
    Unblock,
    /// Delete the file itself.
    Delete,
}

/// Who may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Anybody.
    Always,
    /// Nobody. Also a cleared mode bit (assumed).
    Never,
    /// Whoever gave one of the PINs whose bits are set: 01 administrator, 02 user.
    AnyOf(u8),
}

impl AccessRules {
    /// From the bytes that matter: the bitmap and seven conditions.
    #[must_use]
    pub const fn of(head: [u8; 8]) -> Self {
        let [mode, c0, c1, c2, c3, c4, c5, c6] = head;
        Self([mode, c0, c1, c2, c3, c4, c5, c6, 0, 0, 0, 0, 0, 0, 0])
    }

    /// The condition for an operation.
    #[must_use]
    pub const fn condition(&self, operation: Operation) -> Condition {
        let bit = operation.bit();
        if self.0[0] >> bit & 1 == 0 {
            return Condition::Never;
        }
        match self.0[1 + bit] {
            0x00 => Condition::Always,
            0xFF => Condition::Never,
            pins => Condition::AnyOf(pins),
        }
    }
}

impl Operation {
    const fn bit(self) -> usize {
        match self {
            Self::Create | Self::Read | Self::Unblock => 0,
            Self::CreateRsf | Self::Update => 1,
            Self::Use => 2,
            Self::Delete => 6,
        }
    }
}

/// The rules that OpenSC's profile `rutoken_ecp` gives to the files it creates.
///
/// Source: the bytes of `pkcs15-init` 0.23.0, recorded. Evidence: driver.
impl AccessRules {
    /// Master file: the user creates, the administrator puts data, nobody deletes.
    pub const MF: Self = Self::of([0x47, 0x02, 0x02, 0x01, 0x00, 0x00, 0x00, 0xFF]);
    /// System directories.
    pub const SYSTEM_DF: Self = Self::of([0x43, 0x02, 0x02, 0x00, 0x00, 0x00, 0x00, 0xFF]);
    /// EF.DIR, the directory of PINs, the initialising program's note.
    pub const SO_WRITES: Self = Self::of([0x43, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x01]);
    /// The PKCS#15 application directory.
    pub const PKCS15_DF: Self = Self::of([0x43, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02]);
    /// The object directory file.
    pub const ODF: Self = Self::of([0x43, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01]);
    /// The token information file.
    pub const TOKEN_INFO: Self = Self::PKCS15_DF;
    /// Directories of keys and certificates, and the certificates and public keys themselves.
    pub const USER_WRITES: Self = Self::of([0x43, 0x00, 0x02, 0x00, 0x00, 0x00, 0x00, 0x02]);
    /// The administrator's PIN.
    pub const SO_PIN: Self = Self::of([0x43, 0xFF, 0x01, 0x00, 0x00, 0x00, 0x00, 0xFF]);
    /// The user's PIN.
    pub const USER_PIN: Self = Self::of([0x43, 0x01, 0x03, 0x00, 0x00, 0x00, 0x00, 0xFF]);
    /// A private key.
    pub const PRIVATE_KEY: Self = Self::of([0x46, 0x00, 0x02, 0x02, 0x00, 0x00, 0x00, 0x02]);
    /// A public key.
    pub const PUBLIC_KEY: Self = Self::of([0x46, 0x00, 0x02, 0x00, 0x00, 0x00, 0x00, 0x02]);
}

/// What this rests on.
pub(crate) const FIDELITY: &[Row] = {
    use Evidence::*;
    const RULES: Subject = Subject(None, "access rules");
    &[
        RULES.row("byte 0 says which operations have a condition, bytes 1 to 7 are the conditions; 00 always, FF never, 01 administrator, 02 user", Driver),
        RULES.row("any one of the PINs whose bits are set suffices", Assumed),
        RULES.row("an operation without a condition is never allowed", Assumed),
        RULES.row("the files of a new image have the rules that pkcs15-init writes", Recording),
        RULES.row("the administrator too may change and delete certificates on an image marked so", Assumed),
    ]
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_operation_reads_its_own_byte_and_a_cleared_bit_is_never() {
        let rules = AccessRules::PRIVATE_KEY;
        assert_eq!(rules.condition(Operation::Read), Condition::Never);
        assert_eq!(rules.condition(Operation::Use), Condition::AnyOf(2));
        assert_eq!(rules.condition(Operation::Delete), Condition::AnyOf(2));
        assert_eq!(
            AccessRules::USER_PIN.condition(Operation::Update),
            Condition::AnyOf(3)
        );
        assert_eq!(
            AccessRules::SO_PIN.condition(Operation::Unblock),
            Condition::Never
        );
        assert_eq!(
            AccessRules::PKCS15_DF.condition(Operation::Create),
            Condition::Always
        );
    }
}
