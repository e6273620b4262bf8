//! What can be wrong with an image file.

use std::io;
use std::path::PathBuf;

use super::NoPlace;

/// Why an image cannot be read, written or added to.
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    /// The file system refused.
    #[error("{path}: {source}", path = path.display())]
    Io {
        /// The image, or the folder it is in.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The token information file has no room for it.
    #[error("a label has at most {limit} bytes: Latin letters count one, Russian ones two")]
    LabelTooLong {
        /// Bytes of UTF-8.
        limit: usize,
    },
    /// Larger than any image.
    #[error("an image has at most {limit} bytes, this file has more")]
    TooLarge {
        /// Bytes.
        limit: u64,
    },
    /// Not the text of an image.
    #[error("line {line}, column {column}: {message}")]
    Syntax {
        /// From 1.
        line: usize,
        /// From 1, in characters.
        column: usize,
        /// What was expected there; never a secret.
        message: String,
    },
    /// Written by a later release.
    #[error("image format {found} is not known here, {newest} is the newest", newest = super::format::VERSION)]
    Version {
        /// What the file says.
        found: u32,
    },
    /// Good text that describes no token.
    #[error("{place}: {what}")]
    Content {
        /// A PIN's owner or a file's path.
        place: String,
        /// What is wrong with it.
        what: &'static str,
    },
}

impl NoPlace {
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Missing => "no directory to be in: describe that one first",
            Self::Taken => "the directory holds this file already",
            Self::Full => "the directory holds 255 entries already, or is 127 levels deep",
            Self::NoRoom => "the files need more than the token's memory",
        }
    }
}

impl From<NoPlace> for ImageError {
    fn from(no_place: NoPlace) -> Self {
        Self::content("image", no_place.words())
    }
}

impl ImageError {
    pub(crate) fn content(place: impl Into<String>, what: &'static str) -> Self {
        Self::Content {
            place: place.into(),
            what,
        }
    }
}
