//! SELECT: which file is current, and what is told about it.

use super::{Card, Model};
use crate::apdu::Response;
use crate::command::{Select, SelectTarget};
use crate::fidelity::{Evidence, Row, Subject};
use crate::image::{Body, File};
use crate::reference::FileId;
use crate::status_word::StatusWord;
use crate::tlv;

impl Card {
    /// Makes a file current and tells about it. Needs no right.
    ///
    /// Errors: `6A82`, with the selection as it was; `6A86` on T=0 when no FCI is wanted.
    /// Source: OpenSC card-rtecp.c, `rtecp_select_file` and `rtecp_list_files`. Evidence: driver.
    pub(super) fn select(&mut self, select: &Select) -> Result<Response, StatusWord> {
        if self.model == Model::EcpSc && !select.wants_fci {
            return Err(StatusWord::WRONG_P1_P2);
        }
        let path = self.resolve(&select.target)?;
        let file = self.image().file(&path).ok_or(StatusWord::FILE_NOT_FOUND)?;
        let answer = if select.wants_fci {
            Response::data(fci(file))
        } else {
            Response::done()
        };
        let is_df = file.is_df();
        self.make_current(path, is_df);
        Ok(answer)
    }

    fn resolve(&self, target: &SelectTarget) -> Result<Vec<FileId>, StatusWord> {
        match target {
            SelectTarget::Path(path) => Ok(path.clone()),
            SelectTarget::Identifier(FileId::MF) => Ok(Vec::new()),
            SelectTarget::Identifier(fid) => self.near(*fid).ok_or(StatusWord::FILE_NOT_FOUND),
            SelectTarget::FirstChild => self.sibling(0),
            SelectTarget::NextSibling(fid) => {
                let place = self
                    .current_children()
                    .iter()
                    .position(|child| child.fid == *fid);
                self.sibling(place.ok_or(StatusWord::FILE_NOT_FOUND)? + 1)
            }
            SelectTarget::Parent => Ok(self.parent_of_current()),
        }
    }

    /// A child of the current directory, else that directory itself (assumed). The child comes first: the tree
    /// holds a directory 1000 in a directory 1000.
    pub(super) fn near(&self, fid: FileId) -> Option<Vec<FileId>> {
        let current = &self.session.current_df;
        if self.current_children().iter().any(|child| child.fid == fid) {
            return Some([&current[..], &[fid]].concat());
        }
        (current.last() == Some(&fid)).then(|| current.clone())
    }

    fn sibling(&self, place: usize) -> Result<Vec<FileId>, StatusWord> {
        let child = self
            .current_children()
            .get(place)
            .ok_or(StatusWord::FILE_NOT_FOUND)?;
        Ok([&self.session.current_df[..], &[child.fid]].concat())
    }

    /// Of the master file: itself (assumed).
    fn parent_of_current(&self) -> Vec<FileId> {
        self.session
            .current_df
            .split_last()
            .map_or_else(Vec::new, |(_, parent)| parent.to_vec())
    }

    fn current_children(&self) -> &[File] {
        self.image()
            .file(&self.session.current_df)
            .map_or(&[], File::children)
    }

    /// A directory becomes current with no file in it; a file becomes current together with its directory.
    pub(super) fn make_current(&mut self, mut path: Vec<FileId>, is_df: bool) {
        self.session.current_ef = if is_df { None } else { path.pop() };
        self.session.current_df = path;
    }

    /// Path of the current file.
    ///
    /// Errors: `6986` when only a directory is selected.
    pub(super) fn current_file_path(&self) -> Result<Vec<FileId>, StatusWord> {
        let fid = self.session.current_ef.ok_or(StatusWord::NO_CURRENT_EF)?;
        Ok([&self.session.current_df[..], &[fid]].concat())
    }
}

/// File control information: size, descriptor, identifier, life cycle (assumed), properties, access rules.
fn fci(file: &File) -> Vec<u8> {
    let (descriptor, property) = match &file.body {
        Body::Df { .. } => (0x38, None),
        Body::Ef { .. } => (0x01, None),
        Body::Rsf { property, .. } => (0x10, Some(tlv::der(0x85, property))),
    };
    tlv::der_of(
        0x6F,
        &[
            &tlv::der(0x80, &file.size().to_be_bytes()),
            &tlv::der(0x82, &[descriptor, 0x00]),
            &tlv::der(0x83, &file.fid.to_bytes()),
            &tlv::der(0x8A, &[ACTIVATED]),
            &property.unwrap_or_default(),
            &tlv::der(0x86, &file.access.0),
        ],
    )
}

/// Life cycle status: operational, activated.
const ACTIVATED: u8 = 0x05;

/// What this rests on.
pub(crate) const FIDELITY: &[Row] = {
    use Evidence::*;
    const SELECT: Subject = Subject(Some([0x00, 0xA4]), "SELECT");
    &[
        SELECT.row("by path from the master file (P1 08), the master file (P1 00), the parent (P1 03), first child and next sibling (P2 02)", Recording),
        SELECT.row("answers template 6F with tags 80, 82, 83, 85 (key files) and 86 of 15 bytes; needs no right", Driver),
        SELECT.row("tag 8A, life cycle 05, is there", Assumed),
        SELECT.row("a path that leads nowhere is answered `6A82` and leaves the selection", Assumed),
        SELECT.row("first and next enter a directory that they return", Driver),
        SELECT.row("by identifier: the master file, a child of the current directory, the directory itself, in this order", Assumed),
        SELECT.row("the parent of the master file is the master file", Assumed),
        SELECT.row("P2 0C gives no file control information on T=1; T=0 refuses it with `6A86`", Assumed),
        SELECT.row("by name (P1 04), from the current directory (P1 01, 02, 09): `6A86`", Assumed),
    ]
};
