//! What the folder holds, read without the lock and without repairing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::store::Store;
use super::{JournalError, Story, file};
use crate::stage::Key;

/// A journal as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The token's serial number.
    pub token: String,
    /// Its lines.
    pub story: Story,
    /// Whether another application's journal is at hand.
    pub(super) is_parked: bool,
}

/// A journal that is there and cannot be read: nobody knows which pair it waits for a certificate with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the journal {} cannot be used: {why}", path.display())]
pub struct Unreadable {
    /// The token's serial number, as the file's name has it.
    pub token: String,
    /// The application, where the file's name has one: it waits while another one is at hand.
    pub application: Option<String>,
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub why: Box<JournalError>,
}

impl Store {
    /// Every enrollment under way, by serial number, and every journal of one that does not read.
    pub fn list(&self) -> Result<Vec<Result<Found, Unreadable>>, JournalError> {
        let files = self.files()?;
        Ok(files.iter().filter_map(|path| self.entry(path)).collect())
    }

    /// Nothing for the journal of an enrollment that is over, or that ended before its first line was written.
    fn entry(&self, path: &Path) -> Option<Result<Found, Unreadable>> {
        let name = path.file_stem()?.to_str()?;
        if name.contains('-') {
            return None;
        }
        let (token, application) = match name.split_once('@') {
            Some((token, application)) => (token, Some(application.to_owned())),
            None => (name, None),
        };
        let unreadable = |why| Unreadable {
            token: token.to_owned(),
            application,
            path: path.to_owned(),
            why: Box::new(why),
        };
        self.peek(path, token).map_err(unreadable).transpose()
    }

    pub(super) fn peek(&self, path: &Path, token: &str) -> Result<Option<Found>, JournalError> {
        let bytes = match std::fs::File::open(path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            opened => opened.and_then(|file| file::bytes(&file)),
        };
        let bytes = bytes.map_err(|error| file::failed("read", path, &error))?;
        let read = file::whole_lines(token, &bytes)?;
        Ok(read.map(|(story, ..)| Found {
            token: token.to_owned(),
            story,
            is_parked: path != self.path(token),
        }))
    }

    /// The pairs of `token` that a certificate is still to come for: CKA_ID, hex, and the application of each.
    ///
    /// Errors: [`JournalError::Unreadable`] and [`JournalError::Rebuilt`] while any pair of the token may be awaited.
    pub fn awaited(&self, token: &str) -> Result<BTreeMap<String, String>, JournalError> {
        let found = self.under_way(token)?;
        let keys = found.iter().map(|it| {
            let application = it.application().unwrap_or("?");
            Ok(it
                .awaited()?
                .map(|key| (key.id.clone(), application.to_owned())))
        });
        keys.filter_map(Result::transpose).collect()
    }

    /// CKA_ID, hex, of the pairs on `token` that other applications than this one wait for a certificate with.
    ///
    /// Errors: as those of [`Self::awaited`].
    pub(crate) fn awaited_elsewhere(
        &self,
        token: &str,
        application: Option<&str>,
    ) -> Result<Vec<String>, JournalError> {
        let found = self.under_way(token)?.into_iter();
        let others = found.filter(|it| it.application() != application);
        let keys = others.map(|it| Ok(it.awaited()?.map(|key| key.id.clone())));
        keys.filter_map(Result::transpose).collect()
    }

    fn under_way(&self, token: &str) -> Result<Vec<Found>, JournalError> {
        let mut all = Vec::new();
        for entry in self.list()? {
            match entry {
                Ok(found) if found.token == token && found.is_under_way() => all.push(found),
                Err(unreadable) if unreadable.token == token => return Err(unreadable.into()),
                _ => {}
            }
        }
        Ok(all)
    }
}

impl Found {
    /// The application as the portal numbers it, or as it was named before anything was chosen.
    #[must_use]
    pub fn application(&self) -> Option<&str> {
        let named = self.story.header.application.as_deref();
        self.story.stage.application().or(named)
    }

    /// Whether something was begun, and its certificate is still to be requested, issued or installed.
    #[must_use]
    pub fn is_under_way(&self) -> bool {
        let stage = &self.story.stage;
        !stage.is_over() && !stage.is_installed() && !self.is_untouched()
    }

    /// Whether there is a first line and nothing else. One that took a damaged journal's place stands for what that told.
    pub(super) fn is_untouched(&self) -> bool {
        let Story {
            header,
            facts,
            open,
            ..
        } = &self.story;
        !header.rebuilt && facts.is_empty() && open.is_empty()
    }

    /// The pair that a certificate is to come for, of an enrollment under way.
    fn awaited(&self) -> Result<Option<&Key>, JournalError> {
        match self.story.stage.key() {
            None if self.story.header.rebuilt => Err(JournalError::Rebuilt {
                token: self.token.clone(),
                application: self.application().map(str::to_owned),
            }),
            key => Ok(key),
        }
    }
}
