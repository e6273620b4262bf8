//! Files that a run leaves for the applicant: request, certificate, chain, papers.

use std::path::{Path, PathBuf};

use super::Enrollment;
use crate::error::Error;

impl Enrollment<'_> {
    /// The folder the settings name, else one of the state folder for this token and application.
    pub(super) fn artefacts(&mut self) -> Result<PathBuf, Error> {
        if let Some(folder) = &self.settings.artefacts {
            make_folder(folder)?;
            return Ok(folder.clone());
        }
        let application = self.stage().application().unwrap_or("none").to_owned();
        let name = format!("{}-{application}", self.serial().unwrap_or("token"));
        Ok(self.store.inner(&name)?)
    }

    /// Writes one file there, whole or not at all.
    pub(super) fn keep(&mut self, name: &str, bytes: &[u8]) -> Result<PathBuf, Error> {
        let folder = self.artefacts()?;
        write_whole(&folder.join(name), bytes)
    }
}

pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<PathBuf, Error> {
    let failed = |error: &std::io::Error| Error::File {
        path: path.to_owned(),
        why: error.to_string(),
    };
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    make_folder(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(|error| failed(&error))?;
    std::io::Write::write_all(&mut file, bytes).map_err(|error| failed(&error))?;
    file.as_file().sync_all().map_err(|error| failed(&error))?;
    file.persist(path).map_err(|error| failed(&error.error))?;
    Ok(path.to_owned())
}

fn make_folder(folder: &Path) -> Result<(), Error> {
    std::fs::create_dir_all(folder).map_err(|error| Error::File {
        path: folder.to_owned(),
        why: error.to_string(),
    })
}
