//! What really passed at the portal's doors: whole requests and whole answers, for a recording that can be played back.
//!
//! The engine tells of each page in its own words; the tap in front of the mock sees the bytes. A [`Ledger`] brings the
//! two together, and puts names in the place of secrets before anything is kept.

mod ledger;
mod masks;

use std::sync::{Arc, Mutex, PoisonError};

use http::header::{CONTENT_TYPE, COOKIE, HeaderMap, HeaderName, LOCATION, SET_COOKIE};
use http::{Request, Response};
use mock_ca::{Door as Room, Lost};

use crate::faults::Killed;
use crate::world::Door;

pub use ledger::Ledger;
pub use masks::Masks;
pub(crate) use masks::without_number;

/// One request and its answer, as they passed.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// Whether it passed at the phones' door.
    pub is_sms: bool,
    /// `GET` or `POST`.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// The session the request names.
    pub cookie: Option<String>,
    /// What was posted.
    pub posted: Vec<u8>,
    /// The answer's status.
    pub status: u16,
    /// Its type.
    pub content_type: String,
    /// Where it sends on to.
    pub location: Option<String>,
    /// The cookie it sets, with its attributes.
    pub set_cookie: Option<String>,
    /// How the answer was lost on its way, when it was.
    pub lost: Option<Lost>,
    /// Whether the engine was killed at it.
    pub(crate) killed: Option<Killed>,
    /// Its body.
    pub body: Vec<u8>,
}

impl Exchange {
    /// Whether it left the engine, which may have been killed on its way to it.
    pub(crate) fn was_sent(&self) -> bool {
        self.killed != Some(Killed::Before)
    }

    /// Whether it is a page, a paper or a form, and not what a page loads beside itself.
    fn is_document(&self) -> bool {
        const BESIDE: [&str; 5] = [
            "text/css",
            "text/javascript",
            "image/",
            "font/",
            "application/javascript",
        ];
        let beside = BESIDE
            .iter()
            .any(|kind| self.content_type.starts_with(kind));
        !beside && !self.path.starts_with("/plugin/") && self.path != "/favicon.ico"
    }
}

/// Listens at the doors; clones share what they heard.
#[derive(Clone, Debug, Default)]
pub struct Wire(Arc<Mutex<Vec<Exchange>>>);

impl Wire {
    /// Puts the tap in front of a door.
    pub fn tap(&self, mut door: Door) -> Door {
        let heard = self.clone();
        Box::new(move |now, room, request| {
            let asked = Asked::of(&request);
            let answer = door(now, room, request);
            let unheard = answer.extensions().get() == Some(&Killed::Already);
            if room != Room::Control && !unheard {
                heard.keep(asked.answered(room, &answer));
            }
            answer
        })
    }

    fn keep(&self, exchange: Exchange) {
        let mut heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        heard.push(exchange);
    }

    /// What was heard since the last time.
    pub fn drain(&self) -> Vec<Exchange> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The request's half of an exchange.
struct Asked {
    method: String,
    path: String,
    cookie: Option<String>,
    posted: Vec<u8>,
}

impl Asked {
    fn of(request: &Request<Vec<u8>>) -> Self {
        Self {
            method: request.method().to_string(),
            path: request
                .uri()
                .path_and_query()
                .map_or("/", |path| path.as_str())
                .to_owned(),
            cookie: text(request.headers(), &COOKIE),
            posted: request.body().clone(),
        }
    }

    fn answered(self, room: Room, answer: &Response<Vec<u8>>) -> Exchange {
        let headers = answer.headers();
        Exchange {
            is_sms: room == Room::Sms,
            method: self.method,
            path: self.path,
            cookie: self.cookie,
            posted: self.posted,
            status: answer.status().as_u16(),
            content_type: text(headers, &CONTENT_TYPE).unwrap_or_default(),
            location: text(headers, &LOCATION),
            set_cookie: text(headers, &SET_COOKIE),
            lost: answer.extensions().get().copied(),
            killed: answer.extensions().get().copied(),
            body: answer.body().clone(),
        }
    }
}

fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    Some(headers.get(name)?.to_str().ok()?.to_owned())
}
