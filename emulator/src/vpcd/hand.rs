//! The hand that holds the token: puts it into the reader, takes it out, ends the play. From another thread.

use core::time::Duration;
use std::io;
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// A handle on the loop of [`attach`](super::attach). Its clones are the same hand; at first it puts the token in.
#[derive(Clone, Debug, Default)]
pub struct Hand(Arc<Grip>);

#[derive(Debug, Default)]
struct Grip {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    wish: Wish,
    /// The connection to the reader, while there is one.
    stream: Option<TcpStream>,
}

/// Where the token is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
enum Wish {
    #[default]
    In,
    Out,
    Stopped,
}

impl Hand {
    /// Ends the loop: the command that is being obeyed is finished and answered first.
    pub fn stop(&self) {
        self.wish(Wish::Stopped, Shutdown::Read);
    }

    /// Takes the token out of the reader: the command that is being obeyed is finished, its answer lost.
    pub fn remove(&self) {
        self.wish(Wish::Out, Shutdown::Both);
    }

    /// Puts the token into the reader again.
    pub fn insert(&self) {
        let mut state = self.state();
        if state.wish == Wish::Out {
            state.wish = Wish::In;
            self.0.changed.notify_all();
        }
    }

    /// Whether the token is in the reader: put there by this hand, and met by a reader.
    #[must_use]
    pub fn is_in(&self) -> bool {
        let state = self.state();
        state.wish == Wish::In && state.stream.is_some()
    }

    fn wish(&self, wish: Wish, close: Shutdown) {
        let mut state = self.state();
        if state.wish != Wish::Stopped {
            state.wish = wish;
        }
        if let Some(stream) = state.stream.take() {
            // It may have been closed from the other end.
            let _ = stream.shutdown(close);
        }
        self.0.changed.notify_all();
    }

    /// Waits until the token is to be in the reader; `false` when the play is over.
    pub(super) fn wants_it_in(&self) -> bool {
        let outside = |state: &mut State| state.wish == Wish::Out;
        let waited = self.0.changed.wait_while(self.state(), outside);
        waited.unwrap_or_else(PoisonError::into_inner).wish == Wish::In
    }

    /// Takes hold of a new connection, unless it is not wanted any more.
    pub(super) fn hold(&self, stream: &TcpStream) -> io::Result<()> {
        let mut state = self.state();
        if state.wish != Wish::In {
            return Err(io::ErrorKind::Interrupted.into());
        }
        state.stream = Some(stream.try_clone()?);
        Ok(())
    }

    pub(super) fn let_go(&self) {
        self.state().stream = None;
    }

    /// Waits this long, or until the wish changes.
    pub(super) fn pause(&self, pause: Duration) {
        let state = self.state();
        let before = state.wish;
        let same = |state: &mut State| state.wish == before && before != Wish::Stopped;
        // Whatever ended the pause, the caller looks again.
        let _ = self.0.changed.wait_timeout_while(state, pause, same);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
