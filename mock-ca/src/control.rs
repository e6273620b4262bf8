//! The tester's own door: JSON, on a listener of its own.
//!
//! | call | what it does |
//! |---|---|
//! | `GET /history` | what clients did at the portal, secrets left out |
//! | `DELETE /history` | forgets it |
//! | `GET /outbox` | every text, with when it was sent and when it arrives |
//! | `GET /applications` | every order: application, status, moments |
//! | `POST /applications` | adds an application, or replaces one nobody has acted on |
//! | `GET /applications/{n}` | one of them |
//! | `POST /applications/{n}/issue` | issues now instead of at the planned moment; also releases a held one |
//! | `POST /applications/{n}/refuse` `{"text":"…"}` | refuses; the card shows the text |
//! | `POST /applications/{n}/revoke` `{"reason":"superseded"}` | puts the certificate on the revocation list |
//! | `GET /faults` | the plan, and how many calls each room has had |
//! | `POST /faults` `{"room":"portal","nth":3,"what":"lose-answer"}` | adds to the plan |
//! | `GET /clock` | `{"now":"2018-12-13T01:00:00Z"}` |
//! | `POST /clock/advance` `{"seconds":60}` | answered by the server, which has the clock |
//!
//! A fault's `what` is one of `"lose-answer"`, `"garble"`, `"double"`, `"wrong-key"`, `{"refuse":{"status":503}}`,
//! `{"hold-for":{"secs":90}}`; its `room` one of `"portal"`, `"sms"`, `"ca"`.
//!
//! Errors: `{"error":"…"}` with 400 (not understood), 404 (no such thing) or 409 (not in this state).

use der::Decode;
use http::{Method, Request, Response, StatusCode};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use x509_cert::Certificate;

use crate::application::Application;
use crate::ca::Reason;
use crate::clock::Clock;
use crate::fault::Fault;
use crate::order::{Order, Status};
use crate::{MockCa, reply};

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
    let answer = match (request.method().as_str(), path.as_slice()) {
        ("GET", ["history"]) => Ok(json!(mock.state.history)),
        ("DELETE", ["history"]) => forget_history(mock),
        ("GET", ["outbox"]) => Ok(json!(mock.state.outbox)),
        ("GET", ["applications"]) => Ok(mock.orders().map(|order| told(order, now)).collect()),
        ("POST", ["applications"]) => body(request).and_then(|application| add(mock, application)),
        ("GET", ["applications", number]) => find(mock, number).map(|order| told(order, now)),
        ("POST", ["applications", number, "issue"]) => issue(mock, now, number),
        ("POST", ["applications", number, "refuse"]) => {
            body(request).and_then(|refusal| refuse(mock, now, number, &refusal))
        }
        ("POST", ["applications", number, "revoke"]) => {
            body(request).and_then(|revocation| revoke(mock, now, number, &revocation))
        }
        ("GET", ["faults"]) => Ok(json!(mock.state.faults)),
        ("POST", ["faults"]) => body(request).and_then(|fault| plan(mock, fault)),
        ("GET", ["clock"]) => Ok(json!({ "now": now })),
        _ => Err(Trouble::NotFound("no such call")),
    };
    answer.map_or_else(Trouble::into_response, |value| reply::json(&value))
}

