//! The folder a run leaves: request, certificate and papers from the engine; transcript, recording and token from here.

use std::cell::RefCell;
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use emulator::TokenImage;

use crate::browser::{Browser, BrowserError};
use crate::reader::Way;
use crate::recording::Recording;
use crate::runner::{self, Outcome};
use crate::scenario::Scenario;
use crate::timeline::{Timeline, Watcher};
use crate::transcript;
use crate::wire::{Ledger, Wire};
use crate::world::{self, Before, Conditions, World, WorldError};

/// Why a run could not leave what it should.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The world could not be made.
    #[error(transparent)]
    World(#[from] WorldError),
    /// The card behind the socket ended with an error of its own.
    #[error("the token was lost")]
    TokenLost,
    /// A file or folder could not be written.
    #[error("cannot write {path}: {error}")]
    Write {
        /// Where.
        path: PathBuf,
        /// The system's reason.
        error: io::Error,
    },
}

/// Runs a scenario and leaves its folder.
///
/// `folder` is emptied first when an earlier run left it, refused when it holds anything else.
pub fn run_into(
    folder: &Path,
    scenario: &Scenario,
    conditions: Conditions,
    watcher: Box<dyn Watcher>,
    before: Before,
) -> Result<Outcome, RunError> {
    clear(folder)?;
    let ran = run(folder, scenario, conditions, watcher, before)?;
    leave(folder, ran)
}

/// The same with a browser in the place of the engine: its downloads and pictures are in the folder too.
///
/// Errors: [`RunError`]; also when the scenario is nothing for a browser.
pub fn browse_into(
    folder: &Path,
    scenario: &Scenario,
    conditions: Conditions,
    watcher: Box<dyn Watcher>,
    browser: Browser,
) -> Result<Outcome, RunError> {
    clear(folder)?;
    let make = |before| World::in_browser(scenario, conditions, before, browser);
    let ran = run_in(
        folder,
        scenario,
        conditions,
        watcher,
        Box::new(|door| door),
        make,
    )?;
    leave(folder, ran)
}

fn leave(folder: &Path, ran: Ran) -> Result<Outcome, RunError> {
    write(
        &folder.join("transcript.txt"),
        transcript::render(&ran.recording).as_bytes(),
    )?;
    write(
        &folder.join("recording.jsonl"),
        ran.recording.to_json_lines().as_bytes(),
    )?;
    write(&folder.join("token.image"), ran.image.to_toml().as_bytes())?;
    Ok(ran.outcome)
}

/// A run that came to its end.
#[derive(Debug)]
pub struct Ran {
    /// How.
    pub outcome: Outcome,
    /// What happened.
    pub recording: Recording,
    /// The token as it was left.
    pub image: TokenImage,
}

/// Runs a scenario; what the engine leaves goes to `artefacts`, the rest is handed over.
///
/// Errors: [`RunError`].
pub fn run(
    artefacts: &Path,
    scenario: &Scenario,
    conditions: Conditions,
    watcher: Box<dyn Watcher>,
    before: Before,
) -> Result<Ran, RunError> {
    if conditions.way == Way::Browser {
        return Err(WorldError::from(BrowserError::NoDriver).into());
    }
    let make = |before| World::new(scenario, conditions, before);
    run_in(artefacts, scenario, conditions, watcher, before, make)
}

fn run_in(
    artefacts: &Path,
    scenario: &Scenario,
    conditions: Conditions,
    watcher: Box<dyn Watcher>,
    before: Before,
    make: impl FnOnce(Before) -> Result<World, WorldError>,
) -> Result<Ran, RunError> {
    let wire = Wire::default();
    let tap = wire.clone();
    let tapped: Before = Box::new(move |door| tap.tap(before(door)));
    let world = make(tapped)?;
    let mut recording = Recording::new(
        &scenario.name,
        conditions.seed,
        world::start(scenario, conditions.now),
    )
    .of(scenario)
    .timed(&conditions.timing);
    let mut ledger = Ledger::new(wire, runner::phone().digits());
    if let Some(desk) = &world.browser {
        recording = recording.in_browser();
        ledger = ledger.of_browser(desk.address());
    }
    let timeline = Timeline::new(recording, watcher)
        .listening(ledger)
        .by(world.clock.clone());
    let timeline = Rc::new(RefCell::new(timeline));
    let state = tempfile::tempdir().map_err(|error| RunError::Write {
        path: std::env::temp_dir(),
        error,
    })?;
    let outcome = runner::run(scenario, &world, &timeline, state.path(), artefacts);
    let image = world.reader.eject().ok_or(RunError::TokenLost)?;
    let recording = timeline.borrow_mut().take();
    Ok(Ran {
        outcome,
        recording,
        image,
    })
}

/// Makes the folder, or empties it when the mark of an earlier run is in it.
fn clear(folder: &Path) -> Result<(), RunError> {
    let at = |error| RunError::Write {
        path: folder.to_owned(),
        error,
    };
    if folder.is_dir() {
        let ours = folder.join("recording.jsonl").exists();
        let empty = folder.read_dir().map_err(at)?.next().is_none();
        if !ours && !empty {
            return Err(at(io::Error::other(
                "the folder holds something that is not an earlier run",
            )));
        }
        std::fs::remove_dir_all(folder).map_err(at)?;
    }
    std::fs::create_dir_all(folder).map_err(at)?;
    // From here on the folder is known as a run's, also when the run does not come to its end.
    write(&folder.join("recording.jsonl"), b"")
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), RunError> {
    std::fs::write(path, bytes).map_err(|error| RunError::Write {
        path: path.to_owned(),
        error,
    })
}
