//! Who is connected: a bounded number of clients, of whom the idlest makes room for a newcomer.
//!
//! A client that sends nothing, or a byte now and then, or never reads its answer, holds a seat only until somebody
//! needs it. So no number of slow clients keeps others out.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use tokio::task::AbortHandle;

/// Every connection there is.
#[derive(Debug, Default)]
pub(super) struct Guests(Mutex<Seats>);

#[derive(Debug, Default)]
struct Seats {
    /// Counts everything that happens: what happened earlier has the smaller number.
    ticks: u64,
    taken: BTreeMap<u64, Seat>,
}

#[derive(Debug)]
struct Seat {
    /// Whether its request is complete and being answered: then it is the server that is slow.
    busy: bool,
    /// Whether it has had an answer: a stranger goes first.
    known: bool,
    /// The tick since when nothing has happened.
    quiet_since: u64,
    connection: AbortHandle,
}

/// One connection's seat; given up when dropped.
#[derive(Debug)]
pub(super) struct Guest {
    seat: u64,
    guests: Arc<Guests>,
}

/// A guest is being served as long as this lives.
#[derive(Debug)]
pub(super) struct Serving<'a>(&'a Guest);

impl Guests {
    /// Seats a newcomer whose connection `start` begins; the idlest guest goes when all seats are taken.
    ///
    /// Returns `false` when nobody can go: the newcomer is turned away then.
    pub(super) fn welcome(self: &Arc<Self>, start: impl FnOnce(Arc<Guest>) -> AbortHandle) -> bool {
        if self.count() >= MAX_GUESTS && !self.dismiss_idlest() && self.count() >= 2 * MAX_GUESTS {
            return false;
        }
        let seat = self.seats().tick();
        let guest = Guest {
            seat,
            guests: Arc::clone(self),
        };
        let connection = start(Arc::new(guest));
        let newcomer = Seat {
            busy: false,
            known: false,
            quiet_since: seat,
            connection,
        };
        self.seats().taken.insert(seat, newcomer);
        true
    }

    /// Breaks the connection that has been idle longest. Returns whether there was one.
    pub(super) fn dismiss_idlest(&self) -> bool {
        let mut seats = self.seats();
        let idle = seats.taken.iter().filter(|(_, seat)| !seat.busy);
        let idlest = idle.min_by_key(|(_, seat)| (seat.known, seat.quiet_since));
        let Some(number) = idlest.map(|(number, _)| *number) else {
            return false;
        };
        let dismissed = seats.taken.remove(&number);
        drop(seats);
        dismissed.inspect(|seat| seat.connection.abort()).is_some()
    }

    /// Breaks every connection.
    pub(super) fn dismiss_all(&self) {
        let seats = core::mem::take(&mut self.seats().taken);
        for seat in seats.into_values() {
            seat.connection.abort();
        }
    }

    fn count(&self) -> usize {
        self.seats().taken.len()
    }

    fn seats(&self) -> MutexGuard<'_, Seats> {
        self.0.lock().expect("no holder of this lock can panic")
    }
}

impl Seats {
    fn tick(&mut self) -> u64 {
        self.ticks += 1;
        self.ticks
    }
}

impl Guest {
    /// Its request is here: from now on it is not idle.
    pub(super) fn serve(&self) -> Serving<'_> {
        if let Some(seat) = self.guests.seats().taken.get_mut(&self.seat) {
            seat.busy = true;
        }
        Serving(self)
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        self.guests.seats().taken.remove(&self.seat);
    }
}

impl Drop for Serving<'_> {
    fn drop(&mut self) {
        let mut seats = self.0.guests.seats();
        let tick = seats.tick();
        if let Some(seat) = seats.taken.get_mut(&self.0.seat) {
            (seat.busy, seat.known, seat.quiet_since) = (false, true, tick);
        }
    }
}

/// More than any test's clients at one moment. Each may hold a head and a form, 80 KB together; at the control
/// port a megabyte.
const MAX_GUESTS: usize = 512;

#[cfg(test)]
mod tests {
    use super::*;

    /// A connection that lasts until it is dismissed, and its seat.
    fn newcomer(guests: &Arc<Guests>) -> (Arc<Guest>, tokio::task::JoinHandle<()>) {
        let mut seated = None;
        guests.welcome(|guest| {
            let connection = tokio::spawn(std::future::pending());
            let handle = connection.abort_handle();
            seated = Some((guest, connection));
            handle
        });
        seated.expect("there is room for all of this test's guests")
    }

    #[tokio::test]
    async fn the_guest_idle_longest_makes_room_and_a_served_one_stays() {
        let guests = Arc::new(Guests::default());
        let (served, served_connection) = newcomer(&guests);
        let (_idle, idle_connection) = newcomer(&guests);
        let serving = served.serve();
        let others: Vec<_> = (2..MAX_GUESTS).map(|_| newcomer(&guests)).collect();
        let (last, _) = newcomer(&guests);
        assert!(idle_connection.await.unwrap_err().is_cancelled());
        assert!(!served_connection.is_finished());
        drop((serving, others, last));
        assert_eq!(guests.count(), 1);
    }

    #[tokio::test]
    async fn a_guest_that_has_had_an_answer_outstays_strangers() {
        let guests = Arc::new(Guests::default());
        let (known, known_connection) = newcomer(&guests);
        drop(known.serve());
        let (_stranger, stranger_connection) = newcomer(&guests);
        assert!(guests.dismiss_idlest());
        assert!(stranger_connection.await.unwrap_err().is_cancelled());
        assert!(!known_connection.is_finished());
        assert!(guests.dismiss_idlest() && !guests.dismiss_idlest());
    }
}
