//! OpenSC's debug output, level 3 and above: commands and answers as dumps of sixteen bytes a line.
//!
//! Source: OpenSC 0.23, `log.c` (`sc_hex_dump`) and `apdu.c`; the samples in the tests are its own.

use std::time::Duration;

use super::{Heard, ImportError, Reader, dumped};

/// The dump that is being read.
#[derive(Default)]
pub(super) struct Log {
    dump: Option<Dump>,
}

struct Dump {
    incoming: bool,
    length: usize,
    bytes: Vec<u8>,
}

impl Reader for Log {
    fn read(&mut self, text: &str, heard: &mut Heard) -> Result<(), ImportError> {
        if let Some(dump) = self.dump.take() {
            return self.go_on(dump, text, heard);
        }
        self.dump = headline(text);
        if let Some(now) = time_of_day(text) {
            heard.now = now;
        }
        if text.ends_with(RESET) {
            heard.reset();
        }
        Ok(())
    }
}

impl Log {
    fn go_on(&mut self, mut dump: Dump, text: &str, heard: &mut Heard) -> Result<(), ImportError> {
        let left = dump.length - dump.bytes.len();
        let more = dumped(text, left).ok_or_else(|| heard.malformed("the bytes of an APDU"))?;
        dump.bytes.extend(more);
        if dump.bytes.len() < dump.length {
            self.dump = Some(dump);
        } else if dump.incoming {
            heard.answer(dump.bytes)?;
        } else {
            heard.command(dump.bytes);
        }
        Ok(())
    }
}

/// `Outgoing APDU (8 bytes):`
fn headline(text: &str) -> Option<Dump> {
    let (way, rest) = text.split_once(" APDU (")?;
    let length = rest.split_once(" byte")?.0.parse().ok()?;
    let incoming = match way {
        "Incoming" => true,
        "Outgoing" => false,
        _ => return None,
    };
    (1..=LONGEST).contains(&length).then_some(Dump {
        incoming,
        length,
        bytes: Vec::new(),
    })
}

/// An extended command with all it can carry.
const LONGEST: usize = 65544;

/// Said at a reset. A connection is none: whether the card was powered for it, the log does not tell.
const RESET: &str = ":pcsc_reset: called";

/// `P:23; T:0x7fe6 12:31:06.888 […` or `2026-11-23 12:31:06.888 …`, as the time of a day without a date.
fn time_of_day(text: &str) -> Option<Duration> {
    let words = text.split(' ').take(4);
    words.filter_map(clock).next()
}

/// `12:31:06.888`
fn clock(word: &str) -> Option<Duration> {
    let (hms, millis) = word.split_once('.')?;
    let mut fields = hms.split(':').map(|field| field.parse::<u64>().ok());
    let (h, m, s) = (fields.next()??, fields.next()??, fields.next()??);
    let millis = millis.parse::<u64>().ok().filter(|millis| *millis < 1000)?;
    let in_day = fields.next().is_none() && h < 24 && m < 60 && s < 61;
    in_day.then(|| Duration::from_millis(((h * 60 + m) * 60 + s) * 1000 + millis))
}
