//! Everything that was secret in a run, and the look for it in what the run told and kept.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex};

use http::{Method, header};
use serde_json::Value;

use crate::jobs::locked;
use crate::recording::Recording;
use crate::scenario::Scenario;
use crate::world::{Before, Door, World};

/// PINs of the scenario, and the sessions that the portal gave out; codes are asked of the mock.
#[derive(Clone, Default)]
pub(crate) struct Secrets {
    pins: BTreeSet<String>,
    sessions: Arc<Mutex<BTreeSet<String>>>,
}

impl Secrets {
    /// The PINs that the scenario's operator types; sessions are learnt by [`Secrets::overhearing`].
    pub(crate) fn of(scenario: &Scenario) -> Self {
        let typed = scenario.steps.iter().flat_map(|step| {
            let with = &step.with;
            let new = with.new_pin.clone();
            [with.user_pin.clone(), with.administrator_pin.clone()]
                .into_iter()
                .chain(new)
        });
        Self {
            pins: typed.filter(|pin| !pin.is_empty()).collect(),
            sessions: Arc::default(),
        }
    }

    /// Listens behind `before` at the mock's door.
    pub(crate) fn overhearing(&self, before: Before) -> Before {
        let sessions = Arc::clone(&self.sessions);
        Box::new(move |door: Door| {
            let mut door = before(door);
            Box::new(move |now, room, request| {
                let answer = door(now, room, request);
                let cookies = answer.headers().get_all(header::SET_COOKIE).iter();
                let given = cookies.filter_map(|cookie| session(cookie.to_str().ok()?));
                locked(&sessions).extend(given);
                answer
            })
        })
    }

    /// Looks for all of them in the recording and in the files of the folders.
    ///
    /// Errors: which kind of secret stands where.
    pub(crate) fn none_kept(
        &self,
        world: &World,
        recording: &Recording,
        folders: &[&Path],
    ) -> Result<(), String> {
        let codes = codes(world);
        self.none_in("the recording", &recording.to_json_lines(), &codes)?;
        for folder in folders {
            for entry in folder.read_dir().map_err(|error| error.to_string())? {
                let path = entry.map_err(|error| error.to_string())?.path();
                if path.is_file() {
                    let bytes = std::fs::read(&path).map_err(|error| error.to_string())?;
                    let name = path.file_name().unwrap_or_default().to_string_lossy();
                    self.none_in(&name, &String::from_utf8_lossy(&bytes), &codes)?;
                }
            }
        }
        Ok(())
    }

    /// Looks for them in words that somebody is told.
    ///
    /// Errors: which kind of secret stands there.
    pub(crate) fn none_told(&self, world: &World, text: &str) -> Result<(), String> {
        self.none_in("what is told", text, &codes(world))
    }

    fn none_in(&self, place: &str, text: &str, codes: &BTreeSet<String>) -> Result<(), String> {
        let found = |kind: &str| Err(format!("{kind} stands in {place}"));
        let text = without_sample(text);
        let holds_pin = |pin: &String| {
            let forms = [pin.clone(), hex::encode(pin), hex::encode_upper(pin)];
            forms.iter().any(|form| text.contains(form))
        };
        if self.pins.iter().any(holds_pin) {
            return found("a PIN");
        }
        if locked(&self.sessions).iter().any(|it| text.contains(it)) {
            return found("a session");
        }
        if codes.iter().any(|code| is_word_of(code, &text)) {
            return found("an SMS code");
        }
        Ok(())
    }
}

/// A cookie's value, if it is long enough to be a session's.
fn session(cookie: &str) -> Option<String> {
    let (_, value) = cookie.split(';').next()?.split_once('=')?;
    (value.len() >= 16).then(|| value.to_owned())
}

/// The codes of every text that the gateway was handed.
fn codes(world: &World) -> BTreeSet<String> {
    let (_, texts) = world.office(Method::GET, "/outbox?kind=code", &Value::Null);
    let texts = texts.as_array().cloned().unwrap_or_default();
    let said = texts.iter().filter_map(|it| it["text"].as_str());
    said.filter_map(code).collect()
}

/// The first run of as many digits as codes have.
fn code(text: &str) -> Option<String> {
    let mut runs = text.split(|sign: char| !sign.is_ascii_digit());
    runs.find(|run| (4..=8).contains(&run.len()))
        .map(str::to_owned)
}

/// Whether it stands there by itself; bytes in hex hold any six digits sooner or later.
fn is_word_of(code: &str, text: &str) -> bool {
    let alone = |near: Option<char>| near.is_none_or(|it| !it.is_ascii_alphanumeric());
    text.match_indices(code).any(|(at, _)| {
        alone(text[..at].chars().next_back()) && alone(text[at + code.len()..].chars().next())
    })
}

/// The text without the sample's СНИЛС, which begins like the default PIN.
fn without_sample(text: &str) -> String {
    const SNILS: &str = "12345678964";
    text.replace(SNILS, "")
        .replace(&hex::encode_upper(SNILS), "")
        .replace(&hex::encode(SNILS), "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets() -> Secrets {
        let secrets = Secrets {
            pins: BTreeSet::from(["12345678".to_owned()]),
            sessions: Arc::default(),
        };
        locked(&secrets.sessions).insert("0123456789abcdef".to_owned());
        secrets
    }

    fn found(text: &str) -> Result<(), String> {
        secrets().none_in("a text", text, &BTreeSet::from(["481516".to_owned()]))
    }

    #[test]
    fn a_pin_as_text_and_as_bytes_a_session_and_a_code_are_found() {
        for text in [
            "PIN 12345678.",
            "00200002083132333435363738",
            "session=0123456789abcdef; Path=/",
            "Код: 481516. Никому",
            "\"481516\"",
        ] {
            assert!(found(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_snils_and_bytes_that_hold_a_codes_digits_are_no_secrets() {
        for text in ["СНИЛС 12345678964", "00A4481516FF", "{code:1}"] {
            assert_eq!(found(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn a_code_is_the_first_run_of_its_length_in_a_text() {
        assert_eq!(
            code("12 Код: 481516, тел. 88002505050").as_deref(),
            Some("481516")
        );
        assert_eq!(code("нет"), None);
    }
}
