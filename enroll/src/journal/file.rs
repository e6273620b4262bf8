//! One journal's file: append, flush, sync.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::seal::Seal;
use super::{FORMAT, Header, Intent, JournalError, Line, Story};
use crate::stage::{Fact, Stage};

/// An open journal. Holds the token's lock until it is dropped.
#[derive(Debug)]
pub struct Journal {
    file: File,
    path: PathBuf,
    story: Story,
    seal: Seal,
    torn: bool,
    disk: Rc<dyn Disk>,
    _lock: Lock,
}

impl Journal {
    /// Writes a first line into a new file.
    pub(super) fn create(
        path: PathBuf,
        lock: Lock,
        disk: Rc<dyn Disk>,
        header: &Header,
    ) -> Result<Self, JournalError> {
        let file = private(OpenOptions::new().append(true).create_new(true)).open(&path);
        let file = file.map_err(|error| failed("create", &path, &error))?;
        let mut journal = Self {
            file,
            path,
            story: Story::begun(header.clone()),
            seal: Seal::new(),
            torn: false,
            disk,
            _lock: lock,
        };
        journal.append(header)?;
        journal.sync_folder();
        Ok(journal)
    }

    /// Puts the file in the place of another.
    pub(super) fn moved_to(mut self, path: PathBuf) -> Result<Self, JournalError> {
        std::fs::rename(&self.path, &path).map_err(|error| failed("replace", &path, &error))?;
        self.path = path;
        self.sync_folder();
        Ok(self)
    }

    /// Reads a file and cuts off a line that was never finished. `None` when not even the first line was: the
    /// file is gone then, and nothing had begun.
    pub(super) fn open(
        path: PathBuf,
        lock: Lock,
        disk: Rc<dyn Disk>,
        token: &str,
    ) -> Result<Option<Self>, JournalError> {
        let opened = OpenOptions::new().read(true).append(true).open(&path);
        let file = opened.map_err(|error| failed("open", &path, &error))?;
        let bytes = bytes(&file).map_err(|error| failed("read", &path, &error))?;
        let Some((story, seal, whole)) = whole_lines(token, &bytes)? else {
            std::fs::remove_file(&path).map_err(|error| failed("remove", &path, &error))?;
            return Ok(None);
        };
        let torn = whole < bytes.len();
        let mut journal = Self {
            file,
            path,
            story,
            seal,
            torn,
            disk,
            _lock: lock,
        };
        if torn {
            journal.cut(whole as u64)?;
        }
        Ok(Some(journal))
    }

    /// Whether a torn last line was dropped when the file was opened.
    #[must_use]
    pub const fn was_torn(&self) -> bool {
        self.torn
    }

    /// What the lines say.
    #[must_use]
    pub const fn story(&self) -> &Story {
        &self.story
    }

    /// The fold over the facts.
    #[must_use]
    pub const fn stage(&self) -> &Stage {
        &self.story.stage
    }

    /// Writes what is about to be done. Call before doing it.
    pub fn intend(&mut self, intent: Intent) -> Result<(), JournalError> {
        self.append(&Line::Intend(intent.clone()))?;
        self.story.open.push(intent);
        Ok(())
    }

    /// Writes what was done. A fact that cannot follow is refused and not written.
    pub fn record(&mut self, fact: Fact) -> Result<(), JournalError> {
        crate::stage::apply(self.story.stage.clone(), &fact)?;
        self.append(&Line::Fact(fact.clone()))?;
        Ok(self.story.take(fact)?)
    }

    fn append(&mut self, line: &impl serde::Serialize) -> Result<(), JournalError> {
        let json = serde_json::to_string(line).expect("journal lines are plain data");
        let mut seal = self.seal.clone();
        let text = seal.close(&json) + "\n";
        self.disk
            .append(&mut self.file, text.as_bytes())
            .map_err(|error| failed("write", &self.path, &error))?;
        self.seal = seal;
        Ok(())
    }

    fn cut(&mut self, length: u64) -> Result<(), JournalError> {
        self.file
            .set_len(length)
            .and_then(|()| self.file.seek(SeekFrom::End(0)))
            .and_then(|_| self.file.sync_data())
            .map_err(|error| failed("repair", &self.path, &error))
    }

    /// A new name survives a power cut only when its folder was synced; where that is not possible, nothing is lost
    /// but the name.
    fn sync_folder(&self) {
        if let Some(folder) = self
            .path
            .parent()
            .and_then(|parent| File::open(parent).ok())
        {
            let _ = folder.sync_all();
        }
    }
}

/// How a line reaches the disk. A harness that ends the engine at a line lends its own.
pub trait Disk: core::fmt::Debug {
    /// Returns when the whole line will survive a power cut.
    fn append(&self, file: &mut File, line: &[u8]) -> std::io::Result<()> {
        file.write_all(line)?;
        file.flush()?;
        file.sync_data()
    }
}

/// Append, flush, sync.
#[derive(Clone, Copy, Debug, Default)]
pub struct Synced;

impl Disk for Synced {}

/// A token's lock. Given up by hand: a child process that is just being started may hold a copy of the descriptor.
#[derive(Debug)]
pub(super) struct Lock(pub(super) File);

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}

pub(super) fn failed(act: &'static str, path: &Path, error: &std::io::Error) -> JournalError {
    JournalError::File {
        act,
        path: path.to_owned(),
        why: error.to_string(),
    }
}

/// Readable by its owner only.
pub(super) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

/// As much of a journal as there can be.
pub(super) fn bytes(file: &File) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(LIMIT).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// What the finished lines say, and how many octets they are; nothing where not even the first one was finished.
pub(super) fn whole_lines(
    token: &str,
    bytes: &[u8],
) -> Result<Option<(Story, Seal, usize)>, JournalError> {
    let last = bytes.iter().rposition(|byte| *byte == b'\n');
    let whole = last.map_or(0, |at| at + 1);
    if whole == 0 && begins_first_line(bytes) {
        return Ok(None);
    }
    let text = core::str::from_utf8(&bytes[..whole]).map_err(|error| JournalError::Damaged {
        token: token.to_owned(),
        line: line_of(bytes, error.valid_up_to()),
    })?;
    let (story, seal) = Story::read(token, text)?;
    Ok(Some((story, seal, whole)))
}

/// Whether this is how a first line begins: one that was being written when the process ended.
fn begins_first_line(bytes: &[u8]) -> bool {
    let start = format!("{{\"format\":\"{FORMAT}\"");
    let common = bytes.len().min(start.len());
    bytes[..common] == start.as_bytes()[..common]
}

fn line_of(bytes: &[u8], at: usize) -> usize {
    1 + bytes.iter().take(at).filter(|byte| **byte == b'\n').count()
}

/// No enrollment writes more.
const LIMIT: u64 = 16 << 20;
