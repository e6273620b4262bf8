//! The chapters of the manual as functions on an [`Enrollment`].
//!
//! Each chapter does only what the journal says is missing, so calling it again after a failure, in the same process
//! or another, goes on from where it stopped. The engine waits on the caller's clock and judges time by the portal's.

mod artefacts;
mod documents;
mod install;
pub(crate) mod key;
mod login;
mod notices;
pub(crate) mod order;
pub(crate) mod plan;
mod recovery;
mod removal;
mod send;
mod settings;
mod waiting;

use crate::error::Error;
use crate::event::{Caution, Events, Who};
use crate::journal::{Disk, Intent, Journal, JournalError, Store};
use crate::ports::token::{KeyId, PinRole, Token, TokenInfo, Tries};
use crate::ports::{Applicant, Portal, SmsInbox, TokenError};
use crate::stage::{Fact, Stage, When};

pub(crate) use artefacts::write_whole;
pub use documents::{ADDRESSES, Checklist, PAPERS, Papers};
pub use install::Installed;
pub use order::Requested;
pub use settings::{ReplaceOld, Settings};
pub use waiting::Issued;

/// The outside world, lent for one enrollment.
pub struct Ports<'a> {
    /// The token.
    pub token: &'a mut dyn Token,
    /// The certification authority's cabinet.
    pub portal: &'a mut dyn Portal,
    /// The phone's inbox.
    pub sms: &'a mut dyn SmsInbox,
    /// Who knows the PINs.
    pub applicant: &'a mut dyn Applicant,
    /// The clock and the observer.
    pub events: Events,
}

/// One application on one token, from wherever its journal stopped.
pub struct Enrollment<'a> {
    ports: Ports<'a>,
    settings: Settings,
    store: Store,
    journal: Option<Journal>,
    token: Option<TokenInfo>,
    in_cabinet: bool,
    /// Whether it was told that the inbox cannot be read.
    told_silence: bool,
    /// Whether it was told that the clocks differ.
    told_clock: bool,
    told_sms: std::collections::BTreeSet<u64>,
    codes: u32,
    portal_time: login::PortalTime,
}

impl<'a> Enrollment<'a> {
    /// Joins ports and settings. Nothing is asked of any port yet.
    #[must_use]
    pub fn new(ports: Ports<'a>, settings: Settings) -> Self {
        let store = Store::new(settings.state.clone());
        Self {
            ports,
            settings,
            store,
            journal: None,
            token: None,
            in_cabinet: false,
            told_silence: false,
            told_clock: false,
            told_sms: std::collections::BTreeSet::new(),
            codes: 0,
            portal_time: login::PortalTime::default(),
        }
    }

    /// Keeps the journal through `disk`, for a harness that ends the engine at any line.
    #[must_use]
    pub fn through(self, disk: std::rc::Rc<dyn Disk>) -> Self {
        let store = self.store.through(disk);
        Self { store, ..self }
    }

    /// How far the journal says the enrollment has come; [`Stage::New`] before a journal was opened.
    #[must_use]
    pub fn stage(&self) -> Stage {
        self.journal
            .as_ref()
            .map(|journal| journal.stage().clone())
            .unwrap_or_default()
    }

    /// How far an enrollment of this token has come, by its journal alone.
    pub fn journalled_stage(&mut self) -> Result<Stage, Error> {
        self.meet_token()?;
        self.open_journal()?;
        if self.journal.is_none() {
            return Err(self.nothing_begun().into());
        }
        Ok(self.stage())
    }

    /// The token's serial number, once a chapter has begun.
    #[must_use]
    pub fn serial(&self) -> Option<&str> {
        self.token.as_ref().map(|token| token.serial.as_str())
    }

    /// Reads which token this is, once for each enrollment.
    fn meet_token(&mut self) -> Result<TokenInfo, Error> {
        if let Some(token) = &self.token {
            return Ok(token.clone());
        }
        let token = self.ports.token.info()?;
        match &self.settings.serial {
            Some(wanted) if !wanted.eq_ignore_ascii_case(&token.serial) => {
                return Err(Error::OtherToken {
                    wanted: wanted.clone(),
                    found: token.serial,
                });
            }
            _ => {}
        }
        self.token = Some(token.clone());
        Ok(token)
    }

