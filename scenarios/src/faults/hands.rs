//! The meddler's hand in each room: the token's line, the mock's door, the journal's disk, the machine's clock.

use std::fs::File;
use std::io::{self, Write as _};
use std::sync::Arc;
use std::time::Duration;

use enroll::journal::{Disk, Synced};
use enroll::ports::token::TransmitError;
use http::{HeaderValue, Request, Response, StatusCode, header};
use jiff::{SignedDuration, Timestamp};
use mock_ca::{Dawdle, Door as Listener, Lost};

use super::meddler::Meddler;
use crate::clock::ScenarioClock;
use crate::crash::{self, count};
use crate::scenario::{Mischief, Room};
use crate::world::Door;

/// What became of a request at which the engine was killed; travels with the answer that never comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Killed {
    /// It was never sent.
    Before,
    /// The portal did what it asks for.
    After,
    /// The engine was dead already: its client asks again in a thread of its own, which nobody would have seen.
    Already,
}

/// How long a client whose portal does not answer is patient, for such a fault.
pub(crate) const PATIENCE: Duration = Duration::from_secs(1);
/// When the answer comes after all.
const TOO_LATE_SECS: u32 = 4;

/// The card, as the meddler reaches it.
pub(crate) trait Card {
    /// One command.
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransmitError>;
    /// Power off and on.
    fn reset(&mut self) -> Result<(), TransmitError>;
}

/// Passes a command on, or does what is planned instead.
pub(crate) fn to_card(
    meddler: &Meddler,
    card: &mut dyn Card,
    command: &[u8],
) -> Result<Vec<u8>, TransmitError> {
    end_the_dead(meddler);
    if meddler.is_out() {
        return Err(TransmitError::Removed);
    }
    match meddler.meet(Room::Token, count::name(command)) {
        Some(Mischief::InternalError) => Ok(vec![0x6F, 0x00]),
        Some(Mischief::NotPermitted) => Ok(vec![0x69, 0x82]),
        Some(Mischief::NoSpace) => Ok(vec![0x6A, 0x84]),
        Some(Mischief::Removed) => {
            card.reset()?;
            meddler.pull_out();
            Err(TransmitError::Removed)
        }
        Some(Mischief::RemovedAfter) => {
            card.transmit(command)?;
            card.reset()?;
            meddler.pull_out();
            Err(TransmitError::Removed)
        }
        Some(Mischief::Reset) => {
            card.reset()?;
            Err(TransmitError::Reset)
        }
        Some(Mischief::NoAnswer) => {
            card.transmit(command)?;
            Err(TransmitError::Lost("no answer".to_owned()))
        }
        Some(Mischief::KilledBefore) => {
            meddler.kill_at(command, false);
            crash::end()
        }
        Some(Mischief::KilledAfter) => {
            card.transmit(command)?;
            meddler.kill_at(command, true);
            crash::end()
        }
        _ => card.transmit(command),
    }
}

/// Resets the card, unless it is out.
pub(crate) fn to_reset(meddler: &Meddler, card: &mut dyn Card) -> Result<(), TransmitError> {
    end_the_dead(meddler);
    if meddler.is_out() {
        return Err(TransmitError::Removed);
    }
    card.reset()
}

/// The mock's door. It answers in another thread, so it cannot end the engine: it loses the answer, and the engine
/// ends at whatever it tries next.
pub(crate) fn meddled(mut door: Door, meddler: Arc<Meddler>) -> Door {
    Box::new(move |now, listener, request| {
        if meddler.is_dead() {
            return killed(Killed::Already, Response::default());
        }
        let room = match listener {
            Listener::Portal | Listener::SecurePortal => Room::Portal,
            Listener::Sms => Room::Inbox,
            Listener::Control => return door(now, listener, request),
        };
        let name = format!("{} {}", request.method(), request.uri().path());
        match meddler.meet(room, &name) {
            Some(Mischief::ServerError) => refused(StatusCode::INTERNAL_SERVER_ERROR),
            Some(Mischief::Unavailable) => refused(StatusCode::SERVICE_UNAVAILABLE),
            Some(Mischief::LoginPage) => door(now, listener, logged_out(request)),
            Some(Mischief::Cut) => lost(Response::default()),
            Some(Mischief::LostAnswer) => lost(door(now, listener, request)),
            Some(Mischief::NoAnswer) => late(door(now, listener, request)),
            Some(Mischief::Garbage) => garbage(),
            Some(Mischief::KilledBefore) => {
                meddler.kill();
                killed(Killed::Before, Response::default())
            }
            Some(Mischief::KilledAfter) => {
                let answer = door(now, listener, request);
                meddler.kill();
                killed(Killed::After, answer)
            }
            _ => door(now, listener, request),
        }
    })
}

