//! A relay: a card to a virtual reader on one side, a user of a real token on the other, and a recording of what passes.
//!
//! The token is powered anew when the relay begins, and whenever the virtual reader powers or resets its card after it
//! asked for something: so a login lasts as long as the reader's user keeps the card powered. A transaction on the real
//! reader is held from the first command after a power-on to the next power-off, and in no pause between: others wait as
//! long as somebody uses the relayed card.

use std::fs::File;
use std::io::{self, Write as _};
use std::ops::ControlFlow;
use std::path::Path;

use emulator::vpcd::{Chip, Desk, Event};
use emulator::{Env, Exchange};
use enroll::adapters::observed::exchanged;
use enroll::ports::token::{Transmit, TransmitError};
use jiff::Timestamp;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;

use crate::recording::Recording;

/// The real token, as a card that a virtual reader can hold.
pub struct Relayed<C> {
    token: Box<dyn Transmit>,
    atr: Vec<u8>,
    tape: Tape<C>,
    used: bool,
}

/// A recording that is on disk with each line.
struct Tape<C> {
    file: File,
    recording: Recording,
    written: usize,
    clock: C,
    failed: Option<io::Error>,
}

impl<C: Fn() -> Timestamp> Relayed<C> {
    /// Relays to `token`, whose first words are `atr`, and records into `path` by `clock`.
    ///
    /// Errors: the file cannot be written.
    pub fn new(token: Box<dyn Transmit>, atr: Vec<u8>, path: &Path, clock: C) -> io::Result<Self> {
        let recording = Recording::heard("relayed", clock());
        let mut file = File::create(path)?;
        file.write_all(recording.to_json_lines().as_bytes())?;
        let tape = Tape {
            file,
            recording,
            written: 0,
            clock,
            failed: None,
        };
        Ok(Self {
            token,
            atr,
            tape,
            used: false,
        })
    }

    /// How many exchanges are in the file.
    ///
    /// Errors: the first one that could not be written; what came after it is not in the file.
    pub fn finish(mut self) -> io::Result<usize> {
        self.token.end();
        self.tape.failed.map_or(Ok(self.tape.written), Err)
    }
}

impl<C: Fn() -> Timestamp> Tape<C> {
    fn keep(&mut self, event: &enroll::event::Event) {
        let at = (self.clock)();
        let line = self.recording.engine_event(at, event);
        let text = serde_json::to_string(line).unwrap_or_default() + "\n";
        if self.failed.is_some() {
            return;
        }
        match self.file.write_all(text.as_bytes()) {
            Ok(()) => self.written += 1,
            Err(error) => self.failed = Some(error),
        }
    }
}

impl<C: Fn() -> Timestamp> Chip for Relayed<C> {
    fn atr(&self) -> &[u8] {
        &self.atr
    }

    fn power_on(&mut self) {
        if !core::mem::take(&mut self.used) {
            return;
        }
        let reset = self.token.reset();
        self.token.end();
        if reset.is_ok() {
            self.tape.keep(&enroll::event::Event::Apdu {
                command: "reset".to_owned(),
                response: String::new(),
                lost: None,
                meaning: "power down and up: ok".to_owned(),
            });
        }
    }

    fn power_off(&mut self) {
        self.power_on();
    }

    fn exchange(&mut self, _: &mut Env<'_>, c_apdu: &[u8]) -> Exchange {
        self.used = true;
        let answer = self.token.transmit(c_apdu);
        self.tape.keep(&exchanged(c_apdu, &answer));
        Exchange::answering(answer.unwrap_or_else(|_| NO_PRECISE_DIAGNOSIS.to_vec()))
    }
}

/// What the reader's user is told when the token cannot be reached: ISO/IEC 7816-4, no precise diagnosis (assumed).
const NO_PRECISE_DIAGNOSIS: [u8; 2] = [0x6F, 0x00];

/// The relay's surroundings: the card takes no time and no randomness from it, and tells where it is.
pub struct Bystander<T> {
    rng: ChaCha20Rng,
    tell: T,
}

impl<T: FnMut(Event)> Bystander<T> {
    /// `tell` is told of the connection.
    pub fn new(tell: T) -> Self {
        let rng = ChaCha20Rng::seed_from_u64(0);
        Self { rng, tell }
    }
}

impl<T: FnMut(Event)> Desk for Bystander<T> {
    fn env(&mut self) -> Env<'_> {
        Env {
            now: core::time::Duration::ZERO,
            rng: &mut self.rng,
        }
    }

    fn before_answer(&mut self, _: &[u8], _: &Exchange) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn notice(&mut self, event: Event) {
        (self.tell)(event);
    }
}

/// A token in a PC/SC reader, by the reader's name or its beginning, with its ATR.
///
/// Errors: there is no service, no such reader, or no token in it.
pub fn real(reader: &str) -> Result<(Box<dyn Transmit>, Vec<u8>), TransmitError> {
    crate::pcsc::real(reader)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers everything with 9000.
    struct Willing;

    impl Transmit for Willing {
        fn transmit(&mut self, _: &[u8]) -> Result<Vec<u8>, TransmitError> {
            Ok(vec![0x90, 0x00])
        }

        fn reset(&mut self) -> Result<(), TransmitError> {
            Ok(())
        }

        fn reader_name(&self) -> String {
            "R".to_owned()
        }

        fn begin(&mut self) -> Result<(), TransmitError> {
            Ok(())
        }

        fn end(&mut self) {}
    }

    #[test]
    fn each_line_is_on_disk_at_once_with_pins_masked_and_idle_power_is_no_reset() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("relayed.jsonl");
        let atr = vec![0x3B, 0x00];
        let clock = || Timestamp::UNIX_EPOCH;
        let mut relayed = Relayed::new(Box::new(Willing), atr, &path, clock).expect("a file");
        let mut desk = Bystander::new(|_| ());
        relayed.power_on();
        let verify = [&[0x00, 0x20, 0x00, 0x02, 0x08], &b"12345678"[..]].concat();
        let answer = relayed.exchange(&mut desk.env(), &verify).answer;
        assert_eq!(answer, [0x90, 0x00]);
        relayed.power_off();
        relayed.power_on();
        let kept = Recording::load(&path).expect("a recording");
        let commands = kept
            .lines()
            .iter()
            .map(|line| line.fields["command"].clone());
        assert_eq!(
            commands.collect::<Vec<_>>(),
            ["00200002{pin:user}", "reset"]
        );
        assert_eq!(relayed.finish().expect("a whole file"), 2);
    }
}
