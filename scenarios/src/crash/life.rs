//! One enrollment: undisturbed, or killed at a point and resumed by another process; and how it ended.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use enroll::adapters::apdu_token::ApduToken;
use enroll::adapters::observed::Observed;
use enroll::event::Events;
use enroll::journal::{Disk, JournalError, Synced};
use enroll::messages::{Lang, Report};
use enroll::ports::token::{KeyKind, Pin, PinRole, Token, Transmit};
use enroll::stage::{Chapter, Stage};
use enroll::{Enrollment, Error, Ports, Settings};
use tempfile::TempDir;

use super::fuse::{Effect, Fuse, Line, Platter, Point, guarded};
use super::{CrashError, Extent, count, unless_killed};
use crate::proof::prove;
use crate::recording::Recording;
use crate::runner::{Adapters, phone};
use crate::scenario::{self, Scenario, Step, Verb, With};
use crate::screen::Nobody;
use crate::timeline::Timeline;
use crate::world::{self, Conditions, World, WorldError};

/// How an enrollment ended: what two runs must have in common.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ending {
    /// Labels of the GOST pairs on the token.
    pub pairs: Vec<String>,
    /// How many pairs of other kinds there are.
    pub other_pairs: usize,
    /// How many certificates there are.
    pub certificates: usize,
    /// How often the portal took a request.
    pub requests: usize,
    /// The stage that the journal ends at.
    pub stage: String,
    /// How many papers were saved.
    pub papers: usize,
    /// Whether the certificate read back matches its pair, chains to the root, and the token's probe verifies.
    pub proven: bool,
}

/// Runs the scenario with nobody dying: its effects and its end.
pub(super) fn undisturbed(
    scenario: &Scenario,
    conditions: Conditions,
    extent: Extent,
) -> Result<(Vec<Effect>, Ending), CrashError> {
    let life = Life::begin(None, scenario, conditions, extent)?;
    let header = Recording::new(
        &scenario.name,
        conditions.seed,
        world::start(scenario, conditions.now),
    );
    let timeline = Rc::new(RefCell::new(Timeline::new(header, Box::new(Nobody))));
    let events = life.world.events(&timeline);
    for step in life.steps() {
        life.first(step, &events)
            .map_err(|told| CrashError::NotAStory(told.to_string()))?;
    }
    let effects = life.fuse.met();
    count::agree(&effects, timeline.borrow().recording(), life.state.path())?;
    life.fuse.begin_next_life();
    let ending = life.ending().map_err(CrashError::NotAStory)?;
    match &ending {
        Ending {
            proven: true,
            requests: 1,
            ..
        } => Ok((effects, ending)),
        other => Err(CrashError::NotAStory(format!("it ends with {other:?}"))),
    }
}

/// Kills the engine at `point` and resumes: whether the point was reached, and the end.
pub(super) fn killed_at(
    point: Point,
    scenario: &Scenario,
    conditions: Conditions,
    extent: Extent,
) -> (bool, Result<Ending, String>) {
    match Life::begin(Some(point), scenario, conditions, extent) {
        Ok(life) => {
            let ending = life.die_and_resume();
            (life.fuse.is_blown(), ending)
        }
        Err(error) => (false, Err(error.to_string())),
    }
}

struct Life<'a> {
    scenario: &'a Scenario,
    extent: Extent,
    world: World,
    fuse: Arc<Fuse>,
    state: TempDir,
    artefacts: TempDir,
}

impl<'a> Life<'a> {
    fn begin(
        point: Option<Point>,
        scenario: &'a Scenario,
        conditions: Conditions,
        extent: Extent,
    ) -> Result<Self, WorldError> {
        let fuse = Fuse::new(point);
        let at_door = Arc::clone(&fuse);
        let before = Box::new(|door| guarded(door, at_door));
        Ok(Self {
            scenario,
            extent,
            world: World::new(scenario, conditions, before)?,
            fuse,
            state: tempfile::tempdir()?,
            artefacts: tempfile::tempdir()?,
        })
    }

    fn steps(&self) -> impl Iterator<Item = &'a Step> + use<'a> {
        let papers = self.extent == Extent::Whole;
        let steps = self.scenario.steps.iter();
        steps.filter(move |step| papers || step.verb != Verb::Documents)
    }

    /// What the operator does until the engine dies, and what the next process makes of it.
    fn die_and_resume(&self) -> Result<Ending, String> {
        let events = Events::unwatched(Rc::new(self.world.clock.clone()));
        let mut steps = self.steps();
        for step in steps.by_ref() {
            let done = unless_killed(|| self.first(step, &events));
            if self.fuse.is_blown() {
                self.fuse.begin_next_life();
                self.resume(step, steps, &events)?;
                return self.ending();
            }
            if let Some(Err(error)) = done {
                return Err(told(&error));
            }
        }
        Err("the run came to its end".to_owned())
    }

    /// `enroll resume`; the same commands again where nothing had begun.
    fn resume(
        &self,
        killed: &'a Step,
        left: impl Iterator<Item = &'a Step>,
        events: &Events,
    ) -> Result<(), String> {
        // Not told what the command that died was told: the journal knows.
        let plain = With {
            replace_old: scenario::ReplaceOld::No,
            ..killed.with.clone()
        };
        let resumed = self.process(&plain, events, self.world.reader.clone(), Synced, |it| {
            self.go_on(it)
        });
        match resumed {
            Err(Error::Journal(JournalError::Nothing { .. })) => {
                for step in [killed].into_iter().chain(left) {
                    self.again(step, events).map_err(|error| told(&error))?;
                }
                Ok(())
            }
            other => other.map_err(|error| told(&error)),
        }
    }

