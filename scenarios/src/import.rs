//! Logs that testers have already, as recordings: what a card was asked and what it answered, and when it was powered anew.
//!
//! Nothing else of a log is kept: no path, process, host or reader. PINs are masked before a line is made. Bytes of a log
//! never panic; its size, and that of each line, are bounded.

mod opensc;
mod pcscd;
mod spy;

use std::io::{self, Read};
use std::time::Duration;

use enroll::adapters::observed::exchanged;
use enroll::event::Event;
use enroll::ports::token::TransmitError;
use jiff::{SignedDuration, Timestamp};

use crate::recording::Recording;

/// Whose log it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum From {
    /// `pcscd --foreground --debug --apdu`.
    Pcscd,
    /// What libpcscspy writes to `~/pcsc-spy`, or what `pcsc-spy` makes of it.
    Spy,
    /// What OpenSC's programs and its module say with `OPENSC_DEBUG=9`.
    Opensc,
}

/// Why a log is no recording.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// It cannot be read.
    #[error("the log cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// More than anybody looks through.
    #[error("the log is larger than {LARGEST} bytes")]
    TooLarge,
    /// No such log has it.
    #[error("line {line} of the log is longer than {LONGEST} bytes")]
    LongLine {
        /// From 1.
        line: usize,
    },
    /// Where bytes of a command or an answer should be.
    #[error("line {line} of the log: {wanted}")]
    Malformed {
        /// From 1.
        line: usize,
        /// What should be there.
        wanted: &'static str,
    },
    /// An answer that answers nothing.
    #[error("line {line} of the log: an answer without a command before it")]
    Unasked {
        /// From 1.
        line: usize,
    },
    /// Another program's log, or one without APDUs.
    #[error("the log has no commands to a card")]
    NoCommands,
}

/// Reads the log and makes a recording of it, under this name.
///
/// Times are the log's own, counted from 1970 where it has no date.
///
/// Errors: see [`ImportError`].
pub fn import(log: impl Read, from: From, name: &str) -> Result<Recording, ImportError> {
    let mut bytes = Vec::new();
    log.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Err(ImportError::TooLarge);
    }
    let mut heard = Heard::default();
    let mut reader: Box<dyn Reader> = match from {
        From::Pcscd => Box::new(pcscd::Log),
        From::Spy => Box::new(spy::Log::default()),
        From::Opensc => Box::new(opensc::Log::default()),
    };
    for (index, text) in bytes.split(|byte| *byte == b'\n').enumerate() {
        let line = index + 1;
        if text.len() > LONGEST {
            return Err(ImportError::LongLine { line });
        }
        heard.line = line;
        reader.read(String::from_utf8_lossy(text).trim_end(), &mut heard)?;
    }
    heard.into_recording(name)
}

/// The largest log read: some hundred enrollments with everything OpenSC says.
const LARGEST: u64 = 256 << 20;
/// An extended command or answer in hex, and what stands before it.
const LONGEST: usize = 256 << 10;

/// Understands one program's lines.
trait Reader {
    /// Takes the next line.
    fn read(&mut self, text: &str, heard: &mut Heard) -> Result<(), ImportError>;
}

/// What a log tells, one thing after the other.
#[derive(Default)]
struct Heard {
    /// The line read now.
    line: usize,
    /// The log's time now, since 1970.
    now: Duration,
    asked: Option<(Duration, Vec<u8>)>,
    events: Vec<(Duration, Event)>,
    /// Whether a card was asked since it was powered.
    used: bool,
}

impl Heard {
    /// A command; the one before it, when nothing answered it, was lost.
    fn command(&mut self, bytes: Vec<u8>) {
        self.give_up();
        self.asked = Some((self.now, bytes));
        self.used = true;
    }

    /// What the card answered.
    fn answer(&mut self, bytes: Vec<u8>) -> Result<(), ImportError> {
        let line = self.line;
        let (at, command) = self.asked.take().ok_or(ImportError::Unasked { line })?;
        self.events.push((at, exchanged(&command, &Ok(bytes))));
        Ok(())
    }

    /// The card lost its power, or was reset. Several at once, and one before all commands, are none.
    fn reset(&mut self) {
        self.give_up();
        if core::mem::take(&mut self.used) {
            let reset = Event::Apdu {
                command: "reset".to_owned(),
                response: String::new(),
                lost: None,
                meaning: "power down and up: ok".to_owned(),
            };
            self.events.push((self.now, reset));
        }
    }

    fn give_up(&mut self) {
        if let Some((at, command)) = self.asked.take() {
            let lost = Err(TransmitError::Lost("no answer in the log".to_owned()));
            self.events.push((at, exchanged(&command, &lost)));
        }
    }

    fn malformed(&self, wanted: &'static str) -> ImportError {
        let line = self.line;
        ImportError::Malformed { line, wanted }
    }

    fn into_recording(mut self, name: &str) -> Result<Recording, ImportError> {
        self.give_up();
        let (first, _) = self.events.first().ok_or(ImportError::NoCommands)?;
        let mut recording = Recording::heard(name, since_1970(*first));
        for (at, event) in &self.events {
            recording.engine_event(since_1970(*at), event);
        }
        Ok(recording)
    }
}

/// A moment of the log; one that no calendar has is 1970.
fn since_1970(at: Duration) -> Timestamp {
    let at = SignedDuration::try_from(at).unwrap_or_default();
    Timestamp::from_duration(at).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// `00 A4 08 00` as bytes; `None` when it is anything else, or nothing.
fn octets(text: &str) -> Option<Vec<u8>> {
    let digits: String = text.split_ascii_whitespace().collect();
    let bytes = hex::decode(digits).ok()?;
    (!bytes.is_empty()).then_some(bytes)
}

/// What a line of a dump has before its characters: at most `left` bytes, each two digits and a space, sixteen a line.
fn dumped(text: &str, left: usize) -> Option<Vec<u8>> {
    const A_LINE: usize = 16;
    octets(text.get(..(left.min(A_LINE) * 3).checked_sub(1)?)?)
}

#[cfg(test)]
mod tests;
