//! The mock for other people's tests: started on free ports, alone with its state, gone when dropped.

use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard};

use http::Request;
use jiff::{SignedDuration, Timestamp};

use crate::{Clock, Door, Fault, Listen, Manual, MockCa, Order, Server, Settings, Status, Visited};

/// A running mock with its clock in the test's hand.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let forus = mock_ca::Fixture::start()?;
/// let front = std::net::TcpStream::connect(forus.server().addresses().portal)?;
/// # drop(front);
/// forus.advance_secs(1800);
/// forus.verify(|seen| seen.texts_to("79000000000").is_empty())?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Fixture {
    server: Server,
    mock: Arc<Mutex<MockCa>>,
    clock: Arc<Manual>,
}

/// What has happened at a fixture so far.
#[derive(Clone, Debug)]
pub struct Seen {
    /// What clients did at the portal, oldest first.
    pub visits: Vec<Visited>,
    /// Every order with its status, by number.
    pub orders: Vec<(Order, Status)>,
    /// Phones and texts, in the order of sending; codes are in them, so they are not shown.
    texts: Vec<(String, String)>,
}

/// A test expected something else; prints what did arrive.
#[derive(Clone)]
pub struct NotAsExpected(Seen);

impl Fixture {
    /// The mock on free loopback ports, on the manual's day, with the manual's application.
    ///
    /// Errors: no port can be listened on.
    pub fn start() -> io::Result<Self> {
        Self::with(Settings::default())
    }

    /// The same with other settings.
    ///
    /// Errors: no port can be listened on.
    pub fn with(settings: Settings) -> io::Result<Self> {
        let clock = Arc::new(Manual::at(settings.epoch));
        let mock = Arc::new(Mutex::new(MockCa::new(settings)));
        let behind = Arc::clone(&mock);
        let door = move |now, door, request: Request<Vec<u8>>| {
            let mut mock = behind.lock().expect(WHOLE);
            mock.answer(now, door, &request)
        };
        let server = Server::start(door, Arc::<Manual>::clone(&clock), Listen::default())?;
        Ok(Self {
            server,
            mock,
            clock,
        })
    }

    /// Its addresses.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// What its clock shows.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Moves its clock: the manual's half hour takes no time at all.
    pub fn advance_secs(&self, secs: i64) {
        self.clock.advance(SignedDuration::from_secs(secs));
    }

    /// Plans a misbehaviour; its `nth` counts from the beginning, [`MockCa::calls`] tells how many there were.
    pub fn plan(&self, fault: Fault) {
        self.mock().state.faults.plan.push(fault);
    }

    /// The mock itself, while no request is answered.
    pub fn mock(&self) -> MutexGuard<'_, MockCa> {
        self.mock.lock().expect(WHOLE)
    }

    /// What has happened so far.
    pub fn seen(&self) -> Seen {
        let now = self.now();
        let mut mock = self.mock();
        mock.catch_up(now);
        let texts = mock.outbox().iter();
        Seen {
            visits: mock.history().cloned().collect(),
            orders: mock
                .orders()
                .map(|order| (order.clone(), order.status(now)))
                .collect(),
            texts: texts
                .map(|message| (message.to.clone(), message.text.clone()))
                .collect(),
        }
    }

    /// Checks what has happened.
    ///
    /// Errors: `expected` says no; the error prints what did arrive.
    pub fn verify(&self, expected: impl FnOnce(&Seen) -> bool) -> Result<(), NotAsExpected> {
        let seen = self.seen();
        match expected(&seen) {
            true => Ok(()),
            false => Err(NotAsExpected(seen)),
        }
    }

    /// The newest text on a phone, as its owner reads it.
    pub fn newest_text(&self, phone: &str) -> Option<String> {
        let now = self.now();
        let mut mock = self.mock();
        let request = Request::get(format!("/inbox?phone={phone}")).body(Vec::new());
        let inbox = mock.handle(now, Door::Sms, request.ok()?);
        let inbox: serde_json::Value = serde_json::from_slice(inbox.body()).ok()?;
        let text = inbox.as_array()?.last()?["text"].as_str()?;
        Some(text.to_owned())
    }
}

impl Seen {
    /// The texts sent to a phone.
    pub fn texts_to(&self, phone: &str) -> Vec<&str> {
        let theirs = self.texts.iter().filter(|(to, _)| to == phone);
        theirs.map(|(_, text)| text.as_str()).collect()
    }

    /// Where an application stands.
    pub fn status(&self, number: u32) -> Option<Status> {
        let mut orders = self.orders.iter();
        orders
            .find(|(order, _)| order.application.number == number)
            .map(|(_, status)| *status)
    }
}

/// One line for each visit, then one for each order.
impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for visit in &self.visits {
            let Visited {
                at,
                method,
                path,
                status,
                ..
            } = visit;
            writeln!(f, "{at} {method} {path}: {status}")?;
        }
        for (order, status) in &self.orders {
            writeln!(f, "application {}: {status:?}", order.application.number)?;
        }
        write!(f, "{} texts sent", self.texts.len())
    }
}

impl fmt::Display for NotAsExpected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not as expected; this did arrive:\n{}", self.0)
    }
}

impl fmt::Debug for NotAsExpected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for NotAsExpected {}

const WHOLE: &str = "the mock has not panicked";
