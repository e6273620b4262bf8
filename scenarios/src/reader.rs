//! A reader without a wire: the engine's APDUs go straight into the card core.

use std::cell::RefCell;
use std::rc::Rc;

use emulator::{Card, Env, TokenImage};
use enroll::ports::token::{Transmit, TransmitError};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;

use crate::clock::ScenarioClock;

/// Keeps the card's randomness apart from the portal's, which starts from the same seed.
const CARD_STREAM: u64 = 1;

/// A card in a reader; clones are hands on the same card.
#[derive(Clone)]
pub struct Reader {
    slot: Rc<RefCell<Slot>>,
    clock: ScenarioClock,
}

struct Slot {
    card: Card,
    rng: ChaCha20Rng,
}

impl Reader {
    /// Puts a token in and powers it up; the scenario's seed feeds its random numbers.
    pub fn insert(image: TokenImage, seed: u64, clock: ScenarioClock) -> Self {
        let mut card = Card::new(image);
        card.power_on();
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        rng.set_stream(CARD_STREAM);
        Self {
            slot: Rc::new(RefCell::new(Slot { card, rng })),
            clock,
        }
    }

    /// Takes the power away and gives it back, as between two programs that use the token.
    pub fn power_cycle(&self) {
        let card = &mut self.slot.borrow_mut().card;
        card.power_off();
        card.power_on();
    }

    /// The token as it stands.
    pub fn image(&self) -> TokenImage {
        self.slot.borrow().card.image().clone()
    }
}

impl Transmit for Reader {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransmitError> {
        let slot = &mut *self.slot.borrow_mut();
        let mut env = Env {
            now: self.clock.since_unix_epoch(),
            rng: &mut slot.rng,
        };
        Ok(slot.card.transmit(&mut env, command))
    }

    fn reset(&mut self) -> Result<(), TransmitError> {
        self.power_cycle();
        Ok(())
    }

    fn reader_name(&self) -> String {
        "Aktiv Rutoken ECP 00 00".to_owned()
    }
}
