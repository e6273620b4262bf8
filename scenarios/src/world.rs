//! The world of one run: a token in a reader, a portal that listens on loopback, one clock, one seed.

use std::cell::RefCell;
use std::io::{self, Write as _};
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use emulator::TokenImage;
use emulator::timing::Profile;
use enroll::adapters::apdu_token::ApduToken;
use enroll::adapters::http_portal::PortalAddress;
use enroll::adapters::observed::Observed;
use enroll::event::Events;
use enroll::ports::token::{Token, Transmit, TransmitError};
use jiff::{SignedDuration, Timestamp};
use mock_ca::tls::Identity;
use mock_ca::{Listen, MockCa, PluginPages, Server, Settings, TlsPort};
use serde_json::Value;
use tempfile::NamedTempFile;
use tokio::runtime::{Builder, Runtime};

use crate::browser::{self, Browser, BrowserError, Desk, PLAYED_BRIDGE};
use crate::clock::{ScenarioClock, Sleep};
use crate::faults::{MachineClock, Meddler, meddled};
use crate::module;
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
    /// Whether papers are drawn; otherwise each is an empty sheet.
    pub draws_papers: bool,
    /// What makes the scenario's waits real; without it they take no time.
    pub sleep: Option<Sleep>,
}

impl Conditions {
    /// In process, on a token that takes no time.
    pub fn new(seed: u64, now: Timestamp) -> Self {
        Self {
            seed,
            now,
            way: Way::InProcess,
            timing: Profile::none(),
            draws_papers: true,
            sleep: None,
        }
    }

