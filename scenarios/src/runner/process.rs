//! One command of the engine, as a process of its own: nothing is left of it but what the rooms hold.

use std::rc::Rc;
use std::sync::Arc;

use enroll::adapters::http_portal::{HttpPortal, PortalAddress};
use enroll::adapters::sms_gateway::SmsGateway;
use enroll::engine::log_in;
use enroll::event::Events;
use enroll::journal::{JournalError, Store};
use enroll::messages::{Lang, Report};
use enroll::ports::Unattended;
use enroll::ports::sms::Phone;
use enroll::ports::token::{Pin, PinRole, Token};
use enroll::stage::{Chapter, Fact, Stage};
use enroll::{Enrollment, Error, Ports, Settings};

use super::{KILLED, Run, Told};
use crate::crash::unless_killed;
use crate::faults::{PATIENCE, Platter};
use crate::operator::Mistyping;
use crate::scenario::{Mischief, ReplaceOld, Room, Step, Verb, With};
use crate::world::World;

/// The applicant's phone: sample data.
pub(crate) fn phone() -> Phone {
    Phone::parse("+7 900 000-00-00").expect("a well-formed number")
}

impl Run<'_> {
    /// Runs the engine: how it ended, and its words where it did not come to its end.
    pub(super) fn engine(&mut self, step: &Step) -> Told {
        let ended = unless_killed(|| match step.verb {
            Verb::ChangePin | Verb::Unblock => self.care(step.verb, &step.with),
            Verb::Abandon => self.abandon(),
            verb => self.enroll(verb, &step.with),
        });
        if let (Verb::ChangePin, Some(installed)) = (step.verb, &mut self.installed) {
            installed.user_pin = step.with.new_pin.clone().unwrap_or_default();
        }
        match ended {
            Some(told) => told,
            None => self.killed(),
        }
    }

    fn killed(&self) -> Told {
        if let Some((command, done)) = self.world.meddler.interrupted() {
            let mut timeline = self.timeline.borrow_mut();
            timeline.killed(self.world.clock.now(), &command, done);
        }
        Told {
            exit: KILLED,
            text: "killed".to_owned(),
        }
    }

    fn enroll(&mut self, verb: Verb, with: &With) -> Told {
        let events = self.world.events(self.timeline);
        let settings = match self.settings(with) {
            Ok(settings) => settings,
            Err(why) => {
                return Told { exit: 2, text: why };
            }
        };
        let mut token = self.world.engine_token(&events, self.timeline);
        let mut adapters = match Adapters::open(self.world, with, &events) {
            Ok(adapters) => adapters,
            Err(error) => return told(&error, &Stage::default()),
        };
        let ports = Ports {
            token: &mut *token,
            portal: &mut adapters.portal,
            sms: &mut adapters.sms,
            applicant: &mut adapters.applicant,
            events,
        };
        let disk = Platter(Arc::clone(&self.world.meddler));
        let mut enrollment = Enrollment::new(ports, settings).through(Rc::new(disk));
        let done = self.chapters(verb, with, &mut enrollment);
        if enrollment.stage().is_installed() {
            self.installed.get_or_insert_with(|| with.clone());
        }
        match done {
            Ok(()) => Told::default(),
            Err(error) => told(&error, &enrollment.stage()),
        }
    }

    fn chapters(
        &mut self,
        verb: Verb,
        with: &With,
        enrollment: &mut Enrollment<'_>,
    ) -> Result<(), Error> {
        match verb {
            Verb::Request => enrollment.request().map(drop),
            Verb::Install => enrollment.install().map(drop),
            Verb::Documents => {
                self.checklist = Some(enrollment.documents()?.checklist);
                Ok(())
            }
            Verb::Resume => self.resume(with, enrollment),
            Verb::Abandon | Verb::ChangePin | Verb::Unblock | Verb::Mock | Verb::Pass => Ok(()),
        }
    }

    fn resume(&mut self, with: &With, enrollment: &mut Enrollment<'_>) -> Result<(), Error> {
        let mut stage = enrollment.journalled_stage()?;
        while let Some(chapter) = stage.next_chapter() {
            match chapter {
                Chapter::Request => drop(enrollment.request()?),
                Chapter::Install => drop(enrollment.install()?),
                Chapter::Documents if !with.papers => break,
                Chapter::Documents => self.checklist = Some(enrollment.documents()?.checklist),
            }
            stage = enrollment.stage();
        }
        Ok(())
    }

    /// `enroll token change-pin`, `enroll token unblock`.
    fn care(&self, verb: Verb, with: &With) -> Told {
        let events = self.world.events(self.timeline);
        let mut token = self.world.engine_token(&events, self.timeline);
        let done = cared(verb, with, &mut *token);
        drop(token.log_out());
        match done {
            Ok(()) => Told::default(),
            Err(error) => told(&error, &Stage::default()),
        }
    }

    fn abandon(&self) -> Told {
        let events = self.world.events(self.timeline);
        let mut token = self.world.engine_token(&events, self.timeline);
        let disk = Platter(Arc::clone(&self.world.meddler));
        let store = Store::new(self.state).through(Rc::new(disk));
        let done = token.info().map_err(Error::from).and_then(|info| {
            let nothing = JournalError::Nothing {
                token: info.serial.clone(),
            };
            let mut journal = store.open(&info.serial)?.ok_or(nothing)?;
            Ok(journal.record(Fact::Abandoned)?)
        });
        match done {
            Ok(()) => Told::default(),
            Err(error) => told(&error, &Stage::default()),
        }
    }

    fn settings(&self, with: &With) -> Result<Settings, String> {
        let phone = match &with.phone {
            Some(text) => Phone::parse(text).ok_or_else(|| format!("«{text}» is no phone"))?,
            None => phone(),
        };
        let mut settings = Settings::new(phone, self.state);
        settings.artefacts = Some(self.artefacts.to_owned());
        settings.application.clone_from(&with.application);
        settings.serial.clone_from(&with.serial);
        settings.force_last_tries = with.force_last_tries;
        settings.wait_for_issue = with.wait;
        settings.replace_old = with.replace_old.into();
        Ok(settings)
    }
}

