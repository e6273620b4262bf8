//! Where an enrollment stands: always a fold over facts, never stored itself. Knows values only.

mod fact;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use fact::{Fact, When};

use crate::moment::is_credible;

/// A key pair of this enrollment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// CKA_ID, hex.
    pub id: String,
    /// The label it has now.
    pub label: String,
    /// SubjectPublicKeyInfo, DER in hex.
    pub public_key: String,
}

/// What is being deleted by Приложение 1 and not gone yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Removal {
    /// SHA-1 of each certificate, hex.
    pub certificates: Vec<String>,
    /// CKA_ID of each pair, hex.
    pub key_pairs: Vec<String>,
}

impl Removal {
    /// Whether everything agreed on is gone.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.certificates.is_empty() && self.key_pairs.is_empty()
    }
}

/// A request and what belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// «Номер заявки».
    pub application: String,
    /// The pair that signed.
    pub key: Key,
    /// PKCS#10, PEM; unknown for an adopted pair.
    pub request: Option<String>,
    /// The label that the pair is still to get.
    pub label_after: Option<String>,
    /// When it was sent, by the portal's time, where the fact tells a time that can be meant.
    pub sent_at: Option<Timestamp>,
}

/// How far an enrollment has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Nothing that the portal knows of; an old certificate may be half removed.
    New(Removal),
    /// The application is known.
    Chosen(String),
    /// The token holds the pair for this application.
    KeyReady(String, Key),
    /// The request is signed; whether the portal has it is not known.
    Signed(Order),
    /// The portal has the request.
    Sent(Order),
    /// The certificate is ordered.
    Ordered(Order),
    /// The certificate exists.
    Issued(Order),
    /// The certificate (PEM) is here and fits.
    Checked(Order, String),
    /// The token holds the certificate.
    Written(Order, String),
    /// The portal knows.
    Installed(Order, String),
    /// The papers are saved: what is left is theirs to sign.
    PapersSaved(Order, String),
    /// Given up.
    Abandoned,
}

/// A chapter of the manual, as the engine does it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chapter {
    /// 1: to «Ваш сертификат заказан».
    Request,
    /// 2: to the certificate on the token.
    Install,
    /// 3: the papers.
    Documents,
}

/// A fact that cannot follow what the journal says so far.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("«{fact}» cannot follow the stage «{stage}»")]
pub struct OutOfOrder {
    /// The stage's name.
    pub stage: &'static str,
    /// The fact, in its journal form.
    pub fact: String,
}

impl Default for Stage {
    fn default() -> Self {
        Self::New(Removal::default())
    }
}

/// Takes one step of the fold.
pub fn apply(stage: Stage, fact: &Fact) -> Result<Stage, OutOfOrder> {
    Ok(match (stage, fact) {
        (
            Stage::New(_),
            Fact::RemovalAgreed {
                certificates,
                key_pairs,
            },
        ) => Stage::New(Removal {
            certificates: certificates.clone(),
            key_pairs: key_pairs.clone(),
        }),
        (Stage::New(mut left), Fact::CertificateRemoved { fingerprint }) => {
            left.certificates.retain(|it| it != fingerprint);
            Stage::New(left)
        }
        (Stage::New(mut left), Fact::KeyPairRemoved { key }) => {
            left.key_pairs.retain(|it| it != key);
            Stage::New(left)
        }
        (Stage::New(left), Fact::ApplicationChosen { application }) if left.is_done() => {
            Stage::Chosen(application.clone())
        }
        (Stage::Chosen(application), Fact::KeyPairReady { key, .. }) => {
            Stage::KeyReady(application, key.clone())
        }
        (Stage::KeyReady(application, key), Fact::RequestSigned { pem, label_after }) => {
            Stage::Signed(Order {
                application,
                key,
                request: Some(pem.clone()),
                label_after: label_after.clone(),
                sent_at: None,
            })
        }
        (stage, Fact::FoundSent { application, key }) if stage.may_be_behind() => {
            Stage::Sent(Order::found(application, key))
        }
        (stage, Fact::Adopted { application, key }) if stage.may_be_behind() => {
            Stage::Issued(Order::found(application, key))
        }
        (Stage::Signed(order), Fact::RequestSent { at }) => Stage::Sent(Order {
            sent_at: at.filter(|at| is_credible(*at)),
            ..order
        }),
        (Stage::Sent(order), Fact::KeyPairRelabelled { label }) => {
            Stage::Sent(order.relabelled(label))
        }
        (Stage::Checked(order, pem), Fact::KeyPairRelabelled { label }) => {
            Stage::Checked(order.relabelled(label), pem)
        }
        (Stage::Sent(order), Fact::Ordered { .. }) => Stage::Ordered(order),
        (Stage::Ordered(order), Fact::Issued { .. }) => Stage::Issued(order),
        (Stage::Issued(order), Fact::CertificateChecked { pem }) => {
            Stage::Checked(order, pem.clone())
        }
        (Stage::Checked(order, pem), Fact::CertificateWritten) => Stage::Written(order, pem),
        (Stage::Written(order, pem), Fact::InstallationReported) => Stage::Installed(order, pem),
        (
            Stage::Installed(order, pem) | Stage::PapersSaved(order, pem),
            Fact::DocumentsSaved { .. },
        ) => Stage::PapersSaved(order, pem),
        (
            stage @ (Stage::Installed(..) | Stage::PapersSaved(..)),
            Fact::RemovalAgreed { .. }
            | Fact::CertificateRemoved { .. }
            | Fact::KeyPairRemoved { .. },
        ) => stage,
        (
            stage @ Stage::PapersSaved(..),
            Fact::HandedToPrinter { .. } | Fact::PrinterRefused { .. },
        ) => stage,
        (stage, Fact::ReplaceOldTold { .. }) if !stage.is_over() => stage,
        (stage, Fact::Abandoned) if !stage.is_over() => Stage::Abandoned,
        (stage, fact) => {
            return Err(OutOfOrder {
                stage: stage.name(),
                fact: fact.name(),
            });
        }
    })
}

