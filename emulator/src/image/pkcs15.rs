//! PKCS#15 entries as OpenSC 0.23.0 writes them. The card never reads them; hosts do.
//!
//! Source: bytes recorded from `pkcs15-init` and `pkcs11-tool`. Evidence: driver.

use crate::reference::{FileId, KeyRef, PinRef};
use crate::tlv::{ber_element, ber_elements, der, der_of};

/// EF.DIR: one application.
pub(super) fn directory(label: &str) -> Vec<u8> {
    let aid = der(0x4F, b"\xA0\x00\x00\x00\x63PKCS-15");
    let path = der(0x51, &path_bytes(&[FileId::MF, FileId::PKCS15]));
    der_of(0x61, &[&aid, &der(0x50, label.as_bytes()), &path])
}

/// One line of the object directory: where the objects of a kind are listed.
pub(super) fn odf_entry(kind: DirectoryKind) -> Vec<u8> {
    der_of(
        kind.odf_tag(),
        &[&path(&[FileId::MF, FileId::PKCS15, kind.file_id()])],
    )
}

/// The directories this token's objects are listed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DirectoryKind {
    PrivateKeys,
    PublicKeys,
    Certificates,
    Pins,
}

impl DirectoryKind {
    pub(super) const fn file_id(self) -> FileId {
        match self {
            Self::PrivateKeys => FileId::PRIVATE_KEYS,
            Self::PublicKeys => FileId::PUBLIC_KEYS,
            Self::Certificates => FileId::CERTIFICATES,
            Self::Pins => FileId::PINS,
        }
    }

    const fn odf_tag(self) -> u8 {
        match self {
            Self::PrivateKeys => 0xA0,
            Self::PublicKeys => 0xA1,
            Self::Certificates => 0xA4,
            Self::Pins => 0xA8,
        }
    }
}

/// Serial number, label, time of the last change as `YYYYMMDDhhmmssZ`.
pub(super) fn token_info(serial: u32, label: &str, changed: &str) -> Vec<u8> {
    der_of(
        0x30,
        &[
            &[0x02, 0x01, 0x00],
            &der(0x04, &u64::from(serial).to_be_bytes()),
            &der(0x0C, b"Aktiv Co."),
            &der(0x80, label.as_bytes()),
            &[0x03, 0x02, 0x04, 0x10],
            &der_of(0xA5, &[&der(0x18, changed.as_bytes())]),
        ],
    )
}

/// The label in a token information file, if that is what `data` holds.
pub(super) fn token_label(data: &[u8]) -> Option<String> {
    let ((0x30, info), _) = ber_element(data).ok()? else {
        return None;
    };
    let elements = ber_elements(info).ok()?;
    let (_, label) = elements.into_iter().find(|(tag, _)| *tag == 0x80)?;
    String::from_utf8(label.to_vec()).ok()
}

/// A PIN's entry: flags, ASCII digits, lengths of `min_len` to 32, padding 00.
pub(super) fn pin(pin_ref: PinRef) -> Vec<u8> {
    let (label, flags, min_len) = match pin_ref {
        PinRef::So => ("Security Officer PIN", [0x00, 0x99], 8),
        PinRef::User => ("User PIN", [0x03, 0x98], 4),
    };
    let number = pin_ref.number();
    let common = der_of(
        0x30,
        &[&der(0x0C, label.as_bytes()), &[0x03, 0x02, 0x06, 0xC0]],
    );
    let attributes = der_of(
        0x30,
        &[
            &der(0x03, &flags),
            &[0x0A, 0x01, 0x01],
            &[0x02, 0x01, min_len],
            &[0x02, 0x01, 0x20, 0x02, 0x01, 0x20],
            &[0x80, 0x01, number],
            &[0x04, 0x01, 0x00],
        ],
    );
    let identity = der_of(0x30, &[&der(0x04, &[number])]);
    der_of(0x30, &[&common, &identity, &der_of(0xA1, &[&attributes])])
}

/// What the entries of one object's kind have in common.
#[derive(Clone, Copy)]
pub(super) struct Common<'a> {
    pub label: &'a str,
    pub id: &'a [u8],
}

/// A GOST private key: it signs, it never leaves, the user's PIN guards it.
pub(super) fn gost_private_key(
    common: Common<'_>,
    subject: Option<&[u8]>,
    key: KeyRef,
    set: u8,
) -> Vec<u8> {
    let usage: &[u8] = &[0x03, 0x02, 0x04, 0x30];
    let value = key_path(key);
    key_entry(
        0xA4,
        common,
        Owner::User,
        usage,
        Some(key),
        subject,
        &gost_key(&value, set),
    )
}

/// A GOST public key, kept in the file of that number.
pub(super) fn gost_public_key(common: Common<'_>, file: FileId, set: u8) -> Vec<u8> {
    let value = path(&[FileId::MF, FileId::PKCS15, file]);
    let usage: &[u8] = &[0x03, 0x02, 0x06, 0xC0];
    key_entry(
        0xA4,
        common,
        Owner::Nobody,
        usage,
        None,
        None,
        &gost_key(&value, set),
    )
}

fn gost_key(value: &[u8], set: u8) -> Vec<u8> {
    let parameters = [0x02, 0x01, set, 0x02, 0x01, 0x00, 0x02, 0x01, 0x00];
    der_of(0x30, &[value, &parameters])
}

/// Who must be logged in to use an object.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    User,
    Nobody,
}

fn key_entry(
    tag: u8,
    common: Common<'_>,
    owner: Owner,
    usage: &[u8],
    reference: Option<KeyRef>,
    subject: Option<&[u8]>,
    kind: &[u8],
) -> Vec<u8> {
    let label = der(0x0C, common.label.as_bytes());
    let object = match owner {
        Owner::User => der_of(
            0x30,
            &[&label, &[0x03, 0x02, 0x06, 0xC0], &[0x04, 0x01, 0x02]],
        ),
        Owner::Nobody => der_of(0x30, &[&label, &[0x03, 0x02, 0x06, 0x40]]),
    };
    let reference = reference
        .map(|key| vec![0x02, 0x01, key.number()])
        .unwrap_or_default();
    let key = der_of(0x30, &[&der(0x04, common.id), usage, &reference]);
    let subject = subject
        .map(|name| der(0xA0, &der(0x30, name)))
        .unwrap_or_default();
    der_of(tag, &[&object, &key, &subject, &der(0xA1, kind)])
}

/// A certificate kept in the file of that number.
pub(super) fn certificate(common: Common<'_>, file: FileId) -> Vec<u8> {
    let label = der(0x0C, common.label.as_bytes());
    let object = der_of(0x30, &[&label, &[0x03, 0x02, 0x06, 0x40]]);
    let identity = der_of(0x30, &[&der(0x04, common.id)]);
    let value = der_of(0x30, &[&path(&[FileId::MF, FileId::PKCS15, file])]);
    der_of(0x30, &[&object, &identity, &der(0xA1, &value)])
}

fn key_path(key: KeyRef) -> Vec<u8> {
    path(&[
        FileId::MF,
        FileId::SYSTEM,
        FileId::SYSTEM,
        FileId::PRIVATE_KEYS,
        key.file_id(),
    ])
}

fn path(identifiers: &[FileId]) -> Vec<u8> {
    der_of(0x30, &[&der(0x04, &path_bytes(identifiers))])
}

fn path_bytes(identifiers: &[FileId]) -> Vec<u8> {
    identifiers.iter().flat_map(|fid| fid.to_bytes()).collect()
}
