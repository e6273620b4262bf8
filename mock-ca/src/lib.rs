//! A mock of the certification authority «Форус»: its portal, its text messages, its certificates and papers.
//!
//! [`MockCa::handle`] is the one door: a request and a moment in, an answer out. There is no socket, clock or chance
//! behind it, so the same [`Settings`] and the same calls give the same bytes. [`Server`] puts the door on loopback
//! addresses, a [`Clock`] says what time it is there.
//!
//! Rooms: `portal` → `sms` and `ca`; `order`, `fault` and `control` are the hallway. `sms` moves text and does not know
//! what it means, `ca` takes a request and an application and knows no HTTP.

mod application;
pub mod ca;
mod call;
mod clock;
mod control;
mod documents;
mod fault;
mod fixture;
mod history;
mod host;
mod office;
mod order;
mod paper;
mod phone;
mod portal;
mod random;
mod reply;
mod revocation;
mod saved;
mod sender;
mod server;
mod settings;
mod sms;
mod state;
pub mod tls;

use std::collections::BTreeMap;

use http::header::{DATE, RETRY_AFTER};
use http::{HeaderValue, Request, Response, StatusCode};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use serde::{Deserialize, Serialize};

pub use application::{Application, Organisation, Representative, SubjectField};
pub use call::Call;
pub use clock::{Clock, Dial, Manual, Pace};
pub use documents::{Document, DocumentData};
pub use fault::{Fault, Knobs, Mischief, Room};
pub use fixture::{Fixture, NotAsExpected, Seen};
pub use history::Visited;
pub use order::{Issued, Order, Refused, Status, Submission, Unsent};
pub use paper::printed;
pub use portal::api_routes;
pub use portal::plugin::MODULES as PLUGIN_MODULES;
pub use reply::STYLESHEET;
pub use saved::LoadError;
pub use server::{Bound, Kept, Listen, Server, TlsPort};
pub use settings::{
    Authority, Gateway, KeyPaths, Login, PluginPages, Settings, SettingsError, Span, Statuses,
    Timing, Web,
};
pub use sms::{Delivered, Kind, Message};

/// Which listener a request came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Door {
    /// The cabinet, for browsers.
    Portal,
    /// The cabinet over TLS: the same, with a session that never leaves it.
    SecurePortal,
    /// The phones, for whoever reads texts.
    Sms,
    /// The tester's own port, which no page links to.
    Control,
}

/// Marks an answer that must not reach the client: the connection breaks instead (a planned fault).
///
/// It is found in the response's extensions; [`Server`] obeys it, and a test that calls the door itself has to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// Nothing arrives.
    Whole,
    /// The body breaks off where it ends now, although more was promised.
    Rest,
}

/// Marks an answer that takes its time on the wire, by the machine's clock (a planned fault).
///
/// It is found in the response's extensions; [`Server`] obeys it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dawdle {
    /// It begins so much later.
    Late {
        /// Real seconds.
        secs: u32,
    },
    /// It comes in small pieces over so long.
    Trickle {
        /// Real seconds.
        secs: u32,
    },
}

/// The whole mock CA: portal, phones, authority.
pub struct MockCa {
    settings: Settings,
    /// The settings before anybody changed them.
    first_settings: Settings,
    state: state::State,
    authorities: office::Authorities,
    /// The plugin's modules, as published, by the names that the token pages load them by.
    modules: BTreeMap<&'static str, String>,
}

/// What it holds is long, and partly secret.
impl core::fmt::Debug for MockCa {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let orders = self.state.orders.len();
        write!(f, "MockCa({orders} applications, {})", self.state.now)
    }
}

impl MockCa {
    /// A mock at its beginning.
    pub fn new(settings: Settings) -> Self {
        let state = state::State::new(&settings);
        Self {
            first_settings: settings.clone(),
            settings,
            state,
            authorities: office::Authorities::default(),
            modules: BTreeMap::new(),
        }
    }

    /// Lets a root of the tester's own sign, and an issuing authority under it if there is one, instead of keys made
    /// from the seed, for the profiles of its algorithm. What was issued before stays known.
    ///
    /// Errors: files that are no such authority, or one that could be taken for a real one.
    pub fn use_authority(
        &mut self,
        root: &ca::KeyFile,
        issuing: Option<&ca::KeyFile>,
    ) -> Result<(), ca::LoadedError> {
        let loaded = ca::Loaded::read(root, issuing)?;
        let orders = self.state.orders.values();
        let mut profiles: Vec<_> = orders
            .map(|order| order.application.profile.clone())
            .collect();
        profiles.push(self.settings.profile());
        self.authorities.load(&self.settings, &profiles, loaded);
        Ok(())
    }

    /// Serves one of [`PLUGIN_MODULES`] to the token pages, as published.
    pub fn use_module(&mut self, name: &'static str, text: String) {
        self.modules.insert(name, text);
    }

