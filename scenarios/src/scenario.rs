//! A scenario file: what the token holds, how the portal behaves, what the operator does, what has to come of it.
//!
//! Shape: TOML, unknown fields refused; an error points at its line. Phones, PINs and hex are strings, for their
//! leading zeros count.

mod event;
mod fault;
mod retold;
pub mod schema;
mod sense;
mod step;
mod token;
mod via;

use std::path::Path;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use event::{EventExpectation, Lane, Number};
pub use fault::{Fault, Mischief, Room};
pub use step::{Expect, ReplaceOld, Step, Verb, With};
pub use token::{Holding, Pins, Token};
pub use via::{Pkcs11, Reason, Via};

/// The format this program reads.
const FORMAT: u32 = 1;

/// One whole story, from a token to its end.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Version of the file's format; 1.
    pub format: u32,
    /// The file's name without its ending; how `scenarios run NAME` finds it.
    #[serde(skip)]
    pub name: String,
    /// One line for people.
    pub title: String,
    /// What it shows and why it is worth running.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub about: String,
    /// Where all randomness comes from: nonces, keys, codes, delays.
    #[serde(default = "default_seed")]
    pub seed: u64,
    /// When it starts: RFC 3339, or `hour-ago`.
    #[serde(default)]
    pub epoch: Epoch,
    /// Whether the portal is named by its https address, with its authority's certificate (`--ca`). What is wrong
    /// with its own is `portal.web.tls_certificate`; `portal.web.redirect_to_https` has the operator name the http
    /// address.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub https: bool,
    /// The token in the reader.
    #[serde(default)]
    pub token: Token,
    /// The portal, its SMS gateway and its CA: settings of the mock, as its own configuration file has them.
    #[serde(default)]
    #[schemars(schema_with = "schema::portal")]
    pub portal: toml::Table,
    /// By which ways to the token it cannot be told.
    #[serde(default, skip_serializing_if = "is_default")]
    pub via: Via,
    /// What goes wrong on the way, each at one call.
    #[serde(rename = "fault", default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<Fault>,
    /// What the operator does, in this order, each in a process of its own as far as the engine can tell.
    #[serde(rename = "step")]
    pub steps: Vec<Step>,
    /// What has to stand on the timeline when all is over.
    #[serde(rename = "expect", default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<EventExpectation>,
}

fn default_seed() -> u64 {
    1
}

fn is_default<T: Default + PartialEq>(it: &T) -> bool {
    *it == T::default()
}

/// The moment a scenario starts at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub enum Epoch {
    /// Always the same moment, hence always the same bytes.
    At(Timestamp),
    /// An hour before it is run, so that it ends in the past and what it issued is valid at present.
    HourAgo,
}

impl Default for Epoch {
    /// The date of the manual's application, nine in the morning in Irkutsk.
    fn default() -> Self {
        Self::At(
            "2018-12-13T09:00:00+08:00"
                .parse()
                .expect("a well-formed moment"),
        )
    }
}

impl From<Epoch> for String {
    fn from(epoch: Epoch) -> Self {
        match epoch {
            Epoch::At(at) => crate::recording::irkutsk(at),
            Epoch::HourAgo => "hour-ago".to_owned(),
        }
    }
}

impl TryFrom<String> for Epoch {
    type Error = jiff::Error;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text == "hour-ago" {
            Ok(Self::HourAgo)
        } else {
            text.parse().map(Self::At)
        }
    }
}

/// Why a scenario file cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// No file of that name, neither shipped nor on disk.
    #[error(
        "no scenario «{0}»; `scenarios list` shows what there is, a path to a .toml file works too"
    )]
    Unknown(String),
    /// The file cannot be read.
    #[error("cannot read {path}: {error}")]
    Unreadable {
        /// The file as it was named.
        path: String,
        /// The system's reason.
        error: std::io::Error,
    },
    /// The text is no scenario.
    #[error("{name}: {error}")]
    Malformed {
        /// The scenario's name.
        name: String,
        /// Where and why.
        error: Box<toml::de::Error>,
    },
    /// Each word is one, and together they cannot be meant.
    #[error("{name}: line {line}, column {column}: {why}")]
    Nonsense {
        /// The scenario's name.
        name: String,
        /// From 1.
        line: usize,
        /// From 1, in characters.
        column: usize,
        /// What is wrong there.
        why: String,
    },
    /// Another format than this program reads.
    #[error("{name}: format {found}, this program reads format {FORMAT}")]
    Format {
        /// The scenario's name.
        name: String,
        /// What the file says.
        found: u32,
    },
}

