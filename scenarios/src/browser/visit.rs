//! One step of a scenario as a person at a browser does it.

use std::cell::RefCell;
use std::io;
use std::path::Path;
use std::rc::Rc;
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

use enroll::adapters::apdu_token::ApduToken;
use enroll::adapters::observed::Observed;
use enroll::bridge::door::{self, Door};
use enroll::bridge::service::{Job, key};
use enroll::bridge::{Opener, Plugin};
use enroll::event::Events;
use rand_core::Rng as _;
use serde_json::json;

use super::desk::{Desk, Heard};
use super::driver::Driver;
use super::line::{Nonsense, Order, Said};
use super::phone::{Handset, PhoneError};
use crate::runner::Told;
use crate::scenario::{ReplaceOld, Step, Verb};
use crate::timeline::Timeline;
use crate::world::World;

/// A driver and its pages that say nothing for so long have stopped.
const SILENCE: Duration = Duration::from_secs(120);

/// Why a step did not come to its end.
#[derive(Debug, thiserror::Error)]
enum VisitError {
    #[error(
        "the driver «{command}» cannot be started: {why}; `ci/setup browser` installs what ours needs"
    )]
    Start { command: String, why: io::Error },
    #[error("the driver does not listen: {0}")]
    Deaf(#[from] io::Error),
    #[error(transparent)]
    Nonsense(#[from] Nonsense),
    #[error("the phone: {0}")]
    Phone(#[from] PhoneError),
    #[error("the driver ended and did not say how")]
    Ended,
    #[error("the driver has said nothing for {} s", SILENCE.as_secs())]
    Silent,
}

/// Has the driver do a step; how it ended.
pub(crate) fn visit(
    world: &World,
    desk: &Desk,
    timeline: &Rc<RefCell<Timeline>>,
    artefacts: &Path,
    (n, step): (usize, &Step),
) -> Told {
    let ended = Visit::begin(world, desk, timeline, artefacts, (n, step)).and_then(Visit::go);
    timeline.borrow_mut().catch_up(world.clock.now());
    ended.unwrap_or_else(|error| Told {
        exit: 1,
        text: error.to_string(),
    })
}

struct Visit<'a> {
    world: &'a World,
    desk: &'a Desk,
    timeline: &'a Rc<RefCell<Timeline>>,
    events: Events,
    driver: Driver,
    n: usize,
}

impl<'a> Visit<'a> {
    fn begin(
        world: &'a World,
        desk: &'a Desk,
        timeline: &'a Rc<RefCell<Timeline>>,
        artefacts: &Path,
        (n, step): (usize, &Step),
    ) -> Result<Self, VisitError> {
        let with = &step.with;
        let mut lines = timeline.borrow_mut();
        lines.learn(&with.user_pin, "{pin:user}");
        lines.learn(&with.administrator_pin, "{pin:administrator}");
        drop(lines);
        let command = &desk.browser.driver;
        let start = |why| VisitError::Start {
            command: command.clone(),
            why,
        };
        let mut driver = Driver::start(command, n, desk.sender.clone()).map_err(start)?;
        let (folder, modules) = (absolute(artefacts)?, absolute(&desk.browser.modules)?);
        driver.say(&Order {
            chapter: chapter(step.verb),
            replace_old: with.replace_old == ReplaceOld::First,
            portal: &world.server.portal_url(),
            bridge: &desk.base,
            phone: PHONE,
            application: with.application.as_deref(),
            user_pin: &with.user_pin,
            administrator_pin: &with.administrator_pin,
            folder: &folder,
            modules: &modules,
        })?;
        Ok(Self {
            world,
            desk,
            timeline,
            events: world.events(timeline),
            driver,
            n,
        })
    }

    /// Answers pages and driver, each in its turn, until the driver says that the step is over.
    fn go(mut self) -> Result<Told, VisitError> {
        let mut plugin = Plugin::new([self.opener()]);
        let portal = door::origin(&self.world.server.portal_url());
        let mut bridge = Door::new(&mut plugin, &self.desk.base, portal);
        let mut told = self.desk.told.borrow_mut();
        let mut phone = Handset::of(self.world, &self.events, &mut told)?;
        let ended = loop {
            match self.desk.heard.recv_timeout(SILENCE) {
                Ok(Heard::Call(job)) => self.answer(&mut bridge, job),
                Ok(Heard::Said(n, line)) if n == self.n => {
                    if let Some(told) = self.heed(&Said::read(&line)?, &mut phone)? {
                        break told;
                    }
                }
                Ok(Heard::Closed(n)) if n == self.n => return Err(VisitError::Ended),
                Ok(Heard::Said(..) | Heard::Closed(_)) => {}
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    return Err(VisitError::Silent);
                }
            }
        };
        self.see_off(&mut bridge);
        Ok(ended)
    }

    /// The browser closes by itself, and its pages may still ask.
    fn see_off(mut self, bridge: &mut Door<'_>) {
        self.driver.hang_up();
        loop {
            match self.desk.heard.recv_timeout(SILENCE) {
                Ok(Heard::Call(job)) => self.answer(bridge, job),
                Ok(Heard::Said(..)) => {}
                Ok(Heard::Closed(n)) if n != self.n => {}
                Ok(Heard::Closed(_)) | Err(_) => break,
            }
        }
    }

    /// Does what the driver's line is about; how the step ended, when it did.
    fn heed(&mut self, said: &Said, phone: &mut Handset<'_>) -> Result<Option<Told>, VisitError> {
        let mut timeline = self.timeline.borrow_mut();
        timeline.catch_up(self.world.clock.now());
        match said {
            Said::Page(event) => {
                timeline.page(self.world.clock.now(), event);
                self.driver.say(&json!({ "ok": true }))?;
            }
            Said::Phone(awaits) => {
                drop(timeline);
                self.driver.say(&match phone.wait_for(*awaits)? {
                    Some((text, code)) => json!({ "text": text, "code": code }),
                    None => json!({ "nothing": true }),
                })?;
            }
            Said::Wait { secs } => {
                drop(timeline);
                self.events
                    .wait(Duration::from_secs((*secs).into()), "a page asks to wait");
                self.driver.say(&json!({ "ok": true }))?;
            }
            Said::Done => return Ok(Some(Told::default())),
            Said::Failed { text, exit } => {
                let text = timeline.hidden(text);
                return Ok(Some(Told { exit: *exit, text }));
            }
        }
        Ok(None)
    }

    fn answer(&self, bridge: &mut Door<'_>, job: Job) {
        let mut draw = |octets: &mut [u8; 16]| self.desk.rng.borrow_mut().fill_bytes(octets);
        let told = bridge.answer(&job.asked, self.world.clock.now(), || key(&mut draw));
        job.answer(told);
    }

    /// The card, every command on the timeline.
    fn opener(&self) -> Opener {
        let (reader, events) = (self.world.reader.clone(), self.events.clone());
        Box::new(move || {
            let observed = Observed::new(reader.clone(), events.clone());
            Ok(Box::new(ApduToken::new(observed)))
        })
    }
}

/// What a person would call the step.
pub(crate) fn command(step: &Step) -> String {
    let first = match step.with.replace_old {
        ReplaceOld::No => "",
        ReplaceOld::First | ReplaceOld::Last => ", Приложение 1 before it",
    };
    format!("in a browser: {}{first}", chapter(step.verb))
}

const fn chapter(verb: Verb) -> &'static str {
    match verb {
        Verb::Install => "install",
        Verb::Documents => "documents",
        _ => "request",
    }
}

fn absolute(path: &Path) -> io::Result<std::path::PathBuf> {
    std::path::absolute(path)
}

/// The applicant's phone as a person types it; [`runner::phone`] is the same.
const PHONE: &str = "+7 900 000-00-00";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runner;

    #[test]
    fn the_phone_that_is_typed_is_the_applicants() {
        let typed = enroll::ports::sms::Phone::parse(PHONE);
        assert_eq!(typed, Some(runner::phone()));
    }
}
