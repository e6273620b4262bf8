//! The card's end of the virtual reader: the shared script of bytes, real sockets on the loopback, torn frames.

use core::ops::ControlFlow;
use core::time::Duration;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;

use emulator::fixture::{Fault, Fixture};
use emulator::reference::PinRef;
use emulator::vpcd::{self, AttachError, Desk, Event, Hand, Patience, Request};
use emulator::{Card, Env, Exchange, TokenImage};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use serde::Deserialize;
use socket2::SockRef;

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

impl Script {
    fn shared() -> Self {
        toml::from_str(include_str!("../vpcd/session.toml")).expect("a good script")
    }
}

fn bytes(text: &str) -> Vec<u8> {
    hex::decode(text.replace(' ', "")).expect("hexadecimal")
}

fn new_card() -> Card {
    Card::new(TokenImage::new(0x2CDB_7256, ""))
}

/// Remembers; cuts the power after so many answers.
struct TestDesk {
    rng: ChaCha20Rng,
    saved: Vec<TokenImage>,
    events: Vec<Event>,
    answers_before_cut: usize,
    hand: Hand,
    detachments: usize,
}

impl TestDesk {
    fn new(hand: &Hand) -> Self {
        Self {
            rng: ChaCha20Rng::seed_from_u64(1),
            saved: Vec::new(),
            events: Vec::new(),
            answers_before_cut: usize::MAX,
            hand: hand.clone(),
            detachments: 1,
        }
    }
}

impl Desk for TestDesk {
    fn env(&mut self) -> Env<'_> {
        Env {
            now: Duration::ZERO,
            rng: &mut self.rng,
        }
    }

    fn before_answer(&mut self, _: &[u8], exchange: &Exchange) -> ControlFlow<()> {
        self.saved.extend(exchange.writes.iter().cloned());
        match self.answers_before_cut.checked_sub(1) {
            Some(left) => {
                self.answers_before_cut = left;
                ControlFlow::Continue(())
            }
            None => ControlFlow::Break(()),
        }
    }

    fn notice(&mut self, event: Event) {
        self.events.push(event);
        self.detachments -= usize::from(matches!(event, Event::Detached(_)));
        if self.detachments == 0 {
            self.hand.stop();
        }
    }
}

/// A reader on a free port and what it does with the one card that comes.
fn reader(act: impl FnOnce(TcpStream) + Send + 'static) -> (SocketAddr, thread::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("its address");
    let handle = thread::spawn(move || {
        let (stream, _) = listener.accept().expect("a card");
        stream
            .set_read_timeout(Some(Duration::from_secs(10)))
            .expect("a socket option");
        act(stream);
    });
    (address, handle)
}

#[test]
fn the_shared_script_is_answered_byte_for_byte() {
    let (mut card, mut rng) = (new_card(), ChaCha20Rng::seed_from_u64(1));
    for frame in Script::shared().frame {
        let input = bytes(&frame.reader);
        let (mut rest, mut output) = (&input[..], Vec::new());
        while let Some(payload) = vpcd::read_frame(&mut rest).unwrap() {
            let Some(request) = Request::decode(&payload) else {
                continue;
            };
            let mut env = Env {
                now: Duration::ZERO,
                rng: &mut rng,
            };
            if let Some(exchange) = vpcd::react(&mut card, &mut env, request) {
                vpcd::write_frame(&mut output, &exchange.answer).unwrap();
            }
        }
        assert_eq!(output, bytes(&frame.card), "{}", frame.what);
    }
}

#[test]
fn the_shared_script_over_a_socket_saves_before_it_answers() {
    let (address, handle) = reader(|mut stream| {
        for frame in Script::shared().frame {
            // In two pieces, as vpcd does it.
            let input = bytes(&frame.reader);
            stream.write_all(&input[..2]).expect("the length");
            stream.write_all(&input[2..]).expect("the payload");
            let mut answer = vec![0; bytes(&frame.card).len()];
            stream.read_exact(&mut answer).expect("an answer");
            assert_eq!(answer, bytes(&frame.card), "{}", frame.what);
        }
    });
    let (mut card, hand) = (new_card(), Hand::default());
    let mut desk = TestDesk::new(&hand);
    vpcd::attach(&mut card, address, Patience::Forever, &hand, &mut desk).unwrap();
    handle.join().unwrap();
    assert_eq!(
        desk.events,
        [Event::Attached(address), Event::Detached(address)]
    );
    assert_eq!(desk.saved.last(), Some(card.image()));
}

