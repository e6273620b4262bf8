//! `emulator attach`: the card in the virtual reader, its image on disk before every answer.

use core::ops::ControlFlow;
use std::fs;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::process;
use std::thread;
use std::time::Duration;

use emulator::timing::Profile;
use emulator::vpcd::{self, Desk, Event, Hand, Patience};
use emulator::{Card, Env, Exchange, TokenImage, describe};

use super::claim::Claim;
use super::control;
use super::surroundings::{Surroundings, kept_at};
use super::{Attach, Failure, say};

/// Runs until SIGINT or SIGTERM, which end it well; a second one ends it at once.
pub(super) fn run(attach: &Attach) -> Result<(), Failure> {
    let address = address(&attach.vpcd)?;
    let claim = Claim::on(&attach.image)?;
    let image = TokenImage::load(claim.image())?;
    let mut card = kept_at(claim.image(), Card::with_model(image, attach.atr.into()));
    let mut desk = Counter {
        surroundings: Surroundings::new(attach.seed)?,
        profile: profile(&attach.timing)?,
        trace: attach.trace,
    };
    let patience = attach.patience.map_or(Patience::Forever, |secs| {
        Patience::Until(Duration::from_secs(secs))
    });
    let hand = Hand::default();
    stop_on_signals(&hand)?;
    if let Some(control) = attach.control {
        let refused = |source| Failure::Control {
            address: control,
            source,
        };
        let control = control::listen(control, &hand).map_err(refused)?;
        say(format_args!("control at {control}"));
    }
    vpcd::attach(&mut card, address, patience, &hand, &mut desk)?;
    say(format_args!("stopped; the image is saved"));
    Ok(())
}

/// Lends, waits, tells.
struct Counter {
    surroundings: Surroundings,
    profile: Profile,
    trace: bool,
}

impl Desk for Counter {
    fn env(&mut self) -> Env<'_> {
        self.surroundings.env()
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the program's shell waits the device's time out"
    )]
    fn before_answer(&mut self, c_apdu: &[u8], exchange: &Exchange) -> ControlFlow<()> {
        if self.trace {
            let answer = describe::response(c_apdu, &exchange.answer);
            say(format_args!("{}: {answer}", describe::command(c_apdu)));
        }
        let delay = self.profile.delay(exchange.work);
        if !delay.is_zero() {
            thread::sleep(delay);
        }
        ControlFlow::Continue(())
    }

    fn notice(&mut self, event: Event) {
        match event {
            Event::Waiting(address) => {
                say(format_args!("waiting for a virtual reader at {address}"));
            }
            Event::Attached(address) => say(format_args!("attached to {address}")),
            Event::Detached(address) => say(format_args!("out of the reader at {address}")),
        }
    }
}

/// The first address of this machine that the text stands for, else the first of any.
fn address(text: &str) -> Result<SocketAddr, Failure> {
    let wrong = |reason: String| Failure::Address {
        text: text.into(),
        reason,
    };
    let addresses: Vec<_> = text
        .to_socket_addrs()
        .map_err(|error| wrong(error.to_string()))?
        .collect();
    let here = addresses.iter().find(|address| address.ip().is_loopback());
    here.or(addresses.first())
        .copied()
        .ok_or_else(|| wrong("it stands for no address".into()))
}

fn profile(text: &str) -> Result<Profile, Failure> {
    let wrong = |reason: String| Failure::Timing {
        text: text.into(),
        reason,
    };
    match text {
        "none" => Ok(Profile::none()),
        "hardware" => Ok(Profile::hardware()),
        path => {
            let text = fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
            Profile::from_toml(&text).map_err(|error| wrong(error.to_string()))
        }
    }
}

#[cfg(unix)]
fn stop_on_signals(hand: &Hand) -> io::Result<()> {
    use signal_hook::consts::{SIGINT, SIGTERM};
    let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM])?;
    let hand = hand.clone();
    thread::spawn(move || {
        let mut signals = signals.forever();
        if signals.next().is_some() {
            hand.stop();
        }
        if let Some(again) = signals.next() {
            process::exit(128 + again);
        }
    });
    Ok(())
}

/// Elsewhere the program simply ends: the image was saved before the last answer.
#[cfg(not(unix))]
fn stop_on_signals(_hand: &Hand) -> io::Result<()> {
    Ok(())
}
