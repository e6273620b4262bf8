//! The commands of the token, one method each: bytes out, status words judged.

use std::collections::BTreeSet;

use zeroize::Zeroizing;

use super::directory::BLOCK;
use super::layout::FileId;
use super::tlv::{self, find};
use crate::ports::token::{PinRole, TokenError, Transmit, TransmitError, Tries};

/// A card behind a transport, and who has logged in to it by our doing.
#[derive(Debug)]
pub(super) struct Card<T> {
    pub(super) transmit: T,
    pub(super) logged_in: BTreeSet<PinRole>,
}

/// What SELECT tells about a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Described {
    /// In octets, at most what READ BINARY reaches.
    pub(super) size: usize,
    /// Tag 85 of a key file.
    pub(super) property: Option<Vec<u8>>,
}

/// An answer taken apart.
pub(super) struct Answer {
    pub(super) data: Vec<u8>,
    pub(super) sw: u16,
}

impl Answer {
    /// Errors: [`TokenError::StatusWord`] for anything but success.
    fn ok(self, command: &'static str) -> Result<Vec<u8>, TokenError> {
        match self.sw {
            OK => Ok(self.data),
            sw => Err(TokenError::StatusWord { command, sw }),
        }
    }
}

impl<T: Transmit> Card<T> {
    /// Sends a command and collects its answer, whole also where a T=0 card gives it in parts.
    pub(super) fn send(&mut self, command: &[u8]) -> Result<Answer, TokenError> {
        let mut answer = self.exchange(command)?;
        if answer.sw >> 8 == 0x6C {
            let again = [command.get(..4).unwrap_or_default(), &[answer.sw as u8]].concat();
            answer = self.exchange(&again)?;
        }
        let mut data = core::mem::take(&mut answer.data);
        for _ in 0..MOST_PARTS {
            if answer.sw >> 8 != 0x61 {
                break;
            }
            answer = self.exchange(&[0x00, 0xC0, 0x00, 0x00, answer.sw as u8])?;
            data.append(&mut answer.data);
        }
        Ok(Answer {
            data,
            sw: answer.sw,
        })
    }

    fn exchange(&mut self, command: &[u8]) -> Result<Answer, TokenError> {
        let answer = self
            .transmit
            .transmit(command)
            .inspect_err(|_| self.logged_in.clear())?;
        match answer.split_last_chunk::<2>() {
            Some((data, sw)) => Ok(Answer {
                data: data.to_vec(),
                sw: u16::from_be_bytes(*sw),
            }),
            None => {
                Err(TransmitError::Lost(format!("an answer of {} octets", answer.len())).into())
            }
        }
    }

    /// Selects by path from the master file; `None` when nothing is there.
    ///
    /// Shape: `00 A4 08 00 <path> 00`. Source: OpenSC card-rtecp.c, `rtecp_select_file`. Evidence: driver.
    pub(super) fn select(&mut self, path: &[FileId]) -> Result<Option<Described>, TokenError> {
        let octets: Vec<u8> = path.iter().flat_map(|fid| fid.to_be_bytes()).collect();
        let answer = self.send(&case_4([0x00, 0xA4, 0x08, 0x00], &octets, 0x00))?;
        match answer.sw {
            FILE_NOT_FOUND => Ok(None),
            OK => described(&answer.data)
                .map(Some)
                .ok_or_else(|| TokenError::Damaged {
                    what: format!("the description of file {}", name(path)),
                }),
            sw => Err(TokenError::StatusWord {
                command: "SELECT",
                sw,
            }),
        }
    }

    /// Reads a whole file; `None` when there is none.
    pub(super) fn read(&mut self, path: &[FileId]) -> Result<Option<Vec<u8>>, TokenError> {
        let Some(file) = self.select(path)? else {
            return Ok(None);
        };
        self.read_selected(path, file.size, |_| false).map(Some)
    }

    /// Reads the file just selected up to the block with which `enough` says yes, or up to `size`.
    pub(super) fn read_selected(
        &mut self,
        path: &[FileId],
        size: usize,
        enough: impl Fn(&[u8]) -> bool,
    ) -> Result<Vec<u8>, TokenError> {
        let mut bytes = Vec::new();
        while bytes.len() < size && !enough(&bytes) {
            let block = self.read_block(bytes.len(), (size - bytes.len()).min(256))?;
            if block.is_empty() {
                return Err(TokenError::Damaged {
                    what: format!("file {}, shorter than it says", name(path)),
                });
            }
            bytes.extend(block);
        }
        bytes.truncate(size);
        Ok(bytes)
    }

    /// READ BINARY of 1 to 256 octets from the selected file.
    fn read_block(&mut self, offset: usize, length: usize) -> Result<Vec<u8>, TokenError> {
        let [high, low] = (offset as u16).to_be_bytes();
        let answer = self.send(&[0x00, 0xB0, high, low, length as u8])?;
        match answer.sw {
            END_OF_FILE => Ok(answer.data),
            _ => answer.ok("READ BINARY"),
        }
    }

