//! Command and response APDUs: lengths only, no meaning.

use crate::status_word::StatusWord;

/// A short command APDU whose length fields have been checked.
///
/// Shape: `CLA INS P1 P2 [Lc data] [Le]`, cases 1 to 4 of ISO/IEC 7816-3 §12.1.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommandApdu<'a> {
    /// Class byte.
    pub cla: u8,
    /// Instruction byte.
    pub ins: u8,
    /// First parameter.
    pub p1: u8,
    /// Second parameter.
    pub p2: u8,
    /// The command's data; empty when the command carries none.
    pub data: &'a [u8],
    /// How many bytes of answer the host can take, 1 to 256; `None` in cases 1 and 3.
    pub le: Option<usize>,
}

impl<'a> CommandApdu<'a> {
    /// Takes the bytes apart.
    ///
    /// # Errors
    /// `6700` when the lengths disagree, and for extended APDUs, which the token does not take.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, StatusWord> {
        let (&[cla, ins, p1, p2], body) = bytes
            .split_first_chunk::<4>()
            .ok_or(StatusWord::WRONG_LENGTH)?;
        let (data, le) = split_body(body)?;
        Ok(Self {
            cla,
            ins,
            p1,
            p2,
            data,
            le,
        })
    }

    /// P1 P2 as one number.
    #[must_use]
    pub const fn p1_p2(&self) -> u16 {
        u16::from_be_bytes([self.p1, self.p2])
    }
}

/// Data and Le of what follows the four header bytes.
fn split_body(body: &[u8]) -> Result<(&[u8], Option<usize>), StatusWord> {
    match body {
        [] => Ok((&[], None)),
        [le] => Ok((&[], Some(expected_length(*le)))),
        [lc, rest @ ..] if *lc != 0 && rest.len() == usize::from(*lc) => Ok((rest, None)),
        [lc, data @ .., le] if *lc != 0 && data.len() == usize::from(*lc) => {
            Ok((data, Some(expected_length(*le))))
        }
        _ => Err(StatusWord::WRONG_LENGTH),
    }
}

/// Le as a count: 00 stands for 256.
fn expected_length(le: u8) -> usize {
    match le {
        0 => 256,
        some => usize::from(some),
    }
}

/// What the card answers: data, then the status word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// At most 256 bytes.
    pub data: Vec<u8>,
    /// How it went.
    pub status: StatusWord,
}

impl Response {
    /// Success with data.
    #[must_use]
    pub const fn data(data: Vec<u8>) -> Self {
        Self {
            data,
            status: StatusWord::SUCCESS,
        }
    }

    /// Success and nothing to say.
    #[must_use]
    pub const fn done() -> Self {
        Self::data(Vec::new())
    }

    /// The bytes as they are sent.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        let mut bytes = self.data;
        bytes.extend(self.status.to_bytes());
        bytes
    }
}

impl From<StatusWord> for Response {
    fn from(status: StatusWord) -> Self {
        Self {
            data: Vec::new(),
            status,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_case_is_told_by_its_length() {
        let le = |bytes: &[u8]| CommandApdu::parse(bytes).map(|apdu| (apdu.data.len(), apdu.le));
        assert_eq!(le(&[0, 1, 2, 3]), Ok((0, None)));
        assert_eq!(le(&[0, 1, 2, 3, 0]), Ok((0, Some(256))));
        assert_eq!(le(&[0, 1, 2, 3, 2, 9, 9]), Ok((2, None)));
        assert_eq!(le(&[0, 1, 2, 3, 2, 9, 9, 8]), Ok((2, Some(8))));
    }

    #[test]
    fn extended_and_torn_apdus_are_wrong_lengths() {
        for bytes in [
            &[][..],
            &[0, 1, 2],
            &[0, 1, 2, 3, 0, 0, 1, 9],
            &[0, 1, 2, 3, 5, 9],
            &[0, 1, 2, 3, 0, 0],
        ] {
            assert_eq!(
                CommandApdu::parse(bytes),
                Err(StatusWord::WRONG_LENGTH),
                "{bytes:?}"
            );
        }
    }
}
