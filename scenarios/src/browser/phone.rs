//! The person's phone: messages are awaited in scenario time, and told on the timeline once each.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

use enroll::adapters::http_portal::PortalAddress;
use enroll::adapters::sms_gateway::SmsGateway;
use enroll::event::{Event, Events};
use enroll::ports::sms::{Awaited, SmsError, SmsInbox as _, SmsMessage};
use enroll::sms::{Notice, classify, masked};

use super::line::Awaits;
use crate::runner;
use crate::world::World;

/// How often somebody looks who waits for a code, and for how long.
const CODE: (Duration, u32) = (Duration::from_secs(5), 120);
/// The same for the two notices, of which the second may take half an hour.
const NOTICE: (Duration, u32) = (Duration::from_secs(60), 180);

/// Why the phone cannot be looked at.
#[derive(Debug, thiserror::Error)]
pub(super) enum PhoneError {
    #[error(transparent)]
    Inbox(#[from] SmsError),
}

/// The phone during one step.
pub(super) struct Handset<'a> {
    inbox: SmsGateway,
    events: Events,
    /// Messages told in this run.
    told: &'a mut BTreeSet<u64>,
    /// What had come when the step began: no code of this step's.
    before: u64,
    codes: u32,
}

impl<'a> Handset<'a> {
    pub(super) fn of(
        world: &World,
        events: &Events,
        told: &'a mut BTreeSet<u64>,
    ) -> Result<Self, PhoneError> {
        let unwatched = Events::unwatched(Rc::new(world.clock.clone()));
        let mut inbox = SmsGateway::new(PortalAddress::new(&world.server.sms_url()), unwatched)?;
        let before = inbox.newest(&runner::phone())?;
        Ok(Self {
            inbox,
            events: events.clone(),
            told,
            before,
            codes: 0,
        })
    }

    /// Waits for a message and hands it over with its code; `None` when it does not come.
    pub(super) fn wait_for(
        &mut self,
        awaits: Awaits,
    ) -> Result<Option<(String, String)>, PhoneError> {
        let (pause, looks) = if awaits == Awaits::Code { CODE } else { NOTICE };
        for _ in 0..looks {
            if let Some(found) = self.look(awaits)? {
                return Ok(Some(found));
            }
            self.events.wait(pause, why(awaits));
        }
        self.look(awaits)
    }

    fn look(&mut self, awaits: Awaits) -> Result<Option<(String, String)>, PhoneError> {
        let messages = self.inbox.since(&runner::phone(), 0, Awaited::Code)?;
        for message in &messages {
            self.tell(message);
        }
        Ok(messages
            .iter()
            .rev()
            .find_map(|message| self.fits(message, awaits)))
    }

    /// Each once, its code by name.
    fn tell(&mut self, message: &SmsMessage) {
        if !self.told.insert(message.id) {
            return;
        }
        if matches!(classify(&message.text), Notice::Code(_)) {
            self.codes += 1;
        }
        self.events.tell(&Event::Sms {
            id: message.id,
            text: masked(&message.text, self.codes),
            sent_at: message.at,
        });
    }

    fn fits(&self, message: &SmsMessage, awaits: Awaits) -> Option<(String, String)> {
        let text = message.text.to_string();
        match (classify(&message.text), awaits) {
            (Notice::Code(code), Awaits::Code) if message.id > self.before => {
                Some((text, code.expose().to_owned()))
            }
            (Notice::Ordered, Awaits::Ordered) | (Notice::Ready, Awaits::Ready) => {
                Some((text, String::new()))
            }
            _ => None,
        }
    }
}

const fn why(awaits: Awaits) -> &'static str {
    match awaits {
        Awaits::Code => "the code is awaited",
        Awaits::Ordered => "the message about the order is awaited",
        Awaits::Ready => "the message about the certificate is awaited",
    }
}
