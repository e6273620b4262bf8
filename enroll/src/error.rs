//! Everything that can stop an enrollment: facts, an exit code, and what to do next.

use crate::certificate::CertificateProblem;
use crate::journal::JournalError;
use crate::object::Object;
use crate::ports::token::PinRole;
use crate::ports::{ApplicantError, PortalError, PrinterError, SmsError, TokenError};
use crate::request::RequestError;

/// What stopped an enrollment.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The token or the way to it.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// Another token than the one named is connected.
    #[error("the token connected is {found}, not {wanted}")]
    OtherToken {
        /// What the settings say.
        wanted: String,
        /// What the token says.
        found: String,
    },
    /// Presenting a wrong PIN now could block it.
    #[error("{left} tries are left for the PIN of the {role}")]
    LastTries {
        /// Whose.
        role: PinRole,
        /// How many.
        left: u8,
    },
    /// The token holds an EGAIS pair or certificate already.
    #[error(
        "the token holds objects for ЕГАИС already: {}",
        crate::object::list(objects)
    )]
    OldObjects {
        /// Certificates first.
        objects: Vec<Object>,
    },
    /// Several pairs could be the one an earlier run made.
    #[error("several key pairs named «{label}» have no certificate")]
    SeveralPairs {
        /// Their label.
        label: String,
    },
    /// The pair the journal names is not on the token, or does not read.
    #[error("key pair {key} cannot be used")]
    KeyGone {
        /// CKA_ID, hex.
        key: String,
    },
    /// The pair was to be deleted while a certificate for it is to come.
    #[error("key pair {key} belongs to application {application}, which is under way")]
    KeyAwaited {
        /// CKA_ID, hex.
        key: String,
        /// «Номер заявки».
        application: String,
    },
    /// An object is still there after it was deleted.
    #[error("{object} is still there after it was deleted")]
    StillThere {
        /// Which.
        object: Object,
    },
    /// The certificate written does not read back.
    #[error("the certificate does not read back from the token")]
    NotReadBack,
    /// The token's signature does not verify with the certificate's key.
    #[error("a signature of the token does not verify with the certificate")]
    ProbeFailed,
    /// The applicant did not agree to the plan.
    #[error("the old certificate was to be kept")]
    RemovalDeclined,
    /// Formatting was not confirmed by typing the token's serial number.
    #[error("formatting was not confirmed with the serial number {serial}")]
    NotConfirmed {
        /// What was to be typed.
        serial: String,
    },
    /// The applicant could not be asked.
    #[error(transparent)]
    Applicant(#[from] ApplicantError),

    /// The inbox.
    #[error(transparent)]
    Sms(#[from] SmsError),
    /// No code came.
    #[error("no code came to {phone} in {waited_secs} s")]
    NoCode {
        /// Masked.
        phone: String,
        /// How long was waited.
        waited_secs: u64,
    },

    /// The portal, or the way to it.
    #[error(transparent)]
    Portal(#[from] PortalError),
    /// The list has no such application.
    #[error("no application in the list fits")]
    NoApplication {
        /// The number looked for.
        wanted: Option<String>,
    },
    /// The list has several.
    #[error("several applications in the list fit: {}", numbers.join(", "))]
    SeveralApplications {
        /// Their numbers.
        numbers: Vec<String>,
    },
    /// The application takes no request now.
    #[error("application {application} takes no request: its status is «{status}»")]
    NotReady {
        /// «Номер заявки».
        application: String,
        /// As printed.
        status: String,
    },
    /// The application fell back, or was refused, after the request was sent.
    #[error("the certificate was not ordered: the status is «{status}», the reason «{reason}»")]
    NotOrdered {
        /// As printed.
        status: String,
        /// Column «Причина».
        reason: String,
    },
    /// The certificate is not there yet.
    #[error(
        "the certificate of application {application} is not issued yet: its status is «{status}»"
    )]
    NotIssued {
        /// «Номер заявки».
        application: String,
        /// As printed.
        status: String,
    },
    /// The certificate did not come in time.
    #[error(
        "the certificate of application {application} was not issued in {waited_secs} s: its status is «{status}»"
    )]
    IssueOverdue {
        /// «Номер заявки».
        application: String,
        /// As printed.
        status: String,
        /// How long was waited.
        waited_secs: u64,
    },
    /// No request can be made of what the page says.
    #[error("the request cannot be made: {0}")]
    Request(#[from] RequestError),
    /// No pair of this enrollment fits the certificate.
    #[error("certificate {serial} is for another key")]
    CertificateForAnotherKey {
        /// The pair of the journal, CKA_ID in hex.
        key: Option<String>,
        /// The certificate's serial number.
        serial: String,
    },
    /// The certificate is not fit to be installed.
    #[error("the certificate is not installed: {0}")]
    Certificate(#[from] CertificateProblem),
    /// The file and the page hold different certificates.
    #[error("the certificate saved and the one on the page differ")]
    CertificatesDiffer,
    /// A paper is not a PDF file.
    #[error("«{title}» is not a PDF file")]
    NotAPdf {
        /// Link text.
        title: &'static str,
    },

    /// The journal.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// No request was sent that a certificate could come for.
    #[error("no request was sent yet")]
    NothingSent,
    /// The certificate is not installed yet.
    #[error("the certificate is not installed yet; the stage is «{stage}»")]
    NotInstalled {
        /// The stage's name.
        stage: &'static str,
    },
    /// A paper was not printed; its file is there.
    #[error("{0}")]
    Printer(#[from] PrinterError),
    /// A file for the applicant cannot be written.
    #[error("cannot write {}: {why}", path.display())]
    File {
        /// Which.
        path: std::path::PathBuf,
        /// The system's words.
        why: String,
    },
}

/// Exit codes of the program, by what a caller can do about them.
pub mod exit_code {
    /// Done.
    pub const DONE: u8 = 0;
    /// A bug of this program.
    pub const BUG: u8 = 1;
    /// The command line, or a question that nobody could be asked.
    pub const USAGE: u8 = 2;
    /// The token or its reader.
    pub const TOKEN: u8 = 10;
    /// No reader, no token, or it was removed.
    pub const NO_TOKEN: u8 = 11;
    /// A PIN was wrong, and is counted.
    pub const WRONG_PIN: u8 = 12;
    /// A PIN is blocked, or would be by one more mistake.
    pub const PIN_BLOCKED: u8 = 13;
    /// The token did not do what it said.
    pub const TOKEN_FAILED: u8 = 14;
    /// The token holds an old certificate or pair that was not to be replaced.
    pub const OLD_OBJECTS: u8 = 15;
    /// No code came, or the inbox cannot be read.
    pub const NO_CODE: u8 = 20;
    /// A code was refused.
    pub const WRONG_CODE: u8 = 21;
    /// The portal or the way to it.
    pub const PORTAL: u8 = 30;
    /// The portal said no.
    pub const REFUSED: u8 = 31;
    /// The application is not in the state that the step needs.
    pub const APPLICATION: u8 = 32;
    /// The certificate is not there yet.
    pub const NOT_ISSUED: u8 = 33;
    /// The certificate is not fit to be installed.
    pub const CERTIFICATE: u8 = 34;
    /// A page is not understood.
    pub const PAGE: u8 = 35;
    /// The journal, or a file of the state folder.
    pub const JOURNAL: u8 = 40;
    /// Another process, application or portal has the journal.
    pub const JOURNAL_BUSY: u8 = 41;
    /// The journal does not say what the command needs.
    pub const NOTHING_TO_RESUME: u8 = 42;
    /// A paper was not printed; the files are there.
    pub const NOT_PRINTED: u8 = 43;
}

/// What to do now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NextStep {
    /// Run this.
    Run(String),
    /// Run this again with another option.
    Option(&'static str),
    /// Do something with one's hands, then run this again with another option.
    FirstThenOption(Deed, &'static str),
    /// Do something with one's hands, then run this.
    First(Deed, String),
    /// Run the same command again.
    Again,
    /// Do something with one's hands, then run the same command again.
    FirstAgain(Deed),
    /// Ask a person and quote this; the message itself where there is nothing shorter.
    Ask(Deed, Option<String>),
}

impl NextStep {
    /// The same where there is no enrollment to go on with.
    #[must_use]
    pub fn without_enrollment(self) -> Self {
        match self {
            Self::Run(command) if command == RESUME => Self::Again,
            Self::First(deed, command) if command == RESUME => Self::FirstAgain(deed),
            other => other,
        }
    }
}

/// Goes on with whatever the journal says is missing. Token, portal and phone are options of each run.
pub(crate) const RESUME: &str = "enroll resume";

/// What only a person can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Connect the token, or exactly one.
    ConnectToken,
    /// Start the smart card service.
    StartService,
    /// Install what speaks to the smart card service.
    InstallLibrary,
    /// Find out the right PIN.
    FindPin,
    /// Ask for the https address, of the portal or of the gateway.
    UseHttps,
    /// Have the administrator unblock the PIN.
    Unblock,
    /// Free space on the token.
    FreeSpace,
    /// Choose a shorter name.
    ShortenName,
    /// Check the phone and its inbox.
    CheckPhone,
    /// Check the network, the address and the CA file.
    CheckNetwork,
    /// Call the certification authority.
    CallOffice,
    /// Report a bug with the page that was saved.
    Report,
    /// Finish or abandon the other enrollment.
    FinishOther,
    /// See to it that the folder can be written.
    CheckFolder,
    /// Install what prints, or open the file in another program.
    InstallPrinting,
    /// Switch the printer on and make it the default.
    CheckPrinter,
    /// Check the path of the PKCS#11 module.
    CheckModule,
    /// Set this machine's clock, or have the portal's certificate renewed.
    CheckClock,
    /// Wait until the portal is open.
    ComeBack,
    /// Reach the portal through a tunnel that speaks GOST suites.
    TunnelGost,
}
