//! READ BINARY, UPDATE BINARY, CREATE FILE, DELETE FILE.

use super::Card;
use crate::access::Operation;
use crate::apdu::Response;
use crate::command::{Template, TemplateKind};
use crate::fidelity::{Evidence, Row, Subject};
use crate::image::{Body, File, NoPlace, Pin};
use crate::reference::{FileId, PinRef};
use crate::rsf::{Half, Property};
use crate::status_word::StatusWord;

impl Card {
    /// Reads the current file. Le = 00 takes what there is; a larger explicit Le than remains ends in `6282`.
    ///
    /// Errors: `6986` no file or a directory, `6981` a key file, `6982`, `6B00` an offset past the end.
    pub(super) fn read_binary(
        &mut self,
        offset: usize,
        max: Option<usize>,
    ) -> Result<Response, StatusWord> {
        let (path, data) = self.current_ef()?;
        self.permit_at(&path, Operation::Read)?;
        let rest = data.get(offset..).ok_or(StatusWord::OFFSET_OUTSIDE_FILE)?;
        let max = max.unwrap_or(0);
        let part = rest[..max.min(rest.len())].to_vec();
        let status = match max {
            1..256 if part.len() < max => StatusWord::END_OF_FILE,
            _ => StatusWord::SUCCESS,
        };
        Ok(Response { data: part, status })
    }

    /// Overwrites part of the current file, which never grows.
    ///
    /// Errors: as for reading; `6A84` when the data, not the offset, reach past the end (assumed).
    pub(super) fn update_binary(
        &mut self,
        offset: usize,
        data: &[u8],
    ) -> Result<Response, StatusWord> {
        let (path, old) = self.current_ef()?;
        self.permit_at(&path, Operation::Update)?;
        if offset > old.len() {
            return Err(StatusWord::OFFSET_OUTSIDE_FILE);
        }
        if offset + data.len() > old.len() {
            return Err(StatusWord::NOT_ENOUGH_MEMORY);
        }
        self.memory.write(|image| {
            if let Some(Body::Ef { data: file }) = image.file_mut(&path).map(|file| &mut file.body)
            {
                file[offset..offset + data.len()].copy_from_slice(data);
            }
        })?;
        Ok(Response::done())
    }

    /// Makes what the template describes. New files hold zeros; keys and PINs hold nothing yet.
    ///
    /// Errors: `6982`, `6A89` the identifier is taken, `6A84` no room, `6A82` the directory is missing.
    /// Source: OpenSC card-rtecp.c, `rtecp_create_file`; where keys go: OpenSC wiki. Evidence: driver.
    pub(super) fn create_file(&mut self, template: Template) -> Result<Response, StatusWord> {
        let Template {
            fid,
            size,
            access,
            kind,
        } = template;
        let file = |body| File { fid, access, body };
        match kind {
            TemplateKind::Df if fid == FileId::MF => self.create_mf(file(Body::Df {
                size,
                children: Vec::new(),
            })),
            TemplateKind::Df => self.create_in_current(file(Body::Df {
                size,
                children: Vec::new(),
            })),
            TemplateKind::Ef => self.create_in_current(file(Body::Ef {
                data: vec![0; size.into()],
            })),
            TemplateKind::Pin(pin_ref, policy, property) => {
                self.create_pin(pin_ref, Pin::empty(size, property, policy, access))
            }
            TemplateKind::Key(_, half, _, property) => self.create_key(half, file, size, property),
        }
    }

    /// Only while there is none, that is right after INITIALISE.
    fn create_mf(&mut self, mf: File) -> Result<Response, StatusWord> {
        if self.image().mf.is_some() {
            return Err(StatusWord::FILE_EXISTS);
        }
        if !self.image().initialising {
            return Err(StatusWord::CONDITIONS_OF_USE);
        }
        self.memory.write(|image| image.mf = Some(mf))?;
        self.make_current(Vec::new(), true);
        Ok(Response::done())
    }

    /// The new file becomes current: EF.DIR is written right after the master file without a SELECT.
    fn create_in_current(&mut self, file: File) -> Result<Response, StatusWord> {
        let directory = self.session.current_df.clone();
        let path = [&directory[..], &[file.fid]].concat();
        let is_df = file.is_df();
        self.add(&directory, file, Operation::Create)?;
        self.make_current(path, is_df);
        Ok(Response::done())
    }

    /// The type byte, not the current directory, says where a key goes; the selection stays.
    fn create_key(
        &mut self,
        half: Half,
        file: impl FnOnce(Body) -> File,
        size: u16,
        property: Property,
    ) -> Result<Response, StatusWord> {
        let file = file(Body::Rsf {
            size,
            property,
            value: None,
        });
        self.add(&key_directory(half), file, Operation::CreateRsf)?;
        Ok(Response::done())
    }

    /// PINs are the card's own and show in no directory; the master file's rule guards them (assumed).
    fn create_pin(&mut self, pin_ref: PinRef, pin: Pin) -> Result<Response, StatusWord> {
        self.permit_at(&[], Operation::CreateRsf)?;
        if self.image().pins.contains_key(&pin_ref) {
            return Err(StatusWord::FILE_EXISTS);
        }
        if !self.image().has_room(pin.memory_used()) {
            return Err(StatusWord::NOT_ENOUGH_MEMORY);
        }
        self.memory.write(|image| image.pins.insert(pin_ref, pin))?;
        Ok(Response::done())
    }

