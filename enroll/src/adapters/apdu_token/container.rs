//! The PKCS#15 container: its directories, found through the object directory file, read and changed.

mod aside;

use super::commands::{Card, name};
use super::directory::{self, Edit, Entry, Plan};
use super::layout::{self, APPLICATION, DIRECTORY_SIZE, DirectoryKind, FileId, OBJECTS, Path};
use super::pkcs15::{self, Object};
use crate::ports::token::{TokenError, Transmit};

/// A directory as it stood when it was read.
#[derive(Clone, Debug)]
pub(super) struct Directory {
    path: Path,
    /// Size of its file; `None` until there is one.
    size: Option<usize>,
    /// Whether the object directory file names it.
    listed: bool,
    kind: Option<DirectoryKind>,
    pub(super) entries: Vec<Entry>,
}

impl Directory {
    /// What its entries say, with their places; those that say nothing we understand are left out.
    pub(super) fn objects(&self) -> impl Iterator<Item = (usize, Object)> + '_ {
        let objects = self
            .entries
            .iter()
            .map(|entry| pkcs15::object(entry))
            .enumerate();
        objects.filter_map(|(place, object)| Some((place, object?)))
    }

    /// Errors: [`TokenError::NoSpace`] when an entry of that length would not fit.
    pub(super) fn require_room(&self, length: usize) -> Result<(), TokenError> {
        let size = self.size.unwrap_or(DIRECTORY_SIZE.into());
        let used: usize = self.entries.iter().map(Vec::len).sum();
        if used + length <= size {
            Ok(())
        } else {
            Err(self.full())
        }
    }

    fn full(&self) -> TokenError {
        TokenError::NoSpace { what: self.name() }
    }

    fn name(&self) -> &'static str {
        self.kind
            .map_or("the directory of directories", DirectoryKind::name)
    }
}

impl<T: Transmit> Card<T> {
    /// Finds and reads a directory; it is empty where none was made yet.
    ///
    /// Errors: [`TokenError::NotInitialised`], [`TokenError::Damaged`].
    pub(super) fn directory(&mut self, kind: DirectoryKind) -> Result<Directory, TokenError> {
        let listings = self.listings()?;
        let named = listings
            .entries
            .iter()
            .filter_map(|entry| pkcs15::listing(entry))
            .find(|(tag, _)| *tag == kind.tag());
        let listed = named.is_some();
        let path = named.map_or_else(|| kind.path().to_vec(), |(_, path)| path);
        let (entries, size) = match self.read_entries(&path)? {
            Some((entries, size)) => (entries, Some(size)),
            None => (Vec::new(), None),
        };
        Ok(Directory {
            path,
            size,
            listed,
            kind: Some(kind),
            entries,
        })
    }

    /// The object directory file.
    fn listings(&mut self) -> Result<Directory, TokenError> {
        let path = vec![APPLICATION, OBJECTS];
        let (entries, size) = self
            .read_entries(&path)?
            .ok_or(TokenError::NotInitialised)?;
        Ok(Directory {
            path,
            size: Some(size),
            listed: true,
            kind: None,
            entries,
        })
    }

    fn read_entries(&mut self, path: &[FileId]) -> Result<Option<(Vec<Entry>, usize)>, TokenError> {
        let Some(size) = self.select(path)?.map(|file| file.size) else {
            return Ok(None);
        };
        let enough = |bytes: &[u8]| directory::parse(bytes, false).is_some();
        let bytes = self.read_selected(path, size, enough)?;
        let entries = directory::parse(&bytes, bytes.len() == size);
        let entries = entries.ok_or_else(|| TokenError::Damaged {
            what: format!("directory {}", name(path)),
        })?;
        Ok(Some((entries, size)))
    }

    /// Makes the file where there is none, then names it in the object directory file: each is a container that reads.
    pub(super) fn ensure(&mut self, directory: &mut Directory) -> Result<(), TokenError> {
        let (Some(kind), [parent @ .., fid]) = (directory.kind, directory.path.as_slice()) else {
            return Ok(());
        };
        if directory.size.is_none() {
            self.create_in(parent, &layout::user_file(*fid, DIRECTORY_SIZE))?;
            directory.size = Some(DIRECTORY_SIZE.into());
        }
        if !directory.listed {
            let mut listings = self.listings()?;
            self.edit(
                &mut listings,
                Edit::Append(pkcs15::listing_entry(kind.tag(), &directory.path)),
            )?;
            directory.listed = true;
        }
        Ok(())
    }

    /// Changes a directory step by step and reads it back.
    ///
    /// Errors: [`TokenError::NoSpace`] before anything is written, [`TokenError::NotWritten`].
    pub(super) fn edit(&mut self, directory: &mut Directory, edit: Edit) -> Result<(), TokenError> {
        let size = directory.size.unwrap_or_default();
        let plan = Plan::new(&directory.entries, size, edit).ok_or_else(|| directory.full())?;
        if let Some(way) = aside::Move::needed(directory, plan.hides) {
            return self.edit_aside(directory, &way, plan.entries);
        }
        self.select(&directory.path)?
            .ok_or(TokenError::NotWritten {
                what: directory.name(),
            })?;
        for step in &plan.steps {
            self.update(step.offset, &step.data)?;
        }
        match self.read_entries(&directory.path)? {
            Some((entries, _)) if entries == plan.entries => directory.entries = entries,
            _ => {
                return Err(TokenError::NotWritten {
                    what: directory.name(),
                });
            }
        }
        Ok(())
    }

    /// The lowest file of a kind, 00 to FF above `first`, that is not there: probed one by one, as OpenSC does.
    pub(super) fn free_file(&mut self, first: FileId) -> Result<Option<FileId>, TokenError> {
        for fid in first..=first + 0xFF {
            if self.select(&[APPLICATION, fid])?.is_none() {
                return Ok(Some(fid));
            }
        }
        Ok(None)
    }

    /// Fills a file of the application and reads it back.
    pub(super) fn fill(
        &mut self,
        fid: FileId,
        data: &[u8],
        what: &'static str,
    ) -> Result<(), TokenError> {
        let path = [APPLICATION, fid];
        self.select(&path)?.ok_or(TokenError::NotWritten { what })?;
        self.update(0, data)?;
        match self.read(&path)? {
            Some(read) if read == data => Ok(()),
            _ => Err(TokenError::NotWritten { what }),
        }
    }
}
