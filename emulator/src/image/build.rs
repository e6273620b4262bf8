//! Putting objects on an image directly: what a scenario's token holds before anything happens.

use gost3410::{ParameterSet, SigningKey};

use super::layout::ef;
use super::pkcs15::{self, Common, DirectoryKind};
use super::{Body, File, ImageError, Secret, TokenImage};
use crate::access::AccessRules;
use crate::reference::{FileId, KeyRef};
use crate::rsf::{Half, KeyKind};

/// How PKCS#11 programs find an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ObjectName<'a> {
    /// CKA_LABEL.
    pub label: &'a str,
    /// CKA_ID; equal on the halves of a pair and its certificate.
    pub id: &'a [u8],
}

impl TokenImage {
    /// Puts a GOST pair on the token, with the entries and the public key file that `pkcs11-tool --keypairgen` leaves.
    ///
    /// # Errors
    /// When the token is not laid out as PKCS#15, has no room, or does not know the parameter set.
    pub fn put_gost_pair(
        &mut self,
        name: ObjectName<'_>,
        key: &SigningKey,
    ) -> Result<KeyRef, ImageError> {
        let set = key.parameter_set();
        let letter = set_number(set).ok_or_else(|| wrong("no such key on this token"))?;
        let public = key.verifying_key().to_bytes();
        let values = [
            Secret::new(key.to_le_bytes().to_vec()),
            Secret::new(public.clone()),
        ];
        let reference = self.put_halves(KeyKind::Gost(set), values)?;
        let common = Common {
            label: name.label,
            id: name.id,
        };
        self.append(
            DirectoryKind::PrivateKeys,
            &pkcs15::gost_private_key(common, None, reference, letter),
        )?;
        let file = self.put_object_file(0x02, &crate::tlv::der(0x04, &public))?;
        self.append(
            DirectoryKind::PublicKeys,
            &pkcs15::gost_public_key(common, file, letter),
        )?;
        Ok(reference)
    }

    /// Puts a certificate on the token, as `pkcs11-tool --write-object --type cert` does.
    ///
    /// # Errors
    /// When the token is not laid out as PKCS#15 or has no room.
    pub fn put_certificate(
        &mut self,
        name: ObjectName<'_>,
        der: &[u8],
    ) -> Result<FileId, ImageError> {
        let common = Common {
            label: name.label,
            id: name.id,
        };
        let file = self.put_object_file(0x03, der)?;
        self.append(
            DirectoryKind::Certificates,
            &pkcs15::certificate(common, file),
        )?;
        Ok(file)
    }

    /// Both halves, private first, under the lowest free reference.
    fn put_halves(&mut self, kind: KeyKind, values: [Secret; 2]) -> Result<KeyRef, ImageError> {
        let keys = self.file(&[FileId::SYSTEM, FileId::SYSTEM, FileId::PRIVATE_KEYS]);
        let keys = keys.ok_or_else(|| wrong("no directory for keys"))?;
        let free = (1..=u8::MAX)
            .filter_map(KeyRef::new)
            .find(|key| keys.child(key.file_id()).is_none());
        let reference = free.ok_or_else(|| wrong("no key reference is free"))?;
        let halves = [
            (
                Half::Private,
                FileId::PRIVATE_KEYS,
                AccessRules::PRIVATE_KEY,
            ),
            (Half::Public, FileId::PUBLIC_KEYS, AccessRules::PUBLIC_KEY),
        ];
        for ((half, directory, access), value) in halves.into_iter().zip(values) {
            let property = kind
                .property(half)
                .ok_or_else(|| wrong("no such key on this token"))?;
            let size =
                u16::try_from(kind.size(half)).map_err(|_| wrong("no such key on this token"))?;
            let body = Body::Rsf {
                size,
                property,
                value: Some(value),
            };
            self.add(
                &[FileId::SYSTEM, FileId::SYSTEM, directory],
                File {
                    fid: reference.file_id(),
                    access,
                    body,
                },
            )?;
        }
        Ok(reference)
    }

    /// A file of the application numbered from `kind`00 upwards.
    fn put_object_file(&mut self, kind: u8, content: &[u8]) -> Result<FileId, ImageError> {
        let application = self.application()?;
        let free = (0..=u8::MAX)
            .map(|number| FileId::from_bytes([kind, number]))
            .find(|fid| application.child(*fid).is_none());
        let fid = free.ok_or_else(|| wrong("no file number is free"))?;
        let size = u16::try_from(content.len()).map_err(|_| wrong("too large for a file"))?;
        self.add(
            &[FileId::PKCS15],
            ef(fid, AccessRules::USER_WRITES, size, content),
        )?;
        Ok(fid)
    }

    /// Adds an entry to a directory of objects, which is made, and listed in the ODF, when it is first needed.
    fn append(&mut self, kind: DirectoryKind, entry: &[u8]) -> Result<(), ImageError> {
        let fid = kind.file_id();
        if self.application()?.child(fid).is_none() {
            self.add(
                &[FileId::PKCS15],
                ef(fid, AccessRules::USER_WRITES, 0x800, &[]),
            )?;
            self.write_after_entries(FileId::ODF, &pkcs15::odf_entry(kind))?;
        }
        self.write_after_entries(fid, entry)
    }

    fn write_after_entries(&mut self, fid: FileId, entry: &[u8]) -> Result<(), ImageError> {
        let file = self.file_mut(&[FileId::PKCS15, fid]);
        let Some(Body::Ef { data }) = file.map(|file| &mut file.body) else {
            return Err(wrong("a PKCS#15 directory is missing"));
        };
        let end = entries_end(data);
        let room = data
            .get_mut(end..end + entry.len())
            .ok_or_else(|| wrong("a PKCS#15 directory is full"))?;
        room.copy_from_slice(entry);
        Ok(())
    }

    fn application(&self) -> Result<&File, ImageError> {
        self.file(&[FileId::PKCS15])
            .ok_or_else(|| wrong("no PKCS#15 application"))
    }

    fn add(&mut self, directory: &[FileId], file: File) -> Result<(), ImageError> {
        let wanted = self.memory_used() + Self::FILE_OVERHEAD + usize::from(file.size());
        if wanted > Self::MEMORY {
            return Err(wrong("the token's memory is full"));
        }
        self.insert(directory, file);
        Ok(())
    }
}

/// Where the entries end: at the first zero tag.
fn entries_end(data: &[u8]) -> usize {
    let mut rest = data;
    while rest.first().is_some_and(|tag| *tag != 0) {
        let Ok((_, after)) = crate::tlv::ber_element(rest) else {
            break;
        };
        rest = after;
    }
    data.len() - rest.len()
}

/// The integer by which PKCS#15 entries name a parameter set: 1 to 3 are OpenSC's A, B, C; the others are assumed.
const fn set_number(set: ParameterSet) -> Option<u8> {
    use ParameterSet as Set;
    match set {
        Set::CryptoProA | Set::CryptoProXchA | Set::Tc26Gost256B => Some(1),
        Set::CryptoProB | Set::Tc26Gost256C => Some(2),
        Set::CryptoProC | Set::CryptoProXchB | Set::Tc26Gost256D => Some(3),
        Set::Tc26Gost256A => Some(4),
        Set::Tc26Gost512A => Some(0x11),
        Set::Tc26Gost512B => Some(0x12),
        Set::Tc26Gost512C => Some(0x13),
        Set::CryptoProTest | Set::Tc26Gost512Test => None,
    }
}

fn wrong(what: &'static str) -> ImageError {
    ImageError::content("image", what)
}
