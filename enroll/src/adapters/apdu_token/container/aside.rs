//! A directory of keys changed where nobody looks: written anew in a spare file, named there by the object directory
//! file, written at home, and named at home again. Whichever file is named is whole all the time, so a cut anywhere
//! hides no key; a directory found in the spare file is brought home by its next change.

use super::Directory;
use crate::adapters::apdu_token::commands::Card;
use crate::adapters::apdu_token::directory::{BLOCK, Edit, Entry};
use crate::adapters::apdu_token::layout::{self, APPLICATION, DirectoryKind, FileId};
use crate::adapters::apdu_token::pkcs15;
use crate::ports::token::{TokenError, Transmit};

/// Where a directory goes and comes back to.
pub(super) struct Move {
    kind: DirectoryKind,
    spare: [FileId; 2],
    size: usize,
    is_away: bool,
}

impl Move {
    /// For a change that would hide entries, and for a directory that is away from home.
    pub(super) fn needed(directory: &Directory, hides: bool) -> Option<Self> {
        let kind = directory.kind?;
        let spare = [APPLICATION, kind.spare()?];
        let is_away = directory.path == spare;
        let can_move = directory.listed && (is_away || directory.path == kind.path());
        let size = directory.size?;
        let needed = can_move && (hides || is_away);
        needed.then_some(Self {
            kind,
            spare,
            size,
            is_away,
        })
    }
}

impl<T: Transmit> Card<T> {
    pub(super) fn edit_aside(
        &mut self,
        directory: &mut Directory,
        way: &Move,
        entries: Vec<Entry>,
    ) -> Result<(), TokenError> {
        let [_, spare] = way.spare;
        if !way.is_away {
            // What a change left that was cut before its file was named.
            self.delete(&way.spare)?;
            let size = u16::try_from(way.size).unwrap_or(layout::DIRECTORY_SIZE);
            self.create_in(&[APPLICATION], &layout::user_file(spare, size))?;
            self.write_whole(&way.spare, way, &entries)?;
            self.name_directory(way.kind, &way.spare)?;
        }
        let home = way.kind.path();
        self.write_whole(&home, way, &entries)?;
        self.name_directory(way.kind, &home)?;
        self.delete(&way.spare)?;
        directory.path = home.to_vec();
        directory.entries = entries;
        Ok(())
    }

    /// Writes a directory that nothing names, and reads it back.
    fn write_whole(
        &mut self,
        path: &[FileId],
        way: &Move,
        entries: &[Entry],
    ) -> Result<(), TokenError> {
        let what = way.kind.name();
        let lost = TokenError::NotWritten { what };
        let mut data = entries.concat();
        if data.len() < way.size {
            data.push(0);
        }
        self.select(path)?.ok_or(lost.clone())?;
        for (block, data) in data.chunks(BLOCK).enumerate() {
            self.update(block * BLOCK, data)?;
        }
        match self.read_entries(path)? {
            Some((read, _)) if read == entries => Ok(()),
            _ => Err(lost),
        }
    }

    /// Has the object directory file name another file: one short command.
    fn name_directory(&mut self, kind: DirectoryKind, path: &[FileId]) -> Result<(), TokenError> {
        let mut listings = self.listings()?;
        let place = listings
            .entries
            .iter()
            .position(|entry| pkcs15::listing(entry).is_some_and(|(tag, _)| tag == kind.tag()));
        let place = place.ok_or(TokenError::NotWritten { what: kind.name() })?;
        let entry = pkcs15::listing_entry(kind.tag(), path);
        self.edit(&mut listings, Edit::Replace(place, entry))
    }
}
