//! Every call of a clean run with everything that can happen to it.

use http::Method;
use serde_json::Value;

use super::life::{self, Class};
use super::meddler::Call;
use super::secrets::Secrets;
use super::witness::Seen;
use crate::jobs;
use crate::scenario::{Fault, Room, Scenario, Verb};
use crate::world::{Conditions, World, WorldError};

/// What goes wrong in one cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// At a call of the engine's.
    Call(Fault),
    /// At a text or at the authority: the mock's own plan.
    Mock(mock_ca::Fault),
    /// The operator mistypes the code of that step.
    WrongCode {
        /// Which step, from 1.
        step: usize,
    },
}

/// One fault, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// What went wrong.
    pub trouble: Trouble,
    /// The call that met it.
    pub call: String,
    /// What came of it.
    pub class: Class,
}

/// What came of all of them.
#[derive(Clone, Debug)]
pub struct Report {
    /// One for each call and fault, in order.
    pub cells: Vec<Cell>,
}

/// Why a scenario has no matrix.
#[derive(Debug, thiserror::Error)]
pub enum FaultsError {
    /// The world could not be made.
    #[error(transparent)]
    World(#[from] WorldError),
    /// The scenario goes wrong by itself, or is meant to.
    #[error("only a scenario whose every step succeeds can meet every fault: {0}")]
    NotAStory(String),
}

impl Report {
    /// The cells that ended neither way.
    pub fn failed(&self) -> impl Iterator<Item = &Cell> {
        let failed = |cell: &&Cell| matches!(cell.class, Class::Failed(_));
        self.cells.iter().filter(failed)
    }
}

/// Runs the scenario once undisturbed, then once for each `thinned`th fault (1: for each); `told` hears how many are
/// done, and of how many.
///
/// Errors: [`FaultsError`]; what comes of a fault is no error but a [`Class`].
pub fn faults(
    scenario: &Scenario,
    conditions: Conditions,
    thinned: usize,
    told: &(dyn Fn(usize, usize) + Sync),
) -> Result<Report, FaultsError> {
    let conditions = conditions.without_papers();
    let (planned, expected) = plan(scenario, conditions)?;
    let planned: Vec<_> = planned.into_iter().step_by(thinned.max(1)).collect();
    let mut cells = Vec::with_capacity(planned.len());
    let act = |(trouble, call): &(Trouble, String)| Cell {
        trouble: trouble.clone(),
        call: call.clone(),
        class: life::lived(&troubled(scenario, trouble), conditions, &expected),
    };
    // Some faults take real time, in which others can be met.
    jobs::in_order(2 * jobs::cores(), &planned, act, |cell| {
        cells.push(cell);
        told(cells.len(), planned.len());
    });
    Ok(Report { cells })
}

/// The clean run's calls with all that can happen to them, and how it ends.
fn plan(
    scenario: &Scenario,
    conditions: Conditions,
) -> Result<(Vec<(Trouble, String)>, Seen), FaultsError> {
    let secrets = Secrets::of(scenario);
    let clean = Scenario {
        faults: Vec::new(),
        ..scenario.clone()
    };
    let before = secrets.overhearing(Box::new(|door| door));
    let world = World::new(&clean, conditions, before)?;
    let resumed =
        life::in_world(&clean, &world, conditions, &secrets).map_err(FaultsError::NotAStory)?;
    if resumed > 0 {
        return Err(FaultsError::NotAStory("it has to be resumed".to_owned()));
    }
    let seen = Seen::now(&world).map_err(FaultsError::NotAStory)?;
    let mut planned = of_calls(&world.meddler.calls());
    planned.extend(of_texts(&world));
    planned.extend(of_authority());
    let steps = scenario.steps.iter().enumerate();
    planned.extend(
        steps
            .filter(|(_, step)| matches!(step.verb, Verb::Request | Verb::Install))
            .map(|(index, _)| {
                let step = index + 1;
                (Trouble::WrongCode { step }, "the code".to_owned())
            }),
    );
    Ok((planned, seen))
}

/// Kills are left to the crash matrix.
fn of_calls(calls: &[Call]) -> Vec<(Trouble, String)> {
    let mut planned = Vec::new();
    for room in Room::ALL {
        let mut nth = (0, 0);
        for call in calls.iter().filter(|call| call.room == room) {
            nth = if nth.0 == call.step {
                (call.step, nth.1 + 1)
            } else {
                (call.step, 1)
            };
            for what in room.mischiefs().iter().filter(|what| !what.kills()) {
                let fault = Fault {
                    step: call.step,
                    room,
                    at: String::new(),
                    nth: nth.1,
                    times: 1,
                    what: *what,
                };
                planned.push((Trouble::Call(fault), call.name.clone()));
            }
        }
    }
    planned
}

fn of_texts(world: &World) -> Vec<(Trouble, String)> {
    let (_, outbox) = world.office(Method::GET, "/outbox", &Value::Null);
    let texts = outbox.as_array().map_or(0, Vec::len);
    let nths = 1..=u32::try_from(texts).unwrap_or(0);
    let of = |nth| {
        let mischiefs = mock_ca::Room::Sms.mischiefs().iter();
        mischiefs.map(move |what| {
            let room = mock_ca::Room::Sms;
            let fault = mock_ca::Fault {
                room,
                nth,
                what: *what,
            };
            (Trouble::Mock(fault), format!("text {nth}"))
        })
    };
    nths.flat_map(of).collect()
}

/// What the authority may do to a request and to an issue and still give a certificate in the end.
fn of_authority() -> Vec<(Trouble, String)> {
    use mock_ca::Mischief::{Garble, HoldFor, LoseAnswer, Refuse};
    let hold = HoldFor { secs: 90 };
    let request = [Refuse { status: 500 }, hold, LoseAnswer, Garble].map(|what| (1, what));
    let issue = [hold, LoseAnswer].map(|what| (2, what));
    let all = request.into_iter().chain(issue);
    all.map(|(nth, what)| {
        let room = mock_ca::Room::Ca;
        let call = if nth == 1 { "request" } else { "issue" };
        let fault = mock_ca::Fault { room, nth, what };
        (Trouble::Mock(fault), call.to_owned())
    })
    .collect()
}

/// The scenario with that trouble, as far as it has to go to show it: drawing the papers takes most of a run's time.
pub(crate) fn troubled(scenario: &Scenario, trouble: &Trouble) -> Scenario {
    let mut troubled = scenario.clone();
    troubled.events.clear();
    let mut last = 0;
    match trouble {
        Trouble::Call(fault) => {
            last = fault.step;
            troubled.faults = vec![fault.clone()];
        }
        Trouble::Mock(fault) => {
            let value = toml::Value::try_from(fault).expect("a fault is plain data");
            let plan = toml::Value::Array(vec![value]);
            troubled.portal.insert("faults".to_owned(), plan);
        }
        Trouble::WrongCode { step } => {
            troubled.steps[step - 1].with.wrong_code = Some("000000".to_owned());
        }
    }
    let papers = |index: usize| index >= last && scenario.steps[index].verb == Verb::Documents;
    let mut index = 0;
    troubled.steps.retain(|_| {
        index += 1;
        !papers(index - 1)
    });
    troubled
}
