//! Calls for the clock. The door behind has none, so the server takes them out on their way.

use http::{Request, Response, StatusCode};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::json;

use super::{Trouble, body, is_foreign};
use crate::clock::{Clock, Pace};
use crate::portal::form;
use crate::reply;

/// Reads or moves the clock, if this is a call for it.
pub(crate) fn clock_call(
    clock: &dyn Clock,
    request: &Request<Vec<u8>>,
) -> Option<Response<Vec<u8>>> {
    let call = (request.method().as_str(), request.uri().path());
    let done = match call {
        (_, "/clock" | "/clock/advance" | "/operator/clock") if is_foreign(request) => {
            Err(Trouble::Foreign)
        }
        ("GET", "/clock") => Ok(()),
        ("POST", "/clock/advance") => body(request).and_then(|by| advance(clock, &by)),
        ("PUT", "/clock") => body(request).and_then(|to| set(clock, &to)),
        ("POST", "/operator/clock") => return Some(pressed(clock, request)),
        _ => return None,
    };
    Some(done.map_or_else(Trouble::into_response, |()| told(clock)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    /// A clock only goes forward.
    seconds: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Set {
    now: Option<Timestamp>,
    pace: Option<String>,
}

fn told(clock: &dyn Clock) -> Response<Vec<u8>> {
    let pace = clock.pace().map(|pace| pace.to_string());
    reply::json(&json!({ "now": clock.now(), "pace": pace }))
}

fn advance(clock: &dyn Clock, by: &Advance) -> Result<(), Trouble> {
    if clock.advance(SignedDuration::from_secs(by.seconds.into())) {
        Ok(())
    } else {
        Err(Trouble::Conflict("this clock cannot be moved"))
    }
}

fn set(clock: &dyn Clock, to: &Set) -> Result<(), Trouble> {
    let pace = to.pace.as_deref().map(str::parse::<Pace>).transpose();
    let pace = pace.map_err(Trouble::NotUnderstood)?;
    if let Some(to) = to.now {
        let by = to.duration_since(clock.now());
        if by.is_negative() {
            return Err(Trouble::Conflict("a clock only goes forward"));
        }
        if !clock.advance(by) {
            return Err(Trouble::Conflict("this clock cannot be moved"));
        }
    }
    if pace.is_some_and(|pace| !clock.set_pace(pace)) {
        return Err(Trouble::Conflict("this clock keeps its pace"));
    }
    Ok(())
}

/// The operator's page moves the clock and comes back.
fn pressed(clock: &dyn Clock, request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
    let seconds = form::field(request, "seconds").and_then(|seconds| seconds.parse().ok());
    let moved = seconds.map(|seconds| advance(clock, &Advance { seconds }));
    match moved {
        Some(Ok(())) => reply::see_other("/"),
        Some(Err(trouble)) => trouble.into_response(),
        None => reply::json_error(StatusCode::BAD_REQUEST, "seconds"),
    }
}
