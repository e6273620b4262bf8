//! What passes between a program and libpcsclite: libpcscspy's own lines (`~/pcsc-spy`), or what `pcsc-spy` prints of them.
//!
//! Source: pcsc-lite 1.9.9, `libpcscspy.c` and `pcsc-spy`; the samples in the tests are theirs.

use std::time::Duration;

use super::{Heard, ImportError, Reader, dumped, octets};

/// The call that is being read.
#[derive(Default)]
pub(super) struct Log {
    call: Call,
    /// Lines of the call so far, in libpcscspy's own form.
    parameters: usize,
    dump: Dump,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Call {
    #[default]
    Other,
    Transmit,
    Disconnect,
    Reconnect,
}

#[derive(Default)]
struct Dump {
    of: Of,
    length: usize,
    bytes: Vec<u8>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Of {
    #[default]
    Nothing,
    Command,
    Answer,
}

impl Reader for Log {
    fn read(&mut self, text: &str, heard: &mut Heard) -> Result<(), ImportError> {
        match text.split_once('@') {
            Some((thread, said)) if thread.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
                self.own(said, heard)
            }
            _ => self.printed(text.trim_start(), heard),
        }
    }
}

impl Log {
    /// `>|1795437145|501578|SCardTransmit`, then its parameters one a line, then `<|…`.
    fn own(&mut self, said: &str, heard: &mut Heard) -> Result<(), ImportError> {
        let mut words = said.split('|');
        match words.next() {
            Some(">") => {
                heard.now = moment(&mut words).unwrap_or(heard.now);
                self.begin(words.next().unwrap_or_default());
                Ok(())
            }
            Some("<") => {
                self.call = Call::Other;
                Ok(())
            }
            _ => {
                self.parameters += 1;
                self.parameter(said, heard)
            }
        }
    }

    fn parameter(&self, said: &str, heard: &mut Heard) -> Result<(), ImportError> {
        match (self.call, self.parameters) {
            (Call::Transmit, COMMAND) => {
                let wanted = heard.malformed("a command in hex");
                heard.command(octets(said).ok_or(wanted)?);
            }
            (Call::Transmit, ANSWER) => {
                if let Some(answer) = octets(said) {
                    heard.answer(answer)?;
                }
            }
            (Call::Disconnect, 2) | (Call::Reconnect, 4) if POWERS.contains(&said) => heard.reset(),
            _ => {}
        }
        Ok(())
    }

    /// What `pcsc-spy` makes of it, without colours.
    fn printed(&mut self, text: &str, heard: &mut Heard) -> Result<(), ImportError> {
        if let Some(rest) = text.strip_prefix("=> ") {
            heard.now = heard.now.saturating_add(took(rest).unwrap_or_default());
            self.call = Call::Other;
        } else if text.starts_with("SCard") {
            self.begin(text);
        } else if self.call == Call::Transmit {
            self.piece(text, heard)?;
        } else if self.call != Call::Other && POWERS.iter().any(|code| text.contains(code)) {
            heard.reset();
        }
        Ok(())
    }

    fn piece(&mut self, text: &str, heard: &mut Heard) -> Result<(), ImportError> {
        let (_, said) = text.split_once(' ').unwrap_or_default();
        if let Some((of, length)) = length(said) {
            self.dump = Dump {
                of,
                length,
                bytes: Vec::new(),
            };
        } else if self.dump.of != Of::Nothing && offset(said) {
            return self.go_on(said.trim_start().get(5..).unwrap_or_default(), heard);
        }
        Ok(())
    }

    fn go_on(&mut self, text: &str, heard: &mut Heard) -> Result<(), ImportError> {
        let left = self.dump.length - self.dump.bytes.len();
        let more = dumped(text, left).ok_or_else(|| heard.malformed("the bytes of an APDU"))?;
        self.dump.bytes.extend(more);
        if self.dump.bytes.len() < self.dump.length {
            return Ok(());
        }
        let whole = core::mem::take(&mut self.dump);
        match whole.of {
            Of::Command => heard.command(whole.bytes),
            Of::Answer => heard.answer(whole.bytes)?,
            Of::Nothing => {}
        }
        Ok(())
    }

    fn begin(&mut self, name: &str) {
        self.call = match name {
            "SCardTransmit" => Call::Transmit,
            "SCardDisconnect" => Call::Disconnect,
            "SCardReconnect" => Call::Reconnect,
            _ => Call::Other,
        };
        self.parameters = 0;
        self.dump = Dump::default();
    }
}

/// Which parameter of SCardTransmit is the command, after handle, protocol and two lengths.
const COMMAND: usize = 5;
/// And which the answer, after protocol and two lengths.
const ANSWER: usize = 9;
/// SCARD_RESET_CARD and SCARD_UNPOWER_CARD.
const POWERS: [&str; 2] = ["0x00000001", "0x00000002"];

/// Seconds and microseconds since 1970.
fn moment<'a>(words: &mut impl Iterator<Item = &'a str>) -> Option<Duration> {
    let (secs, micros) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    Some(Duration::from_secs(secs).saturating_add(Duration::from_micros(micros)))
}

/// `Command successful. (…)  [0.000315]`
fn took(text: &str) -> Option<Duration> {
    let secs = text.rsplit_once('[')?.1.strip_suffix(']')?;
    Duration::try_from_secs_f64(secs.parse().ok()?).ok()
}

/// `bSendLength 0x00000008 (8)`
fn length(said: &str) -> Option<(Of, usize)> {
    let (name, length) = said.split_once(" 0x")?;
    let of = match name {
        "bSendLength" => Of::Command,
        "bRecvLength" => Of::Answer,
        _ => return None,
    };
    let length = usize::from_str_radix(length.split(' ').next()?, 16).ok()?;
    (1..=LONGEST).contains(&length).then_some((of, length))
}

/// An extended command with all it can carry.
const LONGEST: usize = 65544;

/// ` 0010 05 86 …`
fn offset(said: &str) -> bool {
    let mut words = said.split_ascii_whitespace();
    words
        .next()
        .is_some_and(|word| word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_hexdigit()))
}
