//! Many hands: work that is spread over threads, and comes back in order.

use std::sync::atomic::{AtomicUsize, Ordering};
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
/// tells has the order of the items, whoever was faster.
pub fn in_order<Item: Sync, Done: Send>(
    jobs: usize,
    items: &[Item],
    act: impl Fn(&Item) -> Done + Sync,
    done: impl FnMut(Done) + Send,
) {
    let next = AtomicUsize::new(0);
    let line = Mutex::new(Line {
        waiting: items.iter().map(|_| None).collect(),
        told: 0,
        done,
    });
    hands(jobs.min(items.len()), || {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(at) else { break };
            let came = act(item);
            locked(&line).came(at, came);
        }
    });
}

/// Results that wait for those before them.
struct Line<Done, Tell> {
    waiting: Vec<Option<Done>>,
    told: usize,
    done: Tell,
}

impl<Done, Tell: FnMut(Done)> Line<Done, Tell> {
    fn came(&mut self, at: usize, came: Done) {
        self.waiting[at] = Some(came);
        while let Some(next) = self.waiting.get_mut(self.told).and_then(Option::take) {
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
}
