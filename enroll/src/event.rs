//! What a run tells while it runs: the timeline.
//!
//! Events hold no port, host, path of this machine, process id or wall time, and secrets are masked when an
//! event is made; so the same run gives the same sequence, and a sequence may be kept or sent on.

use core::time::Duration;
use std::cell::RefCell;
use std::rc::Rc;

use jiff::Timestamp;
use serde::Serialize;

use crate::journal::JournalError;
use crate::ports::{Clock, PortalError, SmsError};
use crate::stage::Fact;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// A numbered step of the manual: `1.4`, `2.8`, `3`, and `A1` … `A9` for Приложение 1. `W1` … `W4` are its
    /// warnings in the order it prints them: the browser, an earlier key, a program for PDF, the signed originals.
    Step {
        /// As the manual numbers it.
        number: &'static str,
        /// Who acts.
        who: Who,
        /// What is done, in English.
        what: String,
        /// What the portal says, as printed.
        #[serde(skip_serializing_if = "Option::is_none")]
        portal_text: Option<String>,
    },
    /// One command to the token and its answer.
    Apdu {
        /// Hex; the bytes of a PIN are `{pin:user}` or `{pin:administrator}`.
        command: String,
        /// Hex, status word last; empty when none came.
        response: String,
        /// Why none came: `removed`, `reset`, or the reader's own words.
        #[serde(skip_serializing_if = "Option::is_none")]
        lost: Option<String>,
        /// What was asked and what came of it.
        meaning: String,
    },
    /// One request to the portal and its answer.
    Http {
        /// `GET` or `POST`.
        method: &'static str,
        /// The path: no host, and no query, which may hold what was filled in, or a session.
        path: String,
        /// Fields by their visible labels; a code is `{code:1}`, hidden fields are left out.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        form: Vec<(String, String)>,
        /// The HTTP status.
        status: u16,
        /// The page's title, or the file's type.
        title: String,
    },
    /// A message arrived.
    Sms {
        /// The inbox's number.
        id: u64,
        /// The text; a code is `{code:1}`.
        text: String,
        /// When it was sent, where the inbox tells.
        #[serde(skip_serializing_if = "Option::is_none")]
        sent_at: Option<Timestamp>,
    },
    /// The engine waits.
    Wait {
        /// For how long.
        for_secs: u64,
        /// What for.
        why: String,
    },
    /// What is about to be deleted, told before it is agreed to; in English.
    Plan {
        /// One line for each object.
        deletes: Vec<String>,
        /// One line for each key pair that stays.
        keeps: Vec<String>,
    },
    /// Something a person should know, though the run goes on.
    Warning {
        /// In English; portal texts as printed.
        text: Caution,
    },
    /// Something that a later run must know was written to the journal.
    Journal {
        /// What.
        fact: Box<Fact>,
    },
}

/// Who acts in a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Who {
    /// The applicant.
    Person,
    /// This program.
    Engine,
    /// The certification authority's site.
    Portal,
    /// The token.
    Token,
    /// The phone.
    Sms,
}

