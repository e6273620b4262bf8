//! A PKCS#15 directory as bytes: entries one after another, then 00. How to change one without ever losing the rest.
//!
//! A card may lose its power between two UPDATE BINARY. One command is taken to be all or nothing (assumed), and it
//! carries 255 octets, so a change is planned as steps after each of which the directory reads: one step where that
//! is enough, else the entry moves to the end past one neighbour at a time and is changed there.

use super::tlv;

/// One entry, byte for byte as it stands in the file.
pub(super) type Entry = Vec<u8>;

/// Most octets that one command writes.
pub(super) const BLOCK: usize = 255;

/// Reads entries up to the first octet 00 or FF, where OpenSC stops as well, or up to the end of the file.
///
/// `None` when an entry does not end within `bytes`, or when they are not the whole file and no end was met.
pub(super) fn parse(mut bytes: &[u8], whole_file: bool) -> Option<Vec<Entry>> {
    let mut entries = Vec::new();
    loop {
        match bytes.first() {
            None => return whole_file.then_some(entries),
            Some(0x00 | 0xFF) => return Some(entries),
            Some(_) => {
                let (entry, rest) = tlv::element(bytes)?;
                entries.push(entry.whole.to_vec());
                bytes = rest;
            }
        }
    }
}

/// What is to happen to a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Edit {
    /// One entry more.
    Append(Entry),
    /// Another entry instead of that one.
    Replace(usize, Entry),
    /// One entry less.
    Remove(usize),
}

/// One UPDATE BINARY.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) offset: usize,
    pub(super) data: Vec<u8>,
}

/// The steps of an edit, and the entries after the last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) entries: Vec<Entry>,
    pub(super) steps: Vec<Step>,
    /// Whether entries are out of sight between the steps.
    pub(super) hides: bool,
    size: usize,
}

impl Plan {
    /// Plans an edit of a file of `size` octets; `None` when the file is too short for it or there is no such entry.
    pub(super) fn new(entries: &[Entry], size: usize, edit: Edit) -> Option<Self> {
        let mut plan = Self {
            entries: entries.to_vec(),
            steps: Vec::new(),
            hides: false,
            size,
        };
        match edit {
            Edit::Append(entry) => plan.append(entry)?,
            Edit::Replace(index, entry) => plan.change(index, Some(entry))?,
            Edit::Remove(index) => plan.change(index, None)?,
        }
        Some(plan)
    }

    fn append(&mut self, entry: Entry) -> Option<()> {
        let end = self.offset(self.entries.len());
        let data = self.terminated(end, entry.clone())?;
        self.write_last_block_first(end, &data);
        self.entries.push(entry);
        Some(())
    }

    fn change(&mut self, index: usize, new: Option<Entry>) -> Option<()> {
        let old = self.entries.get(index..)?.concat();
        let at = self.offset(index);
        let tail = [
            new.clone().unwrap_or_default(),
            self.entries.get(index + 1..)?.concat(),
        ]
        .concat();
        let mut data = self.terminated(at, tail)?;
        data.resize(data.len().max(old.len()), 0);
        if let Some(step) = one_step(at, &old, &data) {
            self.steps.extend(step);
            self.put(index, new);
            return Some(());
        }
        match new {
            Some(entry) if self.has_room_for(&entry) => {
                self.append(entry)?;
                self.change(index, None)
            }
            None if self.neighbours_are_small(index) => {
                self.remove_from_end(index);
                Some(())
            }
            new => {
                self.hide_and_rewrite(at, &data);
                self.put(index, new);
                Some(())
            }
        }
    }

    fn put(&mut self, index: usize, new: Option<Entry>) {
        self.entries.splice(index..=index, new);
    }

    fn offset(&self, index: usize) -> usize {
        self.entries.iter().take(index).map(Vec::len).sum()
    }

    fn has_room_for(&self, entry: &Entry) -> bool {
        self.offset(self.entries.len()) + entry.len() <= self.size
    }

