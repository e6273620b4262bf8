//! Somebody at the mock's door who keeps what must not be found later.

use std::sync::{Arc, Mutex};

use http::header::SET_COOKIE;
use mock_ca::Door as Room;
use scenarios::scenario::Scenario;
use scenarios::world::{Before, Door};
use serde_json::Value;

/// Sessions that were given out, and codes that came to the phone.
#[derive(Clone, Default)]
pub(crate) struct Heard(Arc<Mutex<Vec<String>>>);

impl Heard {
    /// Listens at the door.
    pub(crate) fn before(&self) -> Before {
        let Self(heard) = self.clone();
        Box::new(move |mut door: Door| {
            Box::new(move |now, room, request| {
                let response = door(now, room, request);
                let mut heard = heard.lock().expect("one thread");
                if room == Room::Sms {
                    heard.extend(codes(response.body()));
                } else {
                    let cookies = response.headers().get_all(SET_COOKIE).iter();
                    heard.extend(cookies.filter_map(|it| session(it.to_str().ok()?)));
                }
                response
            })
        })
    }

    /// What was heard.
    pub(crate) fn secrets(&self) -> Vec<String> {
        let Self(heard) = self;
        heard.lock().expect("one thread").clone()
    }
}

fn session(cookie: &str) -> Option<String> {
    let (_, value) = cookie.split(';').next()?.split_once('=')?;
    (value.len() >= 16).then(|| value.to_owned())
}

/// The first number of each text that tells of a code.
fn codes(inbox: &[u8]) -> Vec<String> {
    let inbox: Value = serde_json::from_slice(inbox).unwrap_or_default();
    let messages = inbox.as_array().cloned().unwrap_or_default();
    let texts = messages.iter().filter_map(|it| it["text"].as_str());
    let of_codes = texts.filter(|text| text.contains("Код"));
    let number = |text: &str| {
        let mut runs = text.split(|sign: char| !sign.is_ascii_digit());
        runs.find(|run| !run.is_empty()).map(str::to_owned)
    };
    of_codes.filter_map(number).collect()
}

/// The PINs of a token and of its operator.
pub(crate) fn pins(scenario: &Scenario) -> Vec<String> {
    let of_token = &scenario.token.pins;
    let mut pins = vec![of_token.user.clone(), of_token.administrator.clone()];
    for step in &scenario.steps {
        pins.extend([
            step.with.user_pin.clone(),
            step.with.administrator_pin.clone(),
        ]);
        pins.extend(step.with.new_pin.clone());
    }
    pins
}

/// Whether the bytes of a text stand anywhere in another, in hex. The sample's СНИЛС begins like the default PIN; eight zeros
/// stand in other numbers of it, and are nobody's PIN, but what a wrong one is.
pub(crate) fn is_in_hex(secret: &str, text: &str) -> bool {
    let upper = text.to_ascii_uppercase();
    let text = upper.replace(&hex::encode_upper("12345678964"), "");
    secret != "00000000" && text.contains(&hex::encode_upper(secret))
}

/// Whether a secret stands in a text by itself: bytes in hex hold any six digits sooner or later.
pub(crate) fn is_in(secret: &str, text: &str) -> bool {
    let alone = |near: Option<char>| near.is_none_or(|it| !it.is_ascii_alphanumeric());
    text.match_indices(secret).any(|(at, _)| {
        alone(text[..at].chars().next_back()) && alone(text[at + secret.len()..].chars().next())
    })
}
