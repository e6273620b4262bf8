//! Exchanges as the http lane keeps them: `sent` and `answer`, secrets by name, no body twice.

use std::collections::BTreeMap;

use base64ct::{Base64, Encoding as _};
use enroll::event::Event;
use mock_ca::Lost;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::{Exchange, Masks, Wire, without_number};
use crate::timeline::{KILLED_AFTER, KILLED_BEFORE};

/// Joins what passed at the doors with what the engine tells.
#[derive(Debug)]
pub struct Ledger {
    wire: Wire,
    masks: Masks,
    /// The newest answer to a look into each inbox, by the path that was asked for.
    inboxes: BTreeMap<String, Vec<u8>>,
    /// Which line has a body already.
    bodies: BTreeMap<(String, String), usize>,
    /// Whether styles, scripts and pictures are left out.
    documents_only: bool,
}

impl Ledger {
    /// Listens to `wire`. `phone` is the applicant's number in digits; it is kept as `{phone}`.
    pub fn new(wire: Wire, phone: &str) -> Self {
        let mut masks = Masks::default();
        masks.learn(phone, "{phone}");
        Self {
            wire,
            masks,
            inboxes: BTreeMap::new(),
            bodies: BTreeMap::new(),
            documents_only: false,
        }
    }

    /// The same for a browser, whose bridge is at `address`: what a page loads beside itself is asked for in any order,
    /// and is left out.
    #[must_use]
    pub fn of_browser(mut self, address: &str) -> Self {
        self.masks.place(address, "{bridge}");
        self.documents_only = true;
        self
    }

    /// Lets `name` stand for a secret from here on.
    pub fn learn(&mut self, secret: &str, name: &str) {
        self.masks.learn(secret, name);
    }

    /// A text from outside, every known secret in it by its name.
    pub fn hidden(&self, text: &str) -> String {
        self.masks.hidden(text)
    }

    /// The exchanges of pages that passed since the last event, oldest first.
    pub fn passed(&mut self) -> Vec<Exchange> {
        let mut pages = Vec::new();
        for exchange in self.wire.drain() {
            if exchange.is_sms {
                self.inboxes.insert(exchange.path, exchange.body);
            } else if !self.documents_only || exchange.is_document() {
                pages.push(exchange);
            }
        }
        pages
    }

    /// Learns from an event which code its name stands for.
    pub fn heed(&mut self, event: &Event) {
        if let Event::Sms { id, text, .. } = event
            && let Some(raw) = self.text(*id)
        {
            self.masks.message(&raw, text);
        }
    }

    /// A recorded text with the values that its names of secrets stand for at present.
    pub fn filled(&self, text: &str) -> String {
        self.masks.filled(text)
    }

    /// The message of that number as it came, its code by the name that `masked` has in its place.
    pub fn message(&mut self, number: u64, masked: &str) -> Option<String> {
        let raw = self.text(number)?;
        self.masks.message(&raw, masked);
        Some(without_number(&self.masks.shown(&raw, masked)))
    }

    fn text(&self, number: u64) -> Option<String> {
        let mut inboxes = self.inboxes.values();
        inboxes.find_map(|inbox| text(inbox, number))
    }

    /// The fields `sent` and `answer` of line `n`.
    pub fn fields(&mut self, n: usize, exchange: &Exchange) -> Map<String, Value> {
        let mut sent = Map::new();
        if let Some(cookie) = &exchange.cookie {
            sent.insert("cookie".to_owned(), self.masks.cookie(cookie).into());
        }
        if !exchange.posted.is_empty() {
            sent.insert("fields".to_owned(), self.posted(&exchange.posted));
        }
        let mut fields = Map::new();
        if !sent.is_empty() {
            fields.insert("sent".to_owned(), sent.into());
        }
        fields.insert("answer".to_owned(), self.answer(n, exchange).into());
        fields
    }

    fn posted(&self, body: &[u8]) -> Value {
        form_urlencoded::parse(body)
            .map(|(name, value)| json!([name, self.masks.masked(&value)]))
            .collect()
    }

    fn answer(&mut self, n: usize, exchange: &Exchange) -> Map<String, Value> {
        let mut answer = Map::new();
        if !exchange.was_sent() {
            answer.insert("lost".to_owned(), KILLED_BEFORE.into());
            return answer;
        }
        answer.insert("type".to_owned(), exchange.content_type.clone().into());
        if let Some(location) = &exchange.location {
            answer.insert("location".to_owned(), location.clone().into());
        }
        if let Some(cookie) = &exchange.set_cookie {
            answer.insert("cookie".to_owned(), self.masks.cookie(cookie).into());
        }
        let lost = match (exchange.killed, exchange.lost) {
            (Some(_), _) => Some(KILLED_AFTER),
            (None, Some(Lost::Whole)) => Some("whole"),
            (None, Some(_)) => Some("rest"),
            (None, None) => None,
        };
        if let Some(lost) = lost {
            answer.insert("lost".to_owned(), lost.into());
        }
        answer.extend(self.body(n, exchange));
        answer
    }

    /// The body once, then by the number of the line that has it.
    fn body(&mut self, n: usize, exchange: &Exchange) -> Map<String, Value> {
        let (name, value) = self.kept(exchange);
        let text = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        if text.is_empty() {
            return Map::new();
        }
        let key = (exchange.content_type.clone(), text);
        match self.bodies.get(&key) {
            Some(first) => Map::from_iter([("same_as".to_owned(), json!(first))]),
            None => {
                self.bodies.insert(key, n);
                Map::from_iter([(name.to_owned(), value)])
            }
        }
    }

    /// Text as it is, a paper by its digest, other bytes as base64.
    fn kept(&mut self, exchange: &Exchange) -> (&'static str, Value) {
        if exchange.content_type.starts_with("application/pdf") {
            let digest = hex::encode(Sha256::digest(&exchange.body));
            return (
                "digest",
                json!({"length": exchange.body.len(), "sha256": digest}),
            );
        }
        match std::str::from_utf8(&exchange.body) {
            Ok(text) => ("body", self.masks.page(text).into()),
            Err(_) => ("base64", Base64::encode_string(&exchange.body).into()),
        }
    }
}

/// What a message of an inbox says.
fn text(inbox: &[u8], number: u64) -> Option<String> {
    let inbox: Value = serde_json::from_slice(inbox).ok()?;
    let mut messages = inbox.as_array()?.iter();
    let message = messages.find(|message| message["id"].as_u64() == Some(number))?;
    message["text"].as_str().map(str::to_owned)
}
