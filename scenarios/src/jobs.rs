//! Many hands: work that is spread over threads, and comes back in order.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// As many threads as there are cores.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Does `work` on so many threads at once, and waits for all of them.
pub fn hands(jobs: usize, work: impl Fn() + Sync) {
    std::thread::scope(|scope| {
        for _ in 0..jobs.max(1) {
            scope.spawn(&work);
        }
    });
}

/// Does `act` to each item on `jobs` threads. `done` hears of each result as soon as all before it are there, so what it
/// tells has the order of the items, whoever was faster. Items are taken as hands are free for them, so there may be
/// more of them than memory holds.
pub fn in_order<Item, Done: Send>(
    jobs: usize,
    items: impl IntoIterator<Item = Item, IntoIter: Send>,
    act: impl Fn(Item) -> Done + Sync,
    done: impl FnMut(Done) + Send,
) {
    let items = items.into_iter();
    let most = items.size_hint().1.unwrap_or(usize::MAX);
    let next = Mutex::new(items.enumerate());
    let line = Mutex::new(Line {
        waiting: BTreeMap::new(),
        told: 0,
        done,
    });
    hands(jobs.min(most), || {
        loop {
            let taken = locked(&next).next();
            let Some((at, item)) = taken else { break };
            let came = act(item);
            locked(&line).came(at, came);
        }
    });
}

/// Results that wait for those before them.
struct Line<Done, Tell> {
    waiting: BTreeMap<usize, Done>,
    told: usize,
    done: Tell,
}

impl<Done, Tell: FnMut(Done)> Line<Done, Tell> {
    fn came(&mut self, at: usize, came: Done) {
        self.waiting.insert(at, came);
        while let Some(next) = self.waiting.remove(&self.told) {
            self.told += 1;
            (self.done)(next);
        }
    }
}

/// The lock, also after somebody panicked with it: what these hold is never half-way.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::in_order;

    #[test]
    fn a_quick_one_waits_until_those_before_it_are_told() {
        // The first and the third wait for each other, so the second is done before the first.
        let meeting = Barrier::new(2);
        let mut told = Vec::new();
        let act = |item: &usize| {
            if *item != 2 {
                meeting.wait();
            }
            item * 10
        };
        in_order(2, &[1, 2, 3], act, |done| told.push(done));
        assert_eq!(told, [10, 20, 30]);
    }

    #[test]
    fn every_item_is_done_once_however_many_hands_there_are() {
        for jobs in [0, 1, 3, 40] {
            let items: Vec<usize> = (0..20).collect();
            let mut told = Vec::new();
            in_order(jobs, &items, |item| *item, |done| told.push(done));
            assert_eq!(told, items);
        }
    }

    #[test]
    fn items_are_taken_one_by_one_so_there_may_be_any_number_of_them() {
        let taken = AtomicUsize::new(0);
        let ahead = AtomicUsize::new(0);
        let items = (0_u64..400).inspect(|_| {
            taken.fetch_add(1, Ordering::SeqCst);
        });
        let mut told = 0;
        in_order(
            1,
            items,
            |item| item,
            |_| {
                told += 1;
                ahead.fetch_max(taken.load(Ordering::SeqCst) - told, Ordering::SeqCst);
            },
        );
        assert_eq!((told, ahead.into_inner()), (400, 0));
    }
}