fn lost(mut answer: Response<Vec<u8>>) -> Response<Vec<u8>> {
    answer.extensions_mut().insert(Lost::Whole);
    answer
}

fn killed(how: Killed, answer: Response<Vec<u8>>) -> Response<Vec<u8>> {
    let mut answer = lost(answer);
    answer.extensions_mut().insert(how);
    answer
}

fn late(mut answer: Response<Vec<u8>>) -> Response<Vec<u8>> {
    answer.extensions_mut().insert(Dawdle::Late {
        secs: TOO_LATE_SECS,
    });
    answer
}

fn refused(status: StatusCode) -> Response<Vec<u8>> {
    let mut answer = page("<title>Error</title><p>The server cannot do this now.</p>");
    *answer.status_mut() = status;
    answer
}

/// What a hotel's network shows instead of what was asked for.
fn garbage() -> Response<Vec<u8>> {
    page("<title>Wi-Fi</title><p>Welcome! Please enter your room number.</p>")
}

fn page(text: &str) -> Response<Vec<u8>> {
    let mut answer = Response::new(text.as_bytes().to_vec());
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    answer.headers_mut().insert(header::CONTENT_TYPE, html);
    answer
}

fn logged_out(mut request: Request<Vec<u8>>) -> Request<Vec<u8>> {
    request.headers_mut().remove(header::COOKIE);
    request
}

/// The journal's disk.
#[derive(Debug)]
pub(crate) struct Platter(pub(crate) Arc<Meddler>);

impl Disk for Platter {
    fn append(&self, file: &mut File, line: &[u8]) -> io::Result<()> {
        end_the_dead(&self.0);
        match self.0.meet(Room::Journal, &count::line(line)) {
            Some(Mischief::DiskFull) => {
                file.write_all(&line[..line.len() / 2])?;
                Err(io::ErrorKind::StorageFull.into())
            }
            Some(Mischief::NotWritable) => Err(io::ErrorKind::PermissionDenied.into()),
            Some(Mischief::KilledBefore) => die(&self.0),
            Some(Mischief::KilledAfter) => {
                Synced.append(file, line)?;
                die(&self.0)
            }
            _ => Synced.append(file, line),
        }
    }
}

/// The clock of the engine's machine: the scenario's, until something is wrong with it.
#[derive(Clone, Debug)]
pub(crate) struct MachineClock {
    pub(crate) clock: ScenarioClock,
    pub(crate) meddler: Arc<Meddler>,
}

impl enroll::ports::Clock for MachineClock {
    fn now(&self) -> Timestamp {
        let off = SignedDuration::from_secs(self.meddler.clock_off_secs());
        let now = self.clock.now();
        now.saturating_add(off).unwrap_or(now)
    }

    fn wait(&self, how_long: Duration, why: &str) {
        end_the_dead(&self.meddler);
        match self.meddler.meet(Room::Clock, why) {
            Some(Mischief::Sleeps) => self.clock.pass(AN_HOUR, "the machine sleeps"),
            Some(Mischief::Ahead) => self.meddler.shift_clock(A_DAY_SECS),
            Some(Mischief::Behind) => self.meddler.shift_clock(-A_DAY_SECS),
            _ => {}
        }
        self.clock.pass(how_long, why);
    }
}

const AN_HOUR: Duration = Duration::from_secs(3600);
const A_DAY_SECS: i64 = 86_400;

/// Ends an engine that was killed at some other room's call, at whatever it tries next.
pub(crate) fn end_the_dead(meddler: &Meddler) {
    if meddler.is_dead() {
        crash::end();
    }
}

fn die(meddler: &Meddler) -> ! {
    meddler.kill();
    crash::end()
}