    /// The same with an empty sheet for each paper, where nobody looks at them.
    pub const fn without_papers(self) -> Self {
        Self {
            draws_papers: false,
            ..self
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
    /// Runs while the engine waits for an answer: its connections are here, and the mock's, unless a browser has to be
    /// answered at any time.
    pub(crate) event_loop: Arc<Runtime>,
    /// Who makes calls fail, as the scenario plans it.
    pub meddler: Arc<Meddler>,
    /// Whether a recording plays the others, so that what the authority's people do has been done.
    pub played: bool,
    /// How the engine reaches the token.
    pub way: Way,
    /// A browser's bridge, where a person at a browser is in the engine's place.
    pub(crate) browser: Option<Desk>,
    /// Where the engine is told that the portal is.
    pub portal: PortalAddress,
    /// The file of `--ca`, there for as long as the world is.
    _authority: Option<NamedTempFile>,
    mock: Arc<Mutex<MockCa>>,
}

/// What stands where the portal is.
enum Portal {
    Mock,
    /// The mock, its token pages driving the token themselves.
    WithPages(PluginPages),
    /// A recording.
    Played(Door),
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
    /// No browser can be driven.
    #[error(transparent)]
    Browser(#[from] BrowserError),
}

impl World {
    /// Makes the world a scenario describes; `before` stands between the engine and the portal with its faults.
    pub fn new(
        scenario: &Scenario,
        conditions: Conditions,
        before: Before,
    ) -> Result<Self, WorldError> {
        Self::with_portal(scenario, conditions, before, Portal::Mock)
    }

    /// The same with a browser in the place of the engine.
    pub fn in_browser(
        scenario: &Scenario,
        conditions: Conditions,
        before: Before,
        browser: Browser,
    ) -> Result<Self, WorldError> {
        if let Some(why) = browser::unfit(scenario) {
            return Err(BrowserError::Unfit(why).into());
        }
        let desk = Desk::open(browser, conditions.seed)?;
        let pages = Portal::WithPages(desk.pages());
        let mut world = Self::with_portal(scenario, conditions, before, pages)?;
        desk.supply(&mut locked(&world.mock))?;
        world.browser = Some(desk);
        Ok(world)
    }

    /// The portal of a run in a browser, where no browser is: for its recording played back.
    pub fn without_browser(
        scenario: &Scenario,
        conditions: Conditions,
    ) -> Result<Self, WorldError> {
        let pages = browser::pages(PLAYED_BRIDGE, PathBuf::new());
        Self::with_portal(
            scenario,
            conditions,
            Box::new(|door| door),
            Portal::WithPages(pages),
        )
    }

    /// The same with a recording in the place of portal and token; `token` is given the world's clock.
    pub fn played(
        scenario: &Scenario,
        conditions: Conditions,
        before: Before,
        portal: Door,
        token: impl FnOnce(ScenarioClock) -> Box<dyn Transmit>,
    ) -> Result<Self, WorldError> {
        let mut world = Self::with_portal(scenario, conditions, before, Portal::Played(portal))?;
        let token = token(world.clock.clone());
        world.reader = Reader::played(token).meddled_by(Arc::clone(&world.meddler));
        world.played = true;
        Ok(world)
    }

    fn with_portal(
        scenario: &Scenario,
        conditions: Conditions,
        before: Before,
        portal: Portal,
    ) -> Result<Self, WorldError> {
        let Conditions {
            seed,
            now,
            way,
            timing,
            draws_papers,
            sleep,
        } = conditions;
        let epoch = start(scenario, now);
        let clock = ScenarioClock::at(epoch).sleeping(sleep);
        let image: TokenImage =
            token::image(&scenario.token, seed, epoch).map_err(WorldError::Token)?;
        let mut settings = settings(scenario, seed, epoch)?;
        let is_for_browser = matches!(portal, Portal::WithPages(_));
        let played = match portal {
            Portal::Mock => None,
            Portal::WithPages(pages) => {
                settings.web.plugin = Some(pages);
                None
            }
            Portal::Played(door) => Some(door),
        };
        let tls = scenario.https.then(|| tls_port(&settings));
        let authority = tls.as_ref().map(|_| authority_file(seed)).transpose()?;
        let redirects = settings.web.redirect_to_https;
        let mock = Arc::new(Mutex::new(MockCa::new(settings)));
        let meddler = Arc::new(Meddler::new(scenario.faults.clone()));
        let portal = played.unwrap_or_else(|| match draws_papers {
            true => entrance(&mock),
            false => entrance_without_papers(&mock),
        });
        let door = before(meddled(portal, Arc::clone(&meddler)));
        let event_loop = Builder::new_current_thread().enable_all().build()?;
        let (listen, portals_clock) = (Listen::default(), Arc::new(clock.clone()));
        let server = match is_for_browser {
            true => Server::start_with_tls(door, portals_clock, listen, tls)?,
            false => Server::start_on(event_loop.handle(), door, portals_clock, listen, tls)?,
        };
        let address = PortalAddress {
            ca: authority.as_ref().map(|file| file.path().to_owned()),
            ..PortalAddress::new(&portal_url(&server, redirects))
        };
        let reader = Reader::insert(image, seed, clock.clone(), way, timing)?;
        Ok(Self {
            clock,
            reader: reader.meddled_by(Arc::clone(&meddler)),
            server,
            event_loop: Arc::new(event_loop),
            meddler,
            played: false,
            way,
            browser: None,
            portal: address,
            _authority: authority,
            mock,
        })
    }

    /// The token as the engine drives it: what passes is on the timeline.
    pub fn engine_token(
        &self,
        events: &Events,
        timeline: &Rc<RefCell<Timeline>>,
    ) -> Box<dyn Token> {
        match self.way {
            Way::Pkcs11 => module::token(self, events, timeline),
            _ => Box::new(self.token(events)),
        }
    }

    /// The token spoken to in APDUs, each of them on the timeline.
    pub fn token(&self, events: &Events) -> ApduToken<Observed<Reader>> {
        ApduToken::new(Observed::new(self.reader.clone(), events.clone()))
    }

    /// The timeline joined with the clock of the engine's machine.
    pub fn events(&self, timeline: &Rc<RefCell<Timeline>>) -> Events {
        let clock = MachineClock {
            clock: self.clock.clone(),
            meddler: Arc::clone(&self.meddler),
        };
        Events::new(Rc::new(clock), Rc::clone(timeline) as _)
    }

    /// The mock's door with the scenario's faults, for who asks without a network.
    pub fn door(&self) -> Door {
        meddled(entrance(&self.mock), Arc::clone(&self.meddler))
    }

    /// A call at the mock's tester's port: its status and its answer.
    pub fn office(&self, method: http::Method, path: &str, body: &Value) -> (u16, Value) {
        let mut request = http::Request::new(body.to_string().into_bytes());
        *request.method_mut() = method;
        let Ok(uri) = path.parse() else {
            return (404, Value::Null);
        };
        *request.uri_mut() = uri;
        let answer = locked(&self.mock).handle(self.clock.now(), mock_ca::Door::Control, request);
        let value = serde_json::from_slice(answer.body()).unwrap_or_default();
        (answer.status().as_u16(), value)
    }
}

/// The portal over TLS, on a free port of loopback.
fn tls_port(settings: &Settings) -> TlsPort {
    TlsPort {
        address: (Ipv4Addr::LOCALHOST, 0).into(),
        identity: Identity::from_seed(settings.seed, settings.web.tls_certificate),
        redirect: settings.web.redirect_to_https,
    }
}

fn authority_file(seed: u64) -> io::Result<NamedTempFile> {
    let mut file = NamedTempFile::new()?;
    file.write_all(mock_ca::tls::authority_pem(seed).as_bytes())?;
    Ok(file)
}

/// The https address where there is one, unless the other leads to it.
fn portal_url(server: &Server, redirects: bool) -> String {
    let secure = server.tls_url().filter(|_| !redirects);
    secure.unwrap_or_else(|| server.portal_url())
}

fn entrance(mock: &Arc<Mutex<MockCa>>) -> Door {
    let mock = Arc::clone(mock);
    Box::new(move |now, door, request| locked(&mock).handle(now, door, request))
}

/// Drawing papers takes longer than everything else together.
fn entrance_without_papers(mock: &Arc<Mutex<MockCa>>) -> Door {
    let mock = Arc::clone(mock);
    Box::new(move |now, door, request| {
        let answer = locked(&mock).answer(now, door, &request);
        let kind = answer.headers().get(http::header::CONTENT_TYPE);
        match kind.is_some_and(|kind| kind == "application/pdf") {
            true => empty_sheet(answer),
            false => answer,
        }
    })
}

fn empty_sheet(mut answer: http::Response<Vec<u8>>) -> http::Response<Vec<u8>> {
    // What the server would print it from goes with the extensions.
    *answer.extensions_mut() = http::Extensions::new();
    *answer.body_mut() = b"%PDF-1.4\n%%EOF\n".to_vec();
    answer
}

fn locked(mock: &Mutex<MockCa>) -> MutexGuard<'_, MockCa> {
    mock.lock().unwrap_or_else(PoisonError::into_inner)
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