    /// UPDATE BINARY of the selected file, in as many commands as it takes.
    pub(super) fn update(&mut self, offset: usize, data: &[u8]) -> Result<(), TokenError> {
        for (block, data) in data.chunks(BLOCK).enumerate() {
            let [high, low] = ((offset + block * BLOCK) as u16).to_be_bytes();
            self.send(&case_3([0x00, 0xD6, high, low], data))?
                .ok("UPDATE BINARY")?;
        }
        Ok(())
    }

    /// CREATE FILE. An elementary file is made in the selected directory and is selected then; a key file goes where
    /// its type belongs.
    pub(super) fn create(&mut self, template: &[u8]) -> Result<(), TokenError> {
        self.send(&case_3([0x00, 0xE0, 0x00, 0x00], template))?
            .ok("CREATE FILE")
            .map(drop)
    }

    /// Makes an elementary file in a directory.
    pub(super) fn create_in(
        &mut self,
        directory: &[FileId],
        template: &[u8],
    ) -> Result<(), TokenError> {
        self.select(directory)?.ok_or(TokenError::NotInitialised)?;
        self.create(template)
    }

    /// DELETE FILE; `false` when there was none.
    pub(super) fn delete(&mut self, path: &[FileId]) -> Result<bool, TokenError> {
        let ([.., fid], Some(_)) = (path, self.select(path)?) else {
            return Ok(false);
        };
        self.send(&case_3([0x00, 0xE4, 0x00, 0x00], &fid.to_be_bytes()))?
            .ok("DELETE FILE")?;
        Ok(true)
    }

    /// GET DATA: the serial number, eight octets.
    ///
    /// Errors: [`TokenError::NotARutoken`], since every Rutoken answers this, laid out or not.
    pub(super) fn serial(&mut self) -> Result<[u8; 8], TokenError> {
        let answer = self.send(&[0x00, 0xCA, 0x01, 0x81, 0x00])?;
        let serial = answer.data.try_into().ok().filter(|_| answer.sw == OK);
        serial.ok_or(TokenError::NotARutoken { sw: answer.sw })
    }

    /// VERIFY without data: asks for the counter and changes nothing. Whoever else logged in on the card has not logged in
    /// here: the PIN is to be presented, and its counter is not told meanwhile.
    pub(super) fn tries(&mut self, role: PinRole) -> Result<Tries, TokenError> {
        match self.send(&[0x00, 0x20, 0x00, reference(role)])?.sw {
            OK if self.logged_in.contains(&role) => Ok(Tries::Verified),
            OK => Ok(Tries::Untold),
            PIN_BLOCKED | 0x63C0 => Ok(Tries::Blocked),
            sw @ 0x63C1..=0x63CF => Ok(Tries::Left((sw & 0x0F) as u8)),
            NO_SUCH_REFERENCE => Ok(Tries::NoSuchPin),
            sw => Err(TokenError::StatusWord {
                command: "VERIFY",
                sw,
            }),
        }
    }

    /// VERIFY with a PIN of 1 to 255 octets: one command, one status word.
    pub(super) fn verify(&mut self, role: PinRole, pin: &[u8]) -> Result<u16, TokenError> {
        let mut command = Zeroizing::new(Vec::with_capacity(5 + pin.len()));
        command.extend([0x00, 0x20, 0x00, reference(role), pin.len() as u8]);
        command.extend(pin);
        Ok(self.exchange(&command)?.sw)
    }

    /// CHANGE REFERENCE DATA: a new PIN of 1 to 32 octets. The old one was presented before.
    ///
    /// Shape: `00 24 01 <ref>`, data `80 02 <length> A5 <length> <PIN>`. Source: OpenSC card-rtecp.c, `rtecp_change_reference_data`. Evidence: driver.
    pub(super) fn change_pin(&mut self, role: PinRole, pin: &[u8]) -> Result<(), TokenError> {
        let octets = pin.len();
        let unfit = TokenError::PinUnfit { role, octets };
        if !(1..=LONGEST_PIN).contains(&octets) {
            return Err(unfit);
        }
        let mut command = Zeroizing::new(Vec::with_capacity(11 + octets));
        let length = octets as u8;
        command.extend([0x00, 0x24, 0x01, reference(role), length + 6]);
        command.extend([0x80, 0x02, 0x00, length, 0xA5, length]);
        command.extend(pin);
        match self.exchange(&command)?.sw {
            OK => Ok(()),
            WRONG_LENGTH | WRONG_DATA => Err(unfit),
            NO_SUCH_REFERENCE => Err(TokenError::NoSuchPin { role }),
            sw => Err(TokenError::StatusWord {
                command: "CHANGE REFERENCE DATA",
                sw,
            }),
        }
    }

    /// RESET RETRY COUNTER: `00 2C 03 <ref>`; the value is unchanged.
    pub(super) fn reset_tries(&mut self, role: PinRole) -> Result<(), TokenError> {
        self.send(&[0x00, 0x2C, 0x03, reference(role)])?
            .ok("RESET RETRY COUNTER")
            .map(drop)
    }

