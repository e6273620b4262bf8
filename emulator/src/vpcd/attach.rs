//! The loop: reach the reader, obey it, reach it again when it went away.

use core::ops::ControlFlow;
use core::time::Duration;
use std::io::{self, Read};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use socket2::SockRef;

use super::{Request, react, read_frame, write_frame};
use crate::card::{Card, Env, Exchange};
use crate::image::ImageError;

/// The card's surroundings: what it is lent, and what must happen before its answer leaves.
pub trait Desk {
    /// Time and randomness for one command.
    fn env(&mut self) -> Env<'_>;

    /// Called with each finished exchange before the answer is sent: here the image is saved and the hardware's time
    /// is waited out. `Break` is a power cut: no answer leaves and the loop ends.
    ///
    /// # Errors
    /// When the image cannot be saved; nothing is answered then either.
    fn before_answer(
        &mut self,
        card: &Card,
        c_apdu: &[u8],
        exchange: &Exchange,
    ) -> Result<ControlFlow<()>, ImageError>;

    /// Told as it happens.
    fn notice(&mut self, event: Event);
}

/// What happens to the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Nobody listens there yet; told once per absence.
    Waiting(SocketAddr),
    /// The card is in the reader.
    Attached(SocketAddr),
    /// The reader went away.
    Detached(SocketAddr),
}

/// How long an absent reader is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// Until it comes or the card is stopped.
    Forever,
    /// This long, each time it is away.
    Until(Duration),
}

/// Why the card left the reader unasked.
#[derive(Debug, thiserror::Error)]
pub enum AttachError {
    /// The protocol has no authentication: a card on another machine would be anybody's.
    #[error("{address} is not an address of this machine")]
    NotLoopback {
        /// As asked for.
        address: SocketAddr,
    },
    /// Nobody listened there in time.
    #[error("no virtual reader at {address} for {seconds} s", seconds = waited.as_secs())]
    NoReader {
        /// Where it should be.
        address: SocketAddr,
        /// How long it was waited for.
        waited: Duration,
    },
    /// The image could not be saved.
    #[error(transparent)]
    Image(#[from] ImageError),
}

/// Puts the card into the virtual reader at `address` and obeys until it is stopped, the desk cuts the power or the
/// reader stays away longer than `patience`.
///
/// # Errors
/// See [`AttachError`]. The card, with all it has durably written, is still the caller's.
pub fn attach(
    card: &mut Card,
    address: SocketAddr,
    patience: Patience,
    stop: &Stop,
    desk: &mut impl Desk,
) -> Result<(), AttachError> {
    if !address.ip().is_loopback() {
        return Err(AttachError::NotLoopback { address });
    }
    while let Some(stream) = reach(address, patience, stop, desk)? {
        desk.notice(Event::Attached(address));
        let flow = serve(card, &stream, desk);
        card.power_off();
        stop.forget();
        desk.notice(Event::Detached(address));
        match flow {
            Ok(ControlFlow::Continue(())) | Err(Lost::Connection) => stop.pause(SHORTEST_PAUSE),
            Ok(ControlFlow::Break(())) => return Ok(()),
            Err(Lost::Image(error)) => return Err(error.into()),
        }
    }
    Ok(())
}

/// A connection, or `None` when stopped. Tries again after 50 ms, 100 ms and so on up to a second.
fn reach(
    address: SocketAddr,
    patience: Patience,
    stop: &Stop,
    desk: &mut impl Desk,
) -> Result<Option<TcpStream>, AttachError> {
    let (mut waited, mut pause) = (Duration::ZERO, SHORTEST_PAUSE);
    while !stop.is_stopped() {
        if let Some(stream) = connect(address, stop) {
            return Ok(Some(stream));
        }
        if waited.is_zero() {
            desk.notice(Event::Waiting(address));
        }
        if matches!(patience, Patience::Until(limit) if waited >= limit) {
            return Err(AttachError::NoReader { address, waited });
        }
        stop.pause(pause);
        waited += pause;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
    Ok(None)
}

fn connect(address: SocketAddr, stop: &Stop) -> Option<TcpStream> {
    let stream = TcpStream::connect_timeout(&address, LONGEST_PAUSE).ok()?;
    stream.set_nodelay(true).ok()?;
    stop.watch(&stream).ok()?;
    Some(stream)
}

/// Obeys one connection until it closes.
fn serve(
    card: &mut Card,
    stream: &TcpStream,
    desk: &mut impl Desk,
) -> Result<ControlFlow<()>, Lost> {
    let mut prompt = Prompt(stream);
    while let Some(payload) = read_frame(&mut prompt)? {
        let Some(request) = Request::decode(&payload) else {
            continue;
        };
        let Some(exchange) = react(card, &mut desk.env(), request) else {
            continue;
        };
        if let Request::Apdu(c_apdu) = request
            && desk.before_answer(card, c_apdu, &exchange)?.is_break()
        {
            return Ok(ControlFlow::Break(()));
        }
        write_frame(&mut &*stream, &exchange.answer)?;
    }
    Ok(ControlFlow::Continue(()))
}

/// Why a connection is over.
enum Lost {
    /// The reader's end of it.
    Connection,
    /// Ours.
    Image(ImageError),
}

impl From<io::Error> for Lost {
    fn from(_: io::Error) -> Self {
        Self::Connection
    }
}

impl From<ImageError> for Lost {
    fn from(error: ImageError) -> Self {
        Self::Image(error)
    }
}

/// Acknowledges at once whatever it reads.
///
/// vpcd sends the length and the command in two pieces and does not send the second before the first is acknowledged.
/// With acknowledgements delayed as usual that costs 40 ms a command: 20 commands a second instead of thousands.
/// The option does not stick, so it is set before every read.
struct Prompt<'a>(&'a TcpStream);

impl Read for Prompt<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        acknowledge_at_once(self.0);
        self.0.read(buffer)
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn acknowledge_at_once(stream: &TcpStream) {
    // Without it the card is slow, not wrong.
    let _ = SockRef::from(stream).set_tcp_quickack(true);
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn acknowledge_at_once(stream: &TcpStream) {
    let _ = SockRef::from(stream);
}

/// A handle that takes the card out of the reader from another thread.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<Signal>);

#[derive(Debug, Default)]
struct Signal {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    stopped: bool,
    stream: Option<TcpStream>,
}

impl Stop {
    /// Ends the loop: the command that is being obeyed is finished and its image saved first.
    pub fn stop(&self) {
        let mut state = self.state();
        state.stopped = true;
        if let Some(stream) = state.stream.take() {
            // It may have been closed from the other end.
            let _ = stream.shutdown(Shutdown::Read);
        }
        self.0.changed.notify_all();
    }

    /// Whether [`Self::stop`] was called.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.state().stopped
    }

    fn watch(&self, stream: &TcpStream) -> io::Result<()> {
        let mut state = self.state();
        if state.stopped {
            return Err(io::ErrorKind::Interrupted.into());
        }
        state.stream = Some(stream.try_clone()?);
        Ok(())
    }

    fn forget(&self) {
        self.state().stream = None;
    }

    fn pause(&self, pause: Duration) {
        let running = |state: &mut State| !state.stopped;
        // Whatever ended the pause, the caller looks again.
        let _ = self
            .0
            .changed
            .wait_timeout_while(self.state(), pause, running);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const SHORTEST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);