#[test]
fn a_power_cut_withholds_the_answer_and_keeps_what_was_written() {
    let (address, handle) = reader(|mut stream| {
        stream
            .write_all(b"\x00\x09\x00\x20\x00\x02\x040000")
            .expect("a wrong PIN");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("the end");
        assert_eq!(answer, []);
    });
    let (mut card, hand) = (new_card(), Hand::default());
    let mut desk = TestDesk::new(&hand);
    desk.answers_before_cut = 0;
    vpcd::attach(&mut card, address, Patience::Forever, &hand, &mut desk).unwrap();
    handle.join().unwrap();
    assert_eq!(desk.saved.len(), 1);
}

#[test]
fn a_stopped_card_leaves_the_reader() {
    let hand = Hand::default();
    let stopper = hand.clone();
    let (address, handle) = reader(move |mut stream| {
        stream.write_all(&[0x00, 0x01, 0x04]).expect("a request");
        stream.read_exact(&mut [0; 17]).expect("the ATR");
        stopper.stop();
        assert_eq!(stream.read(&mut [0; 1]).expect("the end"), 0);
    });
    let mut desk = TestDesk::new(&hand);
    vpcd::attach(
        &mut new_card(),
        address,
        Patience::Forever,
        &hand,
        &mut desk,
    )
    .unwrap();
    handle.join().unwrap();
    assert!(
        vpcd::attach(
            &mut new_card(),
            address,
            Patience::Forever,
            &hand,
            &mut desk
        )
        .is_ok()
    );
}

#[test]
fn a_reader_that_comes_back_finds_the_card_without_its_logins() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let handle = thread::spawn(move || {
        for (request, answer) in [
            (&b"\x00\x0D\x00\x20\x00\x02\x0812345678"[..], [0x90, 0x00]),
            (b"\x00\x04\x00\x20\x00\x02", [0x63, 0xCA]),
        ] {
            let (mut stream, _) = listener.accept().expect("the card");
            stream.write_all(request).expect("a request");
            let mut frame = [0; 4];
            stream.read_exact(&mut frame).expect("an answer");
            assert_eq!(frame[2..], answer);
        }
    });
    let hand = Hand::default();
    let mut desk = TestDesk::new(&hand);
    desk.detachments = 2;
    vpcd::attach(
        &mut new_card(),
        address,
        Patience::Forever,
        &hand,
        &mut desk,
    )
    .unwrap();
    handle.join().unwrap();
    let (attached, detached) = (Event::Attached(address), Event::Detached(address));
    assert_eq!(desk.events, [attached, detached, attached, detached]);
}

#[test]
fn an_absent_reader_is_waited_for_no_longer_than_asked() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let hand = Hand::default();
    let mut desk = TestDesk::new(&hand);
    let patience = Patience::Until(Duration::from_millis(60));
    let error = vpcd::attach(&mut new_card(), address, patience, &hand, &mut desk).unwrap_err();
    assert!(matches!(error, AttachError::NoReader { .. }), "{error}");
    assert_eq!(desk.events, [Event::Waiting(address)]);
}

#[test]
fn a_reader_on_another_machine_is_refused() {
    let hand = Hand::default();
    let address = "192.0.2.1:35963".parse().unwrap();
    let error = vpcd::attach(
        &mut new_card(),
        address,
        Patience::Forever,
        &hand,
        &mut TestDesk::new(&hand),
    );
    assert!(matches!(error, Err(AttachError::NotLoopback { .. })));
}

