//! An answer on its way out: dated, whole, broken off or slow, as the plan of faults has it.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use http::header::{CONNECTION, CONTENT_LENGTH, DATE};
use http::{HeaderValue, Response};
use http_body::{Frame, SizeHint};
use http_body_util::{BodyExt as _, Collected};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;

use crate::Lost;

pub(super) fn dated(mut response: Response<Vec<u8>>, now: Timestamp) -> Response<Vec<u8>> {
    let date = DateTimePrinter::new()
        .timestamp_to_rfc9110_string(&now)
        .ok();
    if let Some(date) = date.and_then(|date| HeaderValue::try_from(date).ok()) {
        response.headers_mut().entry(DATE).or_insert(date);
    }
    response
}

/// A planned fault: the connection breaks instead of an answer.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("a planned fault")]
pub(super) struct Broken;

/// The answer as bytes to send.
///
/// Errors: one that is lost as a whole; with or without a body, nothing of it may arrive.
pub(super) fn sent(response: Response<Vec<u8>>) -> Result<Response<Body>, Broken> {
    let (mut head, body) = response.into_parts();
    match head.extensions.remove::<Lost>() {
        None => return Ok(Response::from_parts(head, Body::from(body))),
        Some(Lost::Whole) => return Err(Broken),
        Some(Lost::Rest) => {}
    }
    let promised = body.len() as u64 + 1;
    head.headers
        .insert(CONTENT_LENGTH, HeaderValue::from(promised));
    head.headers
        .insert(CONNECTION, HeaderValue::from_static("close"));
    let breaking = Breaking {
        rest: Some(Bytes::from(body)),
        flushed: false,
    };
    Ok(Response::from_parts(head, Body::new(breaking)))
}

/// A body that ends in an error, which makes the server drop the connection.
struct Breaking {
    /// What still arrives.
    rest: Option<Bytes>,
    flushed: bool,
}

impl HttpBody for Breaking {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Some(rest) = self.rest.take() {
            return Poll::Ready(Some(Ok(Frame::data(rest))));
        }
        if !self.flushed {
            self.flushed = true; // let what was sent go out before the end
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(io::Error::other(Broken))))
    }
}

/// Real time, for a planned fault only.
pub(super) async fn pass(secs: u32) {
    let never = std::future::pending::<()>();
    let _ = tokio::time::timeout(Duration::from_secs(secs.into()), never).await;
}

/// An answer that comes in small pieces over so many seconds.
pub(super) async fn trickling(response: Response<Body>, secs: u32) -> Response<Body> {
    let (head, body) = response.into_parts();
    let bytes = body.collect().await.map(Collected::to_bytes);
    let bytes = bytes.unwrap_or_default();
    let pause = Duration::from_secs(secs.into()) / PIECES;
    let body = Trickling {
        piece: bytes.len() / PIECES as usize + 1,
        pause: tokio::time::interval(pause.max(Duration::from_millis(1))),
        rest: bytes,
    };
    Response::from_parts(head, Body::new(body))
}

/// A body that sends a piece, pauses, sends the next.
struct Trickling {
    rest: Bytes,
    piece: usize,
    pause: tokio::time::Interval,
}

impl HttpBody for Trickling {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        ready!(self.pause.poll_tick(cx));
        let piece = self.piece.min(self.rest.len());
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(piece)))))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.len() as u64)
    }
}

/// How many pieces a slow answer is cut into.
const PIECES: u32 = 20;
