//! A transport that tells every command and answer, PINs masked.

use crate::event::{Event, Events};
use crate::ports::token::{Transmit, TransmitError};

/// Wraps the way to a card so that the observer sees what passes.
#[derive(Debug)]
pub struct Observed<T> {
    inner: T,
    events: Events,
}

impl<T> Observed<T> {
    /// Wraps `inner`.
    #[must_use]
    pub const fn new(inner: T, events: Events) -> Self {
        Self { inner, events }
    }

    /// The transport inside.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.inner
    }
}

impl<T: Transmit> Transmit for Observed<T> {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransmitError> {
        let answer = self.inner.transmit(command);
        self.events.tell(&exchanged(command, &answer));
        answer
    }

    fn reset(&mut self) -> Result<(), TransmitError> {
        self.inner.reset()?;
        let meaning = "power down and up: ok".to_owned();
        self.events.tell(&Event::Apdu {
            command: "reset".to_owned(),
            response: String::new(),
            lost: None,
            meaning,
        });
        Ok(())
    }

    fn reader_name(&self) -> String {
        self.inner.reader_name()
    }

    fn begin(&mut self) -> Result<(), TransmitError> {
        self.inner.begin()
    }

    fn end(&mut self) {
        self.inner.end();
    }
}

/// A command and what came of it, as the timeline has it.
#[must_use]
pub fn exchanged(command: &[u8], answer: &Result<Vec<u8>, TransmitError>) -> Event {
    let (response, lost, came) = match answer {
        Ok(answer) => (hex::encode_upper(answer), None, answered(answer)),
        Err(error) => (String::new(), Some(lost(error)), error.to_string()),
    };
    Event::Apdu {
        command: masked(command),
        response,
        lost,
        meaning: format!("{}: {came}", asked(command)),
    }
}

/// One word for what a recording can play again.
fn lost(error: &TransmitError) -> String {
    match error {
        TransmitError::Removed => "removed".to_owned(),
        TransmitError::Reset => "reset".to_owned(),
        TransmitError::Lost(why) => why.clone(),
        other => other.to_string(),
    }
}

/// Hex; the data of every command that carries a PIN is replaced as a whole, so that not even its length shows.
#[must_use]
pub fn masked(command: &[u8]) -> String {
    let carries_pin = matches!(command.get(1), Some(0x20 | 0x24 | 0x2c)) && command.len() > 5;
    match command {
        [cla, ins, p1, p2, ..] if carries_pin => {
            format!(
                "{}{{pin:{}}}",
                hex::encode_upper([*cla, *ins, *p1, *p2]),
                owner(*p2)
            )
        }
        _ => hex::encode_upper(command),
    }
}

const fn owner(reference: u8) -> &'static str {
    match reference {
        1 => "administrator",
        _ => "user",
    }
}

/// The command's name by ISO/IEC 7816-4 and -8, and the token's own.
fn asked(command: &[u8]) -> String {
    let (cla, ins) = (
        command.first().copied().unwrap_or_default(),
        command.get(1).copied().unwrap_or_default(),
    );
    let (p1, p2) = (
        command.get(2).copied().unwrap_or_default(),
        command.get(3).copied().unwrap_or_default(),
    );
    let name = match (cla & 0xf0, ins) {
        (0x80, 0x40) => "LOG OUT",
        (_, 0x20) if command.len() > 5 => return format!("VERIFY {}", owner(p2)),
        (_, 0x20) => return format!("VERIFY {}: tries left?", owner(p2)),
        (_, 0xa4) => {
            return format!(
                "SELECT {}",
                hex::encode_upper(command.get(5..).unwrap_or_default())
            );
        }
        (_, 0xb0) => return format!("READ BINARY from {}", u16::from_be_bytes([p1, p2])),
        (_, 0xd6) => return format!("UPDATE BINARY at {}", u16::from_be_bytes([p1, p2])),
        (_, 0xe0) => "CREATE FILE",
        (_, 0xe4) => "DELETE FILE",
        (_, 0x22) => "MANAGE SECURITY ENVIRONMENT",
        (_, 0x24) => "CHANGE REFERENCE DATA",
        (_, 0x2a) => "PERFORM SECURITY OPERATION",
        (_, 0x2c) => "RESET RETRY COUNTER",
        (_, 0x46) => "GENERATE ASYMMETRIC KEY PAIR",
        (_, 0x84) => "GET CHALLENGE",
        (_, 0xc0) => "GET RESPONSE",
        (_, 0xca) => "GET DATA",
        (_, 0xda) => "PUT DATA",
        _ => return format!("command {cla:02X} {ins:02X}"),
    };
    name.to_owned()
}

fn answered(answer: &[u8]) -> String {
    let Some([sw1, sw2]) = answer.len().checked_sub(2).and_then(|at| answer.get(at..)) else {
        return "no status word".to_owned();
    };
    match (sw1, sw2) {
        (0x90, 0x00) if answer.len() > 2 => format!("ok, {} bytes", answer.len() - 2),
        (0x90, 0x00) => "ok".to_owned(),
        (0x61, more) => format!("{more} more bytes"),
        (0x63, 0xc0..=0xcf) => format!("{} tries left", sw2 & 0x0f),
        (0x63, 0x00) => "wrong PIN".to_owned(),
        (0x69, 0x82) => "not permitted".to_owned(),
        (0x69, 0x83) => "blocked".to_owned(),
        (0x6a, 0x82) => "no such file".to_owned(),
        (0x6a, 0x84) => "no space".to_owned(),
        (0x6a, 0x88) => "no such key".to_owned(),
        (0x6f, 0x86) => "logged in already".to_owned(),
        _ => format!("{sw1:02X}{sw2:02X}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_is_masked_whatever_command_carries_it() {
        let pin = b"12345678";
        for ins in [0x20, 0x24, 0x2c] {
            let command = [&[0x00, ins, 0x00, 0x02, 0x08], &pin[..]].concat();
            assert_eq!(masked(&command), format!("00{ins:02X}0002{{pin:user}}"));
        }
        assert_eq!(masked(&[0x00, 0x20, 0x00, 0x01]), "00200001");
    }

    #[test]
    fn any_bytes_have_a_meaning() {
        for bytes in [
            &[][..],
            &[0x00],
            &[0x00, 0xa4, 0x00, 0x00, 0x02, 0x3f, 0x00],
            &[0xff; 300],
        ] {
            assert!(!asked(bytes).is_empty() && !answered(bytes).is_empty());
        }
    }
}
