//! What ends the engine: a fuse that all three rooms watch, and its hand in each of them.

use std::fs::File;
use std::io::{self, Write as _};
use std::sync::{Arc, Mutex};

use enroll::journal::{Disk, Synced};
use enroll::ports::token::{Transmit, TransmitError};
use http::{Method, Response};
use mock_ca::{Door as Listener, Lost};

use super::{count, end};
use crate::jobs::locked;
use crate::world::Door;

/// Where an effect stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Room {
    /// A command that writes to the token.
    Token,
    /// A request that changes the portal.
    Portal,
    /// A line of the journal.
    Journal,
}

/// On which side of an effect the engine dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Half {
    /// Nothing of it has happened.
    Before,
    /// Half a line is on the disk.
    Torn,
    /// It has happened, and the engine does not learn it.
    After,
}

/// Something that outlives the engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effect {
    /// Where.
    pub room: Room,
    /// What: a command's name, method and path, or what the line says.
    pub what: String,
}

/// Where to kill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Point {
    /// The effect's index in the clean run.
    pub effect: usize,
    /// Its half.
    pub half: Half,
}

impl Room {
    /// The halves that make sense here: an answer of token or portal has no middle.
    pub const fn halves(self) -> &'static [Half] {
        match self {
            Self::Token | Self::Portal => &[Half::Before, Half::After],
            Self::Journal => &[Half::Before, Half::Torn, Half::After],
        }
    }
}

/// Counts effects and blows at one of them; from then on nothing gets through until the next life.
#[derive(Debug)]
pub(super) struct Fuse {
    point: Option<Point>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    met: Vec<Effect>,
    blown: bool,
    next_life: bool,
    requests: usize,
}

impl Fuse {
    /// Never blows without a point.
    pub(super) fn new(point: Option<Point>) -> Arc<Self> {
        Arc::new(Self {
            point,
            state: Mutex::default(),
        })
    }

    /// The effects so far.
    pub(super) fn met(&self) -> Vec<Effect> {
        locked(&self.state).met.clone()
    }

    pub(super) fn is_blown(&self) -> bool {
        locked(&self.state).blown
    }

    /// How often the portal was handed a request for a certificate.
    pub(super) fn requests(&self) -> usize {
        locked(&self.state).requests
    }

    /// Another process begins: nothing is counted or stopped any more.
    pub(super) fn begin_next_life(&self) {
        locked(&self.state).next_life = true;
    }

    fn is_dead(&self) -> bool {
        let state = locked(&self.state);
        state.blown && !state.next_life
    }

    /// Notes an effect that is about to happen; the half at which the engine dies, if it is this one.
    fn meet(&self, room: Room, what: String) -> Option<Half> {
        let mut state = locked(&self.state);
        if state.next_life {
            return None;
        }
        state.met.push(Effect { room, what });
        let half = self
            .point
            .filter(|point| point.effect + 1 == state.met.len())?
            .half;
        state.blown = true;
        Some(half)
    }

    /// Ends the engine if it lives no more: whatever it still tries, no room hears it.
    fn end_the_dead(&self) {
        if self.is_dead() {
            end();
        }
    }
}

/// The way to the token.
pub(super) struct Line<T> {
    pub(super) inner: T,
    pub(super) fuse: Arc<Fuse>,
}

impl<T: Transmit> Transmit for Line<T> {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransmitError> {
        self.fuse.end_the_dead();
        let Some(what) = count::writing(command) else {
            return self.inner.transmit(command);
        };
        match self.fuse.meet(Room::Token, what.to_owned()) {
            None => self.inner.transmit(command),
            Some(Half::After) => {
                drop(self.inner.transmit(command));
                end()
            }
            Some(Half::Before | Half::Torn) => end(),
        }
    }

    fn reset(&mut self) -> Result<(), TransmitError> {
        self.fuse.end_the_dead();
        self.inner.reset()
    }

    fn reader_name(&self) -> String {
        self.inner.reader_name()
    }
}

/// The journal's disk.
#[derive(Debug)]
pub(super) struct Platter(pub(super) Arc<Fuse>);

impl Disk for Platter {
    fn append(&self, file: &mut File, line: &[u8]) -> io::Result<()> {
        self.0.end_the_dead();
        match self.0.meet(Room::Journal, count::line(line)) {
            None => Synced.append(file, line),
            Some(Half::Before) => end(),
            Some(Half::Torn) => {
                drop(file.write_all(&line[..line.len() / 2]));
                end()
            }
            Some(Half::After) => {
                drop(Synced.append(file, line));
                end()
            }
        }
    }
}

/// The mock's door. It answers in another thread, so it cannot end the engine: it loses the answer, and the engine
/// ends at whatever it tries next.
pub(super) fn guarded(mut door: Door, fuse: Arc<Fuse>) -> Door {
    Box::new(move |now, listener, request| {
        if fuse.is_dead() {
            return lost(Response::default());
        }
        let changes = listener == Listener::Portal && request.method() == Method::POST;
        let what = changes.then(|| count::posting(request.uri().path()));
        let half = what.and_then(|what| fuse.meet(Room::Portal, what));
        if half == Some(Half::Before) {
            return lost(Response::default());
        }
        if changes && is_request(request.body()) {
            locked(&fuse.state).requests += 1;
        }
        let answer = door(now, listener, request);
        if half.is_some() { lost(answer) } else { answer }
    })
}

fn lost(mut answer: Response<Vec<u8>>) -> Response<Vec<u8>> {
    answer.extensions_mut().insert(Lost::Whole);
    answer
}

/// Whether a form carries PKCS#10.
fn is_request(form: &[u8]) -> bool {
    form_text(form).contains("BEGIN+CERTIFICATE+REQUEST")
}

fn form_text(form: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(form)
}
