//! MANAGE SECURITY ENVIRONMENT, PERFORM SECURITY OPERATION, GENERATE KEY PAIR: parameters.

use super::{Command, some_data};
use crate::apdu::CommandApdu;
use crate::reference::KeyRef;
use crate::status_word::StatusWord;
use crate::tlv;

/// Which key the operations that follow use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    /// Template B6: the key that signs.
    Signature(KeyRef),
    /// Template B8: the key that deciphers.
    Confidentiality(KeyRef),
}

/// `41 B6` or `41 B8` with `84 01 <key>`; tag 83 is taken for 84 (assumed), other tags are refused (assumed).
pub(super) fn manage_security_environment<'a>(
    apdu: &CommandApdu<'a>,
) -> Result<Command<'a>, StatusWord> {
    let environment: fn(KeyRef) -> Environment = match apdu.p1_p2() {
        0x41B6 => Environment::Signature,
        0x41B8 => Environment::Confidentiality,
        _ => return Err(StatusWord::WRONG_P1_P2),
    };
    let key = match tlv::ber_elements(some_data(apdu)?)?[..] {
        [(0x83 | 0x84, &[number])] => key_ref(number)?,
        _ => return Err(StatusWord::WRONG_DATA),
    };
    Ok(Command::ManageSecurityEnvironment(environment(key)))
}

pub(super) fn perform_security_operation<'a>(
    apdu: &CommandApdu<'a>,
) -> Result<Command<'a>, StatusWord> {
    match apdu.p1_p2() {
        0x9E9A => Ok(Command::ComputeSignature(some_data(apdu)?)),
        0x8086 => Ok(Command::Decipher(some_data(apdu)?)),
        _ => Err(StatusWord::WRONG_P1_P2),
    }
}

/// Newer hosts add `A6 06 94 04 <public exponent>` for RSA; 65537 is the only one there is.
pub(super) fn generate_key_pair<'a>(apdu: &CommandApdu<'a>) -> Result<Command<'a>, StatusWord> {
    if apdu.p1 != 0x80 {
        return Err(StatusWord::WRONG_P1_P2);
    }
    match apdu.data {
        [] | [0xA6, 0x06, 0x94, 0x04, 0x01, 0x00, 0x01, 0x00] => {}
        _ => return Err(StatusWord::WRONG_DATA),
    }
    Ok(Command::GenerateKeyPair(key_ref(apdu.p2)?))
}

fn key_ref(number: u8) -> Result<KeyRef, StatusWord> {
    KeyRef::new(number).ok_or(StatusWord::REFERENCE_NOT_FOUND)
}
