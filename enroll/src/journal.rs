//! The memory of an enrollment: one file of JSON lines for each application on each token.
//!
//! The first line names the format, the token and the application. Then come intents (written before an act) and
//! facts (written after it). Every line is appended, flushed and synced before the engine goes on, so that a kill
//! at any moment loses at most a line that was being written; such a torn line is dropped when the file is opened.
//! The file names certificates and public keys, never a PIN, a code or a session.

mod file;
mod store;

use serde::{Deserialize, Serialize};

use crate::stage::{Fact, OutOfOrder, Stage, apply};

pub use file::{Disk, Journal, Synced};
pub(crate) use store::fits;
pub use store::{Found, Store, default_folder};

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
    SendRequest,
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
    /// Always [`VERSION`] when this release writes.
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
}

/// When an old certificate goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// Before the request.
    First,
    /// After the new certificate is installed.
    Last,
}

/// The word in the first line.
pub const FORMAT: &str = "enroll-journal";
/// The layout this release writes and reads.
pub const VERSION: u32 = 1;

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
    /// The journal belongs to another portal.
    #[error("the journal of token {token} belongs to another portal")]
    OtherPortal {
        /// The token's serial number.
        token: String,
    },
    /// There is no journal to go on from.
    #[error("no enrollment of token {token} was begun")]
    Nothing {
        /// The token's serial number.
        token: String,
    },
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
    fn read(token: &str, text: &str) -> Result<Self, JournalError> {
        let damaged = |line| JournalError::Damaged {
            token: token.to_owned(),
            line,
        };
        let mut lines = text.lines().enumerate();
        let (_, first) = lines.next().ok_or_else(|| damaged(1))?;
        let mut story = Self::begun(read_header(first).ok_or_else(|| damaged(1))??);
        for (index, line) in lines {
            match serde_json::from_str(line).map_err(|_| damaged(index + 1))? {
                Line::Intend(intent) => story.open.push(intent),
                Line::Fact(fact) => story.take(fact)?,
            }
        }
        Ok(story)
    }

    fn take(&mut self, fact: Fact) -> Result<(), OutOfOrder> {
        self.stage = apply(self.stage.clone(), &fact)?;
        self.open.clear();
        self.facts.push(fact);
        Ok(())
    }
}

fn read_header(line: &str) -> Option<Result<Header, JournalError>> {
    let header: Header = serde_json::from_str(line).ok()?;
    match (header.format == FORMAT, header.version) {
        (false, _) => None,
        (true, VERSION) => Some(Ok(header)),
        (true, found) => Some(Err(JournalError::Version { found })),
    }
}
