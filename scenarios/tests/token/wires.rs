//! The same token behind a socket, and beside one that OpenSC made.

use core::ops::ControlFlow;
use core::time::Duration;
use emulator::reference::FileId;
use emulator::vpcd::{self, Desk, Event, Hand, Patience};
use emulator::{Card, Env, Exchange, ObjectName};
use enroll::adapters::apdu_token::ApduToken;
use enroll::adapters::vpcd_reader::VpcdReader;
use enroll::ports::token::Token as _;
use enroll::ports::token::{Pin, PinRole};
use gost3410::{ParameterSet, SigningKey};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;

use crate::line::{Line, as_user, blank, on_a};

/// A card behind a socket, in a thread of its own.
struct Socket(ChaCha20Rng);

impl Desk for Socket {
    fn env(&mut self) -> Env<'_> {
        Env {
            now: Duration::ZERO,
            rng: &mut self.0,
        }
    }

    fn before_answer(&mut self, _: &[u8], _: &Exchange) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn notice(&mut self, _: Event) {}
}

#[test]
fn a_token_behind_a_socket_is_the_same_token() {
    let mut reader =
        VpcdReader::listen("127.0.0.1:0".parse().expect("an address")).expect("a free port");
    let (address, hand) = (reader.address(), Hand::default());
    let held = hand.clone();
    let thread = std::thread::spawn(move || {
        let mut card = Card::new(blank());
        let mut desk = Socket(ChaCha20Rng::seed_from_u64(1));
        vpcd::attach(&mut card, address, Patience::Forever, &held, &mut desk).expect("obeys");
        card.into_image()
    });
    reader
        .await_card(Duration::from_secs(20), |_| {})
        .expect("comes");
    assert_eq!(reader.atr(), Card::new(blank()).atr());
    let mut token = ApduToken::new(reader);
    token
        .log_in(PinRole::User, &Pin::new("12345678"))
        .expect("the default PIN");
    token.generate_key_pair(&on_a()).expect("makes");
    hand.stop();
    let image = thread.join().expect("ends");

    let line = Line::to(blank());
    as_user(&line).generate_key_pair(&on_a()).expect("makes");
    assert!(line.image() == image);
}

#[test]
fn a_token_made_here_is_the_token_that_opensc_would_make() {
    let line = Line::to(blank());
    let pair = as_user(&line).generate_key_pair(&on_a()).expect("makes");
    let mut expected = blank();
    let rng = &mut *line.rng.borrow_mut();
    *rng = ChaCha20Rng::seed_from_u64(1);
    let key = SigningKey::generate(ParameterSet::CryptoProA, rng);
    expected
        .put_gost_pair(
            ObjectName {
                label: &pair.label,
                id: &pair.id.0,
            },
            &key,
        )
        .expect("room");
    let made = line.image();
    for path in [
        &[0x5000, 0x6002][..],
        &[0x5000, 0x6001],
        &[0x5000, 0x0200],
        &[0x1000, 0x1000, 0x6002, 1],
        &[0x1000, 0x1000, 0x6001, 1],
    ] {
        let path: Vec<_> = path.iter().map(|fid| FileId(*fid)).collect();
        assert!(made.file(&path) == expected.file(&path), "{path:?}");
    }
}
