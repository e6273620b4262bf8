//! The reader's end of vsmartcard's virtual reader, so that a software token is reached with no PC/SC installed.
//!
//! Shape: two octets of length, most significant first, then the payload; a payload of one octet is a control code.
//! Source: vsmartcard, `vpcd.h`. The reader listens, the card connects.

use core::time::Duration;
use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use crate::ports::token::{Transmit, TransmitError};

/// A reader that waits for its card at an address of this machine.
#[derive(Debug)]
pub struct VpcdReader {
    door: Door,
    card: Option<TcpStream>,
    atr: Vec<u8>,
    patience: Duration,
}

impl VpcdReader {
    /// Opens the reader at a loopback address; port 0 takes any free one.
    ///
    /// Errors: [`TransmitError::CannotListen`] for an address of another machine (the protocol has no authentication) and
    /// where nobody can listen.
    pub fn listen(address: SocketAddr) -> Result<Self, TransmitError> {
        if !address.ip().is_loopback() {
            let why = format!("{address} is not an address of this machine");
            return Err(TransmitError::CannotListen { why });
        }
        let door = Door::open(address).map_err(|error| {
            let why = format!("cannot listen at {address}: {error}");
            TransmitError::CannotListen { why }
        })?;
        Ok(Self {
            door,
            card: None,
            atr: Vec::new(),
            patience: ANSWER_IN,
        })
    }

    /// Where the card is to connect.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.door.address
    }

    /// How long one command may take; a minute unless said otherwise.
    #[must_use]
    pub const fn answering_within(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Waits until a card has connected and told its ATR. `progress` hears, once a second, how long it has been.
    ///
    /// Errors: [`TransmitError::NoCardInTime`].
    pub fn await_card(
        &mut self,
        how_long: Duration,
        mut progress: impl FnMut(Duration),
    ) -> Result<(), TransmitError> {
        let mut waited = Duration::ZERO;
        loop {
            let pause = A_SECOND.min(how_long.saturating_sub(waited));
            let card = self.door.next(pause);
            // One that came and went meanwhile does not tell its ATR.
            if card.is_some_and(|card| self.take(card).is_ok()) {
                return Ok(());
            }
            waited += pause;
            if waited >= how_long {
                let reader = format!("{} at {}", self.reader_name(), self.address());
                return Err(TransmitError::NoCardInTime { reader, waited });
            }
            progress(waited);
        }
    }

    /// What the card said when it was powered up.
    #[must_use]
    pub fn atr(&self) -> &[u8] {
        &self.atr
    }

    fn take(&mut self, card: TcpStream) -> Result<(), TransmitError> {
        card.set_nodelay(true).map_err(|error| lost(&error))?;
        card.set_read_timeout(Some(self.patience))
            .map_err(|error| lost(&error))?;
        card.set_write_timeout(Some(self.patience))
            .map_err(|error| lost(&error))?;
        self.card = Some(card);
        self.send(&[POWER_ON])?;
        self.send(&[TELL_ATR])?;
        self.atr = self.receive()?;
        Ok(())
    }

    /// Whatever goes wrong, what would come next from this card is not the answer to the next command.
    fn send(&mut self, payload: &[u8]) -> Result<(), TransmitError> {
        let card = self.card.as_mut().ok_or(TransmitError::Removed)?;
        let sent = write_frame(card, payload);
        sent.map_err(|error| self.give_up(&error))
    }

    fn receive(&mut self) -> Result<Vec<u8>, TransmitError> {
        let card = self.card.as_mut().ok_or(TransmitError::Removed)?;
        let received = read_frame(card);
        received.map_err(|error| self.give_up(&error))
    }

    fn give_up(&mut self, error: &io::Error) -> TransmitError {
        self.card = None;
        lost(error)
    }
}

impl Transmit for VpcdReader {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransmitError> {
        if command.len() < 2 {
            // It would be taken for a control code.
            return Err(TransmitError::Lost(format!(
                "a command of {} octets",
                command.len()
            )));
        }
        self.send(command)?;
        self.receive()
    }

    fn reset(&mut self) -> Result<(), TransmitError> {
        self.send(&[RESET])
    }

    fn reader_name(&self) -> String {
        READER_NAME.to_owned()
    }
}

