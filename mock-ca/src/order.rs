//! An order: an application and how far it has come. Its status is derived in one function.

use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::application::Application;

/// An application on its way to a certificate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// What the operator entered.
    pub application: Application,
    /// Whether an operator has accepted it; no request is taken before.
    #[serde(default = "already")]
    pub accepted: bool,
    /// The request, once sent.
    pub submission: Option<Submission>,
    /// The certificate, once issued.
    pub certificate: Option<Issued>,
    /// The operator's refusal.
    pub refusal: Option<Refused>,
    /// When the applicant reported the certificate to be on the token.
    pub installed_at: Option<Timestamp>,
    /// Texts for the applicant that the gateway has not taken.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unsent: Vec<Unsent>,
}

/// A text that the gateway has not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unsent {
    /// What it says.
    pub text: String,
    /// When it was handed over last.
    pub at: Timestamp,
    /// The gateway's number for why not; 0 for an answer that is none.
    pub error: u32,
    /// How often it was handed over.
    pub tries: u32,
    /// When it is handed over again: after the minute in which the same text to the same phone is a repetition.
    pub again_at: Option<Timestamp>,
}

/// A request and what was planned when it came.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Submission {
    /// The PKCS#10 request, DER.
    #[serde(with = "hex_bytes")]
    pub request_der: Vec<u8>,
    /// «Имя контейнера» as sent.
    pub container: String,
    /// When it came.
    pub at: Timestamp,
    /// When the operators order the certificate: SMS 1.
    pub ordered_at: Timestamp,
    /// Whether SMS 1 is on its way.
    pub ordered_told: bool,
    /// When the certificate is issued: SMS 2. `None` while it is held.
    pub issue_at: Option<Timestamp>,
}

/// A certificate and its moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issued {
    /// The certificate, DER.
    #[serde(with = "hex_bytes")]
    pub der: Vec<u8>,
    /// When it was issued: its notBefore.
    pub at: Timestamp,
    /// When list and card begin to show it.
    pub shown_from: Timestamp,
}

/// An operator's refusal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refused {
    /// Why, for the applicant.
    pub text: String,
    /// Since when.
    pub at: Timestamp,
}

/// Where an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Waits for an operator.
    New,
    /// Waits for the applicant's request.
    Accepted,
    /// The request is here.
    Sent,
    /// The certificate is ordered.
    Ordered,
    /// The certificate is there to be installed.
    Issued,
    /// The applicant has said that it is installed.
    Installed,
    /// There will be no certificate.
    Refused,
}

impl Order {
    /// An application that nobody has acted on.
    pub fn new(application: Application) -> Self {
        Self {
            application,
            accepted: true,
            submission: None,
            certificate: None,
            refusal: None,
            installed_at: None,
            unsent: Vec::new(),
        }
    }

    /// Where the order stands; the only place that decides it.
    pub fn status(&self, now: Timestamp) -> Status {
        let shown = self
            .certificate
            .as_ref()
            .is_some_and(|issued| issued.shown_from <= now);
        match &self.submission {
            _ if self.refusal.is_some() => Status::Refused,
            _ if self.installed_at.is_some() => Status::Installed,
            _ if shown => Status::Issued,
            Some(submission) if submission.ordered_at <= now => Status::Ordered,
            Some(_) => Status::Sent,
            None if self.accepted => Status::Accepted,
            None => Status::New,
        }
    }

    /// The certificate as far as the cabinet shows it.
    pub fn shown_certificate(&self, now: Timestamp) -> Option<&Issued> {
        self.certificate
            .as_ref()
            .filter(|_| matches!(self.status(now), Status::Issued | Status::Installed))
    }

    /// «Ключевая пара» of Рис. 16: the new label when the profile renames the pair, else the container's name.
    pub fn key_pair_label(&self) -> String {
        let container = match &self.submission {
            Some(submission) => &submission.container,
            None => &self.application.container,
        };
        let renamed = self.application.label_after_sending();
        renamed.unwrap_or_else(|| container.clone())
    }

    /// The next thing the operators will do by themselves, and when.
    pub(crate) fn next_event(&self) -> Option<(Timestamp, Event)> {
        let submission = self
            .submission
            .as_ref()
            .filter(|_| self.refusal.is_none())?;
        let ordered = (!submission.ordered_told).then_some((submission.ordered_at, Event::Ordered));
        let issue = submission
            .issue_at
            .filter(|_| self.certificate.is_none())
            .map(|at| (at, Event::Issue));
        let again = self.unsent.iter().filter_map(|text| text.again_at);
        let again = again.map(|at| (at, Event::TellAgain));
        [ordered, issue]
            .into_iter()
            .flatten()
            .chain(again)
            .min_by_key(|(at, _)| *at)
    }
}

/// What operators do by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// Step 1.12.
    Ordered,
    /// Step 1.13.
    Issue,
    /// A text that the gateway took for a repetition.
    TellAgain,
}

/// What was kept before operators accepted had been accepted.
fn already() -> bool {
    true
}

/// A moment so many seconds later, at the end of time at the latest.
pub(crate) fn later(at: Timestamp, secs: u32) -> Timestamp {
    at.saturating_add(SignedDuration::from_secs(secs.into()))
        .unwrap_or(Timestamp::MAX)
}

/// Irkutsk's clock, as pages and phones show it: +08:00 all year.
pub(crate) fn irkutsk() -> TimeZone {
    TimeZone::fixed(Offset::constant(8))
}

/// Serde for bytes as hexadecimal text.
mod hex_bytes {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&hex::encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        hex::decode(String::deserialize(from)?).map_err(D::Error::custom)
    }
}
