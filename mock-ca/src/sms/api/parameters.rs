//! What came with a call: in the address and in a posted form, in the alphabet it says.

use encoding_rs::{Encoding, KOI8_R, UTF_8, WINDOWS_1251};
use http::Request;
use md5::{Digest as _, Md5};
use percent_encoding::percent_decode;

/// Names and values, their octets as they came.
pub(super) struct Parameters {
    pairs: Vec<(String, Vec<u8>)>,
    alphabet: &'static Encoding,
}

impl Parameters {
    /// Those of the address first. The alphabet is windows-1251 unless `charset` says otherwise, as SMSC.ru's.
    pub(super) fn of(request: &Request<Vec<u8>>) -> Self {
        let query = request.uri().query().unwrap_or_default().as_bytes();
        let all = [query, request.body().as_slice()];
        let pairs = all
            .iter()
            .flat_map(|part| part.split(|octet| *octet == b'&'));
        let mut parameters = Self {
            pairs: pairs.take(MAX_PAIRS).filter_map(pair).collect(),
            alphabet: UTF_8,
        };
        parameters.alphabet = match parameters.text("charset").to_lowercase().as_str() {
            "utf-8" => UTF_8,
            "koi8-r" => KOI8_R,
            _ => WINDOWS_1251,
        };
        parameters
    }

    /// A value; empty when there is none.
    pub(super) fn text(&self, name: &str) -> String {
        let found = self.pairs.iter().find(|(key, _)| key == name);
        found.map_or_else(String::new, |(_, octets)| {
            let (text, _) = self.alphabet.decode_without_bom_handling(octets);
            text.trim().to_owned()
        })
    }

    /// Values between commas or semicolons.
    pub(super) fn list(&self, name: &str) -> Vec<String> {
        let text = self.text(name);
        let parts = text.split([',', ';']).map(str::trim);
        parts
            .filter(|part| !part.is_empty())
            .take(MAX_LIST)
            .map(str::to_owned)
            .collect()
    }
}

fn pair(encoded: &[u8]) -> Option<(String, Vec<u8>)> {
    let mut halves = encoded.splitn(2, |octet| *octet == b'=');
    let (name, value) = (halves.next()?, halves.next().unwrap_or_default());
    let blank = |octet: &u8| if *octet == b'+' { b' ' } else { *octet };
    let value: Vec<u8> = value.iter().map(blank).collect();
    let name = String::from_utf8_lossy(name).into_owned();
    Some((name, percent_decode(&value).collect()))
}

/// MD5 in lower-case hexadecimal: the form a password may come in.
pub(super) fn md5(text: &str) -> String {
    hex::encode(Md5::digest(text.as_bytes()))
}

const MAX_PAIRS: usize = 64;
const MAX_LIST: usize = 100;
