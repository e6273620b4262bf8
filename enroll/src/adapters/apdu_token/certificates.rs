//! Certificates: a file each, and an entry that names it.
//!
//! The file is there before its entry and after it, since OpenSC gives a token up whose entry leads nowhere.

use super::commands::Card;
use super::container::Directory;
use super::directory::Edit;
use super::layout::{self, APPLICATION, CERTIFICATE_FILES, DirectoryKind, FileId};
use super::{check_label, pkcs15};
use crate::ports::token::{KeyId, StoredCertificate, TokenError, Transmit};

impl<T: Transmit> Card<T> {
    /// Every certificate that is listed and there.
    pub(super) fn certificates(&mut self) -> Result<Vec<StoredCertificate>, TokenError> {
        let directory = self.directory(DirectoryKind::Certificates)?;
        let mut found = Vec::new();
        for (_, object) in directory.objects() {
            let [APPLICATION, file] = *object.path.as_slice() else {
                continue;
            };
            if let Some(der) = self.read(&[APPLICATION, file])? {
                found.push(StoredCertificate {
                    id: KeyId(object.id),
                    label: object.label,
                    der,
                    file,
                });
            }
        }
        Ok(found)
    }

    /// Writes the file, reads it back, then lists it. What is there already is not written again.
    pub(super) fn add_certificate(
        &mut self,
        id: &KeyId,
        label: &str,
        der: &[u8],
    ) -> Result<(), TokenError> {
        check_label(label)?;
        let size = u16::try_from(der.len())
            .ok()
            .filter(|size| (1..0x8000).contains(size));
        let size = size.ok_or(TokenError::NoSpace {
            what: "a certificate of this length",
        })?;
        if self
            .certificates()?
            .iter()
            .any(|stored| stored.id == *id && stored.der == der)
        {
            return Ok(());
        }
        let mut directory = self.directory(DirectoryKind::Certificates)?;
        directory.require_room(pkcs15::certificate(label, &id.0, CERTIFICATE_FILES).len())?;
        self.ensure(&mut directory)?;
        let file = self.certificate_file(&directory, size)?;
        self.fill(file, der, "the certificate")?;
        self.edit(
            &mut directory,
            Edit::Append(pkcs15::certificate(label, &id.0, file)),
        )
    }

    /// The lowest file that is free, made; or one of the same length that no entry names, as a write leaves behind
    /// that was interrupted.
    fn certificate_file(&mut self, directory: &Directory, size: u16) -> Result<FileId, TokenError> {
        for file in CERTIFICATE_FILES..=CERTIFICATE_FILES + 0xFF {
            match self.select(&[APPLICATION, file])? {
                Some(there) if there.size == usize::from(size) && !mentions(directory, file) => {
                    return Ok(file);
                }
                Some(_) => {}
                None => {
                    self.create_in(&[APPLICATION], &layout::user_file(file, size))?;
                    return Ok(file);
                }
            }
        }
        Err(TokenError::NoSpace {
            what: "one certificate more",
        })
    }

    /// Takes the entry away, then the file. When the file may not be deleted, the entry comes back.
    pub(super) fn remove_certificate(
        &mut self,
        certificate: &StoredCertificate,
    ) -> Result<(), TokenError> {
        let file = certificate.file;
        let path = [APPLICATION, file];
        if file >> 8 != CERTIFICATE_FILES >> 8
            || self.read(&path)?.as_ref() != Some(&certificate.der)
        {
            return Err(TokenError::CertificateNotFound { file });
        }
        let mut directory = self.directory(DirectoryKind::Certificates)?;
        let listed = place_of(&directory, file)
            .and_then(|place| Some((place, directory.entries.get(place)?.clone())));
        if let Some((place, _)) = listed {
            self.edit(&mut directory, Edit::Remove(place))?;
        }
        match (self.delete(&path), listed) {
            (Err(refusal @ TokenError::StatusWord { .. }), Some((_, entry))) => {
                self.edit(&mut directory, Edit::Append(entry))?;
                Err(refusal)
            }
            (outcome, _) => outcome.map(drop),
        }
    }
}

fn place_of(directory: &Directory, file: FileId) -> Option<usize> {
    directory
        .objects()
        .find(|(_, object)| object.path == [APPLICATION, file])
        .map(|(place, _)| place)
}

/// Whether any entry has the file in a path, also one of a kind that does not read here.
fn mentions(directory: &Directory, file: FileId) -> bool {
    let [high, low] = file.to_be_bytes();
    let path = [0x50, 0x00, high, low];
    directory
        .entries
        .iter()
        .any(|entry| entry.windows(path.len()).any(|octets| octets == path))
}
