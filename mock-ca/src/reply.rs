//! Answers: pages, JSON, files.

use askama::Template;
use http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderValue, Response, StatusCode};
use serde::Serialize;

/// A page; nothing on it may be kept by a cache or come from elsewhere.
pub(crate) fn page(status: StatusCode, template: &impl Template) -> Response<Vec<u8>> {
    let html = template
        .render()
        .expect("our templates only write text, and writing to a string cannot fail");
    let mut response = with_type(status, "text/html; charset=utf-8", html.into_bytes());
    let policy = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
    response
        .headers_mut()
        .insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    response
}

/// What all pages look like; they ask for it at `/style.css`.
pub const STYLESHEET: &str = include_str!("../templates/style.css");

pub(crate) fn stylesheet() -> Response<Vec<u8>> {
    with_type(StatusCode::OK, "text/css; charset=utf-8", STYLESHEET.into())
}

/// Data for a program.
pub(crate) fn json(value: &impl Serialize) -> Response<Vec<u8>> {
    let mut text = serde_json::to_vec(value)
        .expect("our values have string keys and cannot fail to be written");
    text.push(b'\n');
    with_type(StatusCode::OK, "application/json", text)
}

/// `{"error": "…"}` with a status.
pub(crate) fn json_error(status: StatusCode, error: &str) -> Response<Vec<u8>> {
    let mut response = json(&serde_json::json!({ "error": error }));
    *response.status_mut() = status;
    response
}

/// A file to be saved under this name (ASCII, no quotes).
pub(crate) fn file(content_type: &'static str, name: &str, bytes: Vec<u8>) -> Response<Vec<u8>> {
    let mut response = with_type(StatusCode::OK, content_type, bytes);
    let disposition = HeaderValue::try_from(format!("attachment; filename={name}"));
    response.headers_mut().insert(
        CONTENT_DISPOSITION,
        disposition.expect("our file names are ASCII"),
    );
    response
}

/// «See there», after a form has done its work.
pub(crate) fn see_other(path: &str) -> Response<Vec<u8>> {
    let mut response = with_type(
        StatusCode::SEE_OTHER,
        "text/plain; charset=utf-8",
        Vec::new(),
    );
    response.headers_mut().insert(
        LOCATION,
        HeaderValue::try_from(path).expect("our paths are ASCII"),
    );
    response
}

/// Bytes of one type.
pub(crate) fn with_type(
    status: StatusCode,
    content_type: &'static str,
    bytes: Vec<u8>,
) -> Response<Vec<u8>> {
    let mut response = Response::new(bytes);
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
        .headers_mut()
        .insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
