//! SELECT, READ BINARY, UPDATE BINARY, CREATE FILE, DELETE FILE: parameters.

use super::{Command, file_id, no_data, parameters, some_data};
use crate::access::AccessRules;
use crate::apdu::CommandApdu;
use crate::reference::{FileId, KeyRef, PinRef};
use crate::rsf::{Half, KeyKind, PinPolicy, Property, RsfKind};
use crate::status_word::StatusWord;
use crate::tlv;

/// What SELECT asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Select {
    /// Which file.
    pub target: SelectTarget,
    /// Whether the answer carries the file control information.
    pub wants_fci: bool,
}

/// The ways of naming a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SelectTarget {
    /// P1=00: the master file, a child of the current directory, or that directory itself.
    Identifier(FileId),
    /// P1=00 without data: the first entry of the current directory.
    FirstChild,
    /// P1=00, P2=02: the entry after this one.
    NextSibling(FileId),
    /// P1=03: the directory above.
    Parent,
    /// P1=08: identifiers from below the master file.
    Path(Vec<FileId>),
}

/// A checked file control parameter template: what CREATE FILE is to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// Its identifier.
    pub fid: FileId,
    /// Declared size in bytes.
    pub size: u16,
    /// Its access rules, kept as received.
    pub access: AccessRules,
    /// What it is.
    pub kind: TemplateKind,
}

/// The kinds of file there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TemplateKind {
    /// A directory.
    Df,
    /// A transparent file.
    Ef,
    /// A PIN.
    Pin(PinRef, PinPolicy, Property),
    /// Half of a key pair.
    Key(KeyRef, Half, KeyKind, Property),
}

/// P2 = 0C (no FCI wanted) is taken too (assumed for T=1).
pub(super) fn select<'a>(apdu: &CommandApdu<'a>) -> Result<Command<'a>, StatusWord> {
    let wants_fci = match apdu.p2 & !0x02 {
        0x00 => true,
        0x0C => false,
        _ => return Err(StatusWord::WRONG_P1_P2),
    };
    let next = apdu.p2 & 0x02 != 0;
    let target = match (apdu.p1, next, apdu.data) {
        (0x00, false, []) => SelectTarget::FirstChild,
        (0x00, false, fid) => SelectTarget::Identifier(file_id(fid)?),
        (0x00, true, fid) => SelectTarget::NextSibling(file_id(fid)?),
        (0x03, false, []) => SelectTarget::Parent,
        (0x03, false, _) => return Err(StatusWord::WRONG_LENGTH),
        (0x08, false, path) => SelectTarget::Path(identifiers(path)?),
        _ => return Err(StatusWord::WRONG_P1_P2),
    };
    Ok(Command::Select(Select { target, wants_fci }))
}

fn identifiers(path: &[u8]) -> Result<Vec<FileId>, StatusWord> {
    match path.as_chunks::<2>() {
        (pairs @ [_, ..], []) => Ok(pairs.iter().copied().map(FileId::from_bytes).collect()),
        _ => Err(StatusWord::WRONG_LENGTH),
    }
}

pub(super) fn read_binary<'a>(apdu: &CommandApdu<'a>) -> Result<Command<'a>, StatusWord> {
    no_data(apdu)?;
    Ok(Command::ReadBinary {
        offset: offset(apdu)?,
        max: apdu.le,
    })
}

pub(super) fn update_binary<'a>(apdu: &CommandApdu<'a>) -> Result<Command<'a>, StatusWord> {
    Ok(Command::UpdateBinary {
        offset: offset(apdu)?,
        data: some_data(apdu)?,
    })
}

/// Fifteen bits; the sixteenth would address by short identifier, which the token does not do (assumed).
fn offset(apdu: &CommandApdu<'_>) -> Result<usize, StatusWord> {
    match apdu.p1_p2() {
        0x8000.. => Err(StatusWord::WRONG_P1_P2),
        offset => Ok(usize::from(offset)),
    }
}

pub(super) fn delete_file<'a>(apdu: &CommandApdu<'a>) -> Result<Command<'a>, StatusWord> {
    parameters(apdu, 0x0000)?;
    Ok(Command::DeleteFile(file_id(some_data(apdu)?)?))
}

/// Template tag 6F or 62; the order inside is free; unknown and repeated tags are refused (assumed).
pub(super) fn create_file<'a>(apdu: &CommandApdu<'a>) -> Result<Command<'a>, StatusWord> {
    parameters(apdu, 0x0000)?;
    match tlv::ber_elements(some_data(apdu)?)?[..] {
        [(0x6F | 0x62, inner)] => Ok(Command::CreateFile(template(inner)?)),
        _ => Err(StatusWord::WRONG_DATA),
    }
}

fn template(inner: &[u8]) -> Result<Template, StatusWord> {
    let mut raw = RawTemplate::default();
    for (tag, value) in tlv::ber_elements(inner)? {
        match tag {
            0x80 => fill(&mut raw.size, value)?,
            0x82 => fill(&mut raw.descriptor, value)?,
            0x83 => fill(&mut raw.fid, value)?,
            0x85 => fill(&mut raw.property, value)?,
            0x86 => fill(&mut raw.access, value)?,
            _ => return Err(StatusWord::WRONG_DATA),
        }
    }
    raw.check().ok_or(StatusWord::WRONG_DATA)
}

#[derive(Default)]
struct RawTemplate {
    size: Option<[u8; 2]>,
    descriptor: Option<[u8; 2]>,
    fid: Option<[u8; 2]>,
    property: Option<Property>,
    access: Option<[u8; 15]>,
}

/// Puts a value of the right length where none was before.
fn fill<const N: usize>(slot: &mut Option<[u8; N]>, value: &[u8]) -> Result<(), StatusWord> {
    let value = value.try_into().map_err(|_| StatusWord::WRONG_DATA)?;
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(StatusWord::WRONG_DATA),
    }
}

impl RawTemplate {
    fn check(self) -> Option<Template> {
        let size = u16::from_be_bytes(self.size?);
        let fid = FileId::from_bytes(self.fid?);
        let kind = match (self.descriptor?, self.property) {
            ([0x38, 0x00], None) => TemplateKind::Df,
            ([0x01, 0x00], None) => TemplateKind::Ef,
            ([0x10, 0x00], Some(property)) => special(fid, size, property)?,
            _ => return None,
        };
        let sane = size < 0x8000 && !matches!(fid.0, 0x0000 | 0x3FFF | 0xFFFF);
        let access = AccessRules(self.access?);
        sane.then_some(Template {
            fid,
            size,
            access,
            kind,
        })
    }
}

/// A kind the token does not hold is refused here, never later: OpenSC notes a key only after it was
/// generated, so a pair of files left behind by a late refusal would block its number for ever.
fn special(fid: FileId, size: u16, property: Property) -> Option<TemplateKind> {
    Some(match RsfKind::decode(&property, size)? {
        RsfKind::Pin(policy) => TemplateKind::Pin(PinRef::from_number(fid.0)?, policy, property),
        RsfKind::Key(half, kind) => {
            TemplateKind::Key(KeyRef::from_file_id(fid)?, half, kind, property)
        }
    })
}
