//! PKCS#15 entries as OpenSC 0.23.0 writes them. The card never reads them; hosts do.
//!
//! Source: bytes recorded from `pkcs15-init` and `pkcs11-tool`. Evidence: driver.

use super::ObjectName;
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

/// The part of a key's entry that depends on its algorithm.
#[derive(Clone, Copy)]
pub(super) enum KeyDetail {
    /// GOST R 34.10, with the integer that names the parameter set.
    Gost(u8),
    /// RSA, with the modulus in bits.
    Rsa(u16),
}

impl KeyDetail {
    const fn tag(self) -> u8 {
        match self {
            Self::Gost(_) => 0xA4,
            Self::Rsa(_) => 0x30,
        }
    }

    /// Signs; RSA decrypts too.
    const fn private_usage(self) -> [u8; 4] {
        match self {
            Self::Gost(_) => [0x03, 0x02, 0x04, 0x30],
            Self::Rsa(_) => [0x03, 0x02, 0x04, 0x70],
        }
    }

    /// Verifies; RSA encrypts too.
    const fn public_usage(self) -> [u8; 4] {
        match self {
            Self::Gost(_) => [0x03, 0x02, 0x00, 0x03],
            Self::Rsa(_) => [0x03, 0x02, 0x00, 0x83],
        }
    }

    fn value(self, path: &[u8]) -> Vec<u8> {
        let detail = match self {
            Self::Gost(set) => vec![0x02, 0x01, set, 0x02, 0x01, 0x00, 0x02, 0x01, 0x00],
            Self::Rsa(bits) => der(0x02, &bits.to_be_bytes()),
        };
        der(0xA1, &der_of(0x30, &[path, &detail]))
    }
}

/// A private key: it never leaves, the user's PIN guards it.
pub(super) fn private_key(name: ObjectName<'_>, key: KeyRef, detail: KeyDetail) -> Vec<u8> {
    let label = der(0x0C, name.label.as_bytes());
    let object = der_of(
        0x30,
        &[
            &label,
            &PRIVATE_MODIFIABLE,
            &[0x04, 0x01, PinRef::User.number()],
        ],
    );
    let id = der(0x04, name.id);
    let class = der_of(
        0x30,
        &[&id, &detail.private_usage(), &[0x02, 0x01, key.number()]],
    );
    der_of(
        detail.tag(),
        &[&object, &class, &detail.value(&key_path(key))],
    )
}

/// A public key, kept in the file of that number.
pub(super) fn public_key(name: ObjectName<'_>, file: FileId, detail: KeyDetail) -> Vec<u8> {
    let id = der(0x04, name.id);
    let not_native = [0x01, 0x01, 0x00];
    let no_reference = [0x02, 0x01, 0x00];
    let class = der_of(
        0x30,
        &[&id, &detail.public_usage(), &not_native, &no_reference],
    );
    let path = path(&[FileId::MF, FileId::PKCS15, file]);
    der_of(
        detail.tag(),
        &[&public_object(name), &class, &detail.value(&path)],
    )
}

/// A private key's entry after a certificate with its id was written: the certificate's label, and its subject (a
/// whole `Name`). `None` when `entry` is not a private key of that id.
pub(super) fn certified(entry: &[u8], name: ObjectName<'_>, subject: &[u8]) -> Option<Vec<u8>> {
    let ((tag, content), _) = ber_element(entry).ok()?;
    let parts = ber_elements(content).ok()?;
    let (&[(0x30, object), (0x30, class), ..], &(0xA1, value)) = (&parts[..], parts.last()?) else {
        return None;
    };
    let (_, id) = *ber_elements(class).ok()?.first()?;
    let ((0x0C, _), object_rest) = ber_element(object).ok()? else {
        return None;
    };
    let object = der_of(0x30, &[&der(0x0C, name.label.as_bytes()), object_rest]);
    let subject = der(0xA0, &der(0x30, subject));
    (id == name.id).then(|| {
        der_of(
            tag,
            &[&object, &der(0x30, class), &subject, &der(0xA1, value)],
        )
    })
}

/// A certificate kept in the file of that number.
pub(super) fn certificate(name: ObjectName<'_>, file: FileId) -> Vec<u8> {
    let identity = der_of(0x30, &[&der(0x04, name.id)]);
    let value = der_of(0x30, &[&path(&[FileId::MF, FileId::PKCS15, file])]);
    der_of(0x30, &[&public_object(name), &identity, &der(0xA1, &value)])
}

fn public_object(name: ObjectName<'_>) -> Vec<u8> {
    der_of(0x30, &[&der(0x0C, name.label.as_bytes()), &MODIFIABLE])
}

/// Object flags, as BIT STRING.
const PRIVATE_MODIFIABLE: [u8; 4] = [0x03, 0x02, 0x06, 0xC0];
const MODIFIABLE: [u8; 4] = [0x03, 0x02, 0x06, 0x40];

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
