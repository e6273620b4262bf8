//! The timeline of a run: what is recorded, and shown while it happens.

use enroll::adapters::observed::exchanged;
use enroll::event::{Event, Observer};
use enroll::ports::token::TransmitError;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::browser::{PAGE_LANE, PageEvent};
use crate::clock::ScenarioClock;
use crate::recording::{Line, Recording};
use crate::runner::Mismatch;
use crate::wire::{Exchange, Ledger};

/// Why no answer came: the engine was killed on its way to the call.
pub(crate) const KILLED_BEFORE: &str = "killed before";
/// The engine was killed when the call was done.
pub(crate) const KILLED_AFTER: &str = "killed after";

/// Somebody who watches a run live.
pub trait Watcher {
    /// A line has been added to the recording.
    fn see(&mut self, line: &Line);
}

/// Collects the events of the engine and of the harness in the order they happen.
pub struct Timeline {
    recording: Recording,
    watcher: Box<dyn Watcher>,
    ledger: Option<Ledger>,
    clock: Option<ScenarioClock>,
}

impl Timeline {
    /// An empty timeline.
    pub fn new(recording: Recording, watcher: Box<dyn Watcher>) -> Self {
        Self {
            recording,
            watcher,
            ledger: None,
            clock: None,
        }
    }

    /// The same, with the bytes of every page beside what the engine tells of it.
    pub fn listening(mut self, ledger: Ledger) -> Self {
        self.ledger = Some(ledger);
        self
    }

    /// The same, with the scenario's own time where the clock of the engine's machine is off.
    pub fn by(mut self, clock: ScenarioClock) -> Self {
        self.clock = Some(clock);
        self
    }

    /// What was recorded so far.
    pub fn recording(&self) -> &Recording {
        &self.recording
    }

    /// Hands over what was recorded; the timeline is an empty one afterwards.
    pub fn take(&mut self) -> Recording {
        let empty = Recording::new("", 0, Timestamp::UNIX_EPOCH);
        std::mem::replace(&mut self.recording, empty)
    }

    /// Something the harness itself has to tell, as text in the lane given.
    pub fn tell(&mut self, at: Timestamp, lane: &str, text: &str) {
        let fields = Map::from_iter([("text".to_owned(), Value::from(text))]);
        self.watcher.see(self.recording.add(at, lane, fields));
    }

    /// What a person at a browser does or sees, every known secret in it by its name.
    pub fn page(&mut self, at: Timestamp, event: &PageEvent) {
        self.catch_up(at);
        let fields = event.fields(|text| self.hidden(text));
        self.watcher.see(self.recording.add(at, PAGE_LANE, fields));
    }

    /// Writes down the exchanges that nobody has told of so far.
    pub fn catch_up(&mut self, at: Timestamp) {
        let passed = self.ledger.as_mut().map_or_else(Vec::new, Ledger::passed);
        self.untold(at, passed);
    }

    /// A text from outside, every known secret in it by its name.
    pub fn hidden(&self, text: &str) -> String {
        let ledger = self.ledger.as_ref();
        ledger.map_or_else(|| text.to_owned(), |ledger| ledger.hidden(text))
    }

    /// Lets `name` stand for a secret from here on.
    pub fn learn(&mut self, secret: &str, name: &str) {
        if let Some(ledger) = &mut self.ledger {
            ledger.learn(secret, name);
        }
    }

    /// The engine was killed at a command to the token; `done` tells whether the card did it.
    pub fn killed(&mut self, at: Timestamp, command: &[u8], done: bool) {
        self.catch_up(at);
        let how = if done { KILLED_AFTER } else { KILLED_BEFORE };
        let killed = exchanged(command, &Err(TransmitError::Lost(how.to_owned())));
        self.watcher.see(self.recording.engine_event(at, &killed));
    }

    /// The engine ended a step with an error.
    pub fn refused(&mut self, at: Timestamp, exit: u8, text: &str) {
        self.catch_up(at);
        let fields = Map::from_iter([
            ("exit".to_owned(), json!(exit)),
            ("text".to_owned(), json!(text)),
        ]);
        self.watcher.see(self.recording.add(at, "error", fields));
    }

    /// Something was not as the scenario expects.
    pub fn judged(&mut self, at: Timestamp, mismatch: &Mismatch) {
        self.catch_up(at);
        let fields = mismatch.fields(|text| self.hidden(text));
        self.watcher.see(self.recording.add(at, "verdict", fields));
    }

    /// The last line: the outcome and the moment, also as Unix seconds for tools that want them so.
    pub fn end(&mut self, at: Timestamp, text: &str) {
        self.catch_up(at);
        let fields = Map::from_iter([
            ("text".to_owned(), json!(text)),
            ("unix".to_owned(), json!(at.as_second())),
        ]);
        self.watcher.see(self.recording.add(at, "end", fields));
    }
}

impl Timeline {
    /// Lines of exchanges that the engine does not tell of: it asked again by itself, or got no answer.
    fn untold(&mut self, at: Timestamp, passed: Vec<Exchange>) {
        for exchange in passed {
            let mut fields = Map::from_iter([
                ("title".to_owned(), json!("")),
                ("method".to_owned(), json!(exchange.method)),
                ("path".to_owned(), json!(exchange.path)),
            ]);
            if exchange.was_sent() {
                fields.insert("status".to_owned(), json!(exchange.status));
            }
            let wired = self.wired(&exchange);
            let line = self.recording.add(at, "http", fields);
            line.fields.extend(wired);
            self.watcher.see(line);
        }
    }

    /// What passed, for the line that comes next.
    fn wired(&mut self, exchange: &Exchange) -> Map<String, Value> {
        let n = self.recording.lines().len() + 1;
        let ledger = self.ledger.as_mut();
        ledger.map_or_else(Map::new, |ledger| ledger.fields(n, exchange))
    }
}

impl Observer for Timeline {
    fn event(&mut self, at: Timestamp, event: &Event) {
        let at = self.clock.as_ref().map_or(at, ScenarioClock::now);
        let mut passed = self.ledger.as_mut().map_or_else(Vec::new, Ledger::passed);
        if let Some(ledger) = &mut self.ledger {
            ledger.heed(event);
        }
        let told = passed.pop_if(|last| matches!(event, Event::Http { method, path, .. } if *method == last.method && *path == last.path));
        self.untold(at, passed);
        let wired = told.map_or_else(Map::new, |exchange| self.wired(&exchange));
        let line = self.recording.engine_event(at, event);
        line.fields.extend(wired);
        self.watcher.see(line);
    }
}
