//! The reader of a run: the card core called directly, or the same core behind a socket, as separate programs meet it.

use std::cell::RefCell;
use std::net::{Ipv4Addr, SocketAddr};
use std::ops::ControlFlow;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use emulator::timing::Profile;
use emulator::vpcd::{self, Desk, Hand, Patience};
use emulator::{Card, Env, Exchange, TokenImage};
use enroll::adapters::vpcd_reader::VpcdReader;
use enroll::ports::token::{Transmit, TransmitError};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;

use crate::clock::ScenarioClock;
use crate::faults::{self, Meddler};
use crate::jobs::locked;

/// Keeps the card's randomness apart from the portal's, which starts from the same seed.
const CARD_STREAM: u64 = 1;

/// How long a card may take to come into a reader.
const PATIENCE: Duration = Duration::from_secs(20);

/// How the engine reaches the token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Way {
    /// The card core, called directly.
    #[default]
    InProcess,
    /// The engine listens as a vpcd reader, the card connects to it.
    Vpcd,
    /// pcscd with vsmartcard's virtual reader on its usual port.
    Pcsc,
    /// OpenSC's PKCS#11 module, with the same pcscd below.
    Pkcs11,
    /// No engine: a person's hands in a browser, whose pages reach the card core by the bridge.
    Browser,
}

impl Way {
    /// Whether pcscd's one reader is taken by it.
    pub const fn takes_the_reader(self) -> bool {
        matches!(self, Self::Pcsc | Self::Pkcs11)
    }
}

/// Commands and answers as the card had them, where somebody else than the engine made them.
#[derive(Clone, Debug, Default)]
pub struct Heard(Arc<Mutex<Vec<Passed>>>);

/// A command and its answer.
type Passed = (Vec<u8>, Vec<u8>);

impl Heard {
    /// What passed since this was asked last.
    pub fn drain(&self) -> Vec<Passed> {
        std::mem::take(&mut *locked(&self.0))
    }
}

/// A card in a reader; clones are hands on the same card.
#[derive(Clone)]
pub struct Reader {
    slot: Rc<RefCell<Slot>>,
    meddler: Arc<Meddler>,
    heard: Heard,
}

enum Slot {
    Direct {
        card: Box<Card>,
        surroundings: Box<Surroundings>,
    },
    Wired {
        reader: Box<dyn Transmit>,
        hand: Hand,
        card: Option<JoinHandle<TokenImage>>,
        way: Way,
    },
    /// A recording answers.
    Played(Box<dyn Transmit>),
}

impl Reader {
    /// A reader in which a recording plays the token.
    pub fn played(token: Box<dyn Transmit>) -> Self {
        Self {
            slot: Rc::new(RefCell::new(Slot::Played(token))),
            meddler: Arc::default(),
            heard: Heard::default(),
        }
    }

    /// Puts a token in and powers it up; the scenario's seed feeds its random numbers, and each command takes as much of
    /// the scenario's time as `timing` says.
    ///
    /// Errors: the way to the card, where there is one to fail.
    pub fn insert(
        image: TokenImage,
        seed: u64,
        clock: ScenarioClock,
        way: Way,
        timing: Profile,
    ) -> Result<Self, TransmitError> {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        rng.set_stream(CARD_STREAM);
        let mut card = Card::new(image);
        let heard = Heard::default();
        let surroundings = Surroundings {
            clock,
            rng,
            timing,
            heard: (way == Way::Pkcs11).then(|| heard.clone()),
        };
        let slot = match way {
            Way::InProcess | Way::Browser => {
                card.power_on();
                Slot::Direct {
                    card: Box::new(card),
                    surroundings: Box::new(surroundings),
                }
            }
            Way::Vpcd => vpcd_slot(card, surroundings)?,
            Way::Pcsc | Way::Pkcs11 => pcsc_slot(card, surroundings, way)?,
        };
        Ok(Self {
            slot: Rc::new(RefCell::new(slot)),
            meddler: Arc::default(),
            heard,
        })
    }

    /// The same reader, with somebody at it who makes commands fail.
    pub fn meddled_by(self, meddler: Arc<Meddler>) -> Self {
        Self { meddler, ..self }
    }

    /// What the card hears and answers, when a module speaks to it.
    pub fn heard(&self) -> Heard {
        self.heard.clone()
    }

    /// Takes the power away and gives it back, as between two programs that use the token.
    ///
    /// Errors: the card cannot be reached any more.
    pub fn power_cycle(&self) -> Result<(), TransmitError> {
        faults::Card::reset(&mut Rc::clone(&self.slot))?;
        // A module comes to a card that nobody holds.
        self.clone().end();
        Ok(())
    }

