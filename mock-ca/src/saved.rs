//! The mock on paper: settings and memory as one JSON text, so that it can go on after a restart.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use std::collections::BTreeMap;

use crate::MockCa;
use crate::ca::Ledger;
use crate::office::Authorities;
use crate::settings::Settings;
use crate::state::State;

/// The text's version; another one is refused.
const VERSION: u32 = 1;

/// What is written. The CA's keys are not: they come from the seed.
#[derive(Serialize)]
struct Saved<'a> {
    format: &'static str,
    version: u32,
    settings: &'a Settings,
    first_settings: &'a Settings,
    state: &'a State,
    ledgers: BTreeMap<String, Ledger>,
}

/// The part that tells whether the rest can be read.
#[derive(Deserialize)]
struct Label {
    format: String,
    version: u32,
}

#[derive(Deserialize)]
struct Loaded {
    settings: Settings,
    /// Of a mock that was kept before these were: the settings that held.
    #[serde(default)]
    first_settings: Option<Settings>,
    state: State,
    ledgers: BTreeMap<String, Ledger>,
}

/// Why a saved mock cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// Not our JSON.
    #[error("this is not a saved mock-ca: {0}")]
    NotOurs(#[from] serde_json::Error),
    /// Another version's.
    #[error("saved as {format} version {version}; this mock-ca reads {FORMAT} version {VERSION}")]
    OtherVersion {
        /// As found.
        format: String,
        /// As found.
        version: u32,
    },
    /// A kept call does not come to what it came to before.
    #[error("what was kept was answered otherwise at {at}: another version of mock-ca kept it")]
    Diverged {
        /// The call's moment.
        at: Timestamp,
    },
}

impl MockCa {
    /// Everything as JSON (version 1). It holds codes and sessions: keep it where the tests are.
    pub fn save(&self) -> String {
        let saved = Saved {
            format: FORMAT,
            version: VERSION,
            settings: &self.settings,
            first_settings: &self.first_settings,
            state: &self.state,
            ledgers: self.authorities.ledgers(),
        };
        serde_json::to_string(&saved)
            .expect("our values have string keys and cannot fail to be written")
    }

    /// Goes on from what [`MockCa::save`] wrote.
    ///
    /// Errors: text that is not a saved mock, or one of another version.
    pub fn load(saved: &str) -> Result<Self, LoadError> {
        let label: Label = serde_json::from_str(saved)?;
        if (label.format.as_str(), label.version) != (FORMAT, VERSION) {
            return Err(LoadError::OtherVersion {
                format: label.format,
                version: label.version,
            });
        }
        let Loaded {
            settings,
            first_settings,
            state,
            ledgers,
        } = serde_json::from_str(saved)?;
        let authorities = Authorities::restored(&settings, &state.orders, ledgers);
        Ok(Self {
            first_settings: first_settings.unwrap_or_else(|| settings.clone()),
            settings,
            state,
            authorities,
            modules: BTreeMap::new(),
        })
    }

    /// The same mock in a world that nobody chose a time for: its clock is the machine's, after a restart too.
    #[must_use]
    pub fn at_present(mut self) -> Self {
        self.state.epoch_chosen = false;
        self
    }

    /// Whether nobody chose when its world begins.
    pub fn is_at_present(&self) -> bool {
        !self.state.epoch_chosen
    }

    /// The newest moment at which anybody called.
    pub fn now(&self) -> Timestamp {
        self.state.now
    }
}

const FORMAT: &str = "mock-ca";
