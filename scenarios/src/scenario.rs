//! A scenario file: what the token holds, how the portal behaves, what the operator does, what has to come of it.
//!
//! Shape: TOML, unknown fields refused; an error points at its line. Phones, PINs and hex are strings, for their
//! leading zeros count.

use std::path::Path;

use jiff::Timestamp;
use serde::Deserialize;

/// The format this program reads.
const FORMAT: u32 = 1;

/// One whole story, from a token to its end.
#[derive(Clone, Debug, Deserialize)]
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
    #[serde(default)]
    pub about: String,
    /// Where all randomness comes from: nonces, keys, codes, delays.
    #[serde(default = "default_seed")]
    pub seed: u64,
    /// When it starts: RFC 3339, or `hour-ago`.
    #[serde(default)]
    pub epoch: Epoch,
    /// The token in the reader.
    #[serde(default)]
    pub token: Token,
    /// The portal, its SMS gateway and its CA: settings of the mock, as its own configuration file has them.
    #[serde(default)]
    pub portal: toml::Table,
    /// What the operator does, in this order, each in a process of its own as far as the engine can tell.
    #[serde(rename = "step")]
    pub steps: Vec<Step>,
}

fn default_seed() -> u64 {
    1
}

/// The moment a scenario starts at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
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

/// What lies in the reader when the scenario starts.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Token {
    /// Serial number, eight hex digits.
    pub serial: String,
    /// The token's label; empty as it leaves the factory.
    pub label: String,
    /// What it already holds.
    pub holds: Vec<Holding>,
    /// Whether the administrator too may delete certificates, as Приложение 1 has it.
    pub administrator_deletes: bool,
}

impl Default for Token {
    fn default() -> Self {
        Self {
            serial: "2cdb7256".to_owned(),
            label: String::new(),
            holds: Vec::new(),
            administrator_deletes: true,
        }
    }
}

/// Something a token holds from earlier days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Holding {
    /// An EGAIS key pair of last year with its certificate.
    EarlierCertificate,
    /// A GOST key pair that nobody asked a certificate for.
    OrphanPair,
    /// The RSA pair of the EGAIS transport module, not ours to touch.
    RsaPair,
}

/// One thing the operator does.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Which command of the engine.
    #[serde(rename = "do")]
    pub verb: Verb,
    /// How the operator behaves at it.
    #[serde(default)]
    pub with: With,
    /// What has to come of it.
    #[serde(default)]
    pub expect: Expect,
}

/// The engine's commands a scenario can call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verb {
    /// Chapter 1 up to the SMS about the order, Приложение 1 before it when asked for.
    Request,
    /// Chapter 2, after waiting for the issue.
    Install,
    /// Chapter 3.
    Documents,
    /// Nothing; time passes (`with.secs`).
    Pass,
}

/// How the operator behaves.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct With {
    /// The user PIN typed.
    pub user_pin: String,
    /// The administrator PIN typed.
    pub administrator_pin: String,
    /// Run Приложение 1 first when the token holds an earlier certificate.
    pub replace_old: bool,
    /// A code typed instead of the one received, once.
    pub wrong_code: Option<String>,
    /// Seconds that pass, for `do = "pass"`.
    pub secs: u32,
}

impl Default for With {
    fn default() -> Self {
        Self {
            user_pin: "12345678".to_owned(),
            administrator_pin: "87654321".to_owned(),
            replace_old: false,
            wrong_code: None,
            secs: 0,
        }
    }
}

/// What has to come of a step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Expect {
    /// The engine's exit code.
    pub exit: u8,
    /// Parts of what the engine tells the operator, in English.
    pub says: Vec<String>,
    /// Tries left for the user PIN after it.
    pub user_tries_left: Option<u8>,
    /// Key pairs on the token after it.
    pub key_pairs: Option<usize>,
    /// Certificates on the token after it.
    pub certificates: Option<usize>,
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
        let mut scenario: Self =
            toml::from_str(text).map_err(|error| ScenarioError::Malformed {
                name: name.to_owned(),
                error: Box::new(error),
            })?;
        if scenario.format != FORMAT {
            return Err(ScenarioError::Format {
                name: name.to_owned(),
                found: scenario.format,
            });
        }
        name.clone_into(&mut scenario.name);
        Ok(scenario)
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
        let stem = path
            .file_stem()
            .map_or(name.into(), |stem| stem.to_string_lossy());
        Self::parse(&stem, &text)
    }
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
    fn another_format_is_named() {
        let error = error("format = 2\ntitle = \"t\"\n[[step]]\ndo = \"request\"\n");
        assert_eq!(error, "sample: format 2, this program reads format 1");
    }

    #[test]
    fn a_scenario_without_a_moment_starts_on_the_manuals_day() {
        let scenario =
            Scenario::parse("s", "format = 1\ntitle = \"t\"\nstep = []\n").expect("whole");
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
