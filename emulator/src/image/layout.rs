//! A new token: the tree that OpenSC's profile `rutoken_ecp` lays out with `pkcs15-init -C`, `-P` and `-F`.

use std::collections::BTreeMap;

use super::pkcs15::{self, DirectoryKind};
use super::{Body, File, ImageError, Pin, Secret, TokenImage};
use crate::access::AccessRules;
use crate::reference::{FileId, PinRef};

impl TokenImage {
    /// A token as it leaves the first initialisation: PINs 87654321 and 12345678 with ten tries each (OpenSC's profile
    /// has five for the user), no keys. An empty label becomes the vendor's `Rutoken ECP <no label>` (assumed).
    ///
    /// # Panics
    /// When the label is longer than [`Self::LONGEST_LABEL`]: one that is not known beforehand is [`Self::labelled`]'s.
    #[must_use]
    pub fn new(serial: u32, label: &str) -> Self {
        Self::labelled(serial, label).expect("a label of at most 77 bytes")
    }

    /// The same with a label that may be too long.
    ///
    /// # Errors
    /// When it is longer than [`Self::LONGEST_LABEL`].
    pub fn labelled(serial: u32, label: &str) -> Result<Self, ImageError> {
        if label.len() > Self::LONGEST_LABEL {
            let limit = Self::LONGEST_LABEL;
            return Err(ImageError::LabelTooLong { limit });
        }
        let label = if label.is_empty() { NO_LABEL } else { label };
        Ok(Self {
            serial,
            initialising: false,
            administrator_deletes_certificates: true,
            pins: BTreeMap::from([
                (PinRef::So, pin(8, AccessRules::SO_PIN, b"87654321")),
                (PinRef::User, pin(4, AccessRules::USER_PIN, b"12345678")),
            ]),
            mf: Some(master_file(serial, label)),
        })
    }
}

/// What the vendor's library shows for a token without a label.
const NO_LABEL: &str = "Rutoken ECP <no label>";

/// Written as the time of the last change, since a new image has no clock: scenarios begin then.
const CHANGED: &str = "20181213010000Z";

fn pin(min_len: u8, access: AccessRules, value: &[u8]) -> Pin {
    Pin {
        size: 8,
        property: [0x01, min_len, 0x01, 0xAA, 0x00, 0x00],
        access,
        max_tries: 10,
        tries_left: 10,
        value: Some(Secret::new(value)),
    }
}

fn master_file(serial: u32, label: &str) -> File {
    let info = ef(
        FileId::DIR,
        AccessRules::SO_WRITES,
        0x80,
        &pkcs15::directory("Rutoken ECP"),
    );
    df(
        FileId::MF,
        AccessRules::MF,
        0,
        vec![info, system(), application(serial, label)],
    )
}

/// The system directory: places for keys, and reserved ones.
fn system() -> File {
    let keys = [0x6001, 0x6002, 0x6003, 0x6004, 0x6005].map(|fid| reserved(fid, Vec::new()));
    let children = vec![
        reserved(0x1000, keys.into()),
        reserved(
            0x1001,
            vec![reserved(0x8001, Vec::new()), reserved(0x8002, Vec::new())],
        ),
        reserved(0x1002, Vec::new()),
        reserved(0x1003, Vec::new()),
        reserved(0x1004, Vec::new()),
    ];
    reserved(0x1000, children)
}

fn reserved(fid: u16, children: Vec<File>) -> File {
    df(FileId(fid), AccessRules::SYSTEM_DF, 0, children)
}

/// The PKCS#15 application, in the order the program creates it.
fn application(serial: u32, label: &str) -> File {
    let pins = PinRef::ALL.map(pkcs15::pin).concat();
    let odf = pkcs15::odf_entry(DirectoryKind::Pins);
    let info = pkcs15::token_info(serial, label, CHANGED);
    let children = vec![
        ef(FileId::PINS, AccessRules::SO_WRITES, 0x100, &pins),
        ef(FileId::ODF, AccessRules::ODF, 0x80, &odf),
        ef(FileId::TOKEN_INFO, AccessRules::TOKEN_INFO, 0x80, &info),
        ef(
            FileId::INIT_INFO,
            AccessRules::SO_WRITES,
            0x80,
            b"\x01\x06pkcs15",
        ),
    ];
    df(FileId::PKCS15, AccessRules::PKCS15_DF, 0x1388, children)
}

fn df(fid: FileId, access: AccessRules, size: u16, children: Vec<File>) -> File {
    File {
        fid,
        access,
        body: Body::Df { size, children },
    }
}

/// A file of a declared size, zeros after its content.
pub(super) fn ef(fid: FileId, access: AccessRules, size: u16, content: &[u8]) -> File {
    assert!(content.len() <= size.into(), "{fid} would be torn");
    let mut data = content.to_vec();
    data.resize(size.into(), 0);
    File {
        fid,
        access,
        body: Body::Ef { data },
    }
}