impl Drop for VpcdReader {
    /// As a reader does that is unplugged; the card may be gone already.
    fn drop(&mut self) {
        drop(self.send(&[POWER_OFF]));
    }
}

fn write_frame(to: &mut TcpStream, payload: &[u8]) -> io::Result<()> {
    let length = u16::try_from(payload.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    // In one piece: the other end would wait 40 ms for a second one.
    to.write_all(&[&length.to_be_bytes()[..], payload].concat())
}

fn read_frame(from: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut length = [0; 2];
    from.read_exact(&mut length)?;
    let mut payload = vec![0; u16::from_be_bytes(length).into()];
    from.read_exact(&mut payload)?;
    Ok(payload)
}

fn lost(error: &io::Error) -> TransmitError {
    use io::ErrorKind as Kind;
    match error.kind() {
        Kind::UnexpectedEof
        | Kind::ConnectionReset
        | Kind::ConnectionAborted
        | Kind::BrokenPipe => TransmitError::Removed,
        Kind::WouldBlock | Kind::TimedOut => TransmitError::Lost("no answer in time".to_owned()),
        _ => TransmitError::Lost(error.to_string()),
    }
}

/// Where cards come in: a thread of its own waits for them, so that others can wait with a limit.
#[derive(Debug)]
struct Door {
    address: SocketAddr,
    cards: Receiver<TcpStream>,
    closed: Arc<AtomicBool>,
}

impl Door {
    fn open(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address)?;
        let address = listener.local_addr()?;
        let closed = Arc::new(AtomicBool::new(false));
        let (sender, cards) = sync_channel(WAITING_CARDS);
        let is_closed = Arc::clone(&closed);
        thread::Builder::new()
            .name("vpcd".to_owned())
            .spawn(move || {
                for card in listener.incoming() {
                    if is_closed.load(Ordering::Acquire) {
                        break;
                    }
                    // A card too many is turned away by dropping it.
                    card.ok().and_then(|card| sender.try_send(card).err());
                }
            })?;
        Ok(Self {
            address,
            cards,
            closed,
        })
    }

    fn next(&self, how_long: Duration) -> Option<TcpStream> {
        self.cards.recv_timeout(how_long).ok()
    }
}

impl Drop for Door {
    /// Knocks, so that the thread looks up and goes.
    fn drop(&mut self) {
        self.closed.store(true, Ordering::Release);
        drop(TcpStream::connect_timeout(&self.address, A_SECOND));
    }
}

/// vpcd's port.
pub const PORT: u16 = 35963;

const READER_NAME: &str = "vpcd";
const A_SECOND: Duration = Duration::from_secs(1);
/// The slowest command is a long RSA key, and we make none.
const ANSWER_IN: Duration = Duration::from_secs(60);
const WAITING_CARDS: usize = 4;

const POWER_OFF: u8 = 0x00;
const POWER_ON: u8 = 0x01;
const RESET: u8 = 0x02;
const TELL_ATR: u8 = 0x04;

#[cfg(test)]
mod tests {
    use std::thread::JoinHandle;

    use serde::Deserialize;

    use super::*;

    const ATR: &[u8] = b"\x3B\x8B\x01Rutoken DS \xC1";
    const SOON: Duration = Duration::from_secs(10);

    #[derive(Deserialize)]
    struct Script {
        frame: Vec<Frame>,
    }

    #[derive(Deserialize)]
    struct Frame {
        what: String,
        reader: String,
        #[serde(default)]
        card: String,
    }

    fn bytes(text: &str) -> Vec<u8> {
        hex::decode(text.replace(' ', "")).expect("hexadecimal")
    }

    fn reader() -> VpcdReader {
        VpcdReader::listen("127.0.0.1:0".parse().expect("an address")).expect("a free port")
    }

    /// A card that connects and does as it is told.
    fn card(reader: &VpcdReader, act: impl FnOnce(TcpStream) + Send + 'static) -> JoinHandle<()> {
        let address = reader.address();
        thread::spawn(move || act(TcpStream::connect(address).expect("a reader")))
    }