    /// `80 8A 00 00`: erases everything but the serial number. Evidence: driver.
    pub(super) fn erase(&mut self) -> Result<(), TokenError> {
        self.logged_in.clear();
        self.send(&[0x80, 0x8A, 0x00, 0x00])?
            .ok("INITIALISE")
            .map(drop)
    }

    /// `80 84 4E 19`: the access rules hold from now on. Evidence: driver.
    pub(super) fn end_erasing(&mut self) -> Result<(), TokenError> {
        self.send(&[0x80, 0x84, 0x4E, 0x19])?
            .ok("INITIALISE END")
            .map(drop)
    }

    /// Selects the master file, which has no path.
    pub(super) fn select_master_file(&mut self) -> Result<(), TokenError> {
        self.send(&case_4([0x00, 0xA4, 0x00, 0x00], &[0x3F, 0x00], 0x00))?
            .ok("SELECT")
            .map(drop)
    }

    /// RESET ACCESS RIGHTS.
    pub(super) fn log_out(&mut self) -> Result<(), TokenError> {
        self.logged_in.clear();
        self.send(&[0x80, 0x40, 0x00, 0x00])?
            .ok("RESET ACCESS RIGHTS")
            .map(drop)
    }

    /// GENERATE ASYMMETRIC KEY PAIR into two key files; answers X ‖ Y, each little-endian.
    pub(super) fn generate(&mut self, reference: u8) -> Result<Vec<u8>, TokenError> {
        self.send(&[0x00, 0x46, 0x80, reference, 0x00])?
            .ok("GENERATE ASYMMETRIC KEY PAIR")
    }

    /// SELECT, MANAGE SECURITY ENVIRONMENT and PERFORM SECURITY OPERATION: r ‖ s, each little-endian.
    ///
    /// Source: OpenSC card-rtecp.c, `rtecp_set_security_env`, `rtecp_compute_signature`. Evidence: driver.
    pub(super) fn sign(
        &mut self,
        key: &[FileId],
        reference: u8,
        digest: &[u8],
    ) -> Result<Vec<u8>, TokenError> {
        self.select(key)?.ok_or_else(|| TokenError::Damaged {
            what: format!("the key file {}, which is not there", name(key)),
        })?;
        let environment = case_3([0x00, 0x22, 0x41, 0xB6], &[0x84, 0x01, reference]);
        self.send(&environment)?.ok("MANAGE SECURITY ENVIRONMENT")?;
        self.send(&case_4([0x00, 0x2A, 0x9E, 0x9A], digest, 0x00))?
            .ok("PERFORM SECURITY OPERATION")
    }
}

/// `5000/6002`.
pub(super) fn name(path: &[FileId]) -> String {
    path.iter()
        .map(|fid| format!("{fid:04X}"))
        .collect::<Vec<_>>()
        .join("/")
}

/// Tags 80 and 85 in file control information, template 6F or 62.
fn described(fci: &[u8]) -> Option<Described> {
    let (template, _) =
        tlv::element(fci).filter(|(template, _)| matches!(template.tag, 0x6F | 0x62))?;
    let parts = tlv::elements(template.content)?;
    let size = u16::from_be_bytes(find(&parts, 0x80)?.try_into().ok()?);
    let property = find(&parts, 0x85).map(<[u8]>::to_vec);
    Some(Described {
        size: usize::from(size).min(LONGEST_FILE),
        property,
    })
}

const fn reference(role: PinRole) -> u8 {
    match role {
        PinRole::Administrator => 1,
        PinRole::User => 2,
    }
}

/// A command with data and no answer expected.
fn case_3(header: [u8; 4], data: &[u8]) -> Vec<u8> {
    [&header[..], &[data.len() as u8], data].concat()
}

/// A command with data, and an answer of up to `le` octets, 00 meaning 256.
fn case_4(header: [u8; 4], data: &[u8], le: u8) -> Vec<u8> {
    [&case_3(header, data)[..], &[le]].concat()
}

/// What OpenSC's profile and the vendor's library allow.
const LONGEST_PIN: usize = 32;
/// READ BINARY has fifteen bits for the offset.
const LONGEST_FILE: usize = 0x7FFF;
/// No answer is longer than 64 KiB.
const MOST_PARTS: usize = 256;

pub(super) const OK: u16 = 0x9000;
pub(super) const PIN_WRONG: u16 = 0x6300;
pub(super) const NOT_PERMITTED: u16 = 0x6982;
pub(super) const PIN_BLOCKED: u16 = 0x6983;
pub(super) const FILE_NOT_FOUND: u16 = 0x6A82;
pub(super) const NO_SPACE: u16 = 0x6A84;
pub(super) const NO_SUCH_REFERENCE: u16 = 0x6A88;
/// What OpenSC's driver answers with a logout and a second VERIFY: another PIN is logged in (assumed).
pub(super) const LOG_OUT_FIRST: u16 = 0x6F86;
/// To a PIN: shorter or longer than any the token takes (assumed).
pub(super) const WRONG_LENGTH: u16 = 0x6700;
/// The same, in other words (assumed).
pub(super) const WRONG_DATA: u16 = 0x6A80;
const END_OF_FILE: u16 = 0x6282;
