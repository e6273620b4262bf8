//! The folder of journals: one at hand for each token, those of its other applications and finished ones beside it.

use std::fs::{OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::file::{Disk, Lock, Synced, failed, private};
use super::{FORMAT, Header, Journal, JournalError, Story, VERSION, read_header};
use crate::stage::{Stage, When};

/// The state folder (`--state`).
#[derive(Clone, Debug)]
pub struct Store {
    folder: PathBuf,
    disk: Rc<dyn Disk>,
}

impl Store {
    /// Names the folder; nothing is created yet.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            disk: Rc::new(Synced),
        }
    }

    /// Lets lines reach the disk another way.
    #[must_use]
    pub fn through(self, disk: Rc<dyn Disk>) -> Self {
        Self { disk, ..self }
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Makes the folder `name` inside, for backups, pages and papers, and returns its path.
    pub fn inner(&self, name: &str) -> Result<PathBuf, JournalError> {
        let path = self.folder.join(name);
        make_private_folder(&path)?;
        Ok(path)
    }

    /// Opens the enrollment under way on `token`, if there is one, under the token's lock.
    pub fn open(&self, token: &str) -> Result<Option<Journal>, JournalError> {
        if !self.path(token).exists() {
            return Ok(None);
        }
        let lock = self.lock(token)?;
        check_owner(&self.path(token), &self.folder)?;
        Journal::open(self.path(token), lock, Rc::clone(&self.disk), token)
    }

    /// Whether others than its owner may read or write the journal of `token`; they may not any more.
    pub fn close_to_others(&self, token: &str) -> Result<bool, JournalError> {
        close_to_others(&self.path(token))
    }

    /// Begins an enrollment. One that is over is moved aside first; one that is not is an error.
    pub fn begin(
        &self,
        token: &str,
        application: Option<&str>,
        portal: Option<&str>,
        replace_old: Option<When>,
    ) -> Result<Journal, JournalError> {
        make_private_folder(&self.folder)?;
        let path = self.path(token);
        if let Some(old) = self.open(token)? {
            self.put_aside(token, &old)?;
        }
        let header = header(token, application, portal, replace_old);
        Journal::create(path, self.lock(token)?, Rc::clone(&self.disk), &header)
    }

    /// Begins anew where the journal is damaged, and returns where the damaged file is kept. Of it only the first line
    /// is believed, if that is whole.
    ///
    /// The new file takes the old one's place at once: a kill leaves the one or the other.
    pub fn begin_again(
        &self,
        token: &str,
        application: Option<&str>,
        portal: Option<&str>,
        replace_old: Option<When>,
    ) -> Result<(Journal, PathBuf), JournalError> {
        let (path, lock) = (self.path(token), self.lock(token)?);
        let kept = self.free_name(&format!("{token}{DAMAGED}"));
        std::fs::copy(&path, &kept).map_err(|error| failed("copy", &kept, &error))?;
        close_to_others(&kept)?;
        let told = first_line(&path).filter(|told| told.token == token);
        let told = told.unwrap_or_else(|| header(token, application, portal, replace_old));
        let header = Header {
            version: VERSION,
            rebuilt: true,
            ..told
        };
        let fresh = self.folder.join(format!("{token}.new"));
        let _ = std::fs::remove_file(&fresh);
        let journal = Journal::create(fresh, lock, Rc::clone(&self.disk), &header)?;
        Ok((journal.moved_to(path)?, kept))
    }

    /// Every journal's file, those of finished enrollments and damaged ones too, by name.
    pub fn files(&self) -> Result<Vec<PathBuf>, JournalError> {
        let entries = match std::fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(failed("read", &self.folder, &error)),
        };
        let mut files: Vec<PathBuf> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|it| it == "jsonl"))
            .collect();
        files.sort();
        Ok(files)
    }

    /// The journals that were damaged and are kept aside.
    pub fn damaged(&self) -> Result<Vec<PathBuf>, JournalError> {
        let is_damaged = |path: &PathBuf| {
            let name = path.file_name().and_then(|name| name.to_str());
            name.is_some_and(|name| name.contains(DAMAGED))
        };
        Ok(self.files()?.into_iter().filter(is_damaged).collect())
    }

    fn put_aside(&self, token: &str, old: &Journal) -> Result<(), JournalError> {
        let application = old.story().facts.iter().find_map(application_of);
        if !old.stage().is_over() && !old.stage().is_installed() {
            let application = application.unwrap_or("?").to_owned();
            return Err(JournalError::OtherApplication {
                token: token.to_owned(),
                application,
            });
        }
        let aside = self.aside(token, application);
        std::fs::rename(self.path(token), &aside)
            .map_err(|error| failed("move aside", &aside, &error))
    }

    /// A name for the journal of an enrollment that is over.
    pub(super) fn aside(&self, token: &str, application: Option<&str>) -> PathBuf {
        self.free_name(&format!("{token}-{}", application.unwrap_or("none")))
    }

    fn free_name(&self, stem: &str) -> PathBuf {
        let mut names = (1..).map(|n| self.folder.join(format!("{stem}.{n}.jsonl")));
        let free = names.find(|path| !path.exists());
        free.expect("an endless range")
    }

    pub(super) fn lock(&self, token: &str) -> Result<Lock, JournalError> {
        make_private_folder(&self.folder)?;
        let path = self.folder.join(format!("{token}.lock"));
        let file = private(OpenOptions::new().write(true).create(true).truncate(false)).open(&path);
        let file = file.map_err(|error| failed("create", &path, &error))?;
        match file.try_lock() {
            Ok(()) => Ok(Lock(file)),
            Err(TryLockError::WouldBlock) => Err(JournalError::Locked {
                token: token.to_owned(),
            }),
            Err(TryLockError::Error(error)) => Err(failed("lock", &path, &error)),
        }
    }

    pub(super) fn path(&self, token: &str) -> PathBuf {
        self.folder.join(format!("{token}.jsonl"))
    }
}

