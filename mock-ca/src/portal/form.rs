//! What came with a request: form fields, cookie, request file.

use base64ct::{Base64, Encoding};
use http::Request;
use http::header::COOKIE;

/// The first value of a field of a posted form.
pub(crate) fn field(request: &Request<Vec<u8>>, name: &str) -> Option<String> {
    value_of(request.body(), name)
}

/// The first value of a name in the address.
pub(crate) fn query(request: &Request<Vec<u8>>, name: &str) -> String {
    value_of(request.uri().query().unwrap_or_default().as_bytes(), name).unwrap_or_default()
}

fn value_of(encoded: &[u8], name: &str) -> Option<String> {
    form_urlencoded::parse(encoded)
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

/// The value of one of the browser's cookies.
pub(crate) fn cookie<'a>(request: &'a Request<Vec<u8>>, name: &str) -> Option<&'a str> {
    let lines = request
        .headers()
        .get_all(COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok());
    let mut pairs = lines
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// The DER inside «-----BEGIN CERTIFICATE REQUEST-----», however a browser has wrapped its lines.
///
/// Errors: `None` when there is no such block, or what it holds is no base64.
pub(crate) fn certification_request(pem: &str) -> Option<Vec<u8>> {
    let (_, rest) = pem.split_once("-----BEGIN ")?;
    let (label, rest) = rest.split_once("-----")?;
    let (body, _) = rest.split_once("-----END ")?;
    if !["CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"].contains(&label) {
        return None;
    }
    let base64: String = body.chars().filter(|c| !c.is_whitespace()).collect();
    Base64::decode_vec(&base64)
        .ok()
        .filter(|der| !der.is_empty())
}

/// A file as PEM, lines of 64.
pub(crate) fn pem(label: &str, der: &[u8]) -> String {
    let base64 = Base64::encode_string(der);
    let lines: Vec<&str> = base64
        .as_bytes()
        .chunks(64)
        .map(|line| str::from_utf8(line).expect("base64 is ASCII"))
        .collect();
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        lines.join("\n")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_found_whatever_the_line_ends_are() {
        let pem = pem("CERTIFICATE REQUEST", &[7; 100]);
        for wrapped in [
            pem.clone(),
            pem.replace('\n', "\r\n"),
            pem.replace('\n', " \n "),
        ] {
            assert_eq!(certification_request(&wrapped), Some(vec![7; 100]));
        }
    }

    #[test]
    fn what_is_no_request_is_told_apart() {
        for text in [
            "",
            "-----BEGIN ",
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
            "-----BEGIN CERTIFICATE REQUEST-----\n!\n-----END X",
        ] {
            assert_eq!(certification_request(text), None, "{text}");
        }
    }
}