    fn add(
        &mut self,
        directory: &[FileId],
        file: File,
        operation: Operation,
    ) -> Result<(), StatusWord> {
        self.permit_at(directory, operation)?;
        self.image().place_for(directory, &file)?;
        self.memory.write(|image| image.insert(directory, file))
    }

    /// Deletes the current file, a child of the current directory or that directory itself, looked for in this order.
    ///
    /// Errors: `6A82`, `6982`; `6985` for a directory that is not empty (assumed) and for the master file.
    /// Source: OpenSC card-rtecp.c, `rtecp_delete_file`. Evidence: driver.
    pub(super) fn delete_file(&mut self, fid: FileId) -> Result<Response, StatusWord> {
        let path = self.near(fid).ok_or(StatusWord::FILE_NOT_FOUND)?;
        self.permit_at(&path, Operation::Delete)?;
        let file = self.image().file(&path).ok_or(StatusWord::FILE_NOT_FOUND)?;
        let Some((_, parent)) = path.split_last().filter(|_| file.children().is_empty()) else {
            return Err(StatusWord::CONDITIONS_OF_USE);
        };
        self.memory.write(|image| image.remove(parent, fid))?;
        self.make_current(parent.to_vec(), true);
        Ok(Response::done())
    }

    /// Errors: `6A82` when nothing is there, `6982`.
    pub(super) fn permit_at(
        &self,
        path: &[FileId],
        operation: Operation,
    ) -> Result<(), StatusWord> {
        let file = self.image().file(path).ok_or(StatusWord::FILE_NOT_FOUND)?;
        self.permit_file(path, file, operation)
    }

    fn current_ef(&self) -> Result<(Vec<FileId>, &[u8]), StatusWord> {
        let path = self.current_file_path()?;
        match self.image().file(&path).map(|file| &file.body) {
            Some(Body::Ef { data }) => Ok((path, data)),
            Some(Body::Df { .. } | Body::Rsf { .. }) => Err(StatusWord::WRONG_FILE_TYPE),
            None => Err(StatusWord::FILE_NOT_FOUND),
        }
    }
}

impl From<NoPlace> for StatusWord {
    fn from(no_place: NoPlace) -> Self {
        match no_place {
            NoPlace::Missing => Self::FILE_NOT_FOUND,
            NoPlace::Taken => Self::FILE_EXISTS,
            NoPlace::Full | NoPlace::NoRoom => Self::NOT_ENOUGH_MEMORY,
        }
    }
}

/// Where each half of every key pair lives.
pub(super) const fn key_directory(half: Half) -> [FileId; 3] {
    let last = match half {
        Half::Private => FileId::PRIVATE_KEYS,
        Half::Public => FileId::PUBLIC_KEYS,
    };
    [FileId::SYSTEM, FileId::SYSTEM, last]
}

/// What this rests on.
pub(crate) const FIDELITY: &[Row] = {
    use Evidence::*;
    const READ: Subject = Subject(Some([0x00, 0xB0]), "READ BINARY");
    const UPDATE: Subject = Subject(Some([0x00, 0xD6]), "UPDATE BINARY");
    const CREATE: Subject = Subject(Some([0x00, 0xE0]), "CREATE FILE");
    const DELETE: Subject = Subject(Some([0x00, 0xE4]), "DELETE FILE");
    &[
        READ.row("15-bit offset, Le 00 reads what there is", Recording),
        READ.row("more asked than there is: the data and `6282`", Spec),
        READ.row("offset past the end `6B00`, no file or a directory `6986`, a key `6981`, right missing `6982`", Spec),
        READ.row("bit 15 of the offset, a short identifier: `6A86`, as for UPDATE BINARY", Assumed),
        UPDATE.row("overwrites in place; new files read as zeros", Recording),
        UPDATE.row("data past the end `6A84`, an offset past it `6B00`: a file never grows", Assumed),
        CREATE.row("directories and files in the current directory; what is created becomes current", Recording),
        CREATE.row("keys go by their type byte to 1000/1000/6002 and 6001, whatever is current", Report),
        CREATE.row("PINs are in no directory and show in no listing", Assumed),
        CREATE.row("a key needs the create right of the directory it goes to, a PIN that of the master file", Assumed),
        CREATE.row("identifier taken `6A89`", Report),
        CREATE.row("no room, or the directory is full `6A84`; malformed template `6A80`", Assumed),
        CREATE.row("identifiers 0000, 3FFF and FFFF, and sizes from 8000: `6A80`", Assumed),
        CREATE.row("more than 127 levels below the master file, which no SELECT could name: `6A84`", Assumed),
        CREATE.row("template tag 62 is taken for 6F; the order of tags is free", Assumed),
        CREATE.row("an algorithm the token does not hold is refused here, with `6A80`, never at generation", Driver),
        CREATE.row("the size of a directory is kept, and limits nothing", Assumed),
        CREATE.row("the master file once, after INITIALISE only; else `6A89` or `6985`", Assumed),
        DELETE.row("the current file, a child of the current directory, or that directory itself; the parent becomes current", Driver),
        DELETE.row("halves of a key pair are deleted one by one", Driver),
        DELETE.row("a directory with entries, and the master file: `6985`", Assumed),
    ]
};
