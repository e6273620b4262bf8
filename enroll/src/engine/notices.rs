//! Messages of the inbox: told once each, and the two notices looked for.

use jiff::SignedDuration;

use super::Enrollment;
use crate::event::{Caution, Event};
use crate::ports::sms::{Awaited, SmsMessage};
use crate::sms::{Notice, classify, masked};

impl Enrollment<'_> {
    /// Classifies a message, and tells it unless it was told before.
    pub(super) fn tell_sms(&mut self, message: &SmsMessage) -> Notice {
        let notice = classify(&message.text);
        if self.told_sms.insert(message.id) {
            if matches!(notice, Notice::Code(_)) {
                self.codes += 1;
            }
            let text = masked(&message.text, self.codes);
            self.ports.events.tell(&Event::Sms {
                id: message.id,
                text,
                sent_at: message.at,
            });
        }
        notice
    }

    /// Whether a notice about this order has come. One from before the order is about another.
    ///
    /// The list of applications knows as much: an inbox that cannot be read is told once and stops nothing.
    pub(super) fn has_come(&mut self, awaited: Awaited) -> bool {
        if !self.ports.sms.sees_notices() {
            return false;
        }
        let wanted = match awaited {
            Awaited::Ordered => Notice::Ordered,
            Awaited::Ready | Awaited::Code => Notice::Ready,
        };
        let sent_at = self.stage().order().and_then(|order| order.sent_at);
        let is_old = |message: &SmsMessage| {
            message
                .at
                .zip(sent_at)
                .is_some_and(|(at, sent)| sent.duration_since(at) > SignedDuration::from_secs(60))
        };
        let messages = match self.ports.sms.since(&self.settings.phone, 0, awaited) {
            Ok(messages) => messages,
            Err(error) => {
                if !core::mem::replace(&mut self.told_silence, true) {
                    self.ports.events.warn(Caution::InboxSilent { error });
                }
                return false;
            }
        };
        let found = messages
            .iter()
            .find(|message| !is_old(message) && classify(&message.text) == wanted);
        found.map(|message| self.tell_sms(message)).is_some()
    }
}
