//! 1.2 – 1.7 and 2.1 – 2.6: from the front page to the application's card.

use core::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::Enrollment;
use crate::error::Error;
use crate::event::{Caution, Who};
use crate::moment::{is_credible, later};
use crate::ports::portal::{ApplicationCard, ApplicationRow, PortalError};
use crate::ports::sms::{Awaited, Code};
use crate::sms::Notice;
use crate::stage::{Fact, Stage};

/// The numbers that the manual gives the same steps in its two chapters.
pub(super) struct Walk {
    open: &'static str,
    cabinet: &'static str,
    phone: &'static str,
    code: &'static str,
    list: &'static str,
    card: &'static str,
}

pub(super) const REQUEST: Walk = Walk {
    open: "1.2",
    cabinet: "1.3",
    phone: "1.4",
    code: "1.5",
    list: "1.6",
    card: "1.7",
};
pub(super) const INSTALL: Walk = Walk {
    open: "2.1",
    cabinet: "2.2",
    phone: "2.3",
    code: "2.4",
    list: "2.5",
    card: "2.6",
};

/// The portal's clock, kept going by ours between two answers.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct PortalTime {
    seen: Option<(Timestamp, Timestamp)>,
}

impl Enrollment<'_> {
    /// Does `act` on the application's card. Logs in when nobody is logged in, and once more when the session ends in
    /// the middle: acts are written so that doing them again finds what was done.
    pub(super) fn at_card<T>(
        &mut self,
        walk: &Walk,
        mut act: impl FnMut(&mut Self, &ApplicationRow, &ApplicationCard) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.again_if_session_ends(|this| {
            let (row, card) = this.reach_card(walk)?;
            act(this, &row, &card)
        })
    }

    /// The application's row in the list as it is now, told as no step.
    pub(super) fn look_at_list(&mut self, walk: &Walk) -> Result<ApplicationRow, Error> {
        self.again_if_session_ends(|this| {
            this.log_in(walk)?;
            let rows = this.ports.portal.applications()?;
            this.choose(rows)
        })
    }

    fn again_if_session_ends<T>(
        &mut self,
        mut act: impl FnMut(&mut Self) -> Result<T, Error>,
    ) -> Result<T, Error> {
        match act(self) {
            Err(Error::Portal(PortalError::SessionExpired)) => {
                self.ports.events.warn(Caution::SessionEnded);
                self.in_cabinet = false;
                act(self)
            }
            other => other,
        }
    }

    fn reach_card(&mut self, walk: &Walk) -> Result<(ApplicationRow, ApplicationCard), Error> {
        self.log_in(walk)?;
        self.step(
            walk.list,
            Who::Person,
            "opens «Работа с заявкой» – «Личный кабинет»",
        );
        let rows = self.ports.portal.applications()?;
        let row = self.choose(rows)?;
        self.step(
            walk.card,
            Who::Person,
            format!("opens application {} by its number", row.number),
        );
        let card = self.ports.portal.open_application(&row.number)?;
        self.said(walk.card, &row.status);
        // Not on the way to an installation: an earlier certificate may still have to go before a request is begun.
        let begins = walk.open == REQUEST.open;
        if begins && matches!(self.stage(), Stage::New(_)) && self.journal.is_some() {
            self.record(Fact::ApplicationChosen {
                application: row.number.clone(),
            })?;
        }
        Ok((row, card))
    }

    /// The application that was named, or that the journal is about; else the only one of type «ЕГАИС».
    fn choose(&self, rows: Vec<ApplicationRow>) -> Result<ApplicationRow, Error> {
        let known = self
            .stage()
            .application()
            .map(str::to_owned)
            .or_else(|| self.settings.application.clone())
            .or_else(|| self.begun_for());
        let is_open = |status: &str| {
            let installed_here = self.is_rebuilt() && status == INSTALLED;
            installed_here || !NOT_OPEN.contains(&status)
        };
        let fits = |row: &ApplicationRow| match &known {
            Some(number) => row.number == *number,
            None => row.kind == "ЕГАИС" && is_open(&row.status),
        };
        let mut fitting: Vec<ApplicationRow> = rows.into_iter().filter(fits).collect();
        match (fitting.pop(), fitting.is_empty()) {
            (Some(row), true) => Ok(row),
            (None, _) => Err(Error::NoApplication { wanted: known }),
            (Some(row), false) => {
                let numbers = fitting
                    .into_iter()
                    .map(|row| row.number)
                    .chain([row.number]);
                Err(Error::SeveralApplications {
                    numbers: numbers.collect(),
                })
            }
        }
    }

    /// The application that the first line of a damaged journal named.
    fn begun_for(&self) -> Option<String> {
        let journal = self.journal.as_ref().filter(|_| self.is_rebuilt())?;
        journal.story().header.application.clone()
    }

    /// Front page, cabinet, phone, code. A lost answer costs another SMS and nothing else, so it is tried twice.
    pub(super) fn log_in(&mut self, walk: &Walk) -> Result<(), Error> {
        if self.in_cabinet {
            return Ok(());
        }
        let error = match self.log_in_once(walk) {
            Err(Error::Portal(error)) => error,
            other => return other,
        };
        let Some(pause) = error.pause() else {
            return Err(error.into());
        };
        self.ports.events.warn(Caution::LoginAgain { error });
        self.ports.events.wait(pause, "before logging in again");
        self.log_in_once(walk)
    }

    fn log_in_once(&mut self, walk: &Walk) -> Result<(), Error> {
        self.step(walk.open, Who::Person, "opens the portal's front page");
        self.ports.portal.open()?;
        self.compare_clocks();
        self.step(walk.cabinet, Who::Person, "presses «Личный кабинет»");
        self.ports.portal.open_cabinet()?;
        let code = self.ask_for_code(walk)?;
        self.enter_code(walk, &code)?;
        self.in_cabinet = true;
        Ok(())
    }

    /// Presses «Получить код» and waits for the message; asks once more when none comes.
    fn ask_for_code(&mut self, walk: &Walk) -> Result<(u64, Code), Error> {
        let before = self.ports.sms.newest(&self.settings.phone)?;
        let mut asked_at = self.portal_now();
        self.step(
            walk.phone,
            Who::Person,
            "enters the phone and presses «Получить код»",
        );
        self.press_get_code(walk)?;
        for last in [false, true] {
            if let Some(found) = self.await_code(before, asked_at)? {
                return Ok(found);
            }
            if !last {
                self.ports.events.warn(Caution::NoCodeYet);
                asked_at = self.portal_now();
                self.press_get_code(walk)?;
            }
        }
        Err(Error::NoCode {
            phone: self.settings.phone.masked(),
            waited_secs: 2 * self.settings.code_deadline.as_secs(),
        })
    }

    fn press_get_code(&mut self, walk: &Walk) -> Result<(), Error> {
        let said = match self.ports.portal.request_code(&self.settings.phone) {
            Err(PortalError::TooEarly { said, secs }) => {
                self.said(walk.phone, &said);
                self.ports.events.wait(
                    Duration::from_secs(u64::from(secs.min(MAX_RESEND_SECS)) + 1),
                    "until another code may be asked for",
                );
                self.ports.portal.request_code(&self.settings.phone)?
            }
            other => other?,
        };
        if !said.is_empty() {
            self.said(walk.phone, &said);
        }
        Ok(())
    }

    fn await_code(
        &mut self,
        before: u64,
        asked_at: Timestamp,
    ) -> Result<Option<(u64, Code)>, Error> {
        let deadline = later(self.portal_now(), self.settings.code_deadline);
        let mut waited = Duration::ZERO;
        // A person is asked at once, and answers when the message is there.
        let first = u64::from(self.ports.sms.sees_notices()) * FIRST_CODE_PAUSE_SECS;
        for secs in core::iter::once(first).chain(core::iter::repeat(CODE_PAUSE_SECS)) {
            if secs > 0 {
                let pause = Duration::from_secs(secs);
                waited += pause;
                self.ports.events.wait(pause, "the SMS with the code");
            }
            if let Some(found) = self.newest_code(before, asked_at)? {
                return Ok(Some(found));
            }
            if self.portal_now() >= deadline || waited >= self.settings.code_deadline {
                break;
            }
        }
        Ok(None)
    }

    /// The newest code that answers what was asked at `asked_at`: an older one may be delivered late.
    fn newest_code(
        &mut self,
        before: u64,
        asked_at: Timestamp,
    ) -> Result<Option<(u64, Code)>, Error> {
        let messages = self
            .ports
            .sms
            .since(&self.settings.phone, before, Awaited::Code)?;
        let mut newest: Option<(Option<Timestamp>, u64, Code)> = None;
        for message in messages {
            let Notice::Code(code) = self.tell_sms(&message) else {
                continue;
            };
            if message
                .at
                .is_some_and(|at| asked_at.duration_since(at) > CLOCK_MARGIN)
            {
                continue;
            }
            if newest
                .as_ref()
                .is_none_or(|(at, id, _)| (message.at, message.id) > (*at, *id))
            {
                newest = Some((message.at, message.id, code));
            }
        }
        Ok(newest.map(|(_, id, code)| (id, code)))
    }

    /// Enters the code. One that is refused is not entered again; a newer one that came meanwhile is.
    fn enter_code(&mut self, walk: &Walk, (id, code): &(u64, Code)) -> Result<(), Error> {
        self.step(
            walk.code,
            Who::Person,
            "enters «Код подтверждения» and logs in",
        );
        let greeting = match self.ports.portal.log_in(code) {
            Err(PortalError::WrongCode { said, left }) => {
                self.said(walk.code, &said);
                let now = self.portal_now();
                let asked_at = now.saturating_sub(SignedDuration::from_mins(5));
                let newer = self.newest_code(*id, asked_at.unwrap_or(now))?;
                let Some((_, newer)) = newer.filter(|(_, newer)| newer != code) else {
                    return Err(PortalError::WrongCode { said, left }.into());
                };
                self.ports.events.warn(Caution::NewerCode);
                self.ports.portal.log_in(&newer)?
            }
            other => other?,
        };
        self.said(walk.code, &greeting);
        Ok(())
    }

    /// The portal's newest `Date`, where it can be meant.
    pub(super) fn portal_date(&self) -> Option<Timestamp> {
        self.ports.portal.date().filter(|date| is_credible(*date))
    }

    /// The portal's time: its newest `Date`, moved on by what our clock has counted since.
    pub(super) fn portal_now(&mut self) -> Timestamp {
        let here = self.ports.events.now();
        let Some(date) = self.portal_date() else {
            return here;
        };
        match self.portal_time.seen {
            Some((seen, at)) if seen == date => {
                let since = here.duration_since(at);
                date.saturating_add(since).unwrap_or(date)
            }
            _ => {
                self.portal_time.seen = Some((date, here));
                date
            }
        }
    }

    /// Before the old pair goes: a portal that does not answer could not give another for it, and a clock that is off is
    /// told while nothing is lost.
    pub(super) fn look_at_portal(&mut self) -> Result<(), Error> {
        self.step(
            "W2",
            Who::Engine,
            "looks whether the portal answers, before anything is deleted",
        );
        self.ports.portal.open()?;
        self.compare_clocks();
        Ok(())
    }

    /// Told once.
    fn compare_clocks(&mut self) {
        let here = self.ports.events.now();
        let off = |there| here.duration_since(there).abs();
        let off = self.portal_date().map(off);
        let far = off.filter(|off| *off > SignedDuration::from_mins(5) && !self.told_clock);
        if let Some(off) = far {
            self.told_clock = true;
            let minutes = off.as_mins();
            self.ports.events.warn(Caution::ClockOff { minutes });
        }
    }
}

/// When the inbox is looked into for a code, and how often: soon, since a code may not live long.
const FIRST_CODE_PAUSE_SECS: u64 = 2;
const CODE_PAUSE_SECS: u64 = 3;
/// Clocks of gateway and portal may differ by as much.
const CLOCK_MARGIN: SignedDuration = SignedDuration::from_secs(30);
/// No portal makes a person wait longer for another code.
const MAX_RESEND_SECS: u32 = 600;
/// Status words of applications that nothing is to be done about (assumed).
const NOT_OPEN: [&str; 3] = [INSTALLED, "Отказано", "Отказ"];
const INSTALLED: &str = "Сертификат установлен";