impl Scenario {
    /// Reads a scenario from its text; `name` is what it will be called.
    pub fn parse(name: &str, text: &str) -> Result<Self, ScenarioError> {
        let malformed = |error| ScenarioError::Malformed {
            name: name.to_owned(),
            error: Box::new(error),
        };
        let mut scenario: Self = toml::from_str(text).map_err(malformed)?;
        // The table is kept as it was written; read as what it is, it tells where a knob is misspelt.
        let PortalOnly { portal } = toml::from_str(text).map_err(malformed)?;
        if scenario.format != FORMAT {
            return Err(ScenarioError::Format {
                name: name.to_owned(),
                found: scenario.format,
            });
        }
        sense::check(&scenario, &portal).map_err(|nonsense| {
            let (line, column) = nonsense.position(text);
            ScenarioError::Nonsense {
                name: name.to_owned(),
                line,
                column,
                why: nonsense.why,
            }
        })?;
        name.clone_into(&mut scenario.name);
        Ok(scenario)
    }

    /// The file's text: what [`parse`](Self::parse) reads.
    pub fn to_toml(&self) -> String {
        toml::to_string(self).expect("a scenario is plain data")
    }

    /// What has to be known to tell it again, for the header of a recording: without its PINs.
    pub fn retold(&self) -> serde_json::Value {
        retold::retold(self)
    }

    /// A shipped scenario by its name, or any scenario file by its path.
    pub fn find(name: &str) -> Result<Self, ScenarioError> {
        if let Some(text) = crate::suite::text(name) {
            return Self::parse(name, text);
        }
        let path = Path::new(name);
        if path.extension().is_none() {
            return Err(ScenarioError::Unknown(name.to_owned()));
        }
        let text = std::fs::read_to_string(path).map_err(|error| ScenarioError::Unreadable {
            path: name.to_owned(),
            error,
        })?;
        Self::parse(&Self::called(name), &text)
    }

    /// What a scenario is called that is named so: by a shipped one's name, or by its path.
    pub fn called(name: &str) -> String {
        let stem = Path::new(name).file_stem();
        stem.map_or(name.into(), |stem| stem.to_string_lossy())
            .into_owned()
    }
}

