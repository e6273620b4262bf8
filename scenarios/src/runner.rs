//! Runs a scenario: each step as the engine's own command, then the proof that it ended as it claims.

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use enroll::adapters::http_portal::{HttpPortal, PortalAddress};
use enroll::adapters::sms_gateway::SmsGateway;
use enroll::event::Events;
use enroll::messages::{Lang, Report};
use enroll::ports::sms::Phone;
use enroll::ports::token::{Pin, PinRole, Token, Tries};
use enroll::ports::{PortalError, Unattended};
use enroll::stage::Stage;
use enroll::{Enrollment, Ports, ReplaceOld, Settings};

use crate::operator::Mistyping;
use crate::proof::{NotProven, Proof, prove};
use crate::scenario::{Expect, Scenario, Step, Verb, With};
use crate::timeline::Timeline;
use crate::world::World;

/// The applicant's phone: sample data.
pub(crate) fn phone() -> Phone {
    Phone::parse("+7 900 000-00-00").expect("a well-formed number")
}

/// How a run ended.
#[derive(Debug)]
pub struct Outcome {
    /// Where the run was not what the scenario expects; empty when it passed.
    pub mismatches: Vec<String>,
    /// What the harness proved itself, where a certificate was to be installed.
    pub proof: Option<Proof>,
    /// What is left for a person to do.
    pub checklist: Option<enroll::engine::Checklist>,
}

/// What one step left for the next.
#[derive(Default)]
struct Story {
    mismatches: Vec<String>,
    checklist: Option<enroll::engine::Checklist>,
    installed: Option<With>,
}

/// Runs every step; `state` is the engine's state folder, `artefacts` where it leaves requests and papers.
pub fn run(
    scenario: &Scenario,
    world: &World,
    timeline: &Rc<RefCell<Timeline>>,
    state: &Path,
    artefacts: &Path,
) -> Outcome {
    let mut story = Story::default();
    for (index, step) in scenario.steps.iter().enumerate() {
        let act = Act {
            world,
            timeline,
            state,
            artefacts,
            step,
        };
        for mismatch in act.perform(&mut story) {
            story.mismatches.push(format!(
                "step {} ({}): {mismatch}",
                index + 1,
                command(step)
            ));
        }
    }
    let proof = story.installed.take().and_then(|with| {
        let proven = proven(world, timeline, &with, artefacts);
        proven
            .map_err(|error| story.mismatches.push(format!("not proven: {error}")))
            .ok()
    });
    let end = if story.mismatches.is_empty() {
        "as expected"
    } else {
        "not as expected"
    };
    timeline.borrow_mut().end(world.clock.now(), end);
    Outcome {
        mismatches: story.mismatches,
        proof,
        checklist: story.checklist,
    }
}

/// One step on its way.
struct Act<'a> {
    world: &'a World,
    timeline: &'a Rc<RefCell<Timeline>>,
    state: &'a Path,
    artefacts: &'a Path,
    step: &'a Step,
}

impl Act<'_> {
    /// Does the step and says where it was not as expected.
    fn perform(&self, story: &mut Story) -> Vec<String> {
        self.tell("operator", &command(self.step));
        if let Err(error) = self.world.reader.power_cycle() {
            return vec![format!("the token: {error}")];
        }
        let told = match self.step.verb {
            Verb::Pass => {
                self.world
                    .clock
                    .pass(Duration::from_secs(self.step.with.secs.into()));
                None
            }
            verb => self.engine(verb, story),
        };
        let (exit, text) = told.unwrap_or_default();
        if exit != 0 {
            self.timeline
                .borrow_mut()
                .refused(self.world.clock.now(), exit, &text);
        }
        if self.step.verb == Verb::Install && exit == 0 {
            story.installed = Some(self.step.with.clone());
        }
        let mut mismatches = spoken(&self.step.expect, exit, &text);
        mismatches.extend(self.token_state());
        mismatches
    }

    /// Runs the engine; what it told when it did not come to its end, with its exit code.
    fn engine(&self, verb: Verb, story: &mut Story) -> Option<(u8, String)> {
        let events = self.world.events(self.timeline);
        let mut token = self.world.token(&events);
        let mut adapters =
            Adapters::open(self.world, &self.step.with, &events).map_err(told_at_start);
        let adapters = match &mut adapters {
            Ok(adapters) => adapters,
            Err(told) => return Some(told.clone()),
        };
        let ports = Ports {
            token: &mut token,
            portal: &mut adapters.portal,
            sms: &mut adapters.sms,
            applicant: &mut adapters.applicant,
            events,
        };
        let mut enrollment = Enrollment::new(ports, self.settings());
        let done = chapter(verb, &mut enrollment, story);
        done.err().map(|error| told(&error, &enrollment.stage()))
    }

    fn settings(&self) -> Settings {
        let mut settings = Settings::new(phone(), self.state.to_owned());
        settings.artefacts = Some(self.artefacts.to_owned());
        if self.step.with.replace_old {
            settings.replace_old = ReplaceOld::First;
        }
        settings
    }

    /// Compares the token with what the scenario expects of it. Nothing of it goes on the timeline.
    fn token_state(&self) -> Vec<String> {
        let expect = &self.step.expect;
        let mut token = self.world.token(&unwatched(self.world));
        let mut mismatches = Vec::new();
        if let Some(expected) = expect.user_tries_left {
            let found = token.tries(PinRole::User);
            if !matches!(found, Ok(Tries::Left(left)) if left == expected) {
                mismatches.push(format!(
                    "user PIN tries left: expected {expected}, found {found:?}"
                ));
            }
        }
        if expect.key_pairs.is_some() || expect.certificates.is_some() {
            match token.inventory() {
                Ok(inventory) => {
                    mismatches.extend(counted("key pairs", expect.key_pairs, inventory.keys.len()));
                    mismatches.extend(counted(
                        "certificates",
                        expect.certificates,
                        inventory.certificates.len(),
                    ));
                }
                Err(error) => mismatches.push(format!("the token cannot be read: {error}")),
            }
        }
        mismatches
    }

    fn tell(&self, lane: &str, text: &str) {
        self.timeline
            .borrow_mut()
            .tell(self.world.clock.now(), lane, text);
    }
}