/// Moves the clock, if this is a call for it: the door behind has none.
pub(crate) fn clock_call(
    clock: &dyn Clock,
    request: &Request<Vec<u8>>,
) -> Option<Response<Vec<u8>>> {
    let asked = request.method() == Method::POST && request.uri().path() == "/clock/advance";
    asked.then(|| match body::<Advance>(request) {
        Ok(Advance { seconds })
            if clock.advance(jiff::SignedDuration::from_secs(seconds.into())) =>
        {
            reply::json(&json!({ "now": clock.now() }))
        }
        Ok(_) => Trouble::Conflict("this clock cannot be moved").into_response(),
        Err(trouble) => trouble.into_response(),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    /// A clock only goes forward.
    seconds: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Refusal {
    text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Revocation {
    reason: Reason,
}

/// Why a call did nothing.
enum Trouble {
    NotUnderstood(String),
    NotFound(&'static str),
    Conflict(&'static str),
}

impl Trouble {
    fn into_response(self) -> Response<Vec<u8>> {
        match self {
            Self::NotUnderstood(why) => reply::json_error(StatusCode::BAD_REQUEST, &why),
            Self::NotFound(what) => reply::json_error(StatusCode::NOT_FOUND, what),
            Self::Conflict(why) => reply::json_error(StatusCode::CONFLICT, why),
        }
    }
}

fn body<T: for<'de> Deserialize<'de>>(request: &Request<Vec<u8>>) -> Result<T, Trouble> {
    serde_json::from_slice(request.body())
        .map_err(|error| Trouble::NotUnderstood(error.to_string()))
}

fn forget_history(mock: &mut MockCa) -> Result<Value, Trouble> {
    mock.state.history.clear();
    Ok(json!({}))
}

fn find<'a>(mock: &'a MockCa, number: &str) -> Result<&'a Order, Trouble> {
    let order = number
        .parse()
        .ok()
        .and_then(|number: u32| mock.state.orders.get(&number));
    order.ok_or(Trouble::NotFound("no such application"))
}

/// An order as the tester sees it.
fn told(order: &Order, now: Timestamp) -> Value {
    let status = order.status(now);
    json!({ "number": order.application.number, "status": status, "word": status.list_word(), "order": order })
}

fn add(mock: &mut MockCa, application: Application) -> Result<Value, Trouble> {
    let number = application.number;
    match mock.state.orders.get(&number) {
        Some(order) if order.submission.is_some() || order.refusal.is_some() => {
            Err(Trouble::Conflict("this application is already under way"))
        }
        _ => {
            mock.state.orders.insert(number, Order::new(application));
            Ok(json!({ "number": number }))
        }
    }
}

/// An operator works this one off now.
fn issue(mock: &mut MockCa, now: Timestamp, number: &str) -> Result<Value, Trouble> {
    let order = find(mock, number)?;
    let number = order.application.number;
    match order.status(now) {
        Status::Sent | Status::Ordered if order.certificate.is_none() => {
            mock.hasten(number, now);
            Ok(told(&mock.state.orders[&number], now))
        }
        _ => Err(Trouble::Conflict(
            "there is no request that waits for a certificate",
        )),
    }
}

fn refuse(
    mock: &mut MockCa,
    now: Timestamp,
    number: &str,
    refusal: &Refusal,
) -> Result<Value, Trouble> {
    let order = find(mock, number)?;
    let number = order.application.number;
    if order.certificate.is_some() || order.refusal.is_some() {
        return Err(Trouble::Conflict(
            "a certificate or a refusal is already there",
        ));
    }
    mock.refuse(number, now, &refusal.text);
    Ok(told(&mock.state.orders[&number], now))
}

fn revoke(
    mock: &mut MockCa,
    now: Timestamp,
    number: &str,
    revocation: &Revocation,
) -> Result<Value, Trouble> {
    let order = find(mock, number)?;
    let issued = order.certificate.as_ref();
    let certificate = issued.and_then(|issued| Certificate::from_der(&issued.der).ok());
    let Some(certificate) = certificate else {
        return Err(Trouble::Conflict("there is no certificate to revoke"));
    };
    let serial = certificate.tbs_certificate().serial_number();
    let profile = order.application.profile.clone();
    let authority = mock.authorities.of(&mock.settings, &profile);
    authority.revoke(serial.as_bytes(), now, revocation.reason);
    Ok(json!({ "serial": hex::encode(serial.as_bytes()) }))
}

fn plan(mock: &mut MockCa, fault: Fault) -> Result<Value, Trouble> {
    mock.state.faults.plan.push(fault);
    Ok(json!(mock.state.faults))
}
