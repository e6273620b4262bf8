//! Several applications on one token: the journal at hand is `SERIAL.jsonl`, the others wait as
//! `SERIAL@APPLICATION.jsonl` until they are named.

use std::path::{Path, PathBuf};

use super::file::failed;
use super::store::{Found, Store};
use super::{JournalError, Story};

impl Store {
    /// Puts the journal of `application` at hand, if there is one; another one that is under way waits meanwhile.
    ///
    /// Each step is one renaming: a kill leaves every journal whole, and naming the application again goes on.
    ///
    /// Errors: [`JournalError::Locked`], and those of the file system.
    pub fn turn_to(&self, token: &str, application: &str) -> Result<(), JournalError> {
        let waiting = self.parked_path(token, application);
        let at_hand = self.peek(&self.path(token), token);
        let other = at_hand.filter(|it| it.application() != Some(application));
        if other.is_none() && !waiting.exists() {
            return Ok(());
        }
        let _lock = self.lock(token)?;
        if let Some(other) = other {
            self.make_room(&other, waiting.exists())?;
        }
        if waiting.exists() && !self.path(token).exists() {
            rename(&waiting, &self.path(token))?;
        }
        Ok(())
    }

    /// Moves the journal at hand out of the way. One whose application nobody knows cannot be named again, so it stays.
    fn make_room(&self, other: &Found, is_needed: bool) -> Result<(), JournalError> {
        let at_hand = self.path(&other.token);
        match other.application() {
            _ if other.is_untouched() => {
                std::fs::remove_file(&at_hand).map_err(|error| failed("remove", &at_hand, &error))
            }
            Some(number) if other.is_under_way() => {
                rename(&at_hand, &self.parked_path(&other.token, number))
            }
            number if is_needed && !other.is_under_way() => {
                rename(&at_hand, &self.aside(&other.token, number))
            }
            _ => Ok(()),
        }
    }

    /// Makes sure that it is clear which application is meant when none is named; the only one is put at hand.
    ///
    /// Errors: [`JournalError::SeveralApplications`], and those of [`Self::turn_to`].
    pub fn turn_to_only(&self, token: &str) -> Result<(), JournalError> {
        let found = self.list()?.into_iter().filter(|it| it.token == token);
        let (waiting, at_hand): (Vec<_>, Vec<_>) = found.partition(|it| it.is_parked);
        let waits = waiting.iter().filter(|it| it.is_under_way());
        let counts = |it: &&Found| !it.story.stage.is_over() && !it.is_untouched();
        let all: Vec<&Found> = at_hand.iter().filter(counts).chain(waits).collect();
        match *all {
            [] => Ok(()),
            [only] if !only.is_parked => Ok(()),
            [only] => self.turn_to(token, only.application().unwrap_or_default()),
            _ => Err(JournalError::SeveralApplications {
                token: token.to_owned(),
                applications: all
                    .iter()
                    .filter_map(|it| it.application())
                    .map(str::to_owned)
                    .collect(),
            }),
        }
    }

    /// CKA_ID, hex, of the pairs on `token` that other applications than this one wait for a certificate with.
    pub(crate) fn awaited_elsewhere(
        &self,
        token: &str,
        application: Option<&str>,
    ) -> Result<Vec<String>, JournalError> {
        let others = self
            .list()?
            .into_iter()
            .filter(|it| it.token == token && it.is_under_way() && it.application() != application);
        Ok(others
            .filter_map(|it| Some(it.story.stage.key()?.id.clone()))
            .collect())
    }

    fn parked_path(&self, token: &str, application: &str) -> PathBuf {
        let number: String = application
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect();
        self.folder().join(format!("{token}@{number}.jsonl"))
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
    fn is_untouched(&self) -> bool {
        let Story {
            header,
            facts,
            open,
            ..
        } = &self.story;
        !header.rebuilt && facts.is_empty() && open.is_empty()
    }
}

fn rename(from: &Path, to: &Path) -> Result<(), JournalError> {
    std::fs::rename(from, to).map_err(|error| failed("move", to, &error))
}
