//! The text-message gateway and the phones behind it. It moves text; what a text means is the portal's business.
//!
//! Its door, for whoever sends:
//! * `POST /sys/send.php`, `/sys/status.php`, `/sys/balance.php` in the shape of SMSC.ru's API ([`api`]).
//!
//! And for programs that read the phone in the user's stead:
//! * `GET /inbox?phone=79…` → `[{"id":1,"to":"79…","text":"…","at":"2018-12-13T01:00:05Z"}]`, oldest first, only what has arrived;
//! * `GET /phone/79…` → the phone's screen as a page.
//!
//! Whoever calls this machine by another name than a loopback address or `localhost` gets 403.

pub(crate) mod api;
mod parts;

use http::{Method, Request, Response, StatusCode};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::fault::{Knobs, Mischief};
use crate::order::{irkutsk, later};
use crate::reply;
use crate::settings::{Settings, Span};
use crate::{phone, random};
use api::Gateway;

/// What a text is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The code of steps 1.5 and 2.4.
    Code,
    /// SMS 1, step 1.12.
    Ordered,
    /// SMS 2, step 1.13.
    Ready,
    /// Somebody else's text.
    Other,
}

/// A text that the gateway was given.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// The number it has at the gateway: the sender's, else counted from 1.
    pub id: u64,
    /// To whom: eleven digits from 7 on.
    pub to: String,
    /// What it says.
    pub text: String,
    /// What it is about.
    pub kind: Kind,
    /// When the gateway got it.
    pub sent_at: Timestamp,
    /// When it arrives, its first part if there are several; never when empty, twice when there are two.
    pub arrives_at: Vec<Timestamp>,
    /// When the other parts of a long text arrive, in their order; `None` for one that never does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub further_parts: Vec<Option<Timestamp>>,
}

impl Message {
    /// When the phone can show it: each time the last of its parts is there.
    pub(crate) fn readable_at(&self) -> Vec<Timestamp> {
        let further: Option<Vec<Timestamp>> = self.further_parts.iter().copied().collect();
        let last = further.map(|further| further.into_iter().max());
        let Some(last) = last else {
            return Vec::new();
        };
        let arrivals = self.arrives_at.iter();
        arrivals
            .map(|at| last.map_or(*at, |last| last.max(*at)))
            .collect()
    }

    /// What the phone shows: the parts that came, joined.
    fn shown(&self) -> Option<String> {
        parts::join(parts::split(self.id, &self.text))
    }
}

/// The text may hold a code, so it is not shown.
impl core::fmt::Debug for Message {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(
            f,
            "Message({:?} to {}, sent {}, arrives {:?})",
            self.kind, self.to, self.sent_at, self.arrives_at
        )
    }
}

/// A text as the phone shows it.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Delivered<'a> {
    /// Counts arrivals, on all phones, from 1.
    pub id: usize,
    /// The phone.
    pub to: &'a str,
    /// What it says.
    pub text: String,
    /// When it arrived.
    pub at: Timestamp,
}

/// Everything ever sent, in the order of sending.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Outbox(pub(crate) Vec<Message>);

impl Outbox {
    /// The number of the next text.
    fn next_id(&self) -> u64 {
        self.0.len() as u64 + 1
    }

    /// The newest text of this number to this phone.
    fn find(&self, id: u64, phone: &str) -> Option<&Message> {
        let mut newest_first = self.0.iter().rev();
        newest_first.find(|message| message.id == id && message.to == phone)
    }

    /// Takes a text for delivery.
    fn send(&mut self, settings: &Settings, met: Option<Mischief>, mut message: Message) {
        let knobs = &settings.knobs;
        let arrives = later(message.sent_at, self.delay_secs(settings, met));
        let twice = knobs.double_sms || met == Some(Mischief::Double);
        message.arrives_at = vec![arrives; if twice { 2 } else { 1 }];
        match met {
            Some(Mischief::LoseAnswer) => message.arrives_at.clear(),
            Some(Mischief::Garble) => message.text = garbled(&message.text),
            _ if lost_by_knob(knobs, message.kind) => message.arrives_at.clear(),
            _ => {}
        }
        message.further_parts = self.further_parts(settings, &message);
        self.0.push(message);
    }

    /// Each part takes its own time, so they may come in any order.
    fn further_parts(&self, settings: &Settings, message: &Message) -> Vec<Option<Timestamp>> {
        let Span { min, max } = settings.timing.sms_delivery_secs;
        let count = parts::count(&message.text);
        let mut chance = random::draw(settings.seed, "sms further part", self.0.len() as u64);
        let delay = settings.knobs.sms_delay_secs;
        let part = |number: usize| {
            let secs = random::between(&mut chance, min, max).saturating_add(delay);
            let lost = settings.knobs.lose_sms_part && number == count;
            (!lost).then(|| later(message.sent_at, secs))
        };
        (2..=count).map(part).collect()
    }