    /// Opens the journal of this token, if there is one, and makes sure that it is about this application.
    fn open_journal(&mut self) -> Result<(), Error> {
        if self.journal.is_some() {
            return Ok(());
        }
        let serial = self.meet_token()?.serial;
        match &self.settings.application {
            Some(application) => self.store.turn_to(&serial, application)?,
            None => self.store.turn_to_only(&serial)?,
        }
        let journal = match self.store.open(&serial) {
            Err(why) if why.is_damage() => Some(self.begin_again(&serial, why)?),
            other => other?,
        };
        let Some(journal) = journal else {
            return Ok(());
        };
        if self.store.close_to_others(&serial)? {
            self.ports.events.warn(Caution::JournalWasOpen);
        }
        if makes_room(&journal, self.settings.application.as_deref()) {
            return Ok(());
        }
        crate::journal::fits(
            journal.story(),
            self.settings.application.as_deref(),
            self.settings.portal.as_deref(),
        )?;
        if journal.was_torn() {
            self.ports.events.warn(Caution::TornJournal);
        }
        self.journal = Some(journal);
        self.remember_replace_old()
    }

    /// Whoever resumes need not tell again when the old certificate goes, also where it was told after the beginning.
    fn remember_replace_old(&mut self) -> Result<(), Error> {
        let told = self.settings.replace_old.when();
        match told {
            Some(when) if told != self.begun_replace_old() && !self.stage().is_over() => {
                self.record(Fact::ReplaceOldTold { when })
            }
            _ => Ok(()),
        }
    }

    /// Opens the journal or begins one.
    fn open_or_begin_journal(&mut self) -> Result<(), Error> {
        self.open_journal()?;
        if self.journal.is_none() {
            let serial = self.meet_token()?.serial;
            let (application, portal) = (
                self.settings.application.as_deref(),
                self.settings.portal.as_deref(),
            );
            let replace_old = self.settings.replace_old.when();
            let journal = self
                .store
                .begin(&serial, application, portal, replace_old)?;
            self.journal = Some(journal);
        }
        Ok(())
    }

    /// Keeps a damaged journal aside and begins a new one; what it lacks, token and portal tell.
    fn begin_again(&mut self, serial: &str, why: JournalError) -> Result<Journal, Error> {
        let Settings {
            application,
            portal,
            replace_old,
            ..
        } = &self.settings;
        let (application, portal) = (application.as_deref(), portal.as_deref());
        let (journal, kept) =
            self.store
                .begin_again(serial, application, portal, replace_old.when())?;
        self.ports
            .events
            .warn(Caution::JournalRebuilt { why, kept });
        Ok(journal)
    }

    /// Whether an earlier journal of this enrollment was damaged, so that this one does not tell all.
    fn is_rebuilt(&self) -> bool {
        let header = self.journal.as_ref().map(|journal| &journal.story().header);
        header.is_some_and(|header| header.rebuilt)
    }

    /// What is to become of an old certificate: as told now, else as the enrollment was begun.
    ///
    /// Where the journal was damaged nothing goes before the new certificate is there: one of the pairs may be the one
    /// that the portal has a request for.
    fn replace_old(&self) -> ReplaceOld {
        let told = match self.settings.replace_old {
            ReplaceOld::No => self.begun_replace_old().into(),
            told => told,
        };
        match told {
            ReplaceOld::First if self.is_rebuilt() => ReplaceOld::Last,
            told => told,
        }
    }

    /// The same as the journal has it.
    fn begun_replace_old(&self) -> Option<When> {
        let story = self.journal.as_ref()?.story();
        let later = story.facts.iter().rev().find_map(|fact| match fact {
            Fact::ReplaceOldTold { when } => Some(*when),
            _ => None,
        });
        later.or(story.header.replace_old)
    }