    fn tell_atr(card: &mut TcpStream) {
        let mut asked = [0; 6];
        card.read_exact(&mut asked)
            .expect("power on and the question");
        assert_eq!(asked, [0, 1, POWER_ON, 0, 1, TELL_ATR]);
        card.write_all(&[&[0, 15], ATR].concat()).expect("sends");
    }

    #[test]
    fn the_shared_script_is_spoken_octet_for_octet() {
        let script: Script =
            toml::from_str(include_str!("../../../emulator/tests/vpcd/session.toml"))
                .expect("reads");
        let frames: Vec<_> = script
            .frame
            .into_iter()
            .filter(|frame| !frame.what.contains("passed over"))
            .collect();
        let played: Vec<_> = frames
            .iter()
            .map(|frame| (bytes(&frame.reader), bytes(&frame.card)))
            .collect();
        let mut reader = reader();
        let card = card(&reader, move |mut card| {
            for (expected, answer) in played {
                let mut sent = vec![0; expected.len()];
                card.read_exact(&mut sent).expect("a frame");
                assert_eq!(sent, expected);
                card.write_all(&answer).expect("sends");
            }
        });
        reader.await_card(SOON, |_| {}).expect("comes");
        assert_eq!(reader.atr(), ATR);
        for frame in frames.get(2..).expect("after power and ATR") {
            match *bytes(&frame.reader).get(2..).expect("a payload") {
                [RESET] => reader.reset().expect("sends"),
                [POWER_OFF] => break,
                ref command => {
                    let answer = reader.transmit(command).expect("answers");
                    assert_eq!(
                        answer,
                        bytes(&frame.card).get(2..).expect("a payload"),
                        "{}",
                        frame.what
                    );
                }
            }
        }
        drop(reader);
        card.join().expect("the card saw the script");
    }

    #[test]
    fn a_card_that_does_not_come_is_waited_for_so_long() {
        let mut reader = reader();
        let how_long = Duration::from_millis(30);
        let outcome = reader.await_card(how_long, |_| panic!("less than a second"));
        let expected = format!("no card came to vpcd at {} in 0 s", reader.address());
        assert_eq!(outcome.expect_err("nobody").to_string(), expected);
        assert_eq!(reader.transmit(&[0; 4]), Err(TransmitError::Removed));
    }

    #[test]
    fn a_card_that_left_is_passed_over_and_the_next_is_taken() {
        let mut reader = reader();
        card(&reader, drop).join().expect("came and went");
        let second = card(&reader, |mut card| {
            tell_atr(&mut card);
            assert_eq!(
                read_frame(&mut card).expect("a command"),
                [0x80, 0x40, 0, 0]
            );
        });
        reader.await_card(SOON, |_| {}).expect("the second");
        assert_eq!(
            reader.transmit(&[0x80, 0x40, 0, 0]),
            Err(TransmitError::Removed)
        );
        assert_eq!(
            reader.transmit(&[0x80, 0x40, 0, 0]),
            Err(TransmitError::Removed)
        );
        second.join().expect("asked once");
    }

    #[test]
    fn a_silent_card_is_lost_and_not_asked_again() {
        let mut reader = reader().answering_within(Duration::from_millis(30));
        let silent = card(&reader, |mut card| {
            tell_atr(&mut card);
            let mut rest = Vec::new();
            card.read_to_end(&mut rest).expect("the end");
            assert_eq!(rest, [0, 4, 0, 0x84, 0, 0]);
        });
        reader.await_card(SOON, |_| {}).expect("comes");
        let command = [0x00, 0x84, 0, 0];
        assert_eq!(
            reader.transmit(&command),
            Err(TransmitError::Lost("no answer in time".to_owned()))
        );
        assert_eq!(reader.transmit(&command), Err(TransmitError::Removed));
        silent.join().expect("saw one command");
    }

    #[test]
    fn an_address_of_another_machine_is_refused() {
        let outcome = VpcdReader::listen("192.0.2.1:35963".parse().expect("an address"));
        assert!(matches!(outcome, Err(TransmitError::CannotListen { .. })));
    }

    #[test]
    fn a_command_that_would_be_a_control_code_is_not_sent() {
        let mut reader = reader();
        assert!(matches!(
            reader.transmit(&[RESET]),
            Err(TransmitError::Lost(_))
        ));
    }
}
