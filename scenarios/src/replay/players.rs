//! The others of an enrollment, played from a recording: they answer what was recorded as long as they are asked the same.

use std::collections::VecDeque;
use std::sync::Mutex;

use enroll::adapters::observed::masked;
use enroll::ports::token::{Transmit, TransmitError};
use http::{Request, Response, StatusCode};
use jiff::Timestamp;
use mock_ca::Door as Room;
use serde_json::{Value, json};

use super::answers::{Answers, filled, lost};
use super::story::{field, moment};
use crate::clock::ScenarioClock;
use crate::recording::{Line, Recording};
use crate::timeline::{KILLED_AFTER, KILLED_BEFORE};
use crate::world::Door;

/// The recorded token. Asked something else it says that it fails, and waits for what was recorded.
pub(super) struct Token {
    lines: VecDeque<Line>,
    /// Where the card took time: it has taken as much when the recorded line was written.
    clock: Option<ScenarioClock>,
}

impl Token {
    pub(super) fn of(recording: &Recording, clock: ScenarioClock) -> Self {
        Self {
            lines: lane(recording, "apdu"),
            clock: recording.header().timing.is_some().then_some(clock),
        }
    }

    fn next(&mut self, command: &str) -> Option<Line> {
        // Commands that never reached the card: the engine was killed on its way to them.
        while self
            .lines
            .pop_front_if(|line| field(line, "lost") == KILLED_BEFORE)
            .is_some()
        {}
        let asked = self.lines.front().map(|line| field(line, "command"));
        if asked == Some(command) {
            self.lines.pop_front()
        } else {
            None
        }
    }
}

impl Transmit for Token {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransmitError> {
        let Some(line) = self.next(&masked(command)) else {
            return Ok(FAILED.to_vec());
        };
        if let Some(clock) = &self.clock {
            clock.come_to(moment(&line));
        }
        match field(&line, "lost") {
            "" => Ok(hex::decode(field(&line, "response")).unwrap_or_else(|_| FAILED.to_vec())),
            KILLED_AFTER => Ok(FAILED.to_vec()),
            "removed" => Err(TransmitError::Removed),
            "reset" => Err(TransmitError::Reset),
            why => Err(TransmitError::Lost(why.to_owned())),
        }
    }

    /// Every process begins with one that is not recorded.
    fn reset(&mut self) -> Result<(), TransmitError> {
        drop(self.next("reset"));
        Ok(())
    }

    fn reader_name(&self) -> String {
        "the recording".to_owned()
    }
}

/// Memory or the card itself fails.
const FAILED: [u8; 2] = [0x6f, 0x00];

/// The recorded portal and phone.
struct Portal {
    pages: VecDeque<Line>,
    messages: Vec<Line>,
    answers: Answers,
}

/// The door that the recording answers at.
pub(super) fn portal(recording: &Recording) -> Door {
    let played = Mutex::new(Portal {
        pages: of_the_portal(recording),
        messages: lane(recording, "sms").into(),
        answers: Answers::of(recording),
    });
    Box::new(move |now, room, request| {
        let played = &mut *played
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if room == Room::Sms {
            played.inbox(now)
        } else {
            played.page(&request)
        }
    })
}

impl Portal {
    /// The next page, when it is the one that is asked for.
    fn page(&mut self, request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
        let path = request
            .uri()
            .path_and_query()
            .map(http::uri::PathAndQuery::as_str);
        let asked = |line: &Line| {
            field(line, "method") == request.method().as_str() && path == Some(field(line, "path"))
        };
        // Requests that were never sent: the engine was killed on its way to them.
        while self
            .pages
            .pop_front_if(|line| lost(line) == KILLED_BEFORE)
            .is_some()
        {}
        match self.pages.pop_front_if(|line| asked(line)) {
            Some(line) => self.answers.response(&line),
            None => not_recorded(),
        }
    }

    /// What had come to the phone by then.
    fn inbox(&self, now: Timestamp) -> Response<Vec<u8>> {
        let come = self.messages.iter().filter(|line| sent(line) <= now);
        let messages: Value = come
            .map(|line| {
                json!({
                    "id": line.fields.get("id"),
                    "text": filled(field(line, "text")),
                    "at": sent(line).to_string(),
                })
            })
            .collect();
        Response::new(messages.to_string().into_bytes())
    }
}

/// When a message was sent, as far as is known.
fn sent(line: &Line) -> Timestamp {
    let told = field(line, "sent_at").parse();
    told.unwrap_or_else(|_| moment(line))
}

fn not_recorded() -> Response<Vec<u8>> {
    let mut response = Response::new(b"nothing of this kind was recorded here".to_vec());
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

/// The requests that came to the portal. One without an answer was sent on to TLS by what stands before it; the replay's
/// own server does that again.
fn of_the_portal(recording: &Recording) -> VecDeque<Line> {
    let mut lines = lane(recording, "http");
    lines.retain(|line| line.fields.contains_key("answer"));
    lines
}

fn lane(recording: &Recording, name: &str) -> VecDeque<Line> {
    let lines = recording.lines().iter();
    lines.filter(|line| line.lane == name).cloned().collect()
}