    /// With the 00 that ends the directory, unless the file ends there too; `None` when it does not fit.
    fn terminated(&self, at: usize, mut data: Vec<u8>) -> Option<Vec<u8>> {
        if at + data.len() < self.size {
            data.push(0);
        }
        (at + data.len() <= self.size).then_some(data)
    }

    fn neighbours_are_small(&self, index: usize) -> bool {
        let moved = self.entries.get(index).map_or(0, Vec::len);
        self.entries
            .iter()
            .skip(index + 1)
            .all(|neighbour| moved + neighbour.len() <= BLOCK)
    }

    /// Every step swaps two neighbours; the last cuts the entry off. All others are there all the time.
    fn remove_from_end(&mut self, index: usize) {
        for left in index..self.entries.len() - 1 {
            self.entries.swap(left, left + 1);
            let data = self.entries[left..=left + 1].concat();
            self.steps.push(Step {
                offset: self.offset(left),
                data,
            });
        }
        let gone = self.entries.pop().unwrap_or_default();
        let end = self.offset(self.entries.len());
        for (block, data) in vec![0; gone.len()].chunks(BLOCK).enumerate() {
            self.steps.push(Step {
                offset: end + block * BLOCK,
                data: data.to_vec(),
            });
        }
    }

    /// Only where entries of more than 127 octets stand in the way: those behind the change are out of sight until
    /// the last step, and a cut before it would leave them so. Directories of keys are written aside instead.
    fn hide_and_rewrite(&mut self, at: usize, data: &[u8]) {
        self.hides = true;
        self.steps.push(Step {
            offset: at,
            data: vec![0],
        });
        self.write_last_block_first(at, data);
    }

    /// What lies behind an octet 00 is not seen, so the block that replaces that octet is the last.
    fn write_last_block_first(&mut self, at: usize, data: &[u8]) {
        let blocks = data.chunks(BLOCK).enumerate().rev();
        let steps = blocks.map(|(block, data)| Step {
            offset: at + block * BLOCK,
            data: data.to_vec(),
        });
        self.steps.extend(steps);
    }
}

