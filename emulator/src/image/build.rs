//! Putting objects on an image directly: what a scenario's token holds before anything happens.

use gost3410::{ParameterSet, SigningKey};

use super::layout::ef;
use super::pkcs15::{self, DirectoryKind, KeyDetail};
use super::{Body, File, ImageError, Secret, TokenImage};
use crate::access::AccessRules;
use crate::reference::{FileId, KeyRef};
use crate::rsa::RsaKey;
use crate::rsf::{Half, KeyKind};
use crate::tlv::{ber_element, der, der_of};

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
        let number = set_number(set).ok_or_else(|| wrong("no such key on this token"))?;
        let public = key.verifying_key().to_bytes();
        let values = [
            Secret::new(key.to_le_bytes().to_vec()),
            Secret::new(public.clone()),
        ];
        self.whole(|image| {
            let reference = image.put_halves(KeyKind::Gost(set), values)?;
            let detail = KeyDetail::Gost(number);
            image.list_pair(name, reference, detail, &der(0x04, &public))?;
            Ok(reference)
        })
    }

    /// Puts an RSA pair on the token, as `pkcs11-tool --keypairgen --key-type rsa` does.
    ///
    /// # Errors
    /// When the token is not laid out as PKCS#15, has no room, or does not hold keys that long.
    pub fn put_rsa_pair(
        &mut self,
        name: ObjectName<'_>,
        key: &RsaKey,
    ) -> Result<KeyRef, ImageError> {
        let kind = KeyKind::Rsa {
            prime_len: key.prime_len(),
        };
        let values = [key.to_value(), Secret::new(key.to_public_value())];
        let bits =
            u16::try_from(16 * key.prime_len()).map_err(|_| wrong("no such key on this token"))?;
        let modulus: Vec<u8> = core::iter::once(0)
            .chain(key.modulus().into_iter().rev())
            .collect();
        let public = der_of(
            0x30,
            &[&der(0x02, &modulus), &[0x02, 0x03, 0x01, 0x00, 0x01]],
        );
        self.whole(|image| {
            let reference = image.put_halves(kind, values)?;
            image.list_pair(name, reference, KeyDetail::Rsa(bits), &public)?;
            Ok(reference)
        })
    }

    /// Puts a certificate on the token, as `pkcs11-tool --write-object --type cert` does: the private key of the same
    /// id takes over its label and subject.
    ///
    /// # Errors
    /// When the token is not laid out as PKCS#15 or has no room.
    pub fn put_certificate(
        &mut self,
        name: ObjectName<'_>,
        certificate: &[u8],
    ) -> Result<FileId, ImageError> {
        self.whole(|image| {
            let file = image.put_object_file(0x03, certificate)?;
            let entry = pkcs15::certificate(name, file);
            image.append(DirectoryKind::Certificates, &entry)?;
            if let Some(subject) = subject(certificate) {
                image.rename_private_key(name, subject)?;
            }
            Ok(file)
        })
    }

    fn list_pair(
        &mut self,
        name: ObjectName<'_>,
        key: KeyRef,
        detail: KeyDetail,
        public: &[u8],
    ) -> Result<(), ImageError> {
        self.append(
            DirectoryKind::PrivateKeys,
            &pkcs15::private_key(name, key, detail),
        )?;
        let file = self.put_object_file(0x02, public)?;
        self.append(
            DirectoryKind::PublicKeys,
            &pkcs15::public_key(name, file, detail),
        )
    }

    /// Rewrites the directory of private keys if it is there.
    fn rename_private_key(
        &mut self,
        name: ObjectName<'_>,
        subject: &[u8],
    ) -> Result<(), ImageError> {
        let file = self.file_mut(&[FileId::PKCS15, FileId::PRIVATE_KEYS]);
        let Some(Body::Ef { data }) = file.map(|file| &mut file.body) else {
            return Ok(());
        };
        let renamed = |entry: &[u8]| {
            pkcs15::certified(entry, name, subject).unwrap_or_else(|| entry.to_vec())
        };
        let entries: Vec<u8> = entries(data).into_iter().flat_map(renamed).collect();
        if entries.len() > data.len() {
            return Err(wrong("a PKCS#15 directory is full"));
        }
        let size = data.len();
        *data = entries;
        data.resize(size, 0);
        Ok(())
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
        let size = u16::try_from(content.len()).ok();
        let size = size.filter(|size| *size < 0x8000);
        let size = size.ok_or_else(|| wrong("too large for a file"))?;
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
        let end = entries(data).concat().len();
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

    /// Puts all of it, or nothing.
    fn whole<T>(
        &mut self,
        put: impl FnOnce(&mut Self) -> Result<T, ImageError>,
    ) -> Result<T, ImageError> {
        let mut image = self.clone();
        let put = put(&mut image)?;
        *self = image;
        Ok(put)
    }
}

/// The entries of a directory file, whole; they end at the first zero tag.
fn entries(data: &[u8]) -> Vec<&[u8]> {
    let (mut rest, mut entries) = (data, Vec::new());
    while rest.first().is_some_and(|tag| *tag != 0) {
        let Ok((_, after)) = ber_element(rest) else {
            break;
        };
        entries.push(&rest[..rest.len() - after.len()]);
        rest = after;
    }
    entries
}

/// The subject of a certificate, as a whole `Name`.
fn subject(certificate: &[u8]) -> Option<&[u8]> {
    let ((0x30, certificate), _) = ber_element(certificate).ok()? else {
        return None;
    };
    let ((0x30, mut rest), _) = ber_element(certificate).ok()? else {
        return None;
    };
    let mut skipped = 0;
    while skipped < FIELDS_BEFORE_SUBJECT {
        let ((tag, _), after) = ber_element(rest).ok()?;
        rest = after;
        // The version is optional and tagged.
        skipped += usize::from(tag != 0xA0);
    }
    let (_, after) = ber_element(rest).ok()?;
    Some(&rest[..rest.len() - after.len()])
}

/// RFC 5280 §4.1: serial number, signature, issuer, validity.
const FIELDS_BEFORE_SUBJECT: usize = 4;

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
