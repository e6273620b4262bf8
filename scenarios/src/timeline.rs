//! The timeline of a run: what is recorded, and shown while it happens.

use enroll::event::{Event, Observer};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::recording::{Line, Recording};

/// Somebody who watches a run live.
pub trait Watcher {
    /// A line has been added to the recording.
    fn see(&mut self, line: &Line);
}

/// Collects the events of the engine and of the harness in the order they happen.
pub struct Timeline {
    recording: Recording,
    watcher: Box<dyn Watcher>,
}

impl Timeline {
    /// An empty timeline.
    pub fn new(recording: Recording, watcher: Box<dyn Watcher>) -> Self {
        Self { recording, watcher }
    }

    /// What was recorded so far.
    pub fn recording(&self) -> &Recording {
        &self.recording
    }

    /// Something the harness itself has to tell, as text in the lane given.
    pub fn tell(&mut self, at: Timestamp, lane: &str, text: &str) {
        let fields = Map::from_iter([("text".to_owned(), Value::from(text))]);
        self.watcher.see(self.recording.add(at, lane, fields));
    }

    /// The engine ended a step with an error.
    pub fn refused(&mut self, at: Timestamp, exit: u8, text: &str) {
        let fields = Map::from_iter([
            ("exit".to_owned(), json!(exit)),
            ("text".to_owned(), json!(text)),
        ]);
        self.watcher.see(self.recording.add(at, "error", fields));
    }

    /// The last line: the outcome and the moment, also as Unix seconds for tools that want them so.
    pub fn end(&mut self, at: Timestamp, text: &str) {
        let fields = Map::from_iter([
            ("text".to_owned(), json!(text)),
            ("unix".to_owned(), json!(at.as_second())),
        ]);
        self.watcher.see(self.recording.add(at, "end", fields));
    }
}

impl Observer for Timeline {
    fn event(&mut self, at: Timestamp, event: &Event) {
        self.watcher.see(self.recording.engine_event(at, event));
    }
}
