//! What the operator does, how, and what has to come of it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One thing the operator does.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Which command of the engine.
    #[serde(rename = "do")]
    pub verb: Verb,
    /// How the operator behaves at it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub with: With,
    /// What has to come of it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub expect: Expect,
}

/// The engine's commands a scenario can call, and what else happens between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verb {
    /// Chapter 1 up to the SMS about the order, Приложение 1 before it when asked for.
    Request,
    /// Chapter 2, after waiting for the issue.
    Install,
    /// Chapter 3.
    Documents,
    /// Whatever the journal says is next, to the end of chapter 2, or of chapter 3 with `papers`.
    Resume,
    /// Gives the enrollment up; key pair and request stay where they are.
    Abandon,
    /// Gives the user's PIN another value (`new_pin`).
    ChangePin,
    /// The administrator gives the user's PIN its tries back.
    Unblock,
    /// A call at the mock's tester's port (`call`, `body`): what the authority's operator does meanwhile.
    Mock,
    /// Nothing; time passes (`secs`).
    Pass,
}

impl Verb {
    /// Its name as a file has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Install => "install",
            Self::Documents => "documents",
            Self::Resume => "resume",
            Self::Abandon => "abandon",
            Self::ChangePin => "change-pin",
            Self::Unblock => "unblock",
            Self::Mock => "mock",
            Self::Pass => "pass",
        }
    }
}

/// When Приложение 1 is done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReplaceOld {
    /// Not at all: an earlier certificate stops the run.
    #[default]
    No,
    /// Before the request, as the manual has it.
    First,
    /// After the new certificate is installed.
    Last,
}

/// How the operator behaves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct With {
    /// The user PIN typed.
    pub user_pin: String,
    /// The administrator PIN typed.
    pub administrator_pin: String,
    /// The user PIN from now on, for `do = "change-pin"`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_pin: Option<String>,
    /// Spend the last two tries of a PIN as well.
    pub force_last_tries: bool,
    /// Run Приложение 1 when the token holds an earlier certificate: `first` or `last`.
    pub replace_old: ReplaceOld,
    /// Whether the operator agrees to the plan of Приложение 1.
    pub agrees: bool,
    /// A code typed instead of the one received, once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wrong_code: Option<String>,
    /// Another phone than the one that the authority knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The number of the application; without it, the only one that fits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application: Option<String>,
    /// The serial number that the token must have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
    /// Whether `install` waits for the issue.
    pub wait: bool,
    /// Whether `resume` fetches the papers too (of no other verb): drawing them takes most of a run's time.
    pub papers: bool,
    /// How far the machine's clock is ahead of the portal's; negative when it is behind.
    pub clock_off_secs: i64,
    /// Seconds that pass, for `do = "pass"`.
    pub secs: u32,
    /// The call for `do = "mock"`, as mock-ca/KNOBS.md and the tester's port have it: `POST /applications/722318/refuse`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call: Option<String>,
    /// What is sent along with it.
    #[serde(skip_serializing_if = "toml::Table::is_empty")]
    #[schemars(with = "std::collections::BTreeMap<String, serde_json::Value>")]
    pub body: toml::Table,
}

impl Default for With {
    fn default() -> Self {
        Self {
            user_pin: "12345678".to_owned(),
            administrator_pin: "87654321".to_owned(),
            new_pin: None,
            force_last_tries: false,
            replace_old: ReplaceOld::No,
            agrees: true,
            wrong_code: None,
            phone: None,
            application: None,
            serial: None,
            wait: true,
            papers: false,
            clock_off_secs: 0,
            secs: 0,
            call: None,
            body: toml::Table::new(),
        }
    }
}

/// What has to come of a step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Expect {
    /// The engine's exit code; 137 where a fault kills it.
    pub exit: u8,
    /// Parts of what the engine tells the operator, in English.
    pub says: Vec<String>,
    /// Tries left for the user PIN after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_tries_left: Option<u8>,
    /// Tries left for the administrator PIN after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub administrator_tries_left: Option<u8>,
    /// Key pairs on the token after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_pairs: Option<usize>,
    /// Certificates on the token after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificates: Option<usize>,
}

fn is_default<T: Default + PartialEq>(it: &T) -> bool {
    *it == T::default()
}
