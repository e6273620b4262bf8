//! Several applications on one token: the journal at hand is `SERIAL.jsonl`, the others wait as
//! `SERIAL@APPLICATION.jsonl` until they are named.

use std::path::{Path, PathBuf};

use super::JournalError;
use super::file::failed;
use super::list::Found;
use super::store::Store;

impl Store {
    /// Puts the journal of `application` at hand, if there is one; another one that is under way waits meanwhile.
    ///
    /// Each step is one renaming: a kill leaves every journal whole, and naming the application again goes on.
    ///
    /// Errors: [`JournalError::Locked`], and those of the file system.
    pub fn turn_to(&self, token: &str, application: &str) -> Result<(), JournalError> {
        let waiting = self.parked_path(token, application);
        // One that does not read stays at hand, to be begun anew when it is opened.
        let at_hand = self.peek(&self.path(token), token).unwrap_or_default();
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
        let found = self.list()?.into_iter().flatten();
        let found = found.filter(|it| it.token == token);
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

    fn parked_path(&self, token: &str, application: &str) -> PathBuf {
        let number: String = application
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect();
        self.folder().join(format!("{token}@{number}.jsonl"))
    }
}

fn rename(from: &Path, to: &Path) -> Result<(), JournalError> {
    std::fs::rename(from, to).map_err(|error| failed("move", to, &error))
}
