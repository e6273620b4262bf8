//! What clients did, for the tester: every request at the portal's door, with codes and form tokens left out.

use http::{Request, Response};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One request and how it was answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Visited {
    /// When.
    pub at: Timestamp,
    /// `GET`, `POST` …
    pub method: String,
    /// Path and query, its values in plain text and secrets as `…`.
    pub path: String,
    /// The posted fields, secrets as `…`.
    pub form: Vec<(String, String)>,
    /// The HTTP status of the answer.
    pub status: u16,
    /// The phone of whoever was logged in.
    #[serde(default)]
    pub phone: Option<String>,
}

impl Visited {
    /// Notes a request and its answer.
    pub(crate) fn of(
        at: Timestamp,
        phone: Option<String>,
        request: &Request<Vec<u8>>,
        response: &Response<Vec<u8>>,
    ) -> Self {
        let fields = form_urlencoded::parse(request.body()).take(MAX_FIELDS);
        Self {
            at,
            method: request.method().to_string(),
            path: cut(&address(request)),
            form: fields
                .map(|(name, value)| (named(&name), shown(&name, &value)))
                .collect(),
            status: response.status().as_u16(),
            phone,
        }
    }
}

/// Path and query; a form sent by GET brings its secrets in the address.
fn address(request: &Request<Vec<u8>>) -> String {
    let path = request.uri().path();
    let Some(query) = request.uri().query() else {
        return path.to_owned();
    };
    let pairs = form_urlencoded::parse(query.as_bytes()).take(MAX_FIELDS);
    let told = pairs.map(|(name, value)| format!("{}={}", named(&name), shown(&name, &value)));
    format!("{path}?{}", told.collect::<Vec<_>>().join("&"))
}

/// A field's name; what is no field of a form could hold anything, a code included (the body of a JSON call does).
fn named(name: &str) -> String {
    const FIELDS: [&str; 11] = [
        "token",
        "phone",
        "code",
        "container",
        "pair",
        "pem",
        "press",
        "status",
        "inn",
        "id",
        "owner",
    ];
    let known = FIELDS.contains(&name);
    if known { name.into() } else { "…".into() }
}

/// A field's value as the history may hold it; an unknown field could hold anything, a code included.
fn shown(name: &str, value: &str) -> String {
    match name {
        "phone" | "container" | "pair" | "press" | "status" | "inn" | "id" | "owner" => cut(value),
        "pem" => format!("({} characters)", value.chars().count()),
        _ => "…".into(),
    }
}

fn cut(text: &str) -> String {
    text.chars().take(MAX_CHARS).collect()
}

const MAX_FIELDS: usize = 20;
const MAX_CHARS: usize = 200;
