//! 1.12 and 1.13: two messages that may be late or lost, and a status that decides.

use core::time::Duration;

use super::send::{ISSUED, is_after_sending};
use super::{Enrollment, login};
use crate::error::Error;
use crate::event::{Caution, Who};
use crate::moment::later;
use crate::ports::sms::Awaited;
use crate::stage::{Fact, Stage};

/// What the end of chapter 1 leaves behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issued {
    /// «Номер заявки».
    pub application: String,
    /// The status word of the list.
    pub status: String,
    /// Whether SMS 2 came.
    pub told_by_sms: bool,
}

impl Enrollment<'_> {
    /// Step 1.12: SMS 1 within five minutes; without it, the list decides.
    pub(super) fn wait_for_order(&mut self) -> Result<(), Error> {
        let Stage::Sent(order) = self.stage() else {
            return Ok(());
        };
        self.step("1.12", Who::Sms, "«Ваш сертификат заказан» is awaited");
        let sent_at = order.sent_at.unwrap_or_else(|| self.ports.events.now());
        let deadline = later(sent_at, self.settings.order_deadline);
        // Counted as well: the clocks may be days apart, and ours may be set back meanwhile.
        let mut waited = Duration::ZERO;
        let mut pauses = NOTICE_PAUSES_SECS
            .into_iter()
            .chain(core::iter::repeat(LAST_NOTICE_PAUSE_SECS));
        while self.ports.sms.sees_notices() {
            if self.has_come(Awaited::Ordered) {
                self.step("1.12", Who::Sms, "«Ваш сертификат заказан» has come");
                return self.record(Fact::Ordered { told_by_sms: true });
            }
            if self.portal_now() >= deadline || waited >= self.settings.order_deadline {
                break;
            }
            let pause = Duration::from_secs(pauses.next().unwrap_or(LAST_NOTICE_PAUSE_SECS));
            waited += pause;
            self.ports
                .events
                .wait(pause, "SMS 1: «Ваш сертификат заказан»");
        }
        let row = self.look_at_list(&login::REQUEST)?;
        self.said("1.12", &row.status);
        if !is_after_sending(&row.status) {
            return Err(Error::NotOrdered {
                status: row.status,
                reason: row.reason,
            });
        }
        self.ports.events.warn(Caution::NoFirstSms);
        self.record(Fact::Ordered { told_by_sms: false })
    }

    /// Step 1.13: waits until the list says «Сертификат выпущен». SMS 2 is a hint to look at once.
    ///
    /// Errors: [`Error::NothingSent`] before a request was sent; [`Error::IssueOverdue`] after the deadline.
    pub fn wait_for_issue(&mut self) -> Result<Issued, Error> {
        self.meet_token()?;
        self.open_journal()?;
        let labelled = self.give_wanted_label();
        self.leave_token();
        labelled?;
        self.wait_for_order()?;
        self.wait_issued(&login::REQUEST)
    }

    pub(super) fn wait_issued(&mut self, walk: &login::Walk) -> Result<Issued, Error> {
        let Stage::Ordered(order) = self.stage() else {
            return self.issued();
        };
        self.step(
            "1.13",
            Who::Sms,
            "«Ваш сертификат готов» is awaited; the list decides",
        );
        let mut deadline = None;
        let mut waited = Duration::ZERO;
        let mut told = self.has_come(Awaited::Ready);
        for pause in LIST_PAUSES_SECS
            .into_iter()
            .chain(core::iter::repeat(LAST_LIST_PAUSE_SECS))
        {
            let row = self.look_at_list(walk)?;
            if row.status == ISSUED {
                self.said("1.13", &row.status);
                let told_by_sms = told || self.has_come(Awaited::Ready);
                self.record(Fact::Issued { told_by_sms })?;
                return self.issued();
            }
            if !is_after_sending(&row.status) {
                return Err(Error::NotOrdered {
                    status: row.status,
                    reason: row.reason,
                });
            }
            // Counted from the first look: before it nobody has told what time it is at the portal.
            let now = self.portal_now();
            let deadline = *deadline.get_or_insert(later(now, self.settings.issue_deadline));
            if now >= deadline || waited >= self.settings.issue_deadline {
                let waited_secs = self.settings.issue_deadline.as_secs();
                return Err(Error::IssueOverdue {
                    application: order.application,
                    status: row.status,
                    waited_secs,
                });
            }
            told = self.pause_for_ready(pause, told);
            waited += Duration::from_secs(pause);
        }
        self.issued()
    }

    /// Waits until the list is to be looked at again, or until SMS 2 comes.
    fn pause_for_ready(&mut self, secs: u64, told: bool) -> bool {
        let mut left = Duration::from_secs(secs);
        while !left.is_zero() {
            let pause = left.min(READY_PAUSE);
            left -= pause;
            self.ports
                .events
                .wait(pause, "the certificate: 15 to 30 minutes");
            if !told && self.has_come(Awaited::Ready) {
                return true;
            }
        }
        told
    }

    fn issued(&mut self) -> Result<Issued, Error> {
        let stage = self.stage();
        let order = stage.order().ok_or(Error::NothingSent)?;
        if matches!(stage, Stage::Signed(_) | Stage::Sent(_) | Stage::Ordered(_)) {
            return Err(Error::NothingSent);
        }
        let facts = &self.journal()?.story().facts;
        let told_by_sms = facts
            .iter()
            .any(|fact| matches!(fact, Fact::Issued { told_by_sms: true }));
        Ok(Issued {
            application: order.application.clone(),
            status: ISSUED.to_owned(),
            told_by_sms,
        })
    }
}

/// How often the inbox is looked into for SMS 1: soon at first, then less and less often.
const NOTICE_PAUSES_SECS: [u64; 4] = [5, 10, 20, 40];
const LAST_NOTICE_PAUSE_SECS: u64 = 60;
/// How often it is looked into for SMS 2: two minutes are soon enough for a person who waits for half an hour.
const READY_PAUSE: Duration = Duration::from_mins(2);
/// How long between two looks at the list.
const LIST_PAUSES_SECS: [u64; 3] = [60, 120, 180];
const LAST_LIST_PAUSE_SECS: u64 = 300;
