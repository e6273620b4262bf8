//! Long data both ways: command chaining in, GET RESPONSE out, whatever the transport.

use zeroize::Zeroizing;

use super::{Card, Model};
use crate::apdu::{CommandApdu, Response};
use crate::command::Command;
use crate::fidelity::{Evidence, Row, Subject};
use crate::image::TokenImage;
use crate::session::Chain;
use crate::status_word::StatusWord;

/// How a T=0 card hands over an answer that does not fit the Le it was given.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum HandOver {
    /// T=1: as many bytes as the host asked for.
    Direct,
    /// T=0, repeating does no harm: `6Cxx`, send the command again.
    Repeat,
    /// T=0, everything else: `61xx`, fetch it with GET RESPONSE.
    Fetch,
}

impl Card {
    /// Data of the whole command once its last block is there; `None` after an intermediate block.
    ///
    /// A block that does not continue the chain drops it: another command that is not chained is then obeyed,
    /// a chained one begins a new chain (assumed).
    ///
    /// Errors: `6884` for a command that is never chained; `6700` when the chain outgrows [`longest_chain`] or an
    /// intermediate block carries Le.
    pub(super) fn join_chain(
        &mut self,
        apdu: &CommandApdu<'_>,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, StatusWord> {
        let header = [apdu.ins, apdu.p1, apdu.p2];
        let pending = self
            .session
            .chain
            .take()
            .filter(|chain| chain.header == header);
        let continued = apdu.cla & !CHAINED == 0x00;
        let mut data = match pending {
            Some(chain) if continued => chain.data,
            _ => Zeroizing::new(Vec::new()),
        };
        data.extend_from_slice(apdu.data);
        if data.len() > longest_chain(header) {
            return Err(StatusWord::WRONG_LENGTH);
        }
        if apdu.cla != CHAINED {
            return Ok(Some(data));
        }
        if !matches!(apdu.ins, 0x24 | 0x2A) {
            return Err(StatusWord::CHAINING_NOT_SUPPORTED);
        }
        if apdu.le.is_some() {
            return Err(StatusWord::WRONG_LENGTH);
        }
        self.session.chain = Some(Chain { header, data });
        Ok(None)
    }

    /// Chosen before the command is obeyed, since only then it is still there.
    pub(super) fn hand_over(&mut self, command: &Command<'_>) -> HandOver {
        if !matches!(command, Command::GetResponse(_)) {
            self.session.waiting = Zeroizing::default();
        }
        match (self.model, command) {
            (Model::EcpDs, _) | (_, Command::GetResponse(_)) => HandOver::Direct,
            (Model::EcpSc, Command::ReadBinary { .. } | Command::SerialNumber) => HandOver::Repeat,
            (Model::EcpSc, _) => HandOver::Fetch,
        }
    }

    /// The response as this protocol hands it over.
    ///
    /// T=1 cuts an answer at Le and sends none without Le (assumed; OpenSC always asks for enough).
    pub(super) fn deliver(
        &mut self,
        mut response: Response,
        le: Option<usize>,
        hand_over: HandOver,
    ) -> Response {
        let length = response.data.len();
        match hand_over {
            HandOver::Direct => response.data.truncate(le.unwrap_or(0)),
            _ if length == 0 || le == Some(length) => {}
            HandOver::Repeat => return StatusWord::wrong_le(length).into(),
            HandOver::Fetch => {
                self.session.waiting = Zeroizing::new(response.data);
                return StatusWord::more_data(length).into();
            }
        }
        response
    }

    /// Errors: `6985` when nothing waits (assumed).
    pub(super) fn get_response(&mut self, max: usize) -> Result<Response, StatusWord> {
        let waiting = &mut self.session.waiting;
        if waiting.is_empty() {
            return Err(StatusWord::CONDITIONS_OF_USE);
        }
        let end = max.min(waiting.len());
        let part: Vec<u8> = waiting.drain(..end).collect();
        let status = match waiting.len() {
            0 => StatusWord::SUCCESS,
            left => StatusWord::more_data(left.min(256)),
        };
        Ok(Response { data: part, status })
    }
}

/// The class bit that says "more blocks follow", alone in an otherwise plain class.
const CHAINED: u8 = 0x10;

/// Bytes of a chained command at most: more than an RSA-2048 key; a message to be hashed may fill the token (assumed).
const fn longest_chain(header: [u8; 3]) -> usize {
    match header {
        [0x2A, 0x90, 0x80] => TokenImage::MEMORY,
        _ => 2048,
    }
}

/// What this rests on.
pub(crate) const FIDELITY: &[Row] = {
    use Evidence::*;
    const CHAINING: Subject = Subject(None, "chaining");
    const LE: Subject = Subject(None, "expected length");
    const GET_RESPONSE: Subject = Subject(Some([0x00, 0xC0]), "GET RESPONSE");
    &[
        CHAINING.row("CLA bit 10 on every block but the last, data simply concatenated, intermediate blocks answered `9000`", Driver),
        CHAINING.row("only instructions 24 and 2A are chained, others are answered `6884`", Assumed),
        CHAINING.row("a block that does not continue the chain drops it and is obeyed for itself", Assumed),
        CHAINING.row("a chain holds 2048 bytes, a message to be hashed 65536; more is answered `6700`", Assumed),
        LE.row("Le 00 takes what there is, with `9000`", Driver),
        LE.row("T=1 cuts an answer at Le and sends none without Le", Assumed),
        LE.row("T=0 hands over by `61xx` and GET RESPONSE, READ BINARY and GET DATA by `6Cxx`", Spec),
        GET_RESPONSE.row("fetches what waits, in as many parts as asked", Spec),
        GET_RESPONSE.row("`6985` when nothing waits", Assumed),
    ]
};
