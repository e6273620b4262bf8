//! How long the hardware would take: a profile turns work into delays. Waiting is the shell's business.

use core::time::Duration;

use serde::Deserialize;

use crate::command::Command;
use crate::fidelity::{Evidence, Row, Subject};
use crate::rsf::KeyKind;

/// How long each kind of work takes, in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Profile {
    /// Form of the file; 1.
    format: u32,
    /// Each byte that crosses the interface.
    pub byte_us: u32,
    /// See [`Operation::Look`].
    pub look_us: u32,
    /// See [`Operation::Write`].
    pub write_us: u32,
    /// See [`Operation::Verify`].
    pub verify_us: u32,
    /// See [`Operation::Random`].
    pub random_us: u32,
    /// See [`Operation::Hash`].
    pub hash_us: u32,
    /// See [`Operation::SignGost256`].
    #[serde(rename = "sign-gost-256-us")]
    pub sign_gost_256_us: u32,
    /// See [`Operation::SignGost512`].
    #[serde(rename = "sign-gost-512-us")]
    pub sign_gost_512_us: u32,
    /// See [`Operation::Rsa`].
    pub rsa_us: u32,
    /// See [`Operation::GenerateGost256`].
    #[serde(rename = "generate-gost-256-us")]
    pub generate_gost_256_us: u32,
    /// See [`Operation::GenerateGost512`].
    #[serde(rename = "generate-gost-512-us")]
    pub generate_gost_512_us: u32,
    /// See [`Operation::GenerateRsa`].
    pub generate_rsa_us: u32,
}

/// Why a profile cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// Not the text of a profile.
    #[error(transparent)]
    Syntax(#[from] toml::de::Error),
    /// Written by a later release.
    #[error("timing format {0} is not known here, 1 is")]
    Format(u32),
}

impl Profile {
    /// Nothing takes any time.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// The shipped figures for the device; they are assumed.
    #[must_use]
    pub fn hardware() -> Self {
        Self::from_toml(include_str!("../timing/hardware.toml"))
            .expect("a test reads the shipped profile")
    }

    /// Reads a profile.
    ///
    /// # Errors
    /// When the text is not a profile of a form known here.
    pub fn from_toml(text: &str) -> Result<Self, ProfileError> {
        let profile: Self = toml::from_str(text)?;
        if profile.format == 1 {
            Ok(profile)
        } else {
            Err(ProfileError::Format(profile.format))
        }
    }

    /// How long a command takes on the device.
    #[must_use]
    pub fn delay(&self, work: Work) -> Duration {
        let bytes = u64::try_from(work.bytes).unwrap_or(u64::MAX);
        let interface_us = u64::from(self.byte_us).saturating_mul(bytes);
        Duration::from_micros(interface_us.saturating_add(self.operation_us(work.operation).into()))
    }

    const fn operation_us(&self, operation: Operation) -> u32 {
        match operation {
            Operation::Look => self.look_us,
            Operation::Write => self.write_us,
            Operation::Verify => self.verify_us,
            Operation::Random => self.random_us,
            Operation::Hash => self.hash_us,
            Operation::SignGost256 => self.sign_gost_256_us,
            Operation::SignGost512 => self.sign_gost_512_us,
            Operation::Rsa => self.rsa_us,
            Operation::GenerateGost256 => self.generate_gost_256_us,
            Operation::GenerateGost512 => self.generate_gost_512_us,
            Operation::GenerateRsa => self.generate_rsa_us,
        }
    }
}

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
    /// A command that only looks, or was refused before it wrote anything.
    #[default]
    Look,
    /// Writing to a file, creating or deleting one, setting a value, erasing.
    Write,
    /// Checking a PIN, which writes its counter.
    Verify,
    /// Random bytes.
    Random,
    /// A digest; what it takes per byte is in the bytes.
    Hash,
    /// A signature, or a key agreement, with a 256-bit GOST key.
    SignGost256,
    /// The same with a 512-bit GOST key.
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
            Command::Hash(_) => Self::Hash,
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

/// What this rests on.
pub(crate) const FIDELITY: &[Row] = {
    use Evidence::*;
    const TIMING: Subject = Subject(None, "timing");
    &[TIMING.row(
        "the shipped profile of the hardware: no measured figures are published",
        Assumed,
    )]
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_profile_charges_for_the_operation_and_each_byte() {
        let work = Work {
            operation: Operation::SignGost256,
            bytes: 100,
        };
        assert_eq!(
            Profile::hardware().delay(work),
            Duration::from_micros(120_000 + 100 * 20)
        );
        assert_eq!(Profile::none().delay(work), Duration::ZERO);
    }

    #[test]
    fn a_profile_with_a_misspelt_or_missing_figure_is_refused() {
        let good = include_str!("../timing/hardware.toml");
        assert!(Profile::from_toml(&good.replace("rsa-us", "rsb-us")).is_err());
        assert!(Profile::from_toml(&good.replace("format = 1", "format = 2")).is_err());
    }
}