/// The engine's ports beside the token.
pub(crate) struct Adapters {
    pub(crate) portal: HttpPortal,
    pub(crate) sms: Mistyping<SmsGateway>,
    pub(crate) applicant: Unattended,
}

impl Adapters {
    pub(crate) fn open(world: &World, with: &With, events: &Events) -> Result<Self, PortalError> {
        let portal = HttpPortal::new(
            PortalAddress::new(&world.server.portal_url()),
            events.clone(),
        )?;
        let gateway = SmsGateway::new(PortalAddress::new(&world.server.sms_url()), events.clone())?;
        let sms = Mistyping::new(gateway, with.wrong_code.clone());
        Ok(Self {
            portal,
            sms,
            applicant: applicant(with),
        })
    }
}

fn chapter(
    verb: Verb,
    enrollment: &mut Enrollment<'_>,
    story: &mut Story,
) -> Result<(), enroll::Error> {
    match verb {
        Verb::Request => enrollment.request().map(drop),
        Verb::Install => {
            enrollment.wait_for_issue()?;
            enrollment.install().map(drop)
        }
        Verb::Documents => {
            story.checklist = Some(enrollment.documents()?.checklist);
            Ok(())
        }
        Verb::Pass => Ok(()),
    }
}

/// Exit code and words, as the program would have ended.
fn told(error: &enroll::Error, stage: &Stage) -> (u8, String) {
    (
        error.exit_code(),
        Report::of(error, stage, Lang::En).lines(Lang::En),
    )
}

fn told_at_start(error: PortalError) -> (u8, String) {
    told(&error.into(), &Stage::default())
}

/// The command a person would have typed.
fn command(step: &Step) -> String {
    match step.verb {
        Verb::Request if step.with.replace_old => "enroll request --replace-old".to_owned(),
        Verb::Request => "enroll request".to_owned(),
        Verb::Install => "enroll install".to_owned(),
        Verb::Documents => "enroll documents".to_owned(),
        Verb::Pass => format!("{} s pass", step.with.secs),
    }
}

fn applicant(with: &With) -> Unattended {
    Unattended {
        user: Some(Pin::new(&with.user_pin)),
        administrator: Some(Pin::new(&with.administrator_pin)),
        agrees: true,
    }
}

fn spoken(expect: &Expect, exit: u8, text: &str) -> Vec<String> {
    let mut mismatches = Vec::new();
    if exit != expect.exit {
        let said = if text.is_empty() {
            String::new()
        } else {
            format!(", and it said: {text}")
        };
        mismatches.push(format!(
            "expected exit code {}, got {exit}{said}",
            expect.exit
        ));
    }
    let missing = expect
        .says
        .iter()
        .filter(|wanted| !text.contains(wanted.as_str()));
    mismatches
        .extend(missing.map(|wanted| format!("expected it to say «{wanted}», it said: {text}")));
    mismatches
}

fn counted(what: &str, expected: Option<usize>, found: usize) -> Option<String> {
    let expected = expected.filter(|expected| *expected != found)?;
    Some(format!(
        "{what} on the token: expected {expected}, found {found}"
    ))
}

/// The harness's own look at token and chain.
fn proven(
    world: &World,
    timeline: &Rc<RefCell<Timeline>>,
    with: &With,
    artefacts: &Path,
) -> Result<Proof, NotProven> {
    let chain = std::fs::read_to_string(artefacts.join("issuer.pem")).map_err(|error| {
        NotProven::Unreadable {
            what: "issuer.pem",
            why: error.to_string(),
        }
    })?;
    let mut token = world.token(&unwatched(world));
    token.log_in(PinRole::User, &Pin::new(&with.user_pin))?;
    let proof = prove(&mut token, &chain)?;
    token.log_out()?;
    timeline.borrow_mut().tell(
        world.clock.now(),
        "proof",
        "the certificate read back from the token matches its key pair, chains to the issuer, and the token's probe signature verifies with it",
    );
    Ok(proof)
}

fn unwatched(world: &World) -> Events {
    Events::unwatched(Rc::new(world.clock.clone()))
}
