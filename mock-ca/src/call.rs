//! One call at a door as text: enough to make it again.

use http::{HeaderName, HeaderValue, Request, Response};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Door, LoadError, MockCa};

/// A request, its moment and the status it was answered with. It holds whatever the client sent, codes included.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    at: Timestamp,
    door: Door,
    method: String,
    uri: String,
    /// Names and values; an octet of a value is a character.
    headers: Vec<(String, String)>,
    /// An octet is a character.
    body: String,
    status: u16,
}

/// What was sent may be secret, so only what it came to is shown.
impl core::fmt::Debug for Call {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(
            f,
            "Call({} at {:?}, {}: {})",
            self.method, self.door, self.at, self.status
        )
    }
}

impl Call {
    /// A call and how it was answered.
    pub fn of(
        at: Timestamp,
        door: Door,
        request: &Request<Vec<u8>>,
        response: &Response<Vec<u8>>,
    ) -> Self {
        let headers = request.headers().iter();
        Self {
            at,
            door,
            method: request.method().to_string(),
            uri: request.uri().to_string(),
            headers: headers
                .map(|(name, value)| (name.to_string(), characters(value.as_bytes())))
                .collect(),
            body: characters(request.body()),
            status: response.status().as_u16(),
        }
    }

    /// As one line of JSON.
    pub fn to_text(&self) -> String {
        serde_json::to_string(self).expect("strings and numbers cannot fail to be written")
    }

    /// What [`Call::to_text`] wrote.
    ///
    /// Errors: text that is no kept call.
    pub fn from_text(text: &str) -> Result<Self, LoadError> {
        Ok(serde_json::from_str(text)?)
    }

    fn request(&self) -> Option<Request<Vec<u8>>> {
        let mut request = Request::builder()
            .method(self.method.as_str())
            .uri(self.uri.as_str())
            .body(octets(&self.body)?)
            .ok()?;
        for (name, value) in &self.headers {
            let name = HeaderName::try_from(name).ok()?;
            let value = HeaderValue::from_bytes(&octets(value)?).ok()?;
            request.headers_mut().append(name, value);
        }
        Some(request)
    }
}

impl MockCa {
    /// Makes a kept call again, in the state it was made in the first time.
    ///
    /// Errors: [`LoadError::Diverged`] when it is not answered as it was then. Another version of the mock kept it.
    pub fn repeat(&mut self, call: &Call) -> Result<(), LoadError> {
        let diverged = LoadError::Diverged { at: call.at };
        let Some(request) = call.request() else {
            return Err(diverged);
        };
        let response = self.answer(call.at, call.door, &request);
        if response.status().as_u16() == call.status {
            Ok(())
        } else {
            Err(diverged)
        }
    }
}

fn characters(octets: &[u8]) -> String {
    octets.iter().map(|octet| char::from(*octet)).collect()
}

fn octets(characters: &str) -> Option<Vec<u8>> {
    characters
        .chars()
        .map(|character| u8::try_from(character).ok())
        .collect()
}