/// The one command that turns `old` into `new` and writes what follows; `Some(None)` when nothing differs.
fn one_step(at: usize, old: &[u8], new: &[u8]) -> Option<Option<Step>> {
    let same = old
        .iter()
        .zip(new)
        .take_while(|(old, new)| old == new)
        .count();
    let mut data = new.get(same..)?;
    if new.len() == old.len() {
        let tail = old.get(same..)?.iter().rev().zip(data.iter().rev());
        let same_end = tail.take_while(|(old, new)| old == new).count();
        data = data.get(..data.len() - same_end)?;
    }
    match data.len() {
        0 => Some(None),
        1..=BLOCK => Some(Some(Step {
            offset: at + same,
            data: data.to_vec(),
        })),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    /// A file with these entries and rubbish behind the end, as a careless writer leaves it.
    fn file(entries: &[Entry], size: usize) -> Vec<u8> {
        let mut file = entries.concat();
        if file.len() < size {
            file.push(0);
        }
        file.resize(size, 0x5A);
        file
    }

    fn entry(fill: u8, length: usize) -> Entry {
        tlv::der(0x30, &[&vec![fill; length]])
    }

    fn apply(file: &mut [u8], step: &Step) {
        assert!(step.data.len() <= BLOCK);
        file[step.offset..step.offset + step.data.len()].copy_from_slice(&step.data);
    }

    fn edit(kind: usize, index: usize, new: Entry) -> Edit {
        match kind {
            0 => Edit::Append(new),
            1 => Edit::Replace(index, new),
            _ => Edit::Remove(index),
        }
    }

    fn sorted(entries: &[Entry]) -> Vec<Entry> {
        let mut sorted = entries.to_vec();
        sorted.sort();
        sorted
    }

    fn expected(entries: &[Entry], edit: &Edit) -> Vec<Entry> {
        let mut after = entries.to_vec();
        match edit.clone() {
            Edit::Append(entry) => after.push(entry),
            Edit::Replace(index, entry) => after[index] = entry,
            Edit::Remove(index) => drop(after.remove(index)),
        }
        sorted(&after)
    }

    fn check(entries: &[Entry], size: usize, edit: &Edit, whole_on_the_way: bool) {
        let Some(plan) = Plan::new(entries, size, edit.clone()) else {
            assert!(
                expected(entries, edit).concat().len() > size,
                "there was room for {edit:?}"
            );
            return;
        };
        let mut file = file(entries, size);
        let untouched: Vec<_> = match edit {
            Edit::Append(_) => entries.to_vec(),
            Edit::Replace(index, _) | Edit::Remove(index) => entries
                .iter()
                .enumerate()
                .filter(|(at, _)| at != index)
                .map(|(_, entry)| entry.clone())
                .collect(),
        };
        for step in &plan.steps {
            apply(&mut file, step);
            let seen = parse(&file, true).expect("reads after every step");
            assert!(!whole_on_the_way || untouched.iter().all(|entry| seen.contains(entry)));
        }
        let seen = parse(&file, true).expect("reads");
        assert_eq!(seen, plan.entries);
        assert_eq!(sorted(&seen), expected(entries, edit));
    }

    #[test]
    fn a_short_change_is_one_step() {
        let entries = [entry(1, 50), entry(2, 60)];
        for edit in [
            Edit::Append(entry(3, 80)),
            Edit::Replace(0, entry(4, 70)),
            Edit::Remove(0),
        ] {
            let plan = Plan::new(&entries, 2048, edit.clone()).expect("fits");
            assert_eq!(plan.steps.len(), 1, "{edit:?}");
            check(&entries, 2048, &edit, true);
        }
    }

    #[test]
    fn an_entry_before_many_others_leaves_them_in_sight() {
        let entries: Vec<_> = (1..9).map(|fill| entry(fill, 100)).collect();
        check(&entries, 2048, &Edit::Remove(0), true);
        check(&entries, 2048, &Edit::Replace(0, entry(9, 120)), true);
    }

    #[test]
    fn a_full_file_takes_no_entry_more() {
        let entries = [entry(1, 100), entry(2, 22)];
        assert_eq!(Plan::new(&entries, 128, Edit::Append(entry(3, 1))), None);
        check(&entries, 128, &Edit::Append(vec![0x30, 0x00]), true);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_edit_reads_after_every_step(
            lengths in vec(0usize..125, 1..12), which in any::<prop::sample::Index>(), kind in 0usize..3, new in 0usize..125, size in 300usize..2048,
        ) {
            let entries: Vec<_> = lengths.iter().zip(1..).map(|(length, fill)| entry(fill, *length)).collect();
            prop_assume!(entries.concat().len() <= size);
            let index = which.index(entries.len());
            let edit = edit(kind, index, entry(99, new));
            let tight = entries.concat().len() + new + 4 > size;
            check(&entries, size, &edit, !tight);
        }

        #[test]
        fn any_edit_among_long_entries_ends_right(
            lengths in vec(0usize..600, 1..6), which in any::<prop::sample::Index>(), kind in 0usize..3, new in 0usize..600,
        ) {
            let entries: Vec<_> = lengths.iter().zip(1..).map(|(length, fill)| entry(fill, *length)).collect();
            prop_assume!(entries.concat().len() <= 2048);
            let index = which.index(entries.len());
            let edit = edit(kind, index, entry(99, new));
            check(&entries, 2048, &edit, false);
        }

        #[test]
        fn any_bytes_are_a_directory_or_not(bytes in vec(any::<u8>(), 0..2048), whole in any::<bool>()) {
            if let Some(entries) = parse(&bytes, whole) {
                prop_assert!(bytes.starts_with(&entries.concat()));
            }
        }
    }
}