    fn delay_secs(&self, settings: &Settings, met: Option<Mischief>) -> u32 {
        let Span { min, max } = settings.timing.sms_delivery_secs;
        let drawn = random::between(
            &mut random::draw(settings.seed, "sms delivery", self.0.len() as u64),
            min,
            max,
        );
        let held = if let Some(Mischief::HoldFor { secs }) = met {
            secs
        } else {
            0
        };
        drawn
            .saturating_add(settings.knobs.sms_delay_secs)
            .saturating_add(held)
    }

    /// What has arrived by now, on all phones, oldest first. The numbers never change later.
    pub(crate) fn delivered(&self, now: Timestamp) -> Vec<Delivered<'_>> {
        let arrivals = self.0.iter().flat_map(|message| {
            message
                .readable_at()
                .into_iter()
                .map(move |at| (at, message))
        });
        let mut arrived: Vec<_> = arrivals.filter(|(at, _)| *at <= now).collect();
        arrived.sort_by_key(|(at, _)| *at);
        let numbered = arrived.into_iter().zip(1..);
        numbered
            .filter_map(|((at, message), id)| {
                Some(Delivered {
                    id,
                    to: &message.to,
                    text: message.shown()?,
                    at,
                })
            })
            .collect()
    }
}

fn lost_by_knob(knobs: &Knobs, kind: Kind) -> bool {
    match kind {
        Kind::Code => knobs.lose_code_sms,
        Kind::Other => false,
        Kind::Ordered => knobs.lose_ordered_sms,
        Kind::Ready => knobs.lose_ready_sms,
    }
}

/// What a wrong code page makes of a text: letters and digits are gone, blanks stay.
fn garbled(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_alphanumeric() { '?' } else { c })
        .collect()
}

/// Answers at the gateway's door.
pub(crate) fn handle(
    mut gateway: Gateway<'_>,
    now: Timestamp,
    request: &Request<Vec<u8>>,
) -> Response<Vec<u8>> {
    let outbox = &*gateway.outbox;
    let segments: Vec<_> = request
        .uri()
        .path()
        .split('/')
        .filter(|part| !part.is_empty())
        .collect();
    match (request.method(), segments.as_slice()) {
        (&Method::GET, ["inbox"]) => inbox(outbox, now, request.uri().query().unwrap_or_default()),
        (&Method::GET, ["phone", number]) => screen(outbox, now, number),
        (&Method::GET, ["style.css"]) => reply::stylesheet(),
        (&Method::GET | &Method::POST, ["sys", call]) => {
            api::handle(&mut gateway, now, call, request)
        }
        _ => reply::json_error(
            StatusCode::NOT_FOUND,
            "GET /inbox?phone=79…, GET /phone/79… or POST /sys/send.php",
        ),
    }
}

fn inbox(outbox: &Outbox, now: Timestamp, query: &str) -> Response<Vec<u8>> {
    let asked = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "phone");
    match asked.and_then(|(_, value)| phone::normalised(&value)) {
        Some(phone) => reply::json(&on_phone(outbox, now, &phone)),
        None => reply::json_error(StatusCode::BAD_REQUEST, NO_PHONE),
    }
}

fn on_phone<'a>(outbox: &'a Outbox, now: Timestamp, phone: &str) -> Vec<Delivered<'a>> {
    outbox
        .delivered(now)
        .into_iter()
        .filter(|message| message.to == phone)
        .collect()
}

fn screen(outbox: &Outbox, now: Timestamp, number: &str) -> Response<Vec<u8>> {
    let Some(phone) = phone::normalised(number) else {
        return reply::json_error(StatusCode::BAD_REQUEST, NO_PHONE);
    };
    let messages = on_phone(outbox, now, &phone);
    let messages = messages
        .iter()
        .map(|message| (message.text.as_str(), shown(message.at)))
        .collect();
    reply::page(StatusCode::OK, &Screen { phone, messages })
}

/// As a phone in Irkutsk shows it: `13.12.2018 09:04`.
fn shown(at: Timestamp) -> String {
    at.to_zoned(irkutsk())
        .strftime("%d.%m.%Y %H:%M")
        .to_string()
}

#[derive(askama::Template)]
#[template(path = "phone_screen.html")]
struct Screen<'a> {
    phone: String,
    messages: Vec<(&'a str, String)>,
}

const NO_PHONE: &str = "phone: eleven digits from 7 on";
