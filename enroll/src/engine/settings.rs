//! What a run may decide beforehand.

use core::time::Duration;
use std::path::PathBuf;

use crate::ports::sms::Phone;
use crate::stage::When;

/// What to do with an EGAIS certificate that the token already holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReplaceOld {
    /// Stop and say so.
    #[default]
    No,
    /// Приложение 1 before the request, as the manual has it.
    First,
    /// Приложение 1 after the new certificate is installed, so that the old one serves until then.
    Last,
}

impl ReplaceOld {
    /// As the journal's first line has it.
    pub(super) const fn when(self) -> Option<When> {
        match self {
            Self::No => None,
            Self::First => Some(When::First),
            Self::Last => Some(When::Last),
        }
    }
}

impl From<Option<When>> for ReplaceOld {
    fn from(when: Option<When>) -> Self {
        match when {
            None => Self::No,
            Some(When::First) => Self::First,
            Some(When::Last) => Self::Last,
        }
    }
}

/// Settings of an enrollment.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The phone that the certification authority knows.
    pub phone: Phone,
    /// «Номер заявки»; the only fitting application of the list when `None`.
    pub application: Option<String>,
    /// The serial number that the token must have.
    pub serial: Option<String>,
    /// What to do with an old certificate.
    pub replace_old: ReplaceOld,
    /// The state folder: journals, backups, papers.
    pub state: PathBuf,
    /// Where request, certificate and papers are left; a folder inside the state folder when `None`.
    pub artefacts: Option<PathBuf>,
    /// Which portal the journal belongs to: [`crate::adapters::http_portal::PortalAddress::identity`]; not compared when `None`.
    pub portal: Option<String>,
    /// Spend the last two tries of a PIN as well.
    pub force_last_tries: bool,
    /// Whether `install` waits until the certificate is issued.
    pub wait_for_issue: bool,
    /// How long a code may take before another is asked for, and then once more as long.
    pub code_deadline: Duration,
    /// How long SMS 1 may take: five minutes by the manual, and a margin.
    pub order_deadline: Duration,
    /// How long the issue may take: 15 to 30 minutes by the manual, and as long again.
    pub issue_deadline: Duration,
}

impl Settings {
    /// The manual's times; no old certificate is replaced.
    #[must_use]
    pub fn new(phone: Phone, state: impl Into<PathBuf>) -> Self {
        Self {
            phone,
            application: None,
            serial: None,
            replace_old: ReplaceOld::No,
            state: state.into(),
            artefacts: None,
            portal: None,
            force_last_tries: false,
            wait_for_issue: true,
            code_deadline: Duration::from_secs(120),
            order_deadline: Duration::from_secs(6 * 60),
            issue_deadline: Duration::from_secs(60 * 60),
        }
    }
}
