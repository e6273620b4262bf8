//! What happens to an enrollment: the lines of its journal.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Key;

/// When an old certificate goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// Before the request.
    First,
    /// After the new certificate is installed.
    Last,
}

/// Something that has happened and cannot be undone by forgetting it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Fact {
    /// Приложение 1: what the applicant agreed to delete. Written before the first deletion.
    RemovalAgreed {
        /// SHA-1 of each certificate, hex.
        certificates: Vec<String>,
        /// CKA_ID of each pair, hex.
        key_pairs: Vec<String>,
    },
    /// Приложение 1, step 7.
    CertificateRemoved {
        /// SHA-1 of the certificate, hex.
        fingerprint: String,
    },
    /// Приложение 1, step 9.
    KeyPairRemoved {
        /// CKA_ID, hex.
        key: String,
    },
    /// Step 1.7: this application's card was opened.
    ApplicationChosen {
        /// «Номер заявки».
        application: String,
    },
    /// Step 1.9: the token holds the pair.
    KeyPairReady {
        /// The pair.
        key: Key,
        /// Whether it was found on the token, left by an earlier run, and not made now.
        adopted: bool,
    },
    /// Step 1.10, first half: the request exists and its signature verifies.
    RequestSigned {
        /// PKCS#10, PEM.
        pem: String,
        /// The label that the page asks for once the request is sent.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        label_after: Option<String>,
    },
    /// Step 1.11: the portal has the request.
    RequestSent {
        /// The portal's time.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        at: Option<Timestamp>,
    },
    /// The pair got the name that the portal asks for after sending.
    KeyPairRelabelled {
        /// The new label.
        label: String,
    },
    /// The portal was found to have a request that the journal does not tell of; this pair is the only one it can be
    /// for. The certificate will tell.
    FoundSent {
        /// «Номер заявки».
        application: String,
        /// The pair.
        key: Key,
    },
    /// The certificate was found issued for a pair of this token, though no journal tells how.
    Adopted {
        /// «Номер заявки».
        application: String,
        /// The pair.
        key: Key,
    },
    /// Step 1.12.
    Ordered {
        /// Whether SMS 1 said so; the status otherwise.
        told_by_sms: bool,
    },
    /// Step 1.13: the list says «Сертификат выпущен».
    Issued {
        /// Whether SMS 2 said so as well.
        told_by_sms: bool,
    },
    /// Step 2.7: the certificate was fetched and belongs to the pair.
    CertificateChecked {
        /// The certificate, PEM.
        pem: String,
    },
    /// Step 2.8: the token holds the certificate, read back and proven by a signature.
    CertificateWritten,
    /// Step 2.9: the portal knows.
    InstallationReported,
    /// Chapter 3.
    DocumentsSaved {
        /// File names.
        files: Vec<String>,
    },
    /// Chapter 3: a paper is about to be handed to the printer. Written before that, so that a run which is stopped in
    /// the middle never prints twice.
    HandedToPrinter {
        /// File name.
        file: String,
    },
    /// The printer did not take it: it may be handed over again.
    PrinterRefused {
        /// File name.
        file: String,
    },
    /// Later than at the beginning it was told when an old certificate goes.
    ReplaceOldTold {
        /// From now on.
        when: When,
    },
    /// The applicant gave the enrollment up.
    Abandoned,
}

impl Fact {
    /// The fact's name in the journal.
    #[must_use]
    pub fn name(&self) -> String {
        let value = serde_json::to_value(self).unwrap_or_default();
        value
            .get("is")
            .and_then(|is| is.as_str())
            .unwrap_or_default()
            .to_owned()
    }
}
