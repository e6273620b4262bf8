//! Images on disk: whole, durable, one writer.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use super::{ImageError, TokenImage};

impl TokenImage {
    /// Reads an image.
    ///
    /// # Errors
    /// When the file cannot be read, is larger than an image can be, or describes no token.
    pub fn load(path: &Path) -> Result<Self, ImageError> {
        let text = read_bounded(path)?;
        Self::from_toml(&text)
    }

    /// Writes an image so that after a crash the file holds either the old one or the new one, whole. Where the path is a
    /// link, the file behind it is replaced and the link stays.
    ///
    /// # Errors
    /// When the file system refuses; the old image is then still there. The one exception: a folder that took the new name
    /// and then would not be synced has the new image, which a loss of the machine's power may yet turn into the old one.
    pub fn save(&self, path: &Path) -> Result<(), ImageError> {
        let text = self.to_toml();
        replace(path, |file| file.write_all(text.as_bytes()))
            .map_err(|source| io_error(path, source))
    }
}

/// Where an image really is, or would be made: the path without links.
///
/// # Errors
/// When the folder it is in cannot be found.
pub fn behind_links(path: &Path) -> io::Result<PathBuf> {
    let absent = |error: &io::Error| error.kind() == io::ErrorKind::NotFound;
    match fs::canonicalize(path) {
        Err(error) if absent(&error) => {
            let name = path.file_name().ok_or(error)?;
            Ok(fs::canonicalize(folder_of(path))?.join(name))
        }
        found => found,
    }
}

/// Removes what saves that were killed left beside an image, each a whole token with its secrets. For whoever is the only
/// one that writes the image: what another is writing is gone too.
///
/// # Errors
/// When the folder cannot be read or changed.
pub fn sweep(path: &Path) -> io::Result<()> {
    let path = behind_links(path)?;
    for entry in fs::read_dir(folder_of(&path))? {
        let entry = entry?;
        if is_unfinished(&entry.file_name(), &path) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Whether a name is one that [`replace`] gives to the new file.
fn is_unfinished(name: &OsStr, path: &Path) -> bool {
    let middle = name
        .as_encoded_bytes()
        .strip_prefix(unfinished_prefix(path).as_encoded_bytes())
        .and_then(|rest| rest.strip_suffix(UNFINISHED.as_bytes()));
    middle.is_some_and(|random| {
        random.len() == RANDOM && random.iter().all(u8::is_ascii_alphanumeric)
    })
}

fn unfinished_prefix(path: &Path) -> OsString {
    let name = path.file_name().unwrap_or_default();
    [OsStr::new("."), name, OsStr::new(".")]
        .into_iter()
        .collect()
}

/// How the name of a file that is still being written ends, and how many random letters are before that.
const UNFINISHED: &str = ".new";
const RANDOM: usize = 6;

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// New file beside the old, its bytes on disk, then the name, then the folder on disk. Until the name changes hands,
/// nothing that happens to the new file happens to the old one.
fn replace(path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    let path = behind_links(path)?;
    let folder = folder_of(&path);
    // Opened first: one that may be written to and not read is found out before anything has changed.
    let handle = open_folder(folder)?;
    let mut file = tempfile::Builder::new()
        .prefix(&unfinished_prefix(&path))
        .rand_bytes(RANDOM)
        .suffix(UNFINISHED)
        .tempfile_in(folder)?;
    write(file.as_file_mut())?;
    file.as_file().sync_all()?;
    file.persist(&path).map_err(|refused| refused.error)?;
    handle.map_or(Ok(()), |folder| folder.sync_all())
}

/// Only Unix opens folders as files.
fn open_folder(folder: &Path) -> io::Result<Option<File>> {
    cfg!(unix).then(|| File::open(folder)).transpose()
}

fn read_bounded(path: &Path) -> Result<String, ImageError> {
    let file = File::open(path).map_err(|source| io_error(path, source))?;
    let mut text = String::new();
    let read = file.take(LARGEST + 1).read_to_string(&mut text);
    match read.map_err(|source| io_error(path, source))? as u64 {
        0..=LARGEST => Ok(text),
        _ => Err(ImageError::TooLarge { limit: LARGEST }),
    }
}

fn io_error(path: &Path, source: io::Error) -> ImageError {
    ImageError::Io {
        path: path.into(),
        source,
    }
}

/// Bytes of text at most: as many files as there is memory for, each as deep as can be, and the memory in hexadecimal.
const LARGEST: u64 = (FILES * (PATH + FILE_KEYS) + 3 * TokenImage::MEMORY) as u64;
const FILES: usize = TokenImage::MEMORY / TokenImage::FILE_OVERHEAD;
/// `3F00`, then `/XXXX` for each level.
const PATH: usize = 4 + 5 * TokenImage::DEEPEST;
/// The other keys of a file, or of a PIN; with what a hand that keeps an image adds in remarks.
const FILE_KEYS: usize = 256;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// A kill, as far as the file system can tell: so many bytes come, and nothing after them.
    fn replace_but_stop_after(path: &Path, bytes: &[u8]) {
        let stopped = replace(path, |file| {
            file.write_all(bytes)?;
            Err(io::ErrorKind::Interrupted.into())
        });
        assert!(stopped.is_err());
    }

    /// Whoever may do everything is refused nothing; the test then sees a save that succeeds.
    #[cfg(unix)]
    #[test]
    fn a_save_that_is_refused_has_changed_nothing() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token.image");
        let (old, new) = (TokenImage::new(1, ""), TokenImage::new(2, ""));
        old.save(&path).unwrap();
        let allow = |mode| fs::set_permissions(folder.path(), fs::Permissions::from_mode(mode));
        allow(0o300).unwrap();
        let saved = new.save(&path);
        allow(0o700).unwrap();
        let expected = if saved.is_ok() { 2 } else { 1 };
        assert_eq!(TokenImage::load(&path).unwrap().serial, expected);
    }

    #[test]
    fn what_a_killed_save_left_is_swept_away_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        let names = [
            "token",
            "token.lock",
            ".token.new",
            ".token.abcde-.new",
            ".other.aB3dE6.new",
        ];
        for name in names.iter().chain(&[".token.aB3dE6.new"]) {
            fs::write(folder.path().join(name), "secret").unwrap();
        }
        sweep(&path).unwrap();
        let left = fs::read_dir(folder.path()).unwrap();
        let left: BTreeSet<_> = left.map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, names.map(OsString::from).into());
    }

    #[test]
    fn an_end_at_any_byte_leaves_the_old_image() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token.image");
        let (old, new) = (TokenImage::new(1, ""), TokenImage::new(2, ""));
        old.save(&path).unwrap();
        let text = new.to_toml();
        for end in 0..=text.len() {
            replace_but_stop_after(&path, &text.as_bytes()[..end]);
            assert_eq!(fs::read_to_string(&path).unwrap(), old.to_toml());
        }
        new.save(&path).unwrap();
        assert_eq!(TokenImage::load(&path).unwrap(), new);
    }
}
