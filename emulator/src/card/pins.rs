//! VERIFY, CHANGE REFERENCE DATA, RESET RETRY COUNTER, logout.

use subtle::ConstantTimeEq;

use super::Card;
use crate::access::Operation;
use crate::apdu::Response;
use crate::command::ReferenceTarget;
use crate::fidelity::{Evidence, Row, Subject};
use crate::image::{Pin, Secret};
use crate::reference::PinRef;
use crate::rsf::PinPolicy;
use crate::status_word::StatusWord;

impl Card {
    /// Checks a PIN and, when it is right, opens what that PIN guards.
    ///
    /// The try is written off before the comparison, so that a power cut between the two costs one.
    /// Units: tries are attempts remaining, not attempts made.
    /// Errors: `6300` wrong; `6983` blocked, also for the try that blocks it (assumed); `6A88` no such PIN (assumed).
    /// Source: ISO/IEC 7816-4 VERIFY; OpenSC card-rtecp.c, `rtecp_verify`. Evidence: driver.
    pub(super) fn verify(&mut self, pin_ref: PinRef, given: &[u8]) -> Result<Response, StatusWord> {
        let pin = self.pin(pin_ref)?;
        let (max_tries, left) = (pin.max_tries, pin.tries_left);
        let value = pin.value.clone().ok_or(StatusWord::REFERENCE_NOT_FOUND)?;
        let left = left.checked_sub(1).ok_or(StatusWord::PIN_BLOCKED)?;
        self.set_tries_left(pin_ref, left)?;
        self.session.rights.drop(pin_ref);
        if !equal(given, value.reveal()) {
            return Err(if left == 0 {
                StatusWord::PIN_BLOCKED
            } else {
                StatusWord::WRONG_PIN
            });
        }
        self.set_tries_left(pin_ref, max_tries)?;
        self.session.rights.grant(pin_ref);
        Ok(Response::done())
    }

    /// VERIFY without a PIN: `9000` while logged in (assumed), else the tries left as `63Cx`, or `6983`. A PIN that was never
    /// set has its tries too (assumed).
    pub(super) fn tries_left(&self, pin_ref: PinRef) -> Result<Response, StatusWord> {
        match self.pin(pin_ref)?.tries_left {
            0 => Err(StatusWord::PIN_BLOCKED),
            _ if self.session.rights.holds(pin_ref) => Ok(Response::done()),
            left => Err(StatusWord::tries_left(left)),
        }
    }

    /// Sets a PIN, or imports the value of the current key file.
    ///
    /// Source: OpenSC card-rtecp.c, `rtecp_change_reference_data`. Evidence: driver.
    pub(super) fn change_reference_data(
        &mut self,
        target: ReferenceTarget,
        value: &[u8],
    ) -> Result<Response, StatusWord> {
        match target {
            ReferenceTarget::Pin(pin_ref) => self.set_pin(pin_ref, value),
            ReferenceTarget::CurrentKey => self.import_key(value),
        }
    }

    /// The first value needs no right. The counter stays as it is (assumed).
    ///
    /// Errors: `6A88` no such PIN, `6982`, `6A80` shorter or longer than the PIN may be (assumed).
    fn set_pin(&mut self, pin_ref: PinRef, value: &[u8]) -> Result<Response, StatusWord> {
        let pin = self.pin(pin_ref)?;
        if pin.value.is_some() {
            self.permit(&pin.access, Operation::Update)?;
        }
        if !(pin.min_len().max(1)..=PinPolicy::MAX_LEN).contains(&value.len()) {
            return Err(StatusWord::WRONG_DATA);
        }
        self.memory.write(|image| {
            if let Some(pin) = image.pins.get_mut(&pin_ref) {
                pin.value = Some(Secret::new(value));
            }
        })?;
        Ok(Response::done())
    }

    /// Gives a PIN all its tries back; the value stays.
    ///
    /// Errors: `6A88` no such PIN, `6982`.
    pub(super) fn reset_retry_counter(&mut self, pin_ref: PinRef) -> Result<Response, StatusWord> {
        let pin = self.pin(pin_ref)?;
        self.permit(&pin.access, Operation::Unblock)?;
        let max_tries = pin.max_tries;
        self.set_tries_left(pin_ref, max_tries)?;
        Ok(Response::done())
    }

    /// Drops all rights; always succeeds.
    pub(super) fn logout(&mut self) -> Response {
        self.session.rights = Default::default();
        Response::done()
    }

    fn pin(&self, pin_ref: PinRef) -> Result<&Pin, StatusWord> {
        self.image()
            .pins
            .get(&pin_ref)
            .ok_or(StatusWord::REFERENCE_NOT_FOUND)
    }

    fn set_tries_left(&mut self, pin_ref: PinRef, left: u8) -> Result<(), StatusWord> {
        self.memory.write(|image| {
            if let Some(pin) = image.pins.get_mut(&pin_ref) {
                pin.tries_left = left;
            }
        })
    }
}

/// In a time that depends on neither content nor length; anything longer than a data field is unequal.
fn equal(given: &[u8], value: &[u8]) -> bool {
    let same_len = (given.len() as u64).ct_eq(&(value.len() as u64));
    (same_len & padded(given).ct_eq(&padded(value))).into()
}

fn padded(bytes: &[u8]) -> [u8; 256] {
    let mut buffer = [0; 256];
    for (slot, byte) in buffer.iter_mut().zip(bytes) {
        *slot = *byte;
    }
    buffer
}

/// What this rests on.
pub(crate) const FIDELITY: &[Row] = {
    use Evidence::*;
    const VERIFY: Subject = Subject(Some([0x00, 0x20]), "VERIFY");
    const CHANGE: Subject = Subject(Some([0x00, 0x24]), "CHANGE REFERENCE DATA");
    const UNBLOCK: Subject = Subject(Some([0x00, 0x2C]), "RESET RETRY COUNTER");
    &[
        VERIFY.row("right PIN `9000`, all tries back, the right granted; verifying again is `9000`", Recording),
        VERIFY.row("wrong PIN `6300`; the tries left are asked for without data: `63Cx`", Driver),
        VERIFY.row("the try is written off before the PIN is compared", Assumed),
        VERIFY.row("the try that blocks, and every one after it: `6983`", Assumed),
        VERIFY.row("without data while logged in: `9000`", Assumed),
        VERIFY.row("no such PIN, or one given where none was ever set: `6A88`; the tries of one never set are told", Assumed),
        VERIFY.row("rights of both PINs can be held at once; a wrong PIN drops its own", Assumed),
        VERIFY.row("local PINs (references 03 to 1E) are not there", Assumed),
        CHANGE.row("`80 02` total length, then `A5` pieces whose length is one raw byte", Driver),
        CHANGE.row("the old PIN is not asked for; the right to change is", Driver),
        CHANGE.row("the first value of a PIN needs no right", Recording),
        CHANGE.row("a PIN may be longer or shorter than its file was declared", Recording),
        CHANGE.row("shorter than its minimum, longer than 32, lengths that do not add up: `6A80`", Assumed),
        CHANGE.row("tries stay as they are", Assumed),
        CHANGE.row("P2 00 imports into the key file that is selected, over what it held", Driver),
        CHANGE.row("a value that is no key: `6A80`", Assumed),
        UNBLOCK.row("gives all tries back, the value stays; the user's PIN by the administrator, the administrator's never", Driver),
    ]
};
