//! Who the token is, and who is logged in to it.

use super::commands::{
    Card, LOG_OUT_FIRST, NO_SUCH_REFERENCE, OK, PIN_BLOCKED, PIN_WRONG, WRONG_DATA, WRONG_LENGTH,
};
use super::layout::{APPLICATION, DIR, TOKEN_INFO};
use super::pkcs15::{application_label, token_label};
use crate::ports::token::{Pin, PinRole, TokenError, TokenInfo, Transmit, Tries};

impl<T: Transmit> Card<T> {
    /// Works on a token without a container as well; it has no label then.
    pub(super) fn info(&mut self) -> Result<TokenInfo, TokenError> {
        let serial = self.serial()?;
        let info = self.read(&[APPLICATION, TOKEN_INFO])?;
        let directory = self.read(&[DIR])?;
        let model = directory.and_then(|file| application_label(&file));
        Ok(TokenInfo {
            serial: hex::encode(serial.get(4..).unwrap_or_default()),
            model: model.unwrap_or_else(|| MODEL.to_owned()),
            label: info.and_then(|file| token_label(&file)).unwrap_or_default(),
            reader: self.transmit.reader_name(),
            user_tries_left: self.tries(PinRole::User)?,
            administrator_tries_left: self.tries(PinRole::Administrator)?,
        })
    }

    /// A second VERIFY follows only where the first was not judged: the card asked for a logout before it.
    ///
    /// Source: OpenSC card-rtecp.c, `rtecp_verify`. Evidence: driver.
    pub(super) fn log_in(&mut self, role: PinRole, pin: &Pin) -> Result<(), TokenError> {
        if !(1..=0xFF).contains(&pin.expose().len()) {
            // No command at all: one without data would ask for the counter.
            return self.wrong_pin(role);
        }
        let mut sw = self.verify(role, pin.expose())?;
        if sw == LOG_OUT_FIRST {
            self.log_out()?;
            sw = self.verify(role, pin.expose())?;
        }
        self.logged_in.remove(&role);
        match sw {
            OK => {
                self.logged_in.insert(role);
                Ok(())
            }
            PIN_WRONG | WRONG_LENGTH | WRONG_DATA | 0x63C1..=0x63CF => self.wrong_pin(role),
            PIN_BLOCKED | 0x63C0 => Err(TokenError::PinBlocked { role }),
            NO_SUCH_REFERENCE => Err(TokenError::NoSuchPin { role }),
            sw => Err(TokenError::StatusWord {
                command: "VERIFY",
                sw,
            }),
        }
    }

    /// With the counter that the wrong PIN left.
    fn wrong_pin(&mut self, role: PinRole) -> Result<(), TokenError> {
        match self.tries(role)? {
            Tries::Blocked => Err(TokenError::PinBlocked { role }),
            tries_left => Err(TokenError::WrongPin { role, tries_left }),
        }
    }
}

/// «Модель», where the token does not say.
const MODEL: &str = "Rutoken ECP";
