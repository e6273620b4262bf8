//! The card: image, session and the rules between them. Bytes in, bytes out; no reader, file or clock.

mod access;
pub(crate) mod chaining;
pub(crate) mod files;
pub(crate) mod keys;
mod memory;
pub(crate) mod operations;
pub(crate) mod pins;
pub(crate) mod selection;

use core::time::Duration;
use std::sync::Arc;

use rand_core::CryptoRng;

use self::memory::Memory;
use crate::apdu::{CommandApdu, Response};
use crate::command::{self, Command};
use crate::fidelity::{Evidence, Row, Subject};
use crate::image::{ImageError, TokenImage};
use crate::session::Session;
use crate::status_word::StatusWord;
use crate::timing::{Operation, Work};

/// Lent for one call: the only door by which time and randomness enter.
pub struct Env<'a> {
    /// Since 1970-01-01T00:00:00Z, in scenario time.
    pub now: Duration,
    /// Nonces, keys and challenges are drawn from here.
    pub rng: &'a mut dyn CryptoRng,
}

/// Which body the token has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Model {
    /// The USB token, "Rutoken ECP (DS)": T=1, answers directly.
    #[default]
    EcpDs,
    /// The smart card, "Rutoken ECP SC": T=0, answers by way of `61xx`, `6Cxx` and GET RESPONSE.
    EcpSc,
}

/// A token with power on.
#[derive(Clone, PartialEq, Eq)]
pub struct Card {
    model: Model,
    memory: Memory,
    session: Session,
}

/// What one command did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// Data, then the status word.
    pub answer: Vec<u8>,
    /// The memory after each durable write the command made, in order; the last one is the card's image now.
    /// A power cut after the k-th write leaves the k-th of these, and no answer.
    pub writes: Vec<TokenImage>,
    /// What to charge a timing profile for.
    pub work: Work,
}

impl Exchange {
    /// An answer that took no work and wrote nothing.
    #[must_use]
    pub fn answering(answer: Vec<u8>) -> Self {
        Self {
            answer,
            writes: Vec::new(),
            work: Work::default(),
        }
    }
}

impl Card {
    /// A USB token with this memory.
    #[must_use]
    pub fn new(image: TokenImage) -> Self {
        Self::with_model(image, Model::default())
    }

    /// A token of either body.
    #[must_use]
    pub fn with_model(image: TokenImage, model: Model) -> Self {
        Self {
            model,
            memory: Memory::new(image),
            session: Session::default(),
        }
    }

    /// The same card, whose every write is made durable by `save` before the command goes on: a PIN try is on disk before
    /// the PIN is compared. A write that `save` refuses does not happen; the command answers `6581`.
    #[must_use]
    pub fn saved_by(
        mut self,
        save: impl Fn(&TokenImage) -> Result<(), ImageError> + Send + Sync + 'static,
    ) -> Self {
        self.memory.save_by(Arc::new(save));
        self
    }

    /// Power on and reset are one: the session starts anew.
    pub fn power_on(&mut self) {
        self.session = Session::default();
    }

    /// The session ends.
    pub fn power_off(&mut self) {
        self.session = Session::default();
    }

