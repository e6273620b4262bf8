//! A card that answers every command with 6D00, in the virtual reader at HOST:PORT until killed: what the reader, the socket
//! and pcscd cost by themselves, to measure the token against. Nothing but the answers differs from `emulator attach`.
//!
//! `cargo run --release -p emulator --example answers_6d00 -- 127.0.0.1:35963`

use core::ops::ControlFlow;
use std::error::Error;
use std::time::Duration;

use emulator::vpcd::{self, Chip, Desk, Event, Hand, Patience};
use emulator::{Card, Env, Exchange, StatusWord, TokenImage};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

fn main() -> Result<(), Box<dyn Error>> {
    let address = std::env::args().nth(1).ok_or("where: HOST:PORT")?.parse()?;
    let mut idle = Idle(ChaCha20Rng::seed_from_u64(0));
    vpcd::attach(
        &mut Ignorant,
        address,
        Patience::Forever,
        &Hand::default(),
        &mut idle,
    )?;
    Ok(())
}

/// Knows no instruction; has the token's ATR, so that the same driver speaks to it.
struct Ignorant;

impl Chip for Ignorant {
    fn atr(&self) -> &[u8] {
        Card::new(TokenImage::new(0, "")).atr()
    }

    fn power_on(&mut self) {}

    fn power_off(&mut self) {}

    fn exchange(&mut self, _: &mut Env<'_>, _: &[u8]) -> Exchange {
        Exchange::answering(StatusWord::INS_NOT_SUPPORTED.to_bytes().into())
    }
}

/// Lends what nobody asks for.
struct Idle(ChaCha20Rng);

impl Desk for Idle {
    fn env(&mut self) -> Env<'_> {
        Env {
            now: Duration::ZERO,
            rng: &mut self.0,
        }
    }

    fn before_answer(&mut self, _: &[u8], _: &Exchange) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn notice(&mut self, event: Event) {
        eprintln!("{event:?}");
    }
}
