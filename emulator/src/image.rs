//! What the card keeps without power: files, keys, PINs and their counters.
//!
//! Public fields, so that a test builds any token it can describe. May not know commands.

mod build;
mod error;
mod format;
mod layout;
mod pkcs15;
mod store;

use core::fmt;
use std::collections::BTreeMap;

use zeroize::Zeroizing;

pub use self::build::ObjectName;
pub use self::error::ImageError;
pub use self::store::{behind_links, sweep};
use crate::access::AccessRules;
use crate::reference::{FileId, PinRef};
use crate::rsf::{PinPolicy, Property, RsfKind};

/// Everything that outlives power, and nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenImage {
    /// The number printed on the case, in decimal there; the upper half of the eight bytes the card tells is zero.
    pub serial: u32,
    /// Between INITIALISE and its end; access rules rest meanwhile.
    pub initialising: bool,
    /// Whether the administrator, too, may change and delete certificate files 03nn and their directory 6004 in
    /// DF 5000, whatever their access bytes show (assumed). Set by [`TokenImage::new`], cleared by INITIALISE.
    pub administrator_deletes_certificates: bool,
    /// PINs; none right after INITIALISE.
    pub pins: BTreeMap<PinRef, Pin>,
    /// The master file; `None` from INITIALISE until it is created again.
    pub mf: Option<File>,
}

/// A PIN with its counter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    /// Size declared at creation; later PINs may be longer or shorter.
    pub size: u16,
    /// The property bytes as received.
    pub property: Property,
    /// Who may unblock and change it.
    pub access: AccessRules,
    /// Wrong tries in a row that block the PIN.
    pub max_tries: u8,
    /// Of these, how many are left.
    pub tries_left: u8,
    /// The PIN; `None` until it is first set.
    pub value: Option<Secret>,
}

/// A node of the file tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its identifier, unique in its directory.
    pub fid: FileId,
    /// Who may do what.
    pub access: AccessRules,
    /// What it is and holds.
    pub body: Body,
}

/// The three kinds of file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// A directory.
    Df {
        /// Declared size; information only.
        size: u16,
        /// In order of creation, which is the order of listing.
        children: Vec<File>,
    },
    /// A transparent file.
    Ef {
        /// Its bytes.
        data: Vec<u8>,
    },
    /// A Rutoken Special File that holds a key.
    Rsf {
        /// Declared size.
        size: u16,
        /// The property bytes as received.
        property: Property,
        /// The key, little-endian; `None` until it is imported or generated.
        value: Option<Secret>,
    },
}

/// Why a directory does not take a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoPlace {
    /// It is not there, or no directory.
    Missing,
    /// It has a file of that identifier; or that is the master file's.
    Taken,
    /// It has as many entries as it can, or is as deep as can be.
    Full,
    /// The memory has not.
    NoRoom,
}

