//! VERIFY, CHANGE REFERENCE DATA, RESET RETRY COUNTER: parameters.

use zeroize::Zeroizing;

use super::{Command, no_data, some_data};
use crate::apdu::CommandApdu;
use crate::reference::PinRef;
use crate::status_word::StatusWord;
use crate::tlv;

/// Whose value CHANGE REFERENCE DATA sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReferenceTarget {
    /// P2 = 01 or 02.
    Pin(PinRef),
    /// P2 = 00: the key file that is selected.
    CurrentKey,
}

pub(super) fn verify<'a>(apdu: &CommandApdu<'a>) -> Result<Command<'a>, StatusWord> {
    first_parameter(apdu, 0x00)?;
    let pin = (!apdu.data.is_empty()).then_some(apdu.data);
    Ok(Command::Verify {
        pin_ref: pin_ref(apdu.p2)?,
        pin,
    })
}

pub(super) fn change_reference_data<'a>(apdu: &CommandApdu<'a>) -> Result<Command<'a>, StatusWord> {
    first_parameter(apdu, 0x01)?;
    let target = match apdu.p2 {
        0x00 => ReferenceTarget::CurrentKey,
        p2 => ReferenceTarget::Pin(pin_ref(p2)?),
    };
    Ok(Command::ChangeReferenceData {
        target,
        value: reference_data(some_data(apdu)?)?,
    })
}

pub(super) fn reset_retry_counter<'a>(apdu: &CommandApdu<'a>) -> Result<Command<'a>, StatusWord> {
    first_parameter(apdu, 0x03)?;
    no_data(apdu)?;
    Ok(Command::ResetRetryCounter(pin_ref(apdu.p2)?))
}

/// `80 02 <length>`, then `A5` pieces of the value that add up to that length.
fn reference_data(data: &[u8]) -> Result<Zeroizing<Vec<u8>>, StatusWord> {
    let elements = tlv::token_elements(data)?;
    let [(0x80, [high, low]), pieces @ ..] = &elements[..] else {
        return Err(StatusWord::WRONG_DATA);
    };
    let mut value = Zeroizing::new(Vec::with_capacity(data.len()));
    for &(tag, piece) in pieces {
        match tag {
            0xA5 => value.extend_from_slice(piece),
            _ => return Err(StatusWord::WRONG_DATA),
        }
    }
    if value.len() == usize::from(u16::from_be_bytes([*high, *low])) {
        Ok(value)
    } else {
        Err(StatusWord::WRONG_DATA)
    }
}

fn first_parameter(apdu: &CommandApdu<'_>, p1: u8) -> Result<(), StatusWord> {
    if apdu.p1 == p1 {
        Ok(())
    } else {
        Err(StatusWord::WRONG_P1_P2)
    }
}

fn pin_ref(p2: u8) -> Result<PinRef, StatusWord> {
    PinRef::from_number(p2.into()).ok_or(StatusWord::REFERENCE_NOT_FOUND)
}
