//! The table of commands: from checked lengths to checked meaning.
//!
//! After decoding no class, parameter or data byte is left raw. What the standard or the token's dialect
//! forbids is refused here; what this token's state forbids is refused in `card`. May not know the image.

mod file;
mod key;
mod pin;

use zeroize::Zeroizing;

pub use self::file::{Select, SelectTarget, Template, TemplateKind};
pub use self::key::{Confidentiality, Environment};
pub use self::pin::ReferenceTarget;
use crate::apdu::CommandApdu;
use crate::reference::{FileId, KeyRef, PinRef};
use crate::status_word::StatusWord;

/// A command whose class, parameters and data have all been checked.
#[derive(Clone, PartialEq, Eq)]
pub enum Command<'a> {
    /// `00 A4`: makes a file current and tells about it.
    Select(Select),
    /// `00 B0`: reads at most `max` bytes of the current file.
    ReadBinary {
        /// First byte.
        offset: usize,
        /// Le; `None` reads nothing.
        max: Option<usize>,
    },
    /// `00 D6`: overwrites bytes of the current file.
    UpdateBinary {
        /// First byte.
        offset: usize,
        /// What to write there.
        data: &'a [u8],
    },
    /// `00 E0`: makes a file, directory, PIN or key.
    CreateFile(Template),
    /// `00 E4`: deletes a file, directory or key.
    DeleteFile(FileId),
    /// `00 20`: checks a PIN; without one only tells the tries left.
    Verify {
        /// Whose PIN.
        pin_ref: PinRef,
        /// The PIN itself, unpadded.
        pin: Option<&'a [u8]>,
    },
    /// `00 24`: sets a PIN, or imports a key into the current key file.
    ChangeReferenceData {
        /// Which value.
        target: ReferenceTarget,
        /// The new value.
        value: Zeroizing<Vec<u8>>,
    },
    /// `00 2C`: gives a PIN all its tries back.
    ResetRetryCounter(PinRef),
    /// `00 22`: chooses the key for the operations that follow.
    ManageSecurityEnvironment(Environment),
    /// `00 2A 9E 9A`: signs a digest, or raises a number to the private exponent.
    ComputeSignature(&'a [u8]),
    /// `00 2A 80 86`: deciphers a number, or agrees on a key with the other side's public one.
    Decipher(&'a [u8]),
    /// `00 2A 90 80`: hashes a message.
    Hash(&'a [u8]),
    /// `00 46 80`: makes a key pair in key files created before.
    GenerateKeyPair(KeyRef),
    /// `00 CA 01 81`: tells the serial number.
    SerialNumber,
    /// `00 84`: gives this many random bytes.
    GetChallenge(usize),
    /// `00 C0`: fetches the rest of an answer, at most this many bytes.
    GetResponse(usize),
    /// `80 40`: drops all rights.
    Logout,
    /// `80 8A`: erases everything and begins the initialisation phase.
    Initialise,
    /// `80 84 4E 19`: ends the initialisation phase.
    EndInitialisation,
}

/// Reads a command.
///
/// # Errors
/// `6E00`, `6D00` for unknown classes and instructions; `6A86`, `6A80`, `6700` for parameters and data that the
/// instruction does not take; `6A88` where a parameter names a PIN or key that cannot exist.
/// Source: OpenSC card-rtecp.c and iso7816.c at 0.23.0. Evidence: driver.
pub fn decode<'a>(apdu: &CommandApdu<'a>) -> Result<Command<'a>, StatusWord> {
    match (apdu.cla, apdu.ins) {
        (0x00, 0xA4) => file::select(apdu),
        (0x00, 0xB0) => file::read_binary(apdu),
        (0x00, 0xD6) => file::update_binary(apdu),
        (0x00, 0xE0) => file::create_file(apdu),
        (0x00, 0xE4) => file::delete_file(apdu),
        (0x00, 0x20) => pin::verify(apdu),
        (0x00, 0x24) => pin::change_reference_data(apdu),
        (0x00, 0x2C) => pin::reset_retry_counter(apdu),
        (0x00, 0x22) => key::manage_security_environment(apdu),
        (0x00, 0x2A) => key::perform_security_operation(apdu),
        (0x00, 0x46) => key::generate_key_pair(apdu),
        (0x00, 0xCA) => get_data(apdu),
        (0x00, 0x84) => get_challenge(apdu),
        (0x00, 0xC0) => get_response(apdu),
        (0x80, 0x40) => bare(apdu, 0x0000, Command::Logout),
        (0x80, 0x8A) => bare(apdu, 0x0000, Command::Initialise),
        (0x80, 0x84) => bare(apdu, 0x4E19, Command::EndInitialisation),
        (0x00 | 0x80, _) => Err(StatusWord::INS_NOT_SUPPORTED),
        _ => Err(StatusWord::CLA_NOT_SUPPORTED),
    }
}

/// `00 CA 01 81`. Other objects are not established; they answer `6A88` (assumed).
fn get_data<'a>(apdu: &CommandApdu<'a>) -> Result<Command<'a>, StatusWord> {
    no_data(apdu)?;
    match apdu.p1_p2() {
        0x0181 => Ok(Command::SerialNumber),
        _ => Err(StatusWord::REFERENCE_NOT_FOUND),
    }
}

fn get_challenge<'a>(apdu: &CommandApdu<'a>) -> Result<Command<'a>, StatusWord> {
    parameters(apdu, 0x0000)?;
    no_data(apdu)?;
    apdu.le
        .map(Command::GetChallenge)
        .ok_or(StatusWord::WRONG_LENGTH)
}

fn get_response<'a>(apdu: &CommandApdu<'a>) -> Result<Command<'a>, StatusWord> {
    parameters(apdu, 0x0000)?;
    no_data(apdu)?;
    apdu.le
        .map(Command::GetResponse)
        .ok_or(StatusWord::WRONG_LENGTH)
}

/// A command that is all header.
fn bare<'a>(
    apdu: &CommandApdu<'a>,
    p1_p2: u16,
    command: Command<'a>,
) -> Result<Command<'a>, StatusWord> {
    parameters(apdu, p1_p2)?;
    no_data(apdu)?;
    Ok(command)
}

fn parameters(apdu: &CommandApdu<'_>, p1_p2: u16) -> Result<(), StatusWord> {
    if apdu.p1_p2() == p1_p2 {
        Ok(())
    } else {
        Err(StatusWord::WRONG_P1_P2)
    }
}

fn no_data(apdu: &CommandApdu<'_>) -> Result<(), StatusWord> {
    if apdu.data.is_empty() {
        Ok(())
    } else {
        Err(StatusWord::WRONG_LENGTH)
    }
}

/// The data field, which must be there.
fn some_data<'a>(apdu: &CommandApdu<'a>) -> Result<&'a [u8], StatusWord> {
    if apdu.data.is_empty() {
        Err(StatusWord::WRONG_LENGTH)
    } else {
        Ok(apdu.data)
    }
}

/// A data field that is one file identifier.
fn file_id(data: &[u8]) -> Result<FileId, StatusWord> {
    data.try_into()
        .map(FileId::from_bytes)
        .map_err(|_| StatusWord::WRONG_LENGTH)
}