/// Bytes that are wiped when dropped and never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Takes the bytes over.
    #[must_use]
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(Zeroizing::new(bytes.into()))
    }

    /// The bytes.
    #[must_use]
    pub fn reveal(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl TokenImage {
    /// File-system memory in bytes (OpenSC wiki).
    pub const MEMORY: usize = 65536;
    /// Entries a directory holds at most (OpenSC wiki).
    pub const DIRECTORY_ENTRIES: usize = 255;
    /// Levels below the master file: as many as the data of one SELECT can name (assumed; the wiki knows no limit).
    pub const DEEPEST: usize = 127;
    /// Bytes of UTF-8 in a label at most: what the 128 bytes of the token information file leave for it.
    pub const LONGEST_LABEL: usize = 77;
    /// What each file costs beside its bytes (assumed).
    pub const FILE_OVERHEAD: usize = 32;

    /// The file at a path of identifiers from below the master file; an empty path is the master file.
    #[must_use]
    pub fn file(&self, path: &[FileId]) -> Option<&File> {
        path.iter()
            .try_fold(self.mf.as_ref()?, |file, fid| file.child(*fid))
    }

    /// The same, to be changed.
    pub fn file_mut(&mut self, path: &[FileId]) -> Option<&mut File> {
        path.iter()
            .try_fold(self.mf.as_mut()?, |file, fid| file.child_mut(*fid))
    }

    /// The label that PKCS#15 programs show; `None` when the token is not laid out so.
    #[must_use]
    pub fn label(&self) -> Option<String> {
        match &self.file(&[FileId::PKCS15, FileId::TOKEN_INFO])?.body {
            Body::Ef { data } => pkcs15::token_label(data),
            Body::Df { .. } | Body::Rsf { .. } => None,
        }
    }

    /// Whether a directory takes a file: it is there and not full, nor too deep, the identifier is free, and so is the
    /// memory that the file needs.
    pub(crate) fn place_for(&self, directory: &[FileId], file: &File) -> Result<(), NoPlace> {
        let parent = self.file(directory).filter(|parent| parent.is_df());
        let parent = parent.ok_or(NoPlace::Missing)?;
        if file.fid == FileId::MF || parent.child(file.fid).is_some() {
            return Err(NoPlace::Taken);
        }
        if parent.children().len() >= Self::DIRECTORY_ENTRIES || directory.len() >= Self::DEEPEST {
            return Err(NoPlace::Full);
        }
        if self.has_room(file.memory_used()) {
            Ok(())
        } else {
            Err(NoPlace::NoRoom)
        }
    }

    /// Whether so many bytes of memory are free, overhead included.
    pub(crate) fn has_room(&self, size: usize) -> bool {
        self.memory_used() + size <= Self::MEMORY
    }

    /// Adds a file to a directory, after the others, if that takes it.
    pub(crate) fn add(&mut self, directory: &[FileId], file: File) -> Result<(), NoPlace> {
        self.place_for(directory, &file)?;
        self.insert(directory, file);
        Ok(())
    }

    /// The same where it is known to take it; nothing happens where there is no such directory.
    pub(crate) fn insert(&mut self, directory: &[FileId], file: File) {
        if let Some(Body::Df { children, .. }) = self.file_mut(directory).map(|df| &mut df.body) {
            children.push(file);
        }
    }

    /// Takes a file out of a directory; its bytes are wiped if they were secret.
    pub(crate) fn remove(&mut self, directory: &[FileId], fid: FileId) {
        if let Some(Body::Df { children, .. }) = self.file_mut(directory).map(|df| &mut df.body) {
            children.retain(|child| child.fid != fid);
        }
    }

    /// Fills a key file.
    pub(crate) fn set_value(&mut self, path: &[FileId], new: Secret) {
        if let Some(Body::Rsf { value, .. }) = self.file_mut(path).map(|file| &mut file.body) {
            *value = Some(new);
        }
    }

    /// Bytes of memory taken by files, keys and PINs.
    #[must_use]
    pub fn memory_used(&self) -> usize {
        let pins: usize = self.pins.values().map(Pin::memory_used).sum();
        pins + self.mf.as_ref().map_or(0, File::memory_used)
    }
}

impl Pin {
    /// A PIN file as CREATE FILE makes it: without a value.
    #[must_use]
    pub fn empty(size: u16, property: Property, policy: PinPolicy, access: AccessRules) -> Self {
        let PinPolicy {
            max_tries,
            tries_left,
            ..
        } = policy;
        Self {
            size,
            property,
            access,
            max_tries,
            tries_left,
            value: None,
        }
    }

    pub(crate) fn memory_used(&self) -> usize {
        TokenImage::FILE_OVERHEAD + usize::from(self.size)
    }

    /// Fewest bytes a value may have.
    #[must_use]
    pub const fn min_len(&self) -> usize {
        self.property[1] as usize
    }
}

impl File {
    /// The child of that identifier, if this is a directory that has one.
    #[must_use]
    pub fn child(&self, fid: FileId) -> Option<&Self> {
        self.children().iter().find(|child| child.fid == fid)
    }

    fn child_mut(&mut self, fid: FileId) -> Option<&mut Self> {
        match &mut self.body {
            Body::Df { children, .. } => children.iter_mut().find(|child| child.fid == fid),
            Body::Ef { .. } | Body::Rsf { .. } => None,
        }
    }

    /// Entries of a directory; none for other files.
    #[must_use]
    pub fn children(&self) -> &[Self] {
        match &self.body {
            Body::Df { children, .. } => children,
            Body::Ef { .. } | Body::Rsf { .. } => &[],
        }
    }

    /// Whether it is a directory.
    #[must_use]
    pub const fn is_df(&self) -> bool {
        matches!(self.body, Body::Df { .. })
    }

    /// Bytes as told in tag 80.
    #[must_use]
    pub fn size(&self) -> u16 {
        match &self.body {
            Body::Df { size, .. } | Body::Rsf { size, .. } => *size,
            Body::Ef { data } => u16::try_from(data.len()).unwrap_or(u16::MAX),
        }
    }

    /// What key it holds; `None` for files and directories.
    #[must_use]
    pub fn rsf_kind(&self) -> Option<RsfKind> {
        match &self.body {
            Body::Rsf { size, property, .. } => RsfKind::decode(property, *size),
            Body::Df { .. } | Body::Ef { .. } => None,
        }
    }

    fn memory_used(&self) -> usize {
        let own = match &self.body {
            Body::Df { children, .. } => children.iter().map(Self::memory_used).sum(),
            Body::Ef { data } => data.len(),
            Body::Rsf { size, .. } => usize::from(*size),
        };
        TokenImage::FILE_OVERHEAD + own
    }
}
