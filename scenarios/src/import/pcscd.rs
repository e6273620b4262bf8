//! `pcscd --foreground --debug --apdu`: each line begins with the microseconds since the one before.
//!
//! Source: pcsc-lite 1.9.9, `debuglog.c` and `winscard.c`; the samples in the tests are its own.

use std::time::Duration;

use super::{Heard, ImportError, Reader, octets};

/// Needs no memory: every line tells one thing.
pub(super) struct Log;

impl Reader for Log {
    fn read(&mut self, text: &str, heard: &mut Heard) -> Result<(), ImportError> {
        let text = uncoloured(text);
        let Some((since, said)) = text.split_once(' ') else {
            return Ok(());
        };
        let Ok(micros) = since.parse() else {
            return Ok(());
        };
        heard.now = heard.now.saturating_add(Duration::from_micros(micros));
        if let Some(command) = said.strip_prefix("APDU: ") {
            let wanted = heard.malformed("a command in hex after «APDU:»");
            heard.command(octets(command).ok_or(wanted)?);
        } else if let Some(answer) = said.strip_prefix("SW: ") {
            let wanted = heard.malformed("an answer in hex after «SW:»");
            heard.answer(octets(answer).ok_or(wanted)?)?;
        } else if POWERED.iter().any(|words| said.contains(words)) {
            heard.reset();
        }
        Ok(())
    }
}

/// What pcscd says when it powers or resets a card: at its coming, at the first connection after it had been switched off,
/// and at the end of a connection that asks for it.
const POWERED: [&str; 4] = [
    "Card inserted into",
    "power up complete.",
    "dwDisposition: 1",
    "dwDisposition: 2",
];

/// On a terminal pcscd colours what it says.
fn uncoloured(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for (index, piece) in text.split('\u{1b}').enumerate() {
        let code = piece.find('m').filter(|_| index > 0);
        plain.push_str(code.map_or(piece, |end| &piece[end + 1..]));
    }
    plain
}