#[test]
fn a_frame_cut_short_is_an_error_and_its_end_between_frames_is_not() {
    assert!(vpcd::read_frame(&mut &[0x00][..]).is_err());
    assert!(vpcd::read_frame(&mut &[0x00, 0x02, 0x01][..]).is_err());
    assert!(vpcd::read_frame(&mut &[][..]).unwrap().is_none());
}

/// A reader that gives up waiting for its card, so that a lost card is a failure and not a standstill.
fn listening() -> TcpListener {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let patience = Some(Duration::from_secs(10));
    let socket = SockRef::from(&listener);
    socket.set_read_timeout(patience).expect("a socket option");
    listener
}

fn accepted(reader: &TcpListener) -> TcpStream {
    let (stream, _) = reader.accept().expect("a card");
    let patience = Some(Duration::from_secs(10));
    stream.set_read_timeout(patience).expect("a socket option");
    stream
}

/// Sends one frame and takes the answer, as the reader's end does.
fn ask(stream: &mut TcpStream, payload: &[u8]) -> Vec<u8> {
    vpcd::write_frame(stream, payload).expect("the card listens");
    vpcd::read_frame(stream)
        .expect("an answer")
        .expect("no end yet")
}

const SERIAL: &[u8] = &[0x00, 0xCA, 0x01, 0x81, 0x00];

#[test]
fn a_token_taken_out_is_gone_until_it_is_put_back_without_its_logins() {
    let reader = listening();
    let token = Fixture::new().build().unwrap();
    let inserted = token.insert(reader.local_addr().unwrap());
    let mut slot = accepted(&reader);
    assert_eq!(
        ask(&mut slot, b"\x00\x20\x00\x02\x0812345678"),
        [0x90, 0x00]
    );
    assert!(inserted.hand().is_in());
    inserted.hand().remove();
    assert!(!inserted.hand().is_in());
    assert!(
        matches!(vpcd::read_frame(&mut slot), Ok(None)),
        "the slot is empty"
    );
    inserted.hand().insert();
    let mut slot = accepted(&reader);
    assert_eq!(ask(&mut slot, b"\x00\x20\x00\x02"), [0x63, 0xCA]);
    inserted.eject().unwrap();
    assert!(matches!(vpcd::read_frame(&mut slot), Ok(None)));
}

#[test]
fn two_tokens_sit_in_two_readers() {
    let readers = [(); 2].map(|()| listening());
    let tokens: Vec<_> = (1..=2)
        .zip(&readers)
        .map(|(serial, reader)| {
            let token = Fixture::new().serial(serial).build().unwrap();
            token.insert(reader.local_addr().unwrap())
        })
        .collect();
    for (serial, reader) in (1..=2).zip(&readers) {
        let mut slot = accepted(reader);
        assert_eq!(
            ask(&mut slot, SERIAL),
            [0, 0, 0, 0, 0, 0, 0, serial, 0x90, 0x00]
        );
    }
    drop(tokens);
}

#[test]
fn a_card_stopped_while_it_is_out_ends() {
    let reader = listening();
    let inserted = Fixture::new()
        .build()
        .unwrap()
        .insert(reader.local_addr().unwrap());
    let mut slot = accepted(&reader);
    inserted.hand().remove();
    assert!(matches!(vpcd::read_frame(&mut slot), Ok(None)));
    assert_eq!(inserted.eject().unwrap().image().serial, 0x2CDB_7256);
}

#[test]
fn a_power_cut_in_the_reader_ends_the_connection_without_an_answer() {
    let reader = listening();
    let token = Fixture::new().fault(1, Fault::PowerCut { writes: 1 });
    let inserted = token.build().unwrap().insert(reader.local_addr().unwrap());
    let mut slot = accepted(&reader);
    vpcd::write_frame(&mut slot, b"\x00\x20\x00\x02\x0812345678").unwrap();
    assert!(matches!(vpcd::read_frame(&mut slot), Ok(None)));
    let image = inserted.eject().unwrap().image().clone();
    assert_eq!(image.pins[&PinRef::User].tries_left, 9);
}
