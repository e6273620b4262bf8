//! The state directory: one file, replaced as a whole after each change.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// `DIR/mock-ca.json`.
#[derive(Debug)]
pub(crate) struct Store {
    directory: PathBuf,
    written: String,
}

impl Store {
    /// A directory for the state; made when it is not there.
    pub(crate) fn open(directory: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(directory)?;
        Ok(Self {
            directory: directory.to_owned(),
            written: String::new(),
        })
    }

    /// What was kept, if anything was.
    pub(crate) fn read(&self) -> io::Result<Option<String>> {
        match std::fs::read_to_string(self.file()) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Keeps this text instead of the former one: a crash leaves either of the two, never a mixture.
    pub(crate) fn write(&mut self, text: String) -> io::Result<()> {
        if text == self.written {
            return Ok(());
        }
        let mut file = tempfile::NamedTempFile::new_in(&self.directory)?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(self.file())?;
        std::fs::File::open(&self.directory)?.sync_all()?;
        self.written = text;
        Ok(())
    }

    /// The file's path.
    pub(crate) fn file(&self) -> PathBuf {
        self.directory.join("mock-ca.json")
    }
}
