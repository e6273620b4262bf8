//! How long the hardware would take: a profile turns work into delays. Waiting is the shell's business.

use crate::command::Command;
use crate::rsf::KeyKind;

/// What one command cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Work {
    /// The kind of work.
    pub operation: Operation,
    /// Bytes that crossed the interface, both ways.
    pub bytes: usize,
}

/// Kinds of work that differ in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Operation {
    /// A command that was refused unread, or one that only looks.
    #[default]
    Look,
    /// Writing to a file, creating or deleting one, setting a value, erasing.
    Write,
    /// Checking a PIN, which writes its counter.
    Verify,
    /// Random bytes.
    Random,
    /// A signature with a 256-bit GOST key.
    SignGost256,
    /// A signature with a 512-bit GOST key.
    SignGost512,
    /// An RSA signature or decipherment.
    Rsa,
    /// A 256-bit GOST key pair.
    GenerateGost256,
    /// A 512-bit GOST key pair.
    GenerateGost512,
    /// An RSA key pair.
    GenerateRsa,
}

impl Operation {
    /// What a command asks for, given the kind of the key it names.
    pub(crate) fn of(command: &Command<'_>, key: Option<KeyKind>) -> Self {
        match command {
            Command::Select(_)
            | Command::ReadBinary { .. }
            | Command::Verify { pin: None, .. }
            | Command::ManageSecurityEnvironment(_)
            | Command::SerialNumber
            | Command::GetResponse(_)
            | Command::Logout => Self::Look,
            Command::UpdateBinary { .. }
            | Command::CreateFile(_)
            | Command::DeleteFile(_)
            | Command::ChangeReferenceData { .. }
            | Command::ResetRetryCounter(_)
            | Command::Initialise
            | Command::EndInitialisation => Self::Write,
            Command::Verify { pin: Some(_), .. } => Self::Verify,
            Command::GetChallenge(_) => Self::Random,
            Command::ComputeSignature(_) | Command::Decipher(_) => Self::with_key(key),
            Command::GenerateKeyPair(_) => Self::generating(key),
        }
    }

    fn with_key(key: Option<KeyKind>) -> Self {
        match key {
            Some(KeyKind::Gost(set)) if set.size() == 32 => Self::SignGost256,
            Some(KeyKind::Gost(_)) => Self::SignGost512,
            Some(KeyKind::Rsa { .. }) => Self::Rsa,
            None => Self::Look,
        }
    }

    fn generating(key: Option<KeyKind>) -> Self {
        match key {
            Some(KeyKind::Gost(set)) if set.size() == 32 => Self::GenerateGost256,
            Some(KeyKind::Gost(_)) => Self::GenerateGost512,
            Some(KeyKind::Rsa { .. }) => Self::GenerateRsa,
            None => Self::Look,
        }
    }
}
