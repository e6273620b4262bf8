//! Where the authority's lists, certificates and answers lie, for programs that check a certificate:
//!
//! | call | what it gives |
//! |---|---|
//! | `GET /ca/PROFILE.crl`, `/ca/PROFILE-root.crl` | the list of the issuing authority, of the root (DER) |
//! | `GET /ca/PROFILE.cer`, `/ca/PROFILE-root.cer` | their certificates (DER) |
//! | `GET /ca/PROFILE.pem` | both certificates (PEM) |
//! | `GET /ca/tls-ca.pem` | the test authority behind `--tls` |
//! | `POST /ocsp`, `GET /ocsp/BASE64` | an answer of RFC 6960 (appendix A.1) |
//!
//! These are no visits to the portal: they are in no history, count for no fault, and stay in clear when all else is
//! sent to TLS.

use base64ct::{Base64, Encoding as _};
use http::{Method, Request, Response, StatusCode};
use jiff::{SignedDuration, Timestamp};
use percent_encoding::percent_decode_str;

use crate::ca::CertificationAuthority;
use crate::ca::ocsp::{self, Question};
use crate::{MockCa, reply, tls};

/// Answers what is asked of the authority; `None` when it is something else.
pub(crate) fn handle(
    mock: &mut MockCa,
    now: Timestamp,
    request: &Request<Vec<u8>>,
) -> Option<Response<Vec<u8>>> {
    let path = request.uri().path();
    if let Some(file) = path.strip_prefix("/ca/") {
        let asked = matches!(*request.method(), Method::GET | Method::HEAD);
        let found = asked
            .then(|| self::file(mock, aged(mock, now), file))
            .flatten();
        return Some(found.unwrap_or_else(not_found));
    }
    let question = match (request.method(), path.strip_prefix("/ocsp")?) {
        (&Method::POST, "" | "/") => request.body().clone(),
        (&Method::GET | &Method::HEAD, encoded) if encoded.len() > 1 => {
            from_path(encoded).unwrap_or_default()
        }
        (_, rest) if rest.is_empty() || rest.starts_with('/') => return Some(not_found()),
        _ => return None,
    };
    let answer = answer(mock, aged(mock, now), &question);
    Some(reply::with_type(
        StatusCode::OK,
        "application/ocsp-response",
        answer,
    ))
}

/// The moment that lists and answers are of.
pub(crate) fn aged(mock: &MockCa, now: Timestamp) -> Timestamp {
    let age = SignedDuration::from_secs(mock.settings.knobs.revocation_age_secs.into());
    now.saturating_sub(age).unwrap_or(Timestamp::MIN)
}

/// `/` and the base64 of a request, with or without escapes.
fn from_path(encoded: &str) -> Option<Vec<u8>> {
    let base64 = percent_decode_str(encoded.strip_prefix('/')?)
        .decode_utf8()
        .ok()?;
    Base64::decode_vec(&base64).ok()
}

fn answer(mock: &mut MockCa, at: Timestamp, question: &[u8]) -> Vec<u8> {
    if mock.settings.knobs.ocsp_try_later {
        return ocsp::try_later();
    }
    let Some(mut question) = Question::from_der(question) else {
        return ocsp::malformed_request();
    };
    // The profile's own authority is there from the beginning, whether anybody has applied or not.
    let profile = mock.settings.profile();
    mock.authorities.of(&mock.settings, &profile);
    for authority in mock.authorities.all() {
        match authority.ocsp(question, at) {
            Ok(answer) => return answer,
            Err(unanswered) => question = unanswered,
        }
    }
    ocsp::unauthorized()
}

fn file(mock: &mut MockCa, at: Timestamp, name: &str) -> Option<Response<Vec<u8>>> {
    let pem = |text: String| {
        reply::with_type(StatusCode::OK, "application/x-pem-file", text.into_bytes())
    };
    if name == "tls-ca.pem" {
        return Some(pem(tls::authority_pem(mock.settings.seed)));
    }
    let (name, kind) = name.rsplit_once('.')?;
    let (name, of_root) = match name.strip_suffix("-root") {
        Some(name) => (name, true),
        None => (name, false),
    };
    let authority = authority(mock, name)?;
    let der = |kind: &'static str, octets: Vec<u8>| reply::with_type(StatusCode::OK, kind, octets);
    Some(match (kind, of_root) {
        ("crl", false) => der("application/pkix-crl", authority.crl(at)),
        ("crl", true) => der("application/pkix-crl", authority.root_crl(at)),
        ("cer", false) => der("application/pkix-cert", authority.issuer_der().to_vec()),
        ("cer", true) => der("application/pkix-cert", authority.root_der().to_vec()),
        ("pem", false) => pem(authority.chain_pem()),
        _ => return None,
    })
}

/// The authority of a profile, built in or an application's own.
fn authority<'a>(mock: &'a mut MockCa, name: &str) -> Option<&'a mut CertificationAuthority> {
    let own = mock.settings.profile();
    let of_orders = || {
        let mut profiles = mock.state.orders.values();
        let order = profiles.find(|order| order.application.profile.name == name)?;
        Some(order.application.profile.clone())
    };
    let profile = Some(own)
        .filter(|own| own.name == name)
        .or_else(of_orders)
        .or_else(|| mock.settings.named_profile(name))?;
    Some(mock.authorities.of(&mock.settings, &profile))
}

fn not_found() -> Response<Vec<u8>> {
    reply::with_type(
        StatusCode::NOT_FOUND,
        "text/plain; charset=utf-8",
        b"no such file of the authority\n".to_vec(),
    )
}
