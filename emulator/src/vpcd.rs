//! The card's end of vsmartcard's virtual reader: frames, what a frame asks, and the loop around a socket.
//!
//! Shape: two bytes of length, most significant first, then the payload; a payload of one byte is a control code.
//! Source: vsmartcard, `vpcd.h`. The card is the one that connects.

mod attach;
mod hand;

use std::io::{self, Read, Write};

pub use self::attach::{AttachError, Desk, Event, Patience, attach};
pub use self::hand::Hand;
use crate::card::{Card, Env, Exchange};
use crate::fidelity::{Evidence, Row, Subject};

/// The port vpcd listens on unless told otherwise.
pub const PORT: u16 = 35963;

/// What vpcd can ask, once the two-byte length is taken off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request<'a> {
    /// 00: power off.
    PowerOff,
    /// 01: power on.
    PowerOn,
    /// 02: reset.
    Reset,
    /// 04: tell the ATR. The only control code that is answered.
    Atr,
    /// Anything longer: a command.
    Apdu(&'a [u8]),
}

impl<'a> Request<'a> {
    /// Reads a payload; `None` for an empty one and for control codes nobody defined, which are passed over (assumed).
    #[must_use]
    pub const fn decode(payload: &'a [u8]) -> Option<Self> {
        match payload {
            [] => None,
            [0x00] => Some(Self::PowerOff),
            [0x01] => Some(Self::PowerOn),
            [0x02] => Some(Self::Reset),
            [0x04] => Some(Self::Atr),
            [_] => None,
            apdu => Some(Self::Apdu(apdu)),
        }
    }
}

/// What can sit in the virtual reader: the token, or anything else that has an ATR and answers commands.
pub trait Chip {
    /// What it says first.
    fn atr(&self) -> &[u8];

    /// Power comes, or a reset.
    fn power_on(&mut self);

    /// Power goes.
    fn power_off(&mut self);

    /// Answers one command.
    fn exchange(&mut self, env: &mut Env<'_>, c_apdu: &[u8]) -> Exchange;
}

impl Chip for Card {
    fn atr(&self) -> &[u8] {
        self.atr()
    }

    fn power_on(&mut self) {
        self.power_on();
    }

    fn power_off(&mut self) {
        self.power_off();
    }

    fn exchange(&mut self, env: &mut Env<'_>, c_apdu: &[u8]) -> Exchange {
        self.exchange(env, c_apdu)
    }
}

/// What the card does; `None` where the reader expects no answer.
pub fn react(chip: &mut impl Chip, env: &mut Env<'_>, request: Request<'_>) -> Option<Exchange> {
    match request {
        Request::PowerOff => chip.power_off(),
        Request::PowerOn | Request::Reset => chip.power_on(),
        Request::Atr => return Some(Exchange::answering(chip.atr().to_vec())),
        Request::Apdu(c_apdu) => return Some(chip.exchange(env, c_apdu)),
    }
    None
}

/// Reads one frame's payload; `None` when the other end closed between frames.
///
/// # Errors
/// When the connection fails, or ends inside a frame.
pub fn read_frame(from: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 2];
    if from.read(&mut length[..1])? == 0 {
        return Ok(None);
    }
    from.read_exact(&mut length[1..])?;
    let mut payload = vec![0; u16::from_be_bytes(length).into()];
    from.read_exact(&mut payload)?;
    Ok(Some(payload))
}

/// Writes one frame in a single piece, so that no other end waits between its halves.
///
/// # Errors
/// When the connection fails, or the payload is longer than 65535 bytes.
pub fn write_frame(to: &mut impl Write, payload: &[u8]) -> io::Result<()> {
    let length = u16::try_from(payload.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    to.write_all(&[&length.to_be_bytes()[..], payload].concat())
}

/// What this rests on.
pub(crate) const FIDELITY: &[Row] = {
    use Evidence::*;
    const LINE: Subject = Subject(None, "transport");
    &[
        LINE.row("short APDUs only; an extended one is answered `6700`", Assumed),
        LINE.row("vpcd frames: two bytes of length, most significant first; a payload of one byte is 00 off, 01 on, 02 reset, 04 ATR", Spec),
        LINE.row("other control codes and empty frames are passed over", Assumed),
    ]
};
