//! What an authority remembers: the part of it that must be stored between runs.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Keys seen, certificates issued, certificates revoked. Keys and certificates of the authority itself come from the seed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ledger {
    /// Public keys accepted (coordinates, hexadecimal) with the number of the application each came with.
    pub keys_seen: BTreeMap<String, u32>,
    /// Every certificate, oldest first.
    pub issued: Vec<Issued>,
    /// Serial numbers (hexadecimal) of revoked certificates.
    pub revoked: BTreeMap<String, Revoked>,
}

/// One certificate given out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issued {
    /// Serial number, hexadecimal.
    pub serial: String,
    /// Number of the application it answers.
    pub application: u32,
    /// When.
    pub at: Timestamp,
}

/// One certificate taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Revoked {
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: Reason,
}

/// CRLReason, as far as the authority's own form offers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The key or the token was lost or stolen.
    KeyCompromise,
    /// The owner's data changed.
    AffiliationChanged,
    /// A new certificate takes its place.
    Superseded,
    /// No longer needed.
    CessationOfOperation,
}
