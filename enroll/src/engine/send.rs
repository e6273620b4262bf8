//! 1.10, second half, and 1.11: the request goes to the portal, once.

use core::time::Duration;

use super::{Enrollment, key_id, login};
use crate::error::Error;
use crate::event::{Caution, Who};
use crate::journal::Intent;
use crate::ports::portal::PortalError;
use crate::ports::token::PinRole;
use crate::stage::{Fact, Stage};

impl Enrollment<'_> {
    /// Sends the signed request. When the answer is lost, looks at the list before sending the same request again.
    pub(super) fn send(&mut self) -> Result<(), Error> {
        let Stage::Signed(order) = self.stage() else {
            return Ok(());
        };
        let pem = order.request.unwrap_or_default();
        self.step("1.10", Who::Person, "presses «Создать запрос»");
        let at = self.portal_date();
        self.intend(Intent::SendRequest { at })?;
        match self.ports.portal.send_request(&pem) {
            Ok(said) => {
                self.step("1.11", Who::Person, "presses «ОК»");
                self.said("1.11", &said);
                self.record_sent()?;
                self.ports
                    .portal
                    .confirm()
                    .map(drop)
                    .or_else(only_session_ended)
            }
            Err(error) => match error.pause() {
                Some(pause) => self.send_again(&pem, error, pause),
                None => Err(error.into()),
            },
        }
    }

    fn send_again(&mut self, pem: &str, error: PortalError, pause: Duration) -> Result<(), Error> {
        self.ports.events.warn(Caution::NoAnswerToRequest {
            error: error.clone(),
        });
        self.ports.events.wait(pause, "before looking at the list");
        let row = self.look_at_list(&login::REQUEST)?;
        if !is_after_sending(&row.status) {
            let card = self.ports.portal.open_application(&row.number)?;
            if !card.can_request {
                return Err(error.into());
            }
            self.ports.portal.open_request_form()?;
            self.step("1.10", Who::Person, "sends the same request again");
            let said = self.ports.portal.send_request(pem)?;
            self.said("1.11", &said);
        }
        self.record_sent()
    }

    /// The portal has the request: remembered with the portal's time of the first attempt, which the deadlines count from.
    pub(super) fn record_sent(&mut self) -> Result<(), Error> {
        let open = &self.journal()?.story().open;
        let at = open.iter().find_map(|intent| match intent {
            Intent::SendRequest { at } => *at,
            _ => None,
        });
        self.record(Fact::RequestSent { at })
    }

    /// After sending, the pair gets the name that the page asks for (Рис. 16: «ЕГАИС_722318»).
    pub(super) fn give_wanted_label(&mut self) -> Result<(), Error> {
        let Stage::Sent(order) = self.stage() else {
            return Ok(());
        };
        let Some(label) = order.label_after else {
            return Ok(());
        };
        self.authorise(PinRole::User, "1.11")?;
        self.step(
            "1.11",
            Who::Token,
            format!("renames the key pair «{label}»"),
        );
        self.relabel(&key_id(&order.key.id)?, &label)
    }
}

/// Whether a status word of the list means that the portal has a request. The middle two are assumed.
pub(super) fn is_after_sending(status: &str) -> bool {
    [
        "Запрос отправлен",
        "Сертификат заказан",
        ISSUED,
        "Сертификат установлен",
    ]
    .contains(&status)
}

/// «ОК» leads back to the card; that the session ended there costs nothing.
fn only_session_ended(error: PortalError) -> Result<(), Error> {
    if error == PortalError::SessionExpired {
        Ok(())
    } else {
        Err(error.into())
    }
}

/// The list's word for an issued certificate (Рис. 14).
pub(super) const ISSUED: &str = "Сертификат выпущен";
