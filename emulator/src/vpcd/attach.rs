//! The loop: reach the reader, obey it, reach it again when it went away.

use core::ops::ControlFlow;
use core::time::Duration;
use std::io::{self, Read};
use std::net::{SocketAddr, TcpStream};

use socket2::SockRef;

use super::{Chip, Hand, Request, react, read_frame, write_frame};
use crate::card::{Env, Exchange};

/// The card's surroundings: what it is lent, and what must happen before its answer leaves.
pub trait Desk {
    /// Time and randomness for one command.
    fn env(&mut self) -> Env<'_>;

    /// Called with each finished exchange before the answer is sent: here the hardware's time is waited out. `Break` is
    /// a power cut: no answer leaves and the loop ends.
    fn before_answer(&mut self, c_apdu: &[u8], exchange: &Exchange) -> ControlFlow<()>;

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
    /// The reader went away, or the card was taken out.
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
}

/// Puts the card into the virtual reader at `address` and obeys until the hand stops it, the desk cuts the power or the
/// reader stays away longer than `patience`. While the hand holds the card out of the reader, it waits.
///
/// # Errors
/// See [`AttachError`]. The card, with all it has durably written, is still the caller's.
pub fn attach(
    chip: &mut impl Chip,
    address: SocketAddr,
    patience: Patience,
    hand: &Hand,
    desk: &mut impl Desk,
) -> Result<(), AttachError> {
    if !address.ip().is_loopback() {
        return Err(AttachError::NotLoopback { address });
    }
    while let Some(stream) = reach(address, patience, hand, desk)? {
        desk.notice(Event::Attached(address));
        // However the connection ended, the card is out of the reader.
        let flow = serve(chip, &stream, desk).unwrap_or(ControlFlow::Continue(()));
        chip.power_off();
        hand.let_go();
        desk.notice(Event::Detached(address));
        if flow.is_break() {
            break;
        }
        hand.pause(SHORTEST_PAUSE);
    }
    Ok(())
}

/// A connection, or `None` when stopped. Tries again after 50 ms, 100 ms and so on up to a second.
fn reach(
    address: SocketAddr,
    patience: Patience,
    hand: &Hand,
    desk: &mut impl Desk,
) -> Result<Option<TcpStream>, AttachError> {
    let (mut waited, mut pause) = (Duration::ZERO, SHORTEST_PAUSE);
    while hand.wants_it_in() {
        if let Some(stream) = connect(address, hand) {
            return Ok(Some(stream));
        }
        if waited.is_zero() {
            desk.notice(Event::Waiting(address));
        }
        if matches!(patience, Patience::Until(limit) if waited >= limit) {
            return Err(AttachError::NoReader { address, waited });
        }
        hand.pause(pause);
        waited += pause;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
    Ok(None)
}

fn connect(address: SocketAddr, hand: &Hand) -> Option<TcpStream> {
    let stream = TcpStream::connect_timeout(&address, LONGEST_PAUSE).ok()?;
    let stream = unless_itself(stream, address)?;
    stream.set_nodelay(true).ok()?;
    stream.set_write_timeout(Some(LONGEST_WRITE)).ok()?;
    hand.hold(&stream).ok()?;
    Some(stream)
}

/// `None` for a connection with itself: where nobody listens at a port that the system gives to whoever connects, it may
/// give just that one. The reader could not have it then; so it is let go at once, without the usual wait.
fn unless_itself(stream: TcpStream, address: SocketAddr) -> Option<TcpStream> {
    if stream.local_addr().ok()? != address {
        return Some(stream);
    }
    // Without it the port is free a minute later.
    let _ = SockRef::from(&stream).set_linger(Some(Duration::ZERO));
    None
}

/// Obeys one connection until it closes.
fn serve(
    chip: &mut impl Chip,
    stream: &TcpStream,
    desk: &mut impl Desk,
) -> io::Result<ControlFlow<()>> {
    let mut prompt = Prompt(stream);
    while let Some(payload) = read_frame(&mut prompt)? {
        let Some(request) = Request::decode(&payload) else {
            continue;
        };
        let Some(exchange) = react(chip, &mut desk.env(), request) else {
            continue;
        };
        if let Request::Apdu(c_apdu) = request
            && desk.before_answer(c_apdu, &exchange).is_break()
        {
            return Ok(ControlFlow::Break(()));
        }
        write_frame(&mut &*stream, &exchange.answer)?;
    }
    Ok(ControlFlow::Continue(()))
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

const SHORTEST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);
/// A reader that takes no answer for so long has gone; a hand that stops the card need not wait for it.
const LONGEST_WRITE: Duration = Duration::from_millis(if cfg!(test) { 100 } else { 5000 });

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::io::Write as _;
    use std::net::TcpListener;
    use std::sync::mpsc;
    use std::thread;

    use socket2::{Domain, Socket, Type};

    use super::*;

    fn bound(address: SocketAddr) -> io::Result<Socket> {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        socket.bind(&address.into())?;
        Ok(socket)
    }

    #[test]
    fn a_connection_with_itself_is_let_go_and_leaves_the_port_to_the_reader() {
        let socket = bound("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = socket.local_addr().unwrap().as_socket().unwrap();
        socket.connect(&address.into()).unwrap();
        assert!(unless_itself(socket.into(), address).is_none());
        bound(address).unwrap().listen(1).unwrap();
    }

    /// Has more to say than any socket holds.
    struct Talker;

    impl Chip for Talker {
        fn atr(&self) -> &[u8] {
            &[0; 0xFFFF]
        }

        fn power_on(&mut self) {}

        fn power_off(&mut self) {}

        fn exchange(&mut self, _: &mut Env<'_>, _: &[u8]) -> Exchange {
            Exchange::answering(Vec::new())
        }
    }

    /// Stops the card when it is out.
    struct Watcher(Hand, rand_chacha::ChaCha20Rng);

    impl Desk for Watcher {
        fn env(&mut self) -> Env<'_> {
            Env {
                now: Duration::ZERO,
                rng: &mut self.1,
            }
        }

        fn before_answer(&mut self, _: &[u8], _: &Exchange) -> ControlFlow<()> {
            ControlFlow::Continue(())
        }

        fn notice(&mut self, event: Event) {
            if matches!(event, Event::Detached(_)) {
                self.0.stop();
            }
        }
    }

    #[test]
    fn a_reader_that_takes_no_answers_holds_no_card() {
        let reader = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = reader.local_addr().unwrap();
        let (tell, told) = mpsc::channel();
        thread::spawn(move || {
            let hand = Hand::default();
            let rng = rand_core::SeedableRng::seed_from_u64(1);
            let mut desk = Watcher(hand.clone(), rng);
            let ended = attach(&mut Talker, address, Patience::Forever, &hand, &mut desk);
            tell.send(ended.is_ok())
        });
        let (mut slot, _) = reader.accept().unwrap();
        slot.write_all(&b"\x00\x01\x04".repeat(1000)).unwrap();
        assert_eq!(told.recv_timeout(Duration::from_secs(20)), Ok(true));
    }
}
