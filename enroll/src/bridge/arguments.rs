//! What a page passes: read once, by place.

use base64ct::{Base64, Encoding as _};
use serde_json::{Map, Value};
use std::sync::LazyLock;

use super::Fault;
use crate::ports::token::Pin;

/// Arguments in order. One that is missing reads like `undefined`, which pages pass for what they leave open.
#[derive(Clone, Copy)]
pub(super) struct Arguments<'a>(pub(super) &'a [Value]);

impl<'a> Arguments<'a> {
    pub(super) fn given(self, at: usize) -> Option<&'a Value> {
        self.0.get(at).filter(|value| !value.is_null())
    }

    pub(super) fn text(self, at: usize) -> Result<&'a str, Fault> {
        self.given(at)
            .and_then(Value::as_str)
            .ok_or(Fault::BAD_PARAMS)
    }

    pub(super) fn pin(self, at: usize) -> Result<Pin, Fault> {
        self.text(at).map(Pin::new)
    }

    pub(super) fn number(self, at: usize) -> Result<u64, Fault> {
        self.given(at)
            .and_then(Value::as_u64)
            .ok_or(Fault::BAD_PARAMS)
    }

    /// Octets as hex pairs with colons: the plugin's ids and values.
    pub(super) fn octets(self, at: usize) -> Result<Vec<u8>, Fault> {
        octets(self.text(at)?).ok_or(Fault::BAD_PARAMS)
    }

    /// An object of options; none given is an empty one.
    pub(super) fn options(self, at: usize) -> Result<&'a Map<String, Value>, Fault> {
        static EMPTY: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);
        match self.given(at) {
            None => Ok(&EMPTY),
            Some(value) => value.as_object().ok_or(Fault::BAD_PARAMS),
        }
    }
}

/// Reads an option that may be missing.
pub(super) fn flag(options: &Map<String, Value>, name: &str, missing: bool) -> bool {
    options
        .get(name)
        .and_then(Value::as_bool)
        .unwrap_or(missing)
}

/// Lower-case hex pairs with colons.
pub(super) fn colons(octets: &[u8]) -> String {
    let pairs: Vec<String> = octets.iter().map(|octet| format!("{octet:02x}")).collect();
    pairs.join(":")
}

pub(super) fn octets(text: &str) -> Option<Vec<u8>> {
    text.split(':')
        .map(|pair| (pair.len() == 2).then(|| u8::from_str_radix(pair, 16).ok())?)
        .collect()
}

/// Base64 with or without line ends.
pub(super) fn base64(text: &str) -> Result<Vec<u8>, Fault> {
    let packed: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    Base64::decode_vec(&packed).map_err(|_| Fault::BASE64_DECODE_FAILED)
}

/// A PEM block, or bare base64 as `ruscryptojs` passes it.
pub(super) fn pem_or_base64(text: &str) -> Result<Vec<u8>, Fault> {
    if text.contains("-----BEGIN") {
        let block = crate::pem::blocks(text).into_iter().next();
        return block.map(|block| block.der).ok_or(Fault::PEM_ERROR);
    }
    base64(text)
}