    fn go_on(&self, enrollment: &mut Enrollment<'_>) -> Result<(), Error> {
        let mut stage = enrollment.journalled_stage()?;
        while let Some(chapter) = stage.next_chapter() {
            match chapter {
                Chapter::Request => drop(enrollment.request()?),
                Chapter::Install => drop(enrollment.install()?),
                Chapter::Documents if self.extent == Extent::WithoutPapers => break,
                Chapter::Documents => drop(enrollment.documents()?),
            }
            stage = enrollment.stage();
        }
        Ok(())
    }

    /// A step by the process that may die.
    fn first(&self, step: &Step, events: &Events) -> Result<(), Error> {
        let line = Line {
            inner: self.world.reader.clone(),
            fuse: Arc::clone(&self.fuse),
        };
        let disk = Platter(Arc::clone(&self.fuse));
        self.process(&step.with, events, line, disk, |it| self.chapter(step, it))
    }

    fn again(&self, step: &Step, events: &Events) -> Result<(), Error> {
        let line = self.world.reader.clone();
        self.process(&step.with, events, line, Synced, |it| {
            self.chapter(step, it)
        })
    }

    /// Runs `act` as one process of the engine: nothing is left of it afterwards but what the rooms hold.
    fn process<T>(
        &self,
        with: &With,
        events: &Events,
        line: impl Transmit,
        disk: impl Disk + 'static,
        act: impl FnOnce(&mut Enrollment<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.world
            .reader
            .power_cycle()
            .map_err(enroll::ports::TokenError::from)?;
        let mut token = ApduToken::new(Observed::new(line, events.clone()));
        let mut adapters = Adapters::open(&self.world, with, events)?;
        let ports = Ports {
            token: &mut token,
            portal: &mut adapters.portal,
            sms: &mut adapters.sms,
            applicant: &mut adapters.applicant,
            events: events.clone(),
        };
        let mut enrollment = Enrollment::new(ports, self.settings(with)).through(Rc::new(disk));
        act(&mut enrollment)
    }

    fn chapter(&self, step: &Step, enrollment: &mut Enrollment<'_>) -> Result<(), Error> {
        match step.verb {
            Verb::Request => enrollment.request().map(drop),
            Verb::Install => enrollment.install().map(drop),
            Verb::Documents => enrollment.documents().map(drop),
            Verb::Resume => self.go_on(enrollment),
            Verb::Pass => {
                let secs = step.with.secs.into();
                let span = std::time::Duration::from_secs(secs);
                self.world.clock.pass(span, "time passes");
                Ok(())
            }
            // Not the engine's: a story with one of these ends otherwise without it, and is refused.
            Verb::Abandon | Verb::ChangePin | Verb::Unblock | Verb::Mock => Ok(()),
        }
    }

    fn settings(&self, with: &With) -> Settings {
        let mut settings = Settings::new(phone(), self.state.path());
        settings.artefacts = Some(self.artefacts.path().to_owned());
        settings.replace_old = with.replace_old.into();
        settings
    }

    /// Looks at token, portal, journal and folder; believes none of them alone.
    fn ending(&self) -> Result<Ending, String> {
        let events = Events::unwatched(Rc::new(self.world.clock.clone()));
        let with = self
            .scenario
            .steps
            .last()
            .map(|step| step.with.clone())
            .unwrap_or_default();
        let stage = self
            .process(
                &with,
                &events,
                self.world.reader.clone(),
                Synced,
                journalled_stage,
            )
            .map_err(|error| told(&error))?;
        let chain = std::fs::read_to_string(self.artefacts.path().join("issuer.pem"));
        let chain = chain.map_err(|error| format!("issuer.pem: {error}"))?;
        let mut token = self.world.token(&events);
        let inventory = token.inventory().map_err(|error| error.to_string())?;
        token
            .log_in(PinRole::User, &Pin::new(&with.user_pin))
            .map_err(|error| error.to_string())?;
        let proof = prove(&mut token, &chain);
        let (gost, other): (Vec<_>, Vec<_>) = inventory
            .keys
            .into_iter()
            .partition(|pair| matches!(pair.kind, KeyKind::Gost(_)));
        Ok(Ending {
            pairs: gost.into_iter().map(|pair| pair.label).collect(),
            other_pairs: other.len(),
            certificates: inventory.certificates.len(),
            requests: self.fuse.requests(),
            stage: stage.name().to_owned(),
            papers: self.papers(),
            proven: proof.is_ok(),
        })
    }

    fn papers(&self) -> usize {
        let folder = self.artefacts.path().join("documents");
        folder.read_dir().map_or(0, Iterator::count)
    }
}

fn told(error: &Error) -> String {
    Report::of(error, &Stage::default(), Lang::En).what
}

fn journalled_stage(enrollment: &mut Enrollment<'_>) -> Result<Stage, Error> {
    enrollment.journalled_stage()
}