    /// What the card says first.
    ///
    /// Source: OpenSC card-rtecp.c, `rtecp_atrs`. Evidence: driver.
    #[must_use]
    pub const fn atr(&self) -> &'static [u8] {
        match self.model {
            Model::EcpDs => b"\x3B\x8B\x01Rutoken DS \xC1",
            Model::EcpSc => b"\x3B\x9C\x96\x00RutokenECPsc",
        }
    }

    /// Answers any bytes at all; nonsense earns a status word, never a panic.
    pub fn transmit(&mut self, env: &mut Env<'_>, c_apdu: &[u8]) -> Vec<u8> {
        self.exchange(env, c_apdu).answer
    }

    /// The same, telling also what was written and what the work was.
    pub fn exchange(&mut self, env: &mut Env<'_>, c_apdu: &[u8]) -> Exchange {
        let mut work = Work::default();
        let response = self
            .answer(env, c_apdu, &mut work)
            .unwrap_or_else(Response::from);
        let answer = response.into_bytes();
        work.bytes = c_apdu.len() + answer.len();
        Exchange {
            answer,
            writes: self.memory.take_writes(),
            work,
        }
    }

    /// What outlives power.
    #[must_use]
    pub fn image(&self) -> &TokenImage {
        self.memory.image()
    }

    /// Takes the memory out of the card.
    #[must_use]
    pub fn into_image(self) -> TokenImage {
        self.memory.into_image()
    }

    /// Chain, parse, decode, obey.
    fn answer(
        &mut self,
        env: &mut Env<'_>,
        c_apdu: &[u8],
        work: &mut Work,
    ) -> Result<Response, StatusWord> {
        let apdu = CommandApdu::parse(c_apdu)?;
        let Some(data) = self.join_chain(&apdu)? else {
            return Ok(Response::done());
        };
        let whole = CommandApdu {
            data: &data,
            ..apdu
        };
        let command = command::decode(&whole)?;
        work.operation = self.operation(&command);
        let hand_over = self.hand_over(&command);
        let response = self.obey(env, command);
        if response.is_err() && !self.memory.has_written() {
            work.operation = Operation::Look;
        }
        Ok(self.deliver(response?, whole.le, hand_over))
    }

    /// No `_` arm: a new command must bring its own rule.
    fn obey(&mut self, env: &mut Env<'_>, command: Command<'_>) -> Result<Response, StatusWord> {
        match command {
            Command::Select(select) => self.select(&select),
            Command::ReadBinary { offset, max } => self.read_binary(offset, max),
            Command::UpdateBinary { offset, data } => self.update_binary(offset, data),
            Command::CreateFile(template) => self.create_file(template),
            Command::DeleteFile(fid) => self.delete_file(fid),
            Command::Verify {
                pin_ref,
                pin: Some(pin),
            } => self.verify(pin_ref, pin),
            Command::Verify { pin_ref, pin: None } => self.tries_left(pin_ref),
            Command::ChangeReferenceData { target, value } => {
                self.change_reference_data(target, &value)
            }
            Command::ResetRetryCounter(pin_ref) => self.reset_retry_counter(pin_ref),
            Command::ManageSecurityEnvironment(environment) => {
                Ok(self.set_environment(environment))
            }
            Command::ComputeSignature(input) => self.compute_signature(env, input),
            Command::Decipher(input) => self.decipher(input),
            Command::Hash(message) => self.hash(message),
            Command::GenerateKeyPair(key) => self.generate_key_pair(env, key),
            Command::SerialNumber => Ok(self.serial_number()),
            Command::GetChallenge(length) => Ok(challenge(env, length)),
            Command::GetResponse(max) => self.get_response(max),
            Command::Logout => Ok(self.logout()),
            Command::Initialise => self.initialise(),
            Command::EndInitialisation => self.end_initialisation(),
        }
    }

    /// Eight bytes, most significant first, the upper four zero.
    fn serial_number(&self) -> Response {
        Response::data(u64::from(self.image().serial).to_be_bytes().to_vec())
    }

    /// Erases everything, PINs included, without asking for any; the serial number stays.
    ///
    /// Source: OpenSC pkcs15-rtecp.c, `rtecp_init`; the rest of access rules until the end is inferred from what the
    /// program does. Evidence: driver.
    fn initialise(&mut self) -> Result<Response, StatusWord> {
        self.memory.write(|image| {
            image.initialising = true;
            image.administrator_deletes_certificates = false;
            image.pins.clear();
            image.mf = None;
        })?;
        self.session = Session::default();
        Ok(Response::done())
    }

    /// Access rules hold from here on; a second time changes nothing.
    fn end_initialisation(&mut self) -> Result<Response, StatusWord> {
        if self.image().initialising {
            self.memory.write(|image| image.initialising = false)?;
        }
        Ok(Response::done())
    }
}

impl core::fmt::Debug for Card {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Card")
            .field("model", &self.model)
            .field("image", self.image())
            .finish_non_exhaustive()
    }
}

fn challenge(env: &mut Env<'_>, length: usize) -> Response {
    let mut bytes = vec![0; length];
    env.rng.fill_bytes(&mut bytes);
    Response::data(bytes)
}

/// What this rests on.
pub(crate) const FIDELITY: &[Row] = {
    use Evidence::*;
    const IDENTITY: Subject = Subject(None, "identity");
    const SERIAL: Subject = Subject(Some([0x00, 0xCA]), "GET DATA");
    const CHALLENGE: Subject = Subject(Some([0x00, 0x84]), "GET CHALLENGE");
    const LOGOUT: Subject = Subject(Some([0x80, 0x40]), "LOGOUT");
    const INITIALISE: Subject = Subject(Some([0x80, 0x8A]), "INITIALISE");
    const END: Subject = Subject(Some([0x80, 0x84]), "END INITIALISATION");
    &[
        IDENTITY.row("ATR of the USB token `3B 8B 01 … \"Rutoken DS \"`, T=1; of the smart card `3B 9C 96 00 \"RutokenECPsc\"`, T=0", Driver),
        IDENTITY.row("memory of 65536 bytes, 255 entries a directory", Report),
        IDENTITY.row("each file costs 32 bytes beside its content", Assumed),
        IDENTITY.row("an unknown instruction is answered `6D00`, an unknown class `6E00`", Spec),
        IDENTITY.row("a refused command changes nothing but PIN tries and the right of a PIN that was wrong", Assumed),
        IDENTITY.row("a write that the memory refuses is answered `6581` and has not happened", Spec),
        SERIAL.row("`01 81`: the serial number, 8 bytes, the upper four zero; Le 00 and 08", Report),
        SERIAL.row("other objects (version, free memory, label) are answered `6A88`", Assumed),
        CHALLENGE.row("Le random bytes, 1 to 256", Recording),
        CHALLENGE.row("without Le: `6700`", Assumed),
        LOGOUT.row("drops all rights, always `9000`", Recording),
        INITIALISE.row("erases files, keys and PINs without asking for a PIN; the serial number stays", Driver),
        INITIALISE.row("files and PINs are made after it before any PIN exists", Recording),
        INITIALISE.row("so access rules rest until END INITIALISATION, over resets too", Assumed),
        INITIALISE.row("takes away the mark that lets the administrator delete certificates", Assumed),
        END.row("`4E 19`: access rules hold again", Driver),
        END.row("sent twice it is answered `9000`", Assumed),
    ]
};