    /// Answers any request at all, at a moment that the caller says it is.
    ///
    /// What was due by then happens first. Nonsense earns an error page, never a panic.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "a door takes the letter in, whether it keeps it or not"
    )]
    pub fn handle(
        &mut self,
        now: Timestamp,
        door: Door,
        request: Request<Vec<u8>>,
    ) -> Response<Vec<u8>> {
        printed(self.answer(now, door, &request))
    }

    /// The same, but a paper's bytes are left to [`printed`]: printing takes long, and needs nothing of the mock.
    pub fn answer(
        &mut self,
        now: Timestamp,
        door: Door,
        request: &Request<Vec<u8>>,
    ) -> Response<Vec<u8>> {
        self.state.now = self.state.now.max(now);
        self.catch_up(now);
        let mut response = match door {
            Door::Portal | Door::SecurePortal => self.at_portal(now, door, request),
            Door::Sms if !host::is_local(request) => {
                reply::json_error(StatusCode::FORBIDDEN, host::NOT_LOCAL)
            }
            Door::Sms => {
                let gateway = sms::api::Gateway {
                    settings: &self.settings,
                    outbox: &mut self.state.outbox,
                    faults: &mut self.state.faults,
                    kind_of: sender::kind_of,
                };
                sms::handle(gateway, now, request)
            }
            Door::Control => control::handle(self, now, request),
        };
        let date = DateTimePrinter::new().timestamp_to_rfc9110_string(&now);
        if let Some(date) = date.ok().and_then(|date| HeaderValue::try_from(date).ok()) {
            response.headers_mut().insert(DATE, date);
        }
        response
    }

    /// Every order, by number.
    pub fn orders(&self) -> impl Iterator<Item = &Order> {
        self.state.orders.values()
    }

    /// Every text that the gateway took, in the order of sending.
    pub fn outbox(&self) -> &[Message] {
        &self.state.outbox.0
    }

    /// What clients did at the portal, oldest first.
    pub fn history(&self) -> impl Iterator<Item = &Visited> {
        self.state.history.iter()
    }

    /// How many calls a room has had: what [`Fault::nth`] counts.
    pub fn calls(&self, room: Room) -> u32 {
        self.state
            .faults
            .calls
            .get(&room)
            .copied()
            .unwrap_or_default()
    }

    /// The settings that hold now.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The settings it was made with, before the control port changed any.
    pub fn first_settings(&self) -> &Settings {
        &self.first_settings
    }

    fn at_portal(
        &mut self,
        now: Timestamp,
        door: Door,
        request: &Request<Vec<u8>>,
    ) -> Response<Vec<u8>> {
        if request.body().len() > MAX_FORM {
            return reply::with_type(
                StatusCode::PAYLOAD_TOO_LARGE,
                "text/plain; charset=utf-8",
                Vec::new(),
            );
        }
        if let Some(response) = revocation::handle(self, now, request) {
            return response;
        }
        let path = request.uri().path();
        let of_plugin = self.settings.web.plugin.is_some() && portal::plugin::is_file(path);
        if path == "/style.css" || of_plugin {
            return portal::handle(self, now, door, request);
        }
        let phone = portal::visitor(self, request);
        let response = self.portal_meeting_faults(now, door, request);
        let visited = Visited::of(now, phone, request, &response);
        self.state.note(visited);
        response
    }

    fn portal_meeting_faults(
        &mut self,
        now: Timestamp,
        door: Door,
        request: &Request<Vec<u8>>,
    ) -> Response<Vec<u8>> {
        let met = self.state.faults.meet(Room::Portal);
        if let Some(Mischief::HoldFor { secs }) = met {
            self.state.portal_closed_until = Some(order::later(now, secs));
        }
        if let Some(until) = self.state.portal_closed_until.filter(|until| now < *until) {
            return closed(until.duration_since(now).as_secs().max(1));
        }
        match met {
            Some(Mischief::Refuse { status }) => failed(status),
            Some(Mischief::LoseAnswer) => {
                portal::handle(self, now, door, request).lost(Lost::Whole)
            }
            Some(Mischief::Garble) => portal::handle(self, now, door, request).lost(Lost::Rest),
            Some(Mischief::Delay { secs }) => {
                portal::handle(self, now, door, request).dawdling(Dawdle::Late { secs })
            }
            Some(Mischief::Slow { secs }) => {
                portal::handle(self, now, door, request).dawdling(Dawdle::Trickle { secs })
            }
            _ => portal::handle(self, now, door, request),
        }
    }
}

/// Marks an answer as lost, whole or in part, or as slow.
trait Lose {
    fn lost(self, what: Lost) -> Self;
    fn dawdling(self, how: Dawdle) -> Self;
}

impl Lose for Response<Vec<u8>> {
    fn lost(mut self, what: Lost) -> Self {
        if what == Lost::Rest {
            let half = self.body().len() / 2;
            self.body_mut().truncate(half);
        }
        self.extensions_mut().insert(what);
        self
    }

    fn dawdling(mut self, how: Dawdle) -> Self {
        self.extensions_mut().insert(how);
        self
    }
}

fn failed(status: u16) -> Response<Vec<u8>> {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    reply::with_type(status, "text/plain; charset=utf-8", "Ошибка сервера".into())
}

fn closed(secs: i64) -> Response<Vec<u8>> {
    let mut response = failed(503);
    response
        .headers_mut()
        .insert(RETRY_AFTER, HeaderValue::from(secs));
    response
}

/// The largest body that portal and phones take: a request is a few kilobytes.
pub const MAX_FORM: usize = 64 << 10;
/// The largest body that the control port takes: a long plan of faults, an application with everything in it.
pub const MAX_BODY: usize = 1 << 20;