/// Something that does not stop a run. Serialized as its English text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Caution {
    /// A line of the journal was never finished.
    #[error("the journal's last line was torn and has been dropped")]
    TornJournal,
    /// The journal is damaged; token and portal are asked instead.
    #[error("{why}; it is kept as {}, and what it told is found out anew from the token and the portal", kept.display())]
    JournalRebuilt {
        /// What is wrong with it.
        why: JournalError,
        /// The damaged file.
        kept: std::path::PathBuf,
    },
    /// Others could read or write the journal.
    #[error(
        "other users of this machine could read the journal or write to it; they no longer can"
    )]
    JournalWasOpen,
    /// The certificates on the token are of several owners.
    #[error(
        "the token holds certificates of several owners: nothing is deleted before the new certificate tells which is replaced"
    )]
    SeveralOwners,
    /// The clocks differ by more than five minutes.
    #[error("this machine's clock is {minutes} minutes off the portal's; going by the portal's")]
    ClockOff {
        /// How far.
        minutes: i64,
    },
    /// The login page came instead of another.
    #[error("the portal's session has ended; logging in again")]
    SessionEnded,
    /// An answer was lost on the way in.
    #[error("login failed, beginning again: {error}")]
    LoginAgain {
        /// How it failed.
        error: PortalError,
    },
    /// The first SMS with a code did not come.
    #[error("no code came; asking for another")]
    NoCodeYet,
    /// The code entered was refused, and a newer one is there.
    #[error("a newer code has come; entering that one")]
    NewerCode,
    /// The page's name of the pair is not the token's.
    #[error("the page shows the pair «{page}», the token «{token}»")]
    OtherPairShown {
        /// On the page.
        page: String,
        /// On the token.
        token: String,
    },
    /// The answer to the request was lost.
    #[error("no answer to the request ({error}); looking whether the portal has it")]
    NoAnswerToRequest {
        /// How it failed.
        error: PortalError,
    },
    /// The request had arrived although its answer was lost.
    #[error("the portal has the request already: {status}")]
    SentAlready {
        /// As printed.
        status: String,
    },
    /// SMS 1 did not come.
    #[error("SMS 1 was not seen; the list of applications says that the portal has the request")]
    NoFirstSms,
    /// The two notices cannot be looked for.
    #[error("the SMS inbox cannot be read ({error}); going by the list of applications")]
    InboxSilent {
        /// How it failed.
        error: SmsError,
    },
    /// The token's certificate files have no mark for the administrator.
    #[error(
        "this token does not let the administrator delete certificates; the user's PIN is used instead"
    )]
    AdministratorMayNotDelete,
    /// There is nothing left to request.
    #[error("this application is installed already; name the new one to begin another")]
    InstalledAlready,
    /// The journal is lost or another machine's.
    #[error("no journal tells of the request; the pair was found by the certificate's key")]
    NoJournal,
    /// The CRL cannot answer.
    #[error("the list of revoked certificates cannot be used")]
    RevocationUnknown,
    /// The request is not at hand.
    #[error("the subject was not compared: no request at hand")]
    SubjectNotCompared,
    /// The chain has no root.
    #[error("no certificate above «{name}» was given")]
    ChainEndsAt {
        /// The issuer that is missing.
        name: String,
    },
    /// A paper was handed to the printer by an earlier run.
    #[error("{file} went to the printer before and is not printed twice")]
    HandedOver {
        /// File name.
        file: String,
    },
    /// The certificate is about to end.
    #[error("the certificate ends in {days} days")]
    EndsSoon {
        /// By the portal's clock.
        days: i64,
    },
}

impl Serialize for Caution {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Watches a run.
pub trait Observer {
    /// `at` is the clock's time, not the portal's.
    fn event(&mut self, at: Timestamp, event: &Event);
}

/// A shared handle to the one observer and the one clock of a run: the engine, the token's transport and the
/// portal's adapter each hold a clone, and since all of it is one thread the order of events is the order of acts.
#[derive(Clone)]
pub struct Events {
    clock: Rc<dyn Clock>,
    observer: Rc<RefCell<dyn Observer>>,
}

impl Events {
    /// Joins the clock and the observer of a run.
    #[must_use]
    pub fn new(clock: Rc<dyn Clock>, observer: Rc<RefCell<dyn Observer>>) -> Self {
        Self { clock, observer }
    }

    /// Tells nobody; time still passes on `clock`.
    #[must_use]
    pub fn unwatched(clock: Rc<dyn Clock>) -> Self {
        Self::new(clock, Rc::new(RefCell::new(Nobody)))
    }

    /// Tells one event, at the clock's present time.
    pub fn tell(&self, event: &Event) {
        self.observer.borrow_mut().event(self.clock.now(), event);
    }

    /// Tells a step of the manual.
    pub fn step(
        &self,
        number: &'static str,
        who: Who,
        what: impl Into<String>,
        portal_text: Option<&str>,
    ) {
        self.tell(&Event::Step {
            number,
            who,
            what: what.into(),
            portal_text: portal_text.map(str::to_owned),
        });
    }

    /// Tells a warning.
    pub fn warn(&self, text: Caution) {
        self.tell(&Event::Warning { text });
    }

    /// Tells that time passes, and lets it.
    pub fn wait(&self, how_long: Duration, why: &str) {
        self.tell(&Event::Wait {
            for_secs: how_long.as_secs(),
            why: why.to_owned(),
        });
        self.clock.wait(how_long, why);
    }

    /// The clock's present time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

impl core::fmt::Debug for Events {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Events")
    }
}

struct Nobody;

impl Observer for Nobody {
    fn event(&mut self, _at: Timestamp, _event: &Event) {}
}
