//! How many whole enrollments a machine does in a second, and what each of them costs.
//!
//! An enrollment here is the run that leaves a folder: world, steps, pages over loopback, texts, journal, timeline and the
//! harness's own proof. Only papers are not drawn: an empty sheet goes over the wire for each.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use gost3410::count::Operations;
use mock_ca::Door as Room;
use serde_json::Value;

use crate::jobs::hands;
use crate::output::{Ran, RunError, run};
use crate::recording::Recording;
use crate::scenario::Scenario;
use crate::screen::Nobody;
use crate::world::{Before, Conditions};

/// What one enrollment asks of the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Commands to the token.
    pub apdus: usize,
    /// Requests to the portal.
    pub requests: usize,
    /// Looks into the phone's inbox, each a request to the gateway. The timeline tells of none.
    pub inbox: usize,
    /// Texts to the phone.
    pub texts: usize,
    /// Lines of the journal.
    pub journal: usize,
    /// GOST signatures by the token.
    pub signatures: usize,
    /// GOST key pairs made by the token.
    pub key_pairs: usize,
}

impl Cost {
    /// Counted in a recording: all but [`inbox`](Self::inbox).
    pub fn of(recording: &Recording) -> Self {
        let mut cost = Self::default();
        for line in recording.lines() {
            match line.lane.as_str() {
                "apdu" => cost.command(line.fields.get("command").and_then(Value::as_str)),
                "http" => cost.requests += 1,
                "sms" => cost.texts += 1,
                "journal" => cost.journal += 1,
                _ => {}
            }
        }
        cost
    }

    fn command(&mut self, hex: Option<&str>) {
        self.apdus += 1;
        match hex.and_then(|hex| hex.get(2..4)) {
            Some("2A" | "2a") => self.signatures += 1,
            Some("46") => self.key_pairs += 1,
            _ => {}
        }
    }
}

/// Why there is no figure.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// A run could not be made.
    #[error(transparent)]
    Run(#[from] RunError),
    /// No folder for the runs.
    #[error("no temporary folder: {0}")]
    Folder(#[from] std::io::Error),
    /// The scenario did not end as it expects, so its speed means nothing.
    #[error("an enrollment ended otherwise than expected: {0}")]
    NotAsExpected(String),
    /// Two enrollments of one scenario and seed are not alike.
    #[error("two enrollments cost {0:?} and {1:?}")]
    NotRepeatable(Cost, Cost),
}

/// Runs a scenario once, in `folder`.
///
/// Errors: [`BenchError`].
pub fn enrollment(
    folder: &Path,
    scenario: &Scenario,
    conditions: Conditions,
) -> Result<Cost, BenchError> {
    let inbox = Arc::new(AtomicUsize::new(0));
    let Ran {
        outcome, recording, ..
    } = run(
        folder,
        scenario,
        conditions,
        Box::new(Nobody),
        counting(Arc::clone(&inbox)),
    )?;
    match outcome.mismatches.first() {
        Some(first) => Err(BenchError::NotAsExpected(first.clone())),
        None => Ok(Cost {
            inbox: inbox.load(Ordering::Relaxed),
            ..Cost::of(&recording)
        }),
    }
}

/// Counts the requests to the gateway.
fn counting(inbox: Arc<AtomicUsize>) -> Before {
    Box::new(move |mut door| {
        Box::new(move |now, room, request| {
            if room == Room::Sms {
                inbox.fetch_add(1, Ordering::Relaxed);
            }
            door(now, room, request)
        })
    })
}

/// What came of a benchmark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figures {
    /// Enrollments after the first one.
    pub done: usize,
    /// What each of them asked of the others.
    pub each: Cost,
    /// GOST operations of the first one: of token, authority, engine and proof together.
    pub gost: Operations,
}

/// Runs a scenario once by itself, says so by `begun`, and then again and again on `jobs` threads as long as `going`
/// says; papers are not drawn.
///
/// Errors: [`BenchError`], the first one.
pub fn bench(
    scenario: &Scenario,
    conditions: Conditions,
    jobs: usize,
    begun: impl FnOnce(),
    going: impl Fn() -> bool + Sync,
) -> Result<Figures, BenchError> {
    let conditions = conditions.without_papers();
    let before = Operations::so_far();
    let folder = tempfile::tempdir()?;
    let first = enrollment(folder.path(), scenario, conditions)?;
    let gost = Operations::so_far() - before;
    begun();
    let failed = AtomicBool::new(false);
    let done = Mutex::new(Ok(0));
    hands(jobs, || {
        let mut own = 0;
        while going() && !failed.load(Ordering::Relaxed) {
            let again = tempfile::tempdir()
                .map_err(BenchError::from)
                .and_then(|folder| enrollment(folder.path(), scenario, conditions));
            match again {
                Ok(cost) if cost == first => own += 1,
                other => {
                    failed.store(true, Ordering::Relaxed);
                    let error =
                        other.map_or_else(|it| it, |it| BenchError::NotRepeatable(first, it));
                    *crate::jobs::locked(&done) = Err(error);
                    return;
                }
            }
        }
        if let Ok(all) = &mut *crate::jobs::locked(&done) {
            *all += own;
        }
    });
    let done = done
        .into_inner()
        .unwrap_or_else(std::sync::PoisonError::into_inner)?;
    Ok(Figures {
        done,
        each: first,
        gost,
    })
}
