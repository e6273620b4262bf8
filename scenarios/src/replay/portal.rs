//! The mock against recorded requests.

use http::header::{CONTENT_TYPE, COOKIE};
use http::{HeaderValue, Request};
use mock_ca::Door as Listener;
use serde_json::{Map, Value, json};

use super::compare::{Tally, compare};
use super::story::{Story, field, moment};
use super::{ReplayError, Replayed};
use crate::browser::PLAYED_BRIDGE;
use crate::reader::Way;
use crate::recording::{Line, Recording};
use crate::runner;
use crate::scenario::{Room, Verb};
use crate::wire::{Exchange, Ledger, Wire};
use crate::world::{Door, World};

pub(super) fn replay(recording: &Recording, story: &Story) -> Result<Replayed, ReplayError> {
    let recorded = of_lanes(recording.lines());
    if recorded.is_empty() {
        return Err(ReplayError::NothingRecorded { lane: "http" });
    }
    let came = Asker::new(recording, story)?.ask_all(recording);
    let (asked, not_asked): (Vec<_>, Vec<_>) = recorded.into_iter().partition(is_asked);
    let mut tally = Tally::of(&asked);
    for line in &not_asked {
        tally.pass_over(line);
    }
    Ok(Replayed::of(compare(&asked, &came), asked.len(), &tally))
}

/// Whether the portal itself was asked: what sends on to TLS stands before it, and its answers are not kept.
fn is_asked(line: &Line) -> bool {
    line.lane != "http" || line.fields.contains_key("answer")
}

/// What the portal and its gateway did.
fn of_lanes(lines: &[Line]) -> Vec<Line> {
    let lines = lines
        .iter()
        .filter(|line| matches!(line.lane.as_str(), "http" | "sms"));
    lines.cloned().map(portals).collect()
}

/// The engine's words for a page are not the portal's.
fn portals(mut line: Line) -> Line {
    for name in ["title", "form"] {
        line.fields.shift_remove(name);
    }
    line
}

/// Asks the mock what was asked then.
struct Asker<'a> {
    story: &'a Story,
    world: World,
    door: Door,
    ledger: Ledger,
    steps: usize,
}

impl<'a> Asker<'a> {
    fn new(recording: &Recording, story: &'a Story) -> Result<Self, ReplayError> {
        let wire = Wire::default();
        let conditions = story.conditions(Way::InProcess);
        let mut ledger = Ledger::new(wire.clone(), runner::phone().digits());
        let mut scenario = story.scenario.clone();
        // Looks into the inbox are not recorded, so their faults would meet this replay's own.
        scenario.faults.retain(|fault| fault.room != Room::Inbox);
        let world = if recording.is_in_browser() {
            ledger = ledger.of_browser(PLAYED_BRIDGE);
            World::without_browser(&scenario, conditions)?
        } else {
            World::new(&scenario, conditions, Box::new(|door| door))?
        };
        let door = wire.tap(world.door());
        Ok(Self {
            story,
            door,
            world,
            ledger,
            steps: 0,
        })
    }

    fn ask_all(mut self, recording: &Recording) -> Vec<Line> {
        let mut came = Vec::new();
        for line in recording.lines() {
            self.world.clock.come_to(moment(line));
            match line.lane.as_str() {
                "operator" => self.begin_step(),
                "http" if is_asked(line) => came.extend(self.page(line)),
                "sms" => came.push(self.message(line)),
                _ => {}
            }
        }
        came
    }

    fn begin_step(&mut self) {
        let step = self.story.step(self.steps);
        self.steps += 1;
        if let Some(step) = step {
            (self.world.meddler).begin_step(self.steps, step.with.clock_off_secs);
            if step.verb == Verb::Mock {
                runner::ask_the_mock(&self.world, &step.with);
            }
        }
    }

    /// What the mock answers to the recorded request; none where the line is no request.
    fn page(&mut self, line: &Line) -> Option<Line> {
        let request = self.request(line)?;
        let mut came = portals(line.clone());
        let listener = match self.story.scenario.https {
            true => Listener::SecurePortal,
            false => Listener::Portal,
        };
        let response = (self.door)(moment(line), listener, request);
        for name in ["status", "sent", "answer"] {
            came.fields.shift_remove(name);
        }
        let exchange = self.ledger.passed().pop();
        if exchange.as_ref().is_none_or(Exchange::was_sent) {
            let status = json!(response.status().as_u16());
            came.fields.insert("status".to_owned(), status);
        }
        if let Some(exchange) = exchange {
            came.fields.extend(self.ledger.fields(line.n, &exchange));
        }
        Some(came)
    }

    fn request(&self, line: &Line) -> Option<Request<Vec<u8>>> {
        let empty = Map::new();
        let sent = line
            .fields
            .get("sent")
            .and_then(Value::as_object)
            .unwrap_or(&empty);
        let mut request = Request::new(self.posted(sent).unwrap_or_default());
        *request.method_mut() = field(line, "method").parse().ok()?;
        *request.uri_mut() = field(line, "path").parse().ok()?;
        if let Some(cookie) = sent.get("cookie").and_then(Value::as_str) {
            let cookie = HeaderValue::try_from(self.ledger.filled(cookie)).ok()?;
            request.headers_mut().insert(COOKIE, cookie);
        }
        if sent.contains_key("fields") {
            let form = HeaderValue::from_static("application/x-www-form-urlencoded");
            request.headers_mut().insert(CONTENT_TYPE, form);
        }
        Some(request)
    }

    fn posted(&self, sent: &Map<String, Value>) -> Option<Vec<u8>> {
        let fields = sent.get("fields")?.as_array()?;
        let mut form = form_urlencoded::Serializer::new(String::new());
        for field in fields {
            form.append_pair(field[0].as_str()?, &self.ledger.filled(field[1].as_str()?));
        }
        Some(form.finish().into_bytes())
    }

    /// The message of that number as the gateway has it now.
    fn message(&mut self, line: &Line) -> Line {
        let phone = runner::phone();
        let mut inbox = Request::new(Vec::new());
        let path = format!("/inbox?phone={}", phone.digits());
        *inbox.uri_mut() = path.parse().expect("digits make no address wrong");
        drop((self.door)(moment(line), Listener::Sms, inbox));
        drop(self.ledger.passed());
        let number = line
            .fields
            .get("id")
            .and_then(Value::as_u64)
            .unwrap_or_default();
        let text = self.ledger.message(number, field(line, "text"));
        let mut came = line.clone();
        came.fields.insert("text".to_owned(), json!(text));
        came
    }
}