    /// The pairs that other applications of this token wait for a certificate with: neither ours nor old.
    fn awaited_elsewhere(&self) -> Result<Vec<String>, JournalError> {
        let stage = self.stage();
        let named = self.settings.application.as_deref();
        let ours = stage.application().or(named);
        let token = self.serial().unwrap_or_default();
        self.store.awaited_elsewhere(token, ours)
    }

    fn nothing_begun(&self) -> JournalError {
        JournalError::Nothing {
            token: self.serial().unwrap_or_default().to_owned(),
        }
    }

    fn journal(&mut self) -> Result<&mut Journal, JournalError> {
        let nothing = self.nothing_begun();
        self.journal.as_mut().ok_or(nothing)
    }

    fn intend(&mut self, intent: Intent) -> Result<(), Error> {
        Ok(self.journal()?.intend(intent)?)
    }

    fn record(&mut self, fact: Fact) -> Result<(), Error> {
        self.journal()?.record(fact.clone())?;
        self.ports.events.tell(&crate::event::Event::Journal {
            fact: Box::new(fact),
        });
        Ok(())
    }

    /// Whether an act of this kind was begun and never answered by a fact.
    fn was_begun(&self, is_it: impl Fn(&Intent) -> bool) -> Option<Intent> {
        self.journal
            .as_ref()?
            .story()
            .open
            .iter()
            .rfind(|intent| is_it(intent))
            .cloned()
    }

    /// [`log_in`], with the tries left told as part of a step.
    fn authorise(&mut self, role: PinRole, step: &'static str) -> Result<(), Error> {
        let Ports {
            token,
            applicant,
            events,
            ..
        } = &mut self.ports;
        let force = self.settings.force_last_tries;
        log_in(&mut **token, &mut **applicant, role, force, |tries| {
            events.step(
                step,
                Who::Token,
                format!("{role} PIN: {tries} tries left"),
                None,
            );
        })
    }

    /// Logs out of the token. A token that is gone has logged out by itself.
    fn leave_token(&mut self) {
        if self.token.is_some() {
            let _ = self.ports.token.log_out();
        }
    }

    fn step(&self, number: &'static str, who: Who, what: impl Into<String>) {
        self.ports.events.step(number, who, what, None);
    }

    fn said(&self, number: &'static str, text: &str) {
        self.ports
            .events
            .step(number, Who::Portal, "answers", Some(text));
    }
}

impl core::fmt::Debug for Enrollment<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Enrollment")
            .field("stage", &self.stage().name())
            .finish_non_exhaustive()
    }
}

/// Logs in to the token unless it says that this role is logged in. The counter is read and told before the PIN is
/// presented, the last two tries are kept unless `force` says otherwise, and a PIN is presented once.
pub fn log_in(
    token: &mut dyn Token,
    applicant: &mut dyn Applicant,
    role: PinRole,
    force: bool,
    tell: impl FnOnce(u8),
) -> Result<(), Error> {
    let left = token.tries(role)?;
    match left {
        Tries::Verified => return Ok(()),
        Tries::Left(tries) => {
            tell(tries);
            if tries <= KEPT_TRIES && !force {
                return Err(Error::LastTries { role, left: tries });
            }
        }
        Tries::Untold => {}
        Tries::Blocked => return Err(TokenError::PinBlocked { role }.into()),
        Tries::NoSuchPin => return Err(TokenError::NoSuchPin { role }.into()),
    }
    let pin = applicant.pin(role, &left)?;
    Ok(token.log_in(role, &pin)?)
}

/// Whether a journal may be put aside: given up, or finished for another application than the one named now.
fn makes_room(journal: &Journal, wanted: Option<&str>) -> bool {
    let stage = journal.stage();
    let is_another = wanted.is_some_and(|wanted| stage.application() != Some(wanted));
    *stage == Stage::Abandoned || (stage.is_installed() && is_another)
}

fn key_id(hex_id: &str) -> Result<KeyId, Error> {
    hex::decode(hex_id).map(KeyId).map_err(|_| Error::KeyGone {
        key: hex_id.to_owned(),
    })
}

/// Tries that are left to a person: a program that guesses may not block a PIN.
pub(crate) const KEPT_TRIES: u8 = 2;
