//! One request and what answers it: the body within its limit, the door, and what the answer still waits for.

use std::time::Duration;

use axum::body::{Body, Bytes};
use http::header::CONNECTION;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::BodyExt as _;
use jiff::Timestamp;
use tokio::sync::watch;

use super::guests::Guest;
use super::sending::{Broken, dated, pass, sent, trickling};
use super::{SLOW_CLIENT, Shared};
use crate::{Dawdle, Door, MAX_BODY, MAX_FORM, control, paper, printed, reply};

pub(super) async fn answer(
    door: Door,
    shared: &Shared,
    guest: &Guest,
    request: Request<Body>,
) -> Result<Response<Body>, Broken> {
    let (head, body) = request.into_parts();
    let limit = if door == Door::Control {
        MAX_BODY
    } else {
        MAX_FORM
    };
    let body = match tokio::time::timeout(SLOW_CLIENT, read(body, limit)).await {
        Ok(Some(body)) => body,
        Ok(None) => return Ok(refused(StatusCode::PAYLOAD_TOO_LARGE)),
        Err(_) => return Ok(refused(StatusCode::REQUEST_TIMEOUT)),
    };
    let _serving = guest.serve();
    let request = Request::from_parts(head, body);
    let now = shared.clock.now();
    let looks = request.method() == Method::GET;
    let of_clock = if door == Door::Control {
        control::clock_call(&*shared.clock, &request)
    } else {
        None
    };
    let response = match of_clock {
        Some(told) if !looks => kept_with_the_door(shared, told),
        Some(told) => told,
        None => shared.ask(now, door, request),
    };
    let mut response = finished(response).await;
    let dawdle = response.extensions_mut().remove::<Dawdle>();
    if let Some(Dawdle::Late { secs }) = dawdle {
        pass(secs).await;
    }
    let response = sent(dated(response, now))?;
    Ok(match dawdle {
        Some(Dawdle::Trickle { secs }) => trickling(response, secs).await,
        _ => response,
    })
}

impl Shared {
    fn ask(&self, now: Timestamp, door: Door, request: Request<Vec<u8>>) -> Response<Vec<u8>> {
        // A door that panicked once may be half-way through anything: it is asked no more.
        let door_fn = self.door.lock();
        door_fn.map_or_else(|_| broken(), |mut door_fn| door_fn(now, door, request))
    }
}

/// What was told of a clock that has moved. A door that keeps its calls gets one of the new moment, so that it is kept.
fn kept_with_the_door(shared: &Shared, mut told: Response<Vec<u8>>) -> Response<Vec<u8>> {
    let look = Request::get("/clock").body(Vec::new());
    let look = look.expect("a path of ours");
    let mut seen = shared.ask(shared.clock.now(), Door::Control, look);
    if let Some(kept) = seen.extensions_mut().remove::<Kept>() {
        told.extensions_mut().insert(kept);
    }
    told
}

/// The whole body; `None` when it breaks off or is longer than the limit.
async fn read(mut body: Body, limit: usize) -> Option<Vec<u8>> {
    let mut kept = Vec::new();
    while let Some(frame) = body.frame().await {
        let data = frame.ok()?.into_data().unwrap_or_default();
        if kept.len() + data.len() > limit {
            throw_away(body).await;
            return None;
        }
        kept.extend_from_slice(&data);
    }
    Some(kept)
}

/// Reads on for a little, so that an honest client is done sending and gets to read why it is refused.
async fn throw_away(mut body: Body) {
    let mut seen = 0;
    while let Ok(Some(Ok(frame))) = tokio::time::timeout(LINGER, body.frame()).await {
        seen += frame.data_ref().map_or(0, Bytes::len);
        if seen > MAX_THROWN_AWAY {
            return;
        }
    }
}

/// What the answer still waits for: the printing of its paper, the keeping of what it tells.
async fn finished(response: Response<Vec<u8>>) -> Response<Vec<u8>> {
    let mut response = if paper::is_unprinted(&response) {
        let printing = tokio::task::spawn_blocking(|| printed(response));
        printing.await.unwrap_or_else(|_| broken())
    } else {
        response
    };
    match response.extensions_mut().remove::<Kept>() {
        Some(kept) => kept.done().await.map_or_else(unkept, |()| response),
        None => response,
    }
}

/// Holds an answer back until what it tells is kept: put it into the extensions of the door's answer.
///
/// The sender counts what it has kept; when it is gone before it came so far, the client gets a 500 instead.
#[derive(Clone, Debug)]
pub struct Kept {
    /// How much is kept by now.
    pub so_far: watch::Receiver<u64>,
    /// How much has to be.
    pub up_to: u64,
}

impl Kept {
    async fn done(mut self) -> Option<()> {
        let up_to = self.up_to;
        let kept = self.so_far.wait_for(|so_far| *so_far >= up_to).await;
        kept.ok().map(|_| ())
    }
}

fn unkept() -> Response<Vec<u8>> {
    reply::with_type(
        StatusCode::INTERNAL_SERVER_ERROR,
        "text/plain; charset=utf-8",
        "the state cannot be kept\n".into(),
    )
}

fn refused(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

fn broken() -> Response<Vec<u8>> {
    reply::with_type(
        StatusCode::INTERNAL_SERVER_ERROR,
        "text/plain; charset=utf-8",
        "the door is broken\n".into(),
    )
}

/// How long, and how much, of a body that is too long is still read.
const LINGER: Duration = Duration::from_millis(200);
const MAX_THROWN_AWAY: usize = 4 << 20;