/// The mock's settings in a scenario's file.
#[derive(Deserialize)]
struct PortalOnly {
    #[serde(default)]
    portal: mock_ca::Settings,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        Scenario::parse("sample", text)
            .expect_err("not a scenario")
            .to_string()
    }

    #[test]
    fn an_unknown_word_is_refused_with_its_line() {
        let text = "format = 1\ntitle = \"t\"\n[[step]]\ndo = \"request\"\nexpects = {}\n";
        let error = error(text);
        assert!(
            error.contains("line 5") && error.contains("expects"),
            "{error}"
        );
    }

    #[test]
    fn a_misspelt_knob_is_refused_with_its_line() {
        let text = "format = 1\ntitle = \"t\"\nstep = [{ do = \"request\" }]\n[portal]\nprofil = \"forus-2018\"\n";
        let error = error(text);
        assert!(
            error.contains("line 5, column 1") && error.contains("profil"),
            "{error}"
        );
    }

    #[test]
    fn a_step_that_the_manual_does_not_have_is_refused_with_its_line() {
        let text = "format = 1\ntitle = \"t\"\nstep = [{ do = \"request\" }]\n[[expect]]\nstep = \"1.15\"\n";
        let error = error(text);
        assert!(
            error.contains("line 5, column 8") && error.contains("1.15"),
            "{error}"
        );
    }

    #[test]
    fn a_mischief_of_another_room_is_refused_with_its_line() {
        let text = "format = 1\ntitle = \"t\"\nstep = [{ do = \"request\" }]\n[[fault]]\nroom = \"journal\"\nwhat = \"removed\"\n";
        let error = error(text);
        assert!(
            error.contains("line 4") && error.contains("journal"),
            "{error}"
        );
    }

    #[test]
    fn what_tests_nothing_or_cannot_be_meant_is_refused_where_it_stands() {
        const HEAD: &str = "format = 1\ntitle = \"t\"\n";
        const STEP: &str = "[[step]]\ndo = \"request\"\n";
        let told = [
            ("step = []\n", "line 3, column 8: a scenario without"),
            ("TEXT[[expect]]\nlane = \"ntoe\"\n", "line 6, column 8"),
            (
                "TEXT[[expect]]\nstep = \"1.9\"\nlane = \"note\"\n",
                "line 7, column 8: an event is looked for by its step or in its lane",
            ),
            (
                "TEXT[[expect]]\nduring = 99\ntimes = 0\n",
                "line 6, column 10: the file's steps are 1 to 1",
            ),
            (
                "TEXT[[fault]]\nstep = 2\nroom = \"token\"\nwhat = \"reset\"\n",
                "line 6, column 8: the file's steps are 1 to 1",
            ),
            (
                "TEXT[[step]]\ndo = \"change-pin\"\n",
                "line 5, column 1: `do = \"change-pin\"` needs `with.new_pin`",
            ),
            (
                "TEXT[[step]]\ndo = \"pass\"\n",
                "line 5, column 1: `do = \"pass\"` needs",
            ),
            (
                "TEXT[[step]]\ndo = \"mock\"\nwith = { call = \"garbage\" }\n",
                "line 7, column 17: «garbage» is no call",
            ),
            (
                "TEXT[[step]]\ndo = \"install\"\nwith = { wait = true, secs = 5 }\n",
                "line 7, column 30: `secs` is for `do = \"pass\"`",
            ),
            (
                "TEXT[token]\nlabel = \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"\n",
                "line 6, column 9: a token's label has at most 77 bytes",
            ),
            (
                "TEXT[token]\nserial = \"xyz\"\n",
                "line 6, column 10: serial «xyz» is not eight hex digits",
            ),
            (
                "TEXT[token.pins]\nuser_tries_left = 200\n",
                "line 6, column 19: 200 tries left of 10",
            ),
            (
                "TEXT[token.pins]\nuser = \"000000000000000000000000000000000\"\n",
                "line 6, column 8: a token's PIN has 1 to 32 bytes",
            ),
            (
                "TEXT[portal]\nprofile = \"nope\"\n",
                "line 6, column 11: profile: there is no profile «nope»",
            ),
            (
                "TEXT[portal.timing]\nissue_secs = { min = 5, max = 1 }\n",
                "line 6, column 14: timing.issue_secs: a span from 5 s to 1 s",
            ),
            (
                "TEXT[portal]\nfurther_applicants = 4294967295\n",
                "line 6, column 22: a scenario has at most 10000",
            ),
        ];
        for (text, wanted) in told {
            let error = error(&format!("{HEAD}{}", text.replace("TEXT", STEP)));
            assert!(error.contains(wanted), "{text}\n{error}");
        }
    }

    #[test]
    fn a_scenario_survives_being_written_down() {
        for name in crate::suite::names() {
            let scenario = Scenario::find(name).expect("well-formed");
            let text = scenario.to_toml();
            let again = Scenario::parse(name, &text).expect("what was written reads");
            assert_eq!(format!("{scenario:?}"), format!("{again:?}"), "{text}");
        }
    }

    #[test]
    fn another_format_is_named() {
        let error = error("format = 2\ntitle = \"t\"\n[[step]]\ndo = \"request\"\n");
        assert_eq!(error, "sample: format 2, this program reads format 1");
    }

    #[test]
    fn a_scenario_without_a_moment_starts_on_the_manuals_day() {
        let text = "format = 1\ntitle = \"t\"\nstep = [{ do = \"request\" }]\n";
        let scenario = Scenario::parse("s", text).expect("whole");
        assert_eq!(
            scenario.epoch,
            Epoch::At("2018-12-13T01:00:00Z".parse().expect("a moment"))
        );
    }

    #[test]
    fn every_shipped_scenario_is_well_formed() {
        for name in crate::suite::names() {
            let scenario = Scenario::find(name).expect("well-formed");
            assert!(
                !scenario.title.is_empty() && !scenario.about.is_empty(),
                "{name}"
            );
        }
    }
}