    /// Takes the token out for good: what it holds now. `None` when the card's thread was lost or it is out already.
    pub fn eject(&self) -> Option<TokenImage> {
        match &mut *self.slot.borrow_mut() {
            Slot::Direct { card, .. } => Some(card.image().clone()),
            Slot::Played(_) => None,
            Slot::Wired {
                reader,
                hand,
                card,
                way,
            } => {
                hand.stop();
                let image = card.take()?.join().ok();
                if way.takes_the_reader() {
                    crate::pcsc::await_empty(&reader.reader_name(), PATIENCE);
                }
                image
            }
        }
    }
}

fn vpcd_slot(card: Card, surroundings: Surroundings) -> Result<Slot, TransmitError> {
    let mut reader = VpcdReader::listen(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
    let (hand, card) = attached(card, surroundings, reader.address());
    reader.await_card(PATIENCE, |_| ())?;
    Ok(Slot::Wired {
        reader: Box::new(reader),
        hand,
        card: Some(card),
        way: Way::Vpcd,
    })
}

fn pcsc_slot(card: Card, surroundings: Surroundings, way: Way) -> Result<Slot, TransmitError> {
    let port = SocketAddr::from((Ipv4Addr::LOCALHOST, vpcd::PORT));
    let (hand, card) = attached(card, surroundings, port);
    let reader = crate::pcsc::connect(PATIENCE).inspect_err(|_| hand.stop())?;
    Ok(Slot::Wired {
        reader: Box::new(reader),
        hand,
        card: Some(card),
        way,
    })
}

/// The card in a thread of its own, connecting to the reader at `address`.
fn attached(
    mut card: Card,
    mut surroundings: Surroundings,
    address: SocketAddr,
) -> (Hand, JoinHandle<TokenImage>) {
    let hand = Hand::default();
    let held = hand.clone();
    let thread = std::thread::spawn(move || {
        // A reader that never comes shows itself at the other end, as a card that never came.
        drop(vpcd::attach(
            &mut card,
            address,
            Patience::Until(PATIENCE),
            &held,
            &mut surroundings,
        ));
        card.into_image()
    });
    (hand, thread)
}

/// What the card is lent: the scenario's time and the seed's randomness; and how much of that time it takes.
struct Surroundings {
    clock: ScenarioClock,
    rng: ChaCha20Rng,
    timing: Profile,
    heard: Option<Heard>,
}

impl Surroundings {
    fn work(&self, exchange: &Exchange) {
        self.clock
            .pass(self.timing.delay(exchange.work), "the token works");
    }
}

impl Desk for Surroundings {
    fn env(&mut self) -> Env<'_> {
        Env {
            now: self.clock.since_unix_epoch(),
            rng: &mut self.rng,
        }
    }

    fn before_answer(&mut self, command: &[u8], exchange: &Exchange) -> ControlFlow<()> {
        self.work(exchange);
        if let Some(Heard(heard)) = &self.heard {
            locked(heard).push((command.to_vec(), exchange.answer.clone()));
        }
        ControlFlow::Continue(())
    }

    fn notice(&mut self, _: vpcd::Event) {}
}

impl faults::Card for Rc<RefCell<Slot>> {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransmitError> {
        match &mut *self.borrow_mut() {
            Slot::Direct { card, surroundings } => {
                let exchange = card.exchange(&mut surroundings.env(), command);
                surroundings.work(&exchange);
                Ok(exchange.answer)
            }
            Slot::Wired { reader, .. } | Slot::Played(reader) => reader.transmit(command),
        }
    }

    fn reset(&mut self) -> Result<(), TransmitError> {
        match &mut *self.borrow_mut() {
            Slot::Direct { card, .. } => {
                card.power_off();
                card.power_on();
                Ok(())
            }
            Slot::Wired { reader, .. } => reader.reset(),
            // The processes' own power-ons are not recorded.
            Slot::Played(_) => Ok(()),
        }
    }
}

impl Transmit for Reader {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransmitError> {
        faults::to_card(&self.meddler, &mut self.slot, command)
    }

    fn reset(&mut self) -> Result<(), TransmitError> {
        faults::to_reset(&self.meddler, &mut self.slot)
    }

    fn reader_name(&self) -> String {
        "Aktiv Rutoken ECP 00 00".to_owned()
    }

    fn begin(&mut self) -> Result<(), TransmitError> {
        match &mut *self.slot.borrow_mut() {
            Slot::Direct { .. } | Slot::Played(_) => Ok(()),
            Slot::Wired { reader, .. } => reader.begin(),
        }
    }

    fn end(&mut self) {
        if let Slot::Wired { reader, .. } = &mut *self.slot.borrow_mut() {
            reader.end();
        }
    }
}
