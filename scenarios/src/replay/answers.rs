//! Recorded answers as bytes again, with something in the place of each secret.

use std::collections::BTreeMap;

use base64ct::{Base64, Encoding as _};
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue, LOCATION, SET_COOKIE};
use http::{Response, StatusCode};
use mock_ca::Lost;
use serde_json::{Map, Value};

use crate::recording::{Line, Recording};

/// The applicant's phone of every scenario, in digits.
const PHONE: &str = "79000000000";

/// Bodies of a recording by the line that has them.
#[derive(Debug)]
pub(super) struct Answers(BTreeMap<usize, Vec<u8>>);

impl Answers {
    pub(super) fn of(recording: &Recording) -> Self {
        let bodies = recording.lines().iter().filter_map(|line| {
            let answer = line.fields.get("answer")?.as_object()?;
            Some((line.n, body(answer)?))
        });
        Self(bodies.collect())
    }

    /// The whole answer of an http line.
    pub(super) fn response(&self, line: &Line) -> Response<Vec<u8>> {
        let empty = Map::new();
        let answer = line.fields.get("answer").and_then(Value::as_object);
        let answer = answer.unwrap_or(&empty);
        let mut response = Response::new(self.body_of(line.n, answer));
        let status = line.fields.get("status").and_then(Value::as_u64);
        *response.status_mut() = status
            .and_then(|status| StatusCode::from_u16(u16::try_from(status).ok()?).ok())
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers: [(&str, HeaderName); 3] = [
            ("type", CONTENT_TYPE),
            ("location", LOCATION),
            ("cookie", SET_COOKIE),
        ];
        for (field, header) in headers {
            let value = answer.get(field).and_then(Value::as_str).map(filled);
            if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
                response.headers_mut().insert(header, value);
            }
        }
        match lost(line) {
            "" => {}
            "rest" => drop(response.extensions_mut().insert(Lost::Rest)),
            _ => drop(response.extensions_mut().insert(Lost::Whole)),
        }
        response
    }

    fn body_of(&self, n: usize, answer: &Map<String, Value>) -> Vec<u8> {
        let same_as = answer.get("same_as").and_then(Value::as_u64);
        let n = same_as.and_then(|n| usize::try_from(n).ok()).unwrap_or(n);
        self.0.get(&n).cloned().unwrap_or_default()
    }
}

/// How the answer of an http line was lost; empty where it came.
pub(super) fn lost(line: &Line) -> &str {
    let answer = line.fields.get("answer");
    let lost = answer.and_then(|answer| answer.get("lost"));
    lost.and_then(Value::as_str).unwrap_or_default()
}

/// Text with its secrets filled in, other bytes as they were; of a paper nothing but its size is known.
fn body(answer: &Map<String, Value>) -> Option<Vec<u8>> {
    if let Some(text) = answer.get("body").and_then(Value::as_str) {
        return Some(filled(text).into_bytes());
    }
    if let Some(bytes) = answer.get("base64").and_then(Value::as_str) {
        return Base64::decode_vec(bytes).ok();
    }
    let length = answer.get("digest")?.get("length")?.as_u64()?;
    let mut paper = b"%PDF-1.7\n".to_vec();
    paper.resize(usize::try_from(length).ok()?.min(LARGEST_PAPER), b' ');
    Some(paper)
}

/// However long a recording says that a paper was.
const LARGEST_PAPER: usize = 8 << 20;

/// A text with a value in the place of each secret's name.
pub(super) fn filled(text: &str) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        filled.push_str(&rest[..start]);
        let value = rest[start..]
            .find('}')
            .and_then(|end| Some((end, value(&rest[start + 1..start + end])?)));
        match value {
            Some((end, value)) => {
                filled.push_str(&value);
                rest = &rest[start + end + 1..];
            }
            None => {
                filled.push('{');
                rest = &rest[start + 1..];
            }
        }
    }
    filled.push_str(rest);
    filled
}

/// However long a recording says that a number was.
const LONGEST_NUMBER: usize = 10;

/// Made up, for nobody kept the real one: the same for the same name, and such as the engine takes.
fn value(name: &str) -> Option<String> {
    if name == "phone" {
        return Some(PHONE.to_owned());
    }
    let (kind, number) = name.split_once(':')?;
    let number: u32 = number.parse().ok()?;
    match kind {
        "session" | "form" => Some(format!("{kind}-{number}-made-up")),
        "code" => Some(format!("{:06}", 100_000 + number % 900_000)),
        "digits" => Some("0".repeat(usize::try_from(number).ok()?.min(LONGEST_NUMBER))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::filled;

    #[test]
    fn names_of_secrets_become_values_and_other_braces_stay() {
        assert_eq!(
            filled("a {code:2} b {form:1} body{color:red} {x} {"),
            "a 100002 b form-1-made-up body{color:red} {x} {"
        );
        assert_eq!(filled("{phone}"), "79000000000");
        assert_eq!(filled("Код: {digits:9}."), "Код: 000000000.");
    }
}