impl Order {
    /// A request that only the portal knows of.
    fn found(application: &str, key: &Key) -> Self {
        Self {
            application: application.to_owned(),
            key: key.clone(),
            request: None,
            label_after: None,
            sent_at: None,
        }
    }

    fn relabelled(mut self, label: &str) -> Self {
        label.clone_into(&mut self.key.label);
        self.label_after = None;
        self
    }
}

impl Stage {
    /// One word for people and machines.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::New(_) => "new",
            Self::Chosen(_) => "application-chosen",
            Self::KeyReady(..) => "key-ready",
            Self::Signed(_) => "request-signed",
            Self::Sent(_) => "request-sent",
            Self::Ordered(_) => "ordered",
            Self::Issued(_) => "issued",
            Self::Checked(..) => "certificate-checked",
            Self::Written(..) => "certificate-written",
            Self::Installed(..) => "installed",
            Self::PapersSaved(..) => "papers-saved",
            Self::Abandoned => "abandoned",
        }
    }

    /// Whether the portal may be further without this journal knowing the request it has.
    fn may_be_behind(&self) -> bool {
        match self {
            Self::New(_) | Self::Chosen(_) | Self::KeyReady(..) => true,
            Self::Sent(order) | Self::Ordered(order) | Self::Issued(order) => {
                order.request.is_none()
            }
            _ => false,
        }
    }

    /// The chapter of the manual that goes on from here; `None` when nothing is left for the engine to do.
    #[must_use]
    pub const fn next_chapter(&self) -> Option<Chapter> {
        match self {
            Self::New(_)
            | Self::Chosen(_)
            | Self::KeyReady(..)
            | Self::Signed(_)
            | Self::Sent(_) => Some(Chapter::Request),
            Self::Ordered(_) | Self::Issued(_) | Self::Checked(..) | Self::Written(..) => {
                Some(Chapter::Install)
            }
            Self::Installed(..) => Some(Chapter::Documents),
            Self::PapersSaved(..) | Self::Abandoned => None,
        }
    }

    /// Whether nothing is left for the engine to do.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        matches!(self, Self::PapersSaved(..) | Self::Abandoned)
    }

    /// Whether the certificate is on the token and the portal knows.
    #[must_use]
    pub const fn is_installed(&self) -> bool {
        matches!(self, Self::Installed(..) | Self::PapersSaved(..))
    }

    /// The application, once it is known.
    #[must_use]
    pub fn application(&self) -> Option<&str> {
        match self {
            Self::New(_) | Self::Abandoned => None,
            Self::Chosen(application) | Self::KeyReady(application, _) => Some(application),
            _ => self.order().map(|order| order.application.as_str()),
        }
    }

    /// The pair of this enrollment, once there is one.
    #[must_use]
    pub fn key(&self) -> Option<&Key> {
        match self {
            Self::KeyReady(_, key) => Some(key),
            _ => self.order().map(|order| &order.key),
        }
    }

    /// The request, once it is signed.
    #[must_use]
    pub const fn order(&self) -> Option<&Order> {
        match self {
            Self::New(_) | Self::Chosen(_) | Self::KeyReady(..) | Self::Abandoned => None,
            Self::Signed(order)
            | Self::Sent(order)
            | Self::Ordered(order)
            | Self::Issued(order) => Some(order),
            Self::Checked(order, _)
            | Self::Written(order, _)
            | Self::Installed(order, _)
            | Self::PapersSaved(order, _) => Some(order),
        }
    }

    /// The certificate (PEM), once it was fetched and checked.
    #[must_use]
    pub fn certificate(&self) -> Option<&str> {
        match self {
            Self::Checked(_, pem)
            | Self::Written(_, pem)
            | Self::Installed(_, pem)
            | Self::PapersSaved(_, pem) => Some(pem),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> Key {
        Key {
            id: "aa".into(),
            label: "ООО".into(),
            public_key: "3063".into(),
        }
    }

    /// A whole enrollment with a removal before it.
    pub(crate) fn story() -> Vec<Fact> {
        vec![
            Fact::RemovalAgreed {
                certificates: vec!["c1".into()],
                key_pairs: vec!["k1".into()],
            },
            Fact::CertificateRemoved {
                fingerprint: "c1".into(),
            },
            Fact::KeyPairRemoved { key: "k1".into() },
            Fact::ApplicationChosen {
                application: "722318".into(),
            },
            Fact::KeyPairReady {
                key: key(),
                adopted: false,
            },
            Fact::RequestSigned {
                pem: "request".into(),
                label_after: Some("ЕГАИС_722318".into()),
            },
            Fact::RequestSent { at: None },
            Fact::KeyPairRelabelled {
                label: "ЕГАИС_722318".into(),
            },
            Fact::Ordered { told_by_sms: true },
            Fact::Issued { told_by_sms: true },
            Fact::CertificateChecked {
                pem: "certificate".into(),
            },
            Fact::CertificateWritten,
            Fact::InstallationReported,
            Fact::DocumentsSaved { files: vec![] },
        ]
    }

    #[test]
    fn facts_in_the_manuals_order_lead_to_the_papers() {
        let stage = story().iter().try_fold(Stage::default(), apply).unwrap();
        assert_eq!(stage.name(), "papers-saved");
        assert_eq!(stage.key().unwrap().label, "ЕГАИС_722318");
        assert_eq!(stage.certificate(), Some("certificate"));
    }

    #[test]
    fn a_fact_left_out_stops_the_fold_unless_it_was_optional() {
        for skipped in 0..story().len() {
            let mut facts = story();
            let name = facts.remove(skipped).name();
            let folded = facts.iter().try_fold(Stage::default(), apply);
            let optional = ["removal-agreed", "key-pair-relabelled", "documents-saved"]
                .contains(&name.as_str());
            assert_eq!(folded.is_ok(), optional, "{name}");
        }
    }

    #[test]
    fn a_time_of_sending_that_cannot_be_meant_is_none() {
        for (told, credible) in [
            ("2018-12-13T01:00:00Z", true),
            ("9999-12-30T21:57:00Z", false),
        ] {
            let at: Timestamp = told.parse().unwrap();
            let mut facts = story();
            let sent = facts
                .iter()
                .position(|fact| fact.name() == "request-sent")
                .unwrap();
            facts[sent] = Fact::RequestSent { at: Some(at) };
            let stage = facts[..=sent]
                .iter()
                .try_fold(Stage::default(), apply)
                .unwrap();
            assert_eq!(
                stage.order().unwrap().sent_at,
                Some(at).filter(|_| credible)
            );
        }
    }

    #[test]
    fn abandoning_is_possible_until_the_papers_are_saved() {
        for length in 0..story().len() {
            let stage = story()[..length]
                .iter()
                .try_fold(Stage::default(), apply)
                .unwrap();
            assert_eq!(apply(stage, &Fact::Abandoned), Ok(Stage::Abandoned));
        }
        let done = story().iter().try_fold(Stage::default(), apply).unwrap();
        assert!(apply(done, &Fact::Abandoned).is_err());
    }
}
