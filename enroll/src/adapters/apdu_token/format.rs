//! The token's own name, and the token laid out anew: the tree that OpenSC's profile `rutoken_ecp` makes.
//!
//! Source: `pkcs15-init -E`, `-C`, `-P` and `-F` as recorded. Evidence: driver. Ten tries for the user's PIN instead of
//! the profile's five, as the vendor's software gives.

use super::commands::Card;
use super::layout::{APPLICATION, DIR, FileId, OBJECTS, PINS, TOKEN_INFO, directory_of, made};
use super::pkcs15::relabelled;
use super::tlv::der;
use crate::ports::token::{Layout, PinRole, TokenError, Transmit};

impl<T: Transmit> Card<T> {
    /// One command: the file is shorter than a block.
    pub(super) fn rename(&mut self, label: &str) -> Result<(), TokenError> {
        let what = "the token's name";
        let path = [APPLICATION, TOKEN_INFO];
        let file = self.read(&path)?.ok_or(TokenError::NotInitialised)?;
        let mut data = relabelled(&file, label).ok_or_else(|| TokenError::Damaged {
            what: "file 5000/5032, the token's description".to_owned(),
        })?;
        if data.len() > file.len() {
            let octets = label.len();
            return Err(TokenError::NameTooLong { octets });
        }
        data.resize(file.len(), 0);
        self.fill(TOKEN_INFO, &data, what)
    }

    /// Erases, makes the tree, sets both PINs. A cut in between leaves a token that is not laid out; the same again
    /// lays it out.
    pub(super) fn lay_out(&mut self, layout: &Layout) -> Result<(), TokenError> {
        let serial = self.serial()?;
        let description = description(serial, layout)?;
        self.erase()?;
        self.make_system()?;
        self.select_master_file()?;
        self.create(&directory_of(
            APPLICATION,
            0x1388,
            [0x43, 0, 0, 0, 0, 0, 0, 0x02],
        ))?;
        for (role, pin) in [
            (PinRole::Administrator, &layout.administrator),
            (PinRole::User, &layout.user),
        ] {
            self.create(&made::pin(role))?;
            self.change_pin(role, pin.expose())?;
        }
        let pins = [PinRole::Administrator, PinRole::User]
            .map(pin_entry)
            .concat();
        let listing = super::pkcs15::listing_entry(0xA8, &[APPLICATION, PINS]);
        for (fid, size, access, content) in [
            (PINS, 0x100, made::ADMINISTRATOR_WRITES, pins),
            (OBJECTS, 0x80, made::OBJECTS, listing),
            (TOKEN_INFO, 0x80, made::TOKEN_INFO, description),
            (
                INIT_INFO,
                0x80,
                made::ADMINISTRATOR_WRITES,
                b"\x01\x06pkcs15".to_vec(),
            ),
        ] {
            self.create_in(&[APPLICATION], &made::file(fid, size, access))?;
            self.select(&[APPLICATION, fid])?;
            self.update(0, &padded(content, size))?;
        }
        self.end_erasing()
    }

    /// The master file, EF.DIR and the places for keys.
    fn make_system(&mut self) -> Result<(), TokenError> {
        self.create(&directory_of(
            0x3F00,
            0,
            [0x47, 0x02, 0x02, 0x01, 0, 0, 0, 0xFF],
        ))?;
        self.create(&made::file(DIR, 0x80, made::ADMINISTRATOR_WRITES))?;
        self.select(&[DIR])?;
        self.update(0, &padded(application_entry(), 0x80))?;
        self.select_master_file()?;
        self.create(&made::system(0x1000))?;
        let places: [(&[FileId], &[FileId]); 4] = [
            (&[0x1000], &[0x1000]),
            (&[0x1000, 0x1000], &[0x6001, 0x6002, 0x6003, 0x6004, 0x6005]),
            (&[0x1000], &[0x1001, 0x1002, 0x1003, 0x1004]),
            (&[0x1000, 0x1001], &[0x8001, 0x8002]),
        ];
        for (parent, children) in places {
            for child in children {
                self.create_in(parent, &made::system(*child))?;
            }
        }
        Ok(())
    }
}

/// Errors: [`TokenError::NameTooLong`] for a label that the file does not hold, before anything is erased.
fn description(serial: [u8; 8], layout: &Layout) -> Result<Vec<u8>, TokenError> {
    let at = layout.at.strftime("%Y%m%d%H%M%SZ").to_string();
    let info = der(
        0x30,
        &[
            &[0x02, 0x01, 0x00],
            &der(0x04, &[&serial]),
            &der(0x0C, &[b"Aktiv Co."]),
            &der(0x80, &[layout.label.as_bytes()]),
            &[0x03, 0x02, 0x04, 0x10],
            &der(0xA5, &[&der(0x18, &[at.as_bytes()])]),
        ],
    );
    if info.len() <= 0x80 {
        return Ok(info);
    }
    let octets = layout.label.len();
    Err(TokenError::NameTooLong { octets })
}

/// EF.DIR's one application.
fn application_entry() -> Vec<u8> {
    let aid = der(0x4F, &[b"\xA0\x00\x00\x00\x63PKCS-15"]);
    let path = der(0x51, &[&[0x3F, 0x00, 0x50, 0x00]]);
    der(0x61, &[&aid, &der(0x50, &[b"Rutoken ECP"]), &path])
}

/// A PIN in the list of PINs: flags, digits, lengths to 32, padding 00.
fn pin_entry(role: PinRole) -> Vec<u8> {
    let (label, flags, shortest, number) = match role {
        PinRole::Administrator => ("Security Officer PIN", [0x00, 0x99], 8, 1),
        PinRole::User => ("User PIN", [0x03, 0x98], 4, 2),
    };
    let common = der(
        0x30,
        &[&der(0x0C, &[label.as_bytes()]), &[0x03, 0x02, 0x06, 0xC0]],
    );
    let attributes = der(
        0x30,
        &[
            &der(0x03, &[&flags]),
            &[0x0A, 0x01, 0x01],
            &[0x02, 0x01, shortest],
            &[0x02, 0x01, 0x20, 0x02, 0x01, 0x20],
            &[0x80, 0x01, number],
            &[0x04, 0x01, 0x00],
        ],
    );
    let identity = der(0x30, &[&der(0x04, &[&[number]])]);
    der(0x30, &[&common, &identity, &der(0xA1, &[&attributes])])
}

fn padded(mut content: Vec<u8>, size: u16) -> Vec<u8> {
    content.resize(size.into(), 0);
    content
}

const INIT_INFO: FileId = 0x4946;
