//! The token of a scenario: what earlier days left on it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What lies in the reader when the scenario starts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
    /// The PINs it was given, and how often they were mistyped.
    pub pins: Pins,
}

/// PINs of a token and their counters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Pins {
    /// The user's PIN.
    pub user: String,
    /// The administrator's PIN.
    pub administrator: String,
    /// Tries left for the user's PIN; 0 is blocked.
    pub user_tries_left: u8,
    /// Tries left for the administrator's PIN; 0 is blocked.
    pub administrator_tries_left: u8,
}

impl Default for Token {
    fn default() -> Self {
        Self {
            serial: "2cdb7256".to_owned(),
            label: String::new(),
            holds: Vec::new(),
            administrator_deletes: true,
            pins: Pins::default(),
        }
    }
}

impl Default for Pins {
    /// As the token leaves the factory.
    fn default() -> Self {
        Self {
            user: "12345678".to_owned(),
            administrator: "87654321".to_owned(),
            user_tries_left: 10,
            administrator_tries_left: 10,
        }
    }
}

/// Something a token holds from earlier days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Holding {
    /// An EGAIS key pair of last year with its certificate.
    EarlierCertificate,
    /// A GOST key pair with the container's name that nobody asked a certificate for.
    OrphanPair,
    /// The same twice, as two runs of somebody's program left them.
    OrphanPairs,
    /// A GOST key pair of another name without a certificate.
    ForeignPair,
    /// A GOST certificate whose key pair is on another token.
    ForeignCertificate,
    /// The RSA pair of the EGAIS transport module, not ours to touch.
    RsaPair,
    /// So many bytes that no key pair fits any more.
    NoSpace,
}
