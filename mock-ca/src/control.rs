//! The tester's own door: JSON, on a listener of its own, and a page for people at `/`.
//!
//! | call | what it does |
//! |---|---|
//! | `GET /` | «Оператор»: the same for a person, with buttons |
//! | `GET /people` | who may log in |
//! | `POST /people` `{"phone":"+7…","name":"…"}` | adds somebody who has no application yet |
//! | `GET /applications` `?status=&phone=` | every order: application, status, moments |
//! | `POST /applications` `{"phone":"+7…"}` | adds an application, or replaces one nobody has acted on; what is left out is made up from its number; `"accepted":false` leaves it to the operator |
//! | `GET /applications/{n}` | one of them |
//! | `POST /applications/{n}/accept` | the operator's yes: to the application, or to the request (SMS 1 goes out now) |
//! | `POST /applications/{n}/refuse` `{"text":"…"}` | refuses; the card shows the text after «Отказ:» |
//! | `POST /applications/{n}/issue` | issues now instead of at the planned moment; also releases a held one |
//! | `POST /applications/{n}/delay` `{"ordered_in_secs":60,"issue_in_secs":3600}` | plans either moment anew; 409 for an order that SMS 1 has told, and for an issue before it |
//! | `POST /applications/{n}/revoke` `{"reason":"superseded"}` | puts the certificate on the revocation list |
//! | `GET /settings` | every setting and knob; `KNOBS.md` says what each is good for |
//! | `PATCH /settings` `{"knobs":{"double_sms":true}}` | changes them from now on (a JSON merge patch); what the mock began with is fixed: seed, epoch, profile, who has applied, authority, plugin, TLS |
//! | `GET /faults` | the plan, and how many calls each room has had |
//! | `POST /faults` `{"room":"portal","nth":3,"what":"lose-answer"}` | adds to the plan; `"next":1` instead of `nth` means the next call |
//! | `PUT /faults` `[…]` · `DELETE /faults` | replaces the plan · empties it |
//! | `GET /outbox` `?phone=&kind=` | every text, with when it was sent and when it arrives |
//! | `GET /history` `?method=&path=&status=&phone=&since=&last=` | what clients did at the portal, secrets left out; `path` is a beginning |
//! | `DELETE /history` | forgets it |
//! | `GET /clock` | `{"now":"2018-12-13T01:00:00Z","pace":"manual"}` |
//! | `POST /clock/advance` `{"seconds":60}` | moves the clock |
//! | `PUT /clock` `{"now":"…","pace":"fast:60"}` | sets either, forward only; clock calls are answered by the server, which has the clock. A state directory keeps the moment, not the pace: that is `--clock`'s |
//!
//! A fault's `what` is one of `"lose-answer"`, `"garble"`, `"double"`, `"wrong-key"`, `{"refuse":{"status":503}}`,
//! `{"hold-for":{"secs":90}}`, `{"delay":{"secs":2}}`, `{"slow":{"secs":2}}`; its `room` one of `"portal"`, `"sms"`, `"ca"`.
//!
//! Errors: `{"error":"…"}` with 400 (not understood), 403 (sent by a page from elsewhere, or to another name than this machine's: a loopback address or `localhost`), 404 (no such thing) or 409
//! (not in this state).

mod applications;
mod clock;
mod page;
mod settings;

use http::header::{HOST, ORIGIN};
use http::{Method, Request, Response, StatusCode};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::fault::{Fault, Mischief, Room};
use crate::portal::form;
use crate::{MockCa, host, phone, reply};

pub(crate) use self::clock::clock_call;

/// Answers at the tester's door.
pub(crate) fn handle(
    mock: &mut MockCa,
    now: Timestamp,
    request: &Request<Vec<u8>>,
) -> Response<Vec<u8>> {
    let path: Vec<_> = request
        .uri()
        .path()
        .split('/')
        .filter(|part| !part.is_empty())
        .collect();
    if is_foreign(request) {
        return Trouble::Foreign.into_response();
    }
    match (request.method().as_str(), path.as_slice()) {
        ("GET", []) => page::show(mock, now, None),
        ("GET", ["style.css"]) => reply::stylesheet(),
        ("POST", ["operator", number, act]) => page::press(mock, now, request, number, act),
        _ => call(mock, now, request, &path)
            .map_or_else(Trouble::into_response, |value| reply::json(&value)),
    }
}

fn call(
    mock: &mut MockCa,
    now: Timestamp,
    request: &Request<Vec<u8>>,
    path: &[&str],
) -> Result<Value, Trouble> {
    match (request.method().as_str(), path) {
        (_, ["applications" | "people", rest @ ..]) => {
            applications::call(mock, now, request, path[0], rest)
        }
        ("GET", ["settings"]) => Ok(json!(mock.settings)),
        ("PATCH", ["settings"]) => settings::change(mock, body(request)?),
        ("GET", ["faults"]) => Ok(json!(mock.state.faults)),
        ("POST", ["faults"]) => plan(mock, &body(request)?),
        ("PUT", ["faults"]) => replan(mock, body(request)?),
        ("DELETE", ["faults"]) => replan(mock, Vec::new()),
        ("GET", ["outbox"]) => outbox(mock, request),
        ("GET", ["history"]) => history(mock, request),
        ("DELETE", ["history"]) => forget_history(mock),
        ("GET", ["clock"]) => Ok(json!({ "now": now })),
        _ => Err(Trouble::NotFound("no such call")),
    }
}

