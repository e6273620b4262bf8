//! The claim on an image, which has one writer at a time.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use emulator::image::{behind_links, sweep};

use super::Failure;

/// Held while a card of this image runs; a second one would overwrite what the first saves.
pub(super) struct Claim {
    image: PathBuf,
    path: PathBuf,
    _lock: File,
}

impl Claim {
    /// Locks an empty file beside the image, since saving replaces the image itself. Whatever links lead to the image,
    /// the lock is the same. What a writer that was killed left is removed.
    pub(super) fn on(image: &Path) -> Result<Self, Failure> {
        let image = behind_links(image).map_err(|source| refused(image, source))?;
        let path = [image.as_os_str(), ".lock".as_ref()].into_iter();
        let path = PathBuf::from(path.collect::<OsString>());
        loop {
            let file = open(&path, &image)?;
            if lock(&file, &path, &image)? {
                sweep(&image).map_err(|source| refused(&image, source))?;
                return Ok(Self {
                    image,
                    path,
                    _lock: file,
                });
            }
        }
    }

    /// The image, by its one name.
    pub(super) fn image(&self) -> &Path {
        &self.image
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        // While the lock is still held; whoever waits at the file without a name sees that it has none. Where that
        // cannot be seen, the empty file stays.
        if cfg!(unix) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Opens the file to be locked; never one that holds something.
fn open(path: &Path, image: &Path) -> Result<File, Failure> {
    let mut options = OpenOptions::new();
    let file = options.write(true).create(true).truncate(false).open(path);
    let file = file.map_err(|source| refused(image, source))?;
    let length = file.metadata().map_err(|source| refused(image, source))?;
    match length.len() {
        0 => Ok(file),
        _ => Err(Failure::NoLock(path.into())),
    }
}

/// `false` when the file was taken away before it was locked.
fn lock(file: &File, path: &Path, image: &Path) -> Result<bool, Failure> {
    match file.try_lock() {
        Ok(()) => leads_to(path, file).map_err(|source| refused(image, source)),
        Err(TryLockError::WouldBlock) => Err(Failure::ImageInUse(image.into())),
        Err(TryLockError::Error(error)) => Err(refused(image, error)),
    }
}

#[cfg(unix)]
fn leads_to(path: &Path, file: &File) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;
    let ours = file.metadata()?;
    match fs::metadata(path) {
        Ok(named) => Ok((named.dev(), named.ino()) == (ours.dev(), ours.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Nobody takes it away there.
#[cfg(not(unix))]
fn leads_to(_path: &Path, _file: &File) -> io::Result<bool> {
    Ok(true)
}

fn refused(image: &Path, source: io::Error) -> Failure {
    let image = image.into();
    Failure::Folder { image, source }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_lock_that_lost_its_name_is_no_claim() {
        let folder = tempfile::tempdir().unwrap();
        let image = folder.path().join("token");
        let first = Claim::on(&image).unwrap();
        let late = open(&first.path, &image).unwrap();
        drop(first);
        let second = Claim::on(&image).unwrap();
        assert!(!lock(&late, &second.path, &image).unwrap());
        assert!(matches!(Claim::on(&image), Err(Failure::ImageInUse(_))));
    }

    #[test]
    fn an_image_reached_through_a_link_has_one_writer_too() {
        let folder = tempfile::tempdir().unwrap();
        let (image, link) = (folder.path().join("token"), folder.path().join("link"));
        fs::write(&image, "").unwrap();
        std::os::unix::fs::symlink("token", &link).unwrap();
        let claim = Claim::on(&link).unwrap();
        assert_eq!(claim.image(), image.canonicalize().unwrap());
        assert!(matches!(Claim::on(&image), Err(Failure::ImageInUse(_))));
    }

    #[test]
    fn a_file_that_holds_something_is_never_the_lock() {
        let folder = tempfile::tempdir().unwrap();
        let (image, other) = (
            folder.path().join("token"),
            folder.path().join("token.lock"),
        );
        fs::write(&other, "another token").unwrap();
        assert!(matches!(Claim::on(&image), Err(Failure::NoLock(_))));
        assert_eq!(fs::read_to_string(&other).unwrap(), "another token");
    }
}
