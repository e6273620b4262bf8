//! The memory of an enrollment: one file of JSON lines for each application on each token.
//!
//! The first line names the format, the token and the application. Then come intents (written before an act) and
//! facts (written after it). Every line is appended, flushed and synced before the engine goes on, so that a kill
//! at any moment loses at most a line that was being written; such a torn line is dropped when the file is opened.
//! Each line ends with a sum over all lines so far. A file that was damaged otherwise is kept aside, and the engine
//! begins a new one from what the token and the portal say.
//! The file names certificates and public keys, never a PIN, a code or a session.

mod file;
mod list;
mod parked;
mod seal;
mod store;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::stage::{Fact, OutOfOrder, Stage, When, apply};

pub use file::{Disk, Journal, Synced};
pub use list::{Found, Unreadable};
use seal::Seal;
pub(crate) use store::fits;
pub use store::{Store, default_folder};

/// What is about to be done. After a crash the engine looks for its traces before it repeats the act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "to", rename_all = "kebab-case")]
pub enum Intent {
    /// Delete a certificate (SHA-1, hex).
    RemoveCertificate {
        /// SHA-1, hex.
        fingerprint: String,
    },
    /// Delete a key pair.
    RemoveKeyPair {
        /// CKA_ID, hex.
        key: String,
    },
    /// Have the token make a pair.
    MakeKeyPair {
        /// The label it will get.
        label: String,
        /// CKA_ID of every pair that was there before, hex.
        others: Vec<String>,
    },
    /// Send the signed request to the portal.
    SendRequest {
        /// The portal's clock just before: notices about the order are not older, however late the answer is learnt of.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        at: Option<Timestamp>,
    },
    /// Give the pair another label.
    Relabel {
        /// The label.
        label: String,
    },
    /// Write the certificate beside its pair.
    WriteCertificate {
        /// SHA-1, hex.
        fingerprint: String,
    },
    /// Tell the portal that the token holds the certificate.
    ReportInstallation,
}

/// The first line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Always [`FORMAT`].
    pub format: String,
    /// [`VERSION`] when this release begins a file.
    pub version: u32,
    /// The token's serial number, hex.
    pub token: String,
    /// The application, when it was named beforehand; a fact names it otherwise.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub application: Option<String>,
    /// Which portal: eight hex digits of the SHA-1 of its host, enough to notice another one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub portal: Option<String>,
    /// What was to become of an old certificate, so that resuming need not be told again.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub replace_old: Option<When>,
    /// Whether an earlier journal was damaged: token and portal may know more than this file.
    #[serde(skip_serializing_if = "core::ops::Not::not", default)]
    pub rebuilt: bool,
}

/// The word in the first line.
pub const FORMAT: &str = "enroll-journal";
/// The layout this release writes. It reads version 1 as well, whose lines have no sums.
pub const VERSION: u32 = 2;
const WITHOUT_SUMS: u32 = 1;

/// What the lines of a journal say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Story {
    /// The first line.
    pub header: Header,
    /// Every fact so far.
    pub facts: Vec<Fact>,
    /// The intents that no fact has answered yet.
    pub open: Vec<Intent>,
    /// The fold over the facts.
    pub stage: Stage,
}

/// Why a journal cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JournalError {
    /// The system refuses.
    #[error("cannot {act} {path}: {why}")]
    File {
        /// What was tried.
        act: &'static str,
        /// Which file.
        path: std::path::PathBuf,
        /// The system's words.
        why: String,
    },
    /// Another process holds the token's enrollment.
    #[error("another process is working on the enrollment of token {token}")]
    Locked {
        /// The token's serial number.
        token: String,
    },
    /// A line in the middle does not read.
    #[error("line {line} of the journal of token {token} is damaged")]
    Damaged {
        /// The token's serial number, as the file's name has it.
        token: String,
        /// From 1.
        line: usize,
    },
    /// Written by another release.
    #[error("the journal has version {found}, this release reads {VERSION}")]
    Version {
        /// What the first line says.
        found: u32,
    },
    /// The facts do not follow one another.
    #[error("the journal contradicts itself: {0}")]
    OutOfOrder(#[from] OutOfOrder),
    /// The token is in the middle of an enrollment for another application.
    #[error("token {token} is in the middle of application {application}")]
    OtherApplication {
        /// The token's serial number.
        token: String,
        /// The application the journal belongs to.
        application: String,
    },
    /// Several applications of the token are under way, and none was named.
    #[error("several applications of token {token} are under way: {}", applications.join(", "))]
    SeveralApplications {
        /// The token's serial number.
        token: String,
        /// Their numbers, the one at hand first.
        applications: Vec<String>,
    },
    /// The journal belongs to another portal.
    #[error("the journal of token {token} belongs to another portal")]
    OtherPortal {
        /// The token's serial number.
        token: String,
    },
    /// A journal of the token does not read, and it may be about the pair at hand.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// A journal of the token was damaged and begun anew, and has not found out yet which pair it is about.
    #[error(
        "the journal of token {token} was damaged, and which key pair it waits for is not found out yet"
    )]
    Rebuilt {
        /// The token's serial number.
        token: String,
        /// The application, where the journal names one.
        application: Option<String>,
    },
    /// There is no journal at all.
    #[error("no enrollment was begun")]
    NoneBegun,
    /// There is no journal to go on from.
    #[error("no enrollment of token {token} was begun")]
    Nothing {
        /// The token's serial number.
        token: String,
    },
}

impl JournalError {
    /// Whether the file itself is at fault, so that token and portal have to be asked instead.
    #[must_use]
    pub const fn is_damage(&self) -> bool {
        matches!(
            self,
            Self::Damaged { .. } | Self::Version { .. } | Self::OutOfOrder(_)
        )
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Line {
    Intend(Intent),
    Fact(Fact),
}

impl Story {
    fn begun(header: Header) -> Self {
        Self {
            header,
            facts: Vec::new(),
            open: Vec::new(),
            stage: Stage::default(),
        }
    }

    /// Reads whole lines; `token` is for the errors.
    fn read(token: &str, text: &str) -> Result<(Self, Seal), JournalError> {
        let damaged = |line| JournalError::Damaged {
            token: token.to_owned(),
            line,
        };
        let mut lines = text.lines().enumerate();
        let (_, first) = lines.next().ok_or_else(|| damaged(1))?;
        let (header, mut seal) = read_header(first).ok_or_else(|| damaged(1))??;
        if header.token != token {
            return Err(damaged(1));
        }
        let mut story = Self::begun(header);
        for (index, line) in lines {
            let json = seal.read(line).ok_or_else(|| damaged(index + 1))?;
            match serde_json::from_str(&json).map_err(|_| damaged(index + 1))? {
                Line::Intend(intent) => story.open.push(intent),
                Line::Fact(fact) => story.take(fact)?,
            }
        }
        Ok((story, seal))
    }

    fn take(&mut self, fact: Fact) -> Result<(), OutOfOrder> {
        self.stage = apply(self.stage.clone(), &fact)?;
        self.open.clear();
        self.facts.push(fact);
        Ok(())
    }
}

fn read_header(line: &str) -> Option<Result<(Header, Seal), JournalError>> {
    let header: Header = serde_json::from_str(line).ok()?;
    let mut seal = match header.version {
        _ if header.format != FORMAT => return None,
        VERSION => Seal::new(),
        WITHOUT_SUMS => Seal::Open,
        found => return Some(Err(JournalError::Version { found })),
    };
    let is_whole = seal.read(line).is_some();
    is_whole.then_some(Ok((header, seal)))
}