/// What the name of a damaged journal has after the token's.
const DAMAGED: &str = "-damaged";

/// Where `--state` points when it is not given: `$XDG_STATE_HOME/enroll`, else `~/.local/state/enroll`.
#[must_use]
pub fn default_folder(variable: impl Fn(&str) -> Option<PathBuf>) -> PathBuf {
    let home = || variable("HOME").map(|home| home.join(".local/state"));
    variable("XDG_STATE_HOME")
        .or_else(home)
        .unwrap_or_else(|| PathBuf::from("."))
        .join("enroll")
}

fn header(
    token: &str,
    application: Option<&str>,
    portal: Option<&str>,
    replace_old: Option<When>,
) -> Header {
    Header {
        format: FORMAT.to_owned(),
        version: VERSION,
        token: token.to_owned(),
        application: application.map(str::to_owned),
        portal: portal.map(str::to_owned),
        replace_old,
        rebuilt: false,
    }
}

/// The first line of a damaged file, if its sum is right.
fn first_line(path: &Path) -> Option<Header> {
    let bytes = std::fs::read(path).ok()?;
    let line = bytes.split(|byte| *byte == b'\n').next()?;
    let read = read_header(core::str::from_utf8(line).ok()?)?;
    Some(read.ok()?.0)
}

/// A journal that another user put there is not believed: it could name that user's application.
#[cfg(unix)]
fn check_owner(path: &Path, folder: &Path) -> Result<(), JournalError> {
    use std::os::unix::fs::MetadataExt as _;
    let owner = |path: &Path| {
        let found = std::fs::symlink_metadata(path);
        found
            .map(|it| (it.uid(), it.is_file()))
            .map_err(|error| failed("read", path, &error))
    };
    let ((uid, is_file), (ours, _)) = (owner(path)?, owner(folder)?);
    if uid == ours && is_file {
        return Ok(());
    }
    let why = if is_file {
        "it belongs to another user"
    } else {
        "it is no ordinary file"
    };
    Err(JournalError::File {
        act: "trust",
        path: path.to_owned(),
        why: why.to_owned(),
    })
}

#[cfg(not(unix))]
fn check_owner(_path: &Path, _folder: &Path) -> Result<(), JournalError> {
    Ok(())
}

#[cfg(unix)]
fn close_to_others(path: &Path) -> Result<bool, JournalError> {
    use std::os::unix::fs::PermissionsExt as _;
    let found = std::fs::metadata(path).map_err(|error| failed("read", path, &error))?;
    let is_open = found.permissions().mode() & 0o077 != 0;
    if is_open {
        let ours = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(path, ours)
            .map_err(|error| failed("close to others", path, &error))?;
    }
    Ok(is_open)
}

#[cfg(not(unix))]
fn close_to_others(_path: &Path) -> Result<bool, JournalError> {
    Ok(false)
}

fn application_of(fact: &crate::stage::Fact) -> Option<&str> {
    match fact {
        crate::stage::Fact::ApplicationChosen { application } => Some(application),
        _ => None,
    }
}

fn make_private_folder(path: &Path) -> Result<(), JournalError> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(path)
        .map_err(|error| failed("create", path, &error))
}

/// Whether a journal that is open may serve `application` at `portal`.
pub(crate) fn fits(
    story: &Story,
    application: Option<&str>,
    portal: Option<&str>,
) -> Result<(), JournalError> {
    let token = story.header.token.clone();
    let known = story
        .stage
        .application()
        .or(story.header.application.as_deref());
    let is_other = portal
        .zip(story.header.portal.as_deref())
        .is_some_and(|(one, other)| one != other);
    match (application, known) {
        (Some(wanted), Some(known)) if wanted != known => Err(JournalError::OtherApplication {
            token,
            application: known.to_owned(),
        }),
        _ if is_other && !matches!(story.stage, Stage::New(_)) => {
            Err(JournalError::OtherPortal { token })
        }
        _ => Ok(()),
    }
}