impl From<ReplaceOld> for enroll::ReplaceOld {
    fn from(when: ReplaceOld) -> Self {
        match when {
            ReplaceOld::No => Self::No,
            ReplaceOld::First => Self::First,
            ReplaceOld::Last => Self::Last,
        }
    }
}

fn cared(verb: Verb, with: &With, token: &mut dyn Token) -> Result<(), Error> {
    let role = if verb == Verb::Unblock {
        PinRole::Administrator
    } else {
        PinRole::User
    };
    log_in(
        token,
        &mut applicant(with),
        role,
        with.force_last_tries,
        |_| (),
    )?;
    if verb == Verb::Unblock {
        token.unblock_user_pin()?;
    }
    if let Some(new) = &with.new_pin {
        token.set_pin(PinRole::User, &Pin::new(new))?;
    }
    Ok(())
}

/// The engine's ports beside the token.
pub(crate) struct Adapters {
    pub(crate) portal: HttpPortal,
    pub(crate) sms: Mistyping<SmsGateway>,
    pub(crate) applicant: Unattended,
}

impl Adapters {
    pub(crate) fn open(world: &World, with: &With, events: &Events) -> Result<Self, Error> {
        let mut address = world.portal.clone();
        if world.meddler.plans(Room::Portal, Mischief::NoAnswer) {
            address.timeout = PATIENCE;
        }
        let event_loop = || Arc::clone(&world.event_loop);
        let portal = HttpPortal::new_on(event_loop(), address, events.clone())?;
        let gateway = SmsGateway::new_on(
            event_loop(),
            PortalAddress::new(&world.server.sms_url()),
            events.clone(),
        )?;
        let sms = Mistyping::new(gateway, with.wrong_code.clone());
        Ok(Self {
            portal,
            sms,
            applicant: applicant(with),
        })
    }
}

/// Exit code and words, as the program would have ended.
fn told(error: &Error, stage: &Stage) -> Told {
    Told {
        exit: error.exit_code(),
        text: Report::of(error, stage, Lang::En).lines(Lang::En),
    }
}

/// The command a person would have typed.
pub(super) fn command(step: &Step) -> String {
    let replacing = match step.with.replace_old {
        ReplaceOld::No => "",
        ReplaceOld::First => " --replace-old",
        ReplaceOld::Last => " --replace-old=last",
    };
    match step.verb {
        Verb::Request => format!("enroll request{replacing}"),
        Verb::Install => format!("enroll install{replacing}"),
        Verb::Documents => "enroll documents".to_owned(),
        Verb::Resume => "enroll resume".to_owned(),
        Verb::Abandon => "enroll abandon".to_owned(),
        Verb::ChangePin => "enroll token change-pin".to_owned(),
        Verb::Unblock => "enroll token unblock".to_owned(),
        Verb::Mock => format!(
            "the mock: {}",
            step.with.call.as_deref().unwrap_or_default()
        ),
        Verb::Pass => format!("{} s pass", step.with.secs),
    }
}

fn applicant(with: &With) -> Unattended {
    Unattended {
        user: Some(Pin::new(&with.user_pin)),
        administrator: Some(Pin::new(&with.administrator_pin)),
        agrees: with.agrees,
    }
}
