//! The world of one run: a token in a reader, a portal that listens on loopback, one clock, one seed.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;
use std::sync::{Arc, Mutex};

use emulator::TokenImage;
use emulator::timing::Profile;
use enroll::adapters::apdu_token::ApduToken;
use enroll::adapters::observed::Observed;
use enroll::event::Events;
use enroll::ports::token::TransmitError;
use jiff::{SignedDuration, Timestamp};
use mock_ca::{Listen, MockCa, Server, Settings};

use crate::clock::ScenarioClock;
use crate::reader::{Reader, Way};
use crate::scenario::{Epoch, Scenario};
use crate::timeline::Timeline;
use crate::token;

/// A door of the mock, or something a test puts in front of it.
pub type Door = Box<
    dyn FnMut(Timestamp, mock_ca::Door, http::Request<Vec<u8>>) -> http::Response<Vec<u8>> + Send,
>;

/// Puts something between the engine and the mock; [`Door`] in, [`Door`] out.
pub type Before = Box<dyn FnOnce(Door) -> Door>;

/// What a run is given beside its scenario.
#[derive(Clone, Copy, Debug)]
pub struct Conditions {
    /// Where all randomness comes from.
    pub seed: u64,
    /// The present moment, for scenarios that start near it.
    pub now: Timestamp,
    /// How the engine reaches the token.
    pub way: Way,
    /// How long the token takes, in scenario time.
    pub timing: Profile,
}

impl Conditions {
    /// In process, on a token that takes no time.
    pub fn new(seed: u64, now: Timestamp) -> Self {
        Self {
            seed,
            now,
            way: Way::InProcess,
            timing: Profile::none(),
        }
    }
}

/// Everything a run touches.
pub struct World {
    /// Moves when the engine waits.
    pub clock: ScenarioClock,
    /// The token.
    pub reader: Reader,
    /// The portal and its gateway; stops when dropped.
    pub server: Server,
}

/// Why a world could not be made.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    /// The scenario's portal settings are not the mock's.
    #[error("[portal]: {0}")]
    Portal(String),
    /// The scenario's token cannot be made.
    #[error("[token]: {0}")]
    Token(String),
    /// The token cannot be reached the way that was asked for.
    #[error("the token: {0}")]
    Reader(#[from] TransmitError),
    /// No listener on loopback.
    #[error("the mock cannot listen on loopback: {0}")]
    Listen(#[from] io::Error),
}

impl World {
    /// Makes the world a scenario describes.
    pub fn new(
        scenario: &Scenario,
        conditions: Conditions,
        before: Before,
    ) -> Result<Self, WorldError> {
        let Conditions {
            seed,
            now,
            way,
            timing,
        } = conditions;
        let epoch = start(scenario, now);
        let clock = ScenarioClock::at(epoch);
        let image: TokenImage =
            token::image(&scenario.token, seed, epoch).map_err(WorldError::Token)?;
        let settings = settings(scenario, seed, epoch)?;
        let mock = Mutex::new(MockCa::new(settings));
        let door: Door = Box::new(move |now, door, request| {
            let mut mock = mock
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            mock.handle(now, door, request)
        });
        let server = Server::start(before(door), Arc::new(clock.clone()), Listen::default())?;
        let reader = Reader::insert(image, seed, clock.clone(), way, timing)?;
        Ok(Self {
            clock,
            reader,
            server,
        })
    }

    /// The token as the engine drives it, every APDU on the timeline.
    pub fn token(&self, events: &Events) -> ApduToken<Observed<Reader>> {
        ApduToken::new(Observed::new(self.reader.clone(), events.clone()))
    }

    /// The timeline joined with the clock.
    pub fn events(&self, timeline: &Rc<RefCell<Timeline>>) -> Events {
        Events::new(Rc::new(self.clock.clone()), Rc::clone(timeline) as _)
    }
}

/// When the scenario starts.
pub fn start(scenario: &Scenario, now: Timestamp) -> Timestamp {
    match scenario.epoch {
        Epoch::At(at) => at,
        Epoch::HourAgo => now - SignedDuration::from_hours(1),
    }
}

fn settings(scenario: &Scenario, seed: u64, epoch: Timestamp) -> Result<Settings, WorldError> {
    let mut table = scenario.portal.clone();
    table.insert(
        "seed".to_owned(),
        i64::try_from(seed).unwrap_or(i64::MAX).into(),
    );
    table.insert("epoch".to_owned(), epoch.to_string().into());
    let settings: Settings = table
        .try_into()
        .map_err(|error: toml::de::Error| WorldError::Portal(error.to_string()))?;
    settings
        .check()
        .map_err(|error| WorldError::Portal(error.to_string()))?;
    Ok(settings)
}