/// Whether a page from elsewhere has a browser send this: whoever can open a page in the tester's browser would have
/// the operator's hand. Programs send no `Origin`.
fn is_foreign(request: &Request<Vec<u8>>) -> bool {
    if !host::is_local(request) {
        return true;
    }
    let header = |name| {
        let value = request.headers().get(name)?;
        value.to_str().ok()
    };
    let own = header(HOST).unwrap_or_default();
    let origin = header(ORIGIN).filter(|_| request.method() != Method::GET);
    origin.is_some_and(|origin| origin.strip_prefix("http://") != Some(own))
}

/// Why a call did nothing.
enum Trouble {
    NotUnderstood(String),
    Foreign,
    NotFound(&'static str),
    Conflict(&'static str),
}

impl Trouble {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotUnderstood(_) => StatusCode::BAD_REQUEST,
            Self::Foreign => StatusCode::FORBIDDEN,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::Conflict(_) => StatusCode::CONFLICT,
        }
    }

    fn text(&self) -> &str {
        match self {
            Self::NotUnderstood(why) => why,
            Self::Foreign => {
                "sent by a page from elsewhere, or to another name than this machine's"
            }
            Self::NotFound(what) | Self::Conflict(what) => what,
        }
    }

    fn into_response(self) -> Response<Vec<u8>> {
        reply::json_error(self.status(), self.text())
    }
}

fn body<T: for<'de> Deserialize<'de>>(request: &Request<Vec<u8>>) -> Result<T, Trouble> {
    serde_json::from_slice(request.body())
        .map_err(|error| Trouble::NotUnderstood(error.to_string()))
}

/// A query's value, if it is there and not empty.
fn asked(request: &Request<Vec<u8>>, name: &str) -> Option<String> {
    Some(form::query(request, name)).filter(|value| !value.is_empty())
}

/// A query's value as something else than text.
fn parsed<T: std::str::FromStr>(
    request: &Request<Vec<u8>>,
    name: &str,
) -> Result<Option<T>, Trouble> {
    let Some(value) = asked(request, name) else {
        return Ok(None);
    };
    let parsed = value.parse().ok();
    parsed
        .map(Some)
        .ok_or_else(|| Trouble::NotUnderstood(format!("{name}={value}")))
}

/// A query's phone number, in any usual form.
fn asked_phone(request: &Request<Vec<u8>>) -> Result<Option<String>, Trouble> {
    let Some(written) = asked(request, "phone") else {
        return Ok(None);
    };
    phone::normalised(&written)
        .map(Some)
        .ok_or_else(|| Trouble::NotUnderstood(format!("phone={written}")))
}

fn outbox(mock: &MockCa, request: &Request<Vec<u8>>) -> Result<Value, Trouble> {
    let (phone, kind) = (asked_phone(request)?, asked(request, "kind"));
    let wanted = |message: &Value| {
        phone.as_deref().is_none_or(|phone| message["to"] == phone)
            && kind.as_deref().is_none_or(|kind| message["kind"] == kind)
    };
    let all = mock.outbox().iter().map(|message| json!(message));
    Ok(all.filter(wanted).collect())
}

fn history(mock: &MockCa, request: &Request<Vec<u8>>) -> Result<Value, Trouble> {
    let (method, path) = (asked(request, "method"), asked(request, "path"));
    let (phone, status) = (asked_phone(request)?, parsed::<u16>(request, "status")?);
    let since = parsed::<Timestamp>(request, "since")?;
    let last = parsed::<usize>(request, "last")?.unwrap_or(usize::MAX);
    let found: Vec<_> = mock
        .history()
        .filter(|visited| {
            method
                .as_ref()
                .is_none_or(|method| visited.method == *method)
                && path
                    .as_ref()
                    .is_none_or(|path| visited.path.starts_with(path))
                && phone.is_none_or_some_of(&visited.phone)
                && status.is_none_or(|status| visited.status == status)
                && since.is_none_or(|since| visited.at >= since)
        })
        .collect();
    Ok(json!(found[found.len().saturating_sub(last)..]))
}

/// What is asked for, compared with what may not be there.
trait AskedFor {
    fn is_none_or_some_of(&self, found: &Self) -> bool;
}

impl AskedFor for Option<String> {
    fn is_none_or_some_of(&self, found: &Self) -> bool {
        self.is_none() || self == found
    }
}

fn forget_history(mock: &mut MockCa) -> Result<Value, Trouble> {
    mock.state.history.clear();
    Ok(json!({}))
}

/// A fault to be planned: at the `nth` call since the mock began, or at the `next`-th from now on.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Planned {
    room: Room,
    nth: Option<u32>,
    next: Option<u32>,
    what: Mischief,
}

fn plan(mock: &mut MockCa, planned: &Planned) -> Result<Value, Trouble> {
    let &Planned {
        room,
        what,
        nth,
        next,
    } = planned;
    let nth = match (nth, next) {
        (Some(nth), None) => nth,
        (None, Some(next)) => mock.calls(room).saturating_add(next),
        _ => {
            let why = "one of nth (since the beginning) and next (from now on)";
            return Err(Trouble::NotUnderstood(why.into()));
        }
    };
    mock.state.faults.plan.push(Fault { room, nth, what });
    Ok(json!(mock.state.faults))
}

fn replan(mock: &mut MockCa, plan: Vec<Fault>) -> Result<Value, Trouble> {
    mock.state.faults.plan = plan;
    Ok(json!(mock.state.faults))
}
