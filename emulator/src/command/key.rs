//! MANAGE SECURITY ENVIRONMENT, PERFORM SECURITY OPERATION, GENERATE KEY PAIR: parameters.

use gost3410::Algorithm;

use super::{Command, some_data};
use crate::apdu::CommandApdu;
use crate::reference::KeyRef;
use crate::status_word::StatusWord;
use crate::tlv;

/// What the operations that follow use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Environment {
    /// Template B6: the key that signs.
    Signature(KeyRef),
    /// Template B8: the key that deciphers or agrees.
    Confidentiality(Confidentiality),
    /// Template AA: the hash (assumed).
    Hash(Algorithm),
}

/// What DECIPHER is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Confidentiality {
    /// Decipher with this key.
    Decipher(KeyRef),
    /// Usage 40: make a shared key out of this key and the other side's public one.
    Agree {
        /// One's own key.
        key: KeyRef,
        /// User keying material, little-endian; 1 when none was given (assumed).
        ukm: Vec<u8>,
        /// Whose hash makes the shared key; by the key's size when none was named (assumed).
        hash: Option<Algorithm>,
    },
}

/// `41 B6` or `41 B8` with `84 01 <key>`; tag 83 is taken for 84 (assumed), other tags are refused (assumed).
///
/// Key agreement: B8 with `95 01 40`, and `80 01 <hash>` and `87 <UKM>` where wanted, as one program does it on a
/// newer model. Hashing: AA with `80 01 <hash>`, ISO/IEC 7816-4's template. Both are assumed for this token.
pub(super) fn manage_security_environment<'a>(
    apdu: &CommandApdu<'a>,
) -> Result<Command<'a>, StatusWord> {
    if !matches!(apdu.p1_p2(), 0x41B6 | 0x41B8 | 0x41AA) {
        return Err(StatusWord::WRONG_P1_P2);
    }
    let template = RawTemplate::read(some_data(apdu)?)?;
    let environment = template.check(apdu.p2).ok_or(StatusWord::WRONG_DATA)?;
    Ok(Command::ManageSecurityEnvironment(environment))
}

#[derive(Default)]
struct RawTemplate<'a> {
    key: Option<KeyRef>,
    hash: Option<Algorithm>,
    ukm: Option<&'a [u8]>,
    agrees: bool,
}

impl<'a> RawTemplate<'a> {
    /// Errors: `6A88` a key that cannot be, `6A80` anything else not known here.
    fn read(data: &'a [u8]) -> Result<Self, StatusWord> {
        let mut raw = Self::default();
        for element in tlv::ber_elements(data)? {
            match element {
                (0x83 | 0x84, &[number]) if raw.key.is_none() => raw.key = Some(key_ref(number)?),
                (0x80, &[number]) if raw.hash.is_none() => raw.hash = Some(algorithm(number)?),
                (0x87, ukm) if raw.ukm.is_none() => raw.ukm = Some(ukm),
                (0x95, [0x40]) => raw.agrees = true,
                _ => return Err(StatusWord::WRONG_DATA),
            }
        }
        Ok(raw)
    }

    /// What the template of this tag says; `None` when something is missing or too much.
    fn check(self, tag: u8) -> Option<Environment> {
        let purpose = match (tag, self.key, self.agrees, self.hash, self.ukm) {
            (0xAA, None, false, Some(hash), None) => return Some(Environment::Hash(hash)),
            (0xB6, Some(key), false, None, None) => return Some(Environment::Signature(key)),
            (0xB8, Some(key), false, None, None) => Confidentiality::Decipher(key),
            (0xB8, Some(key), true, hash, ukm) => Confidentiality::Agree {
                key,
                ukm: ukm.unwrap_or(&[1]).to_vec(),
                hash,
            },
            _ => return None,
        };
        Some(Environment::Confidentiality(purpose))
    }
}

/// Numbers of the hashes in tag 80 (assumed): 01 GOST R 34.11-94, 02 and 03 GOST R 34.11-2012 of 256 and 512 bits.
fn algorithm(number: u8) -> Result<Algorithm, StatusWord> {
    match number {
        1 => Ok(Algorithm::Gost2001),
        2 => Ok(Algorithm::Gost2012_256),
        3 => Ok(Algorithm::Gost2012_512),
        _ => Err(StatusWord::WRONG_DATA),
    }
}

/// `9E 9A` signs, `80 86` deciphers; `90 80` hashes, as ISO/IEC 7816-8 has it (assumed).
pub(super) fn perform_security_operation<'a>(
    apdu: &CommandApdu<'a>,
) -> Result<Command<'a>, StatusWord> {
    match apdu.p1_p2() {
        0x9E9A => Ok(Command::ComputeSignature(some_data(apdu)?)),
        0x8086 => Ok(Command::Decipher(some_data(apdu)?)),
        0x9080 => Ok(Command::Hash(apdu.data)),
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
