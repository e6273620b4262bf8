//! Words for where an application stands. The manual prints three of them; the words between are settings, all assumed.

use serde::{Deserialize, Serialize};

use super::SettingsError;
use crate::order::Status;

/// The words that the manual does not print, in the list («Статус заявки») and on the card: all of these are assumed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Statuses {
    /// List: no operator has looked yet.
    pub list_new: String,
    /// List: the request is here.
    pub list_sent: String,
    /// List: the certificate is ordered.
    pub list_ordered: String,
    /// List: there will be no certificate.
    pub list_refused: String,
    /// Card: no operator has looked yet.
    pub card_new: String,
    /// Card: the request is here.
    pub card_sent: String,
    /// Card: the certificate is ordered.
    pub card_ordered: String,
    /// Card: there will be no certificate.
    pub card_refused: String,
}

impl Default for Statuses {
    fn default() -> Self {
        Self {
            list_new: "Новая".into(),
            list_sent: "Запрос отправлен".into(),
            list_ordered: "Сертификат заказан".into(),
            list_refused: "Отказ".into(),
            card_new: "Ожидает оператора".into(),
            card_sent: "Запрос отправлен".into(),
            card_ordered: "Сертификат заказан".into(),
            card_refused: "Отказано".into(),
        }
    }
}

impl Statuses {
    /// The word in the list's column «Статус заявки».
    ///
    /// An installed certificate keeps the word of an issued one: nothing tells that the list ever changes again.
    pub fn in_list(&self, status: Status) -> &str {
        match status {
            Status::New => &self.list_new,
            Status::Accepted => LIST_ACCEPTED,
            Status::Sent => &self.list_sent,
            Status::Ordered => &self.list_ordered,
            Status::Issued | Status::Installed => LIST_ISSUED,
            Status::Refused => &self.list_refused,
        }
    }

    /// Every list word, in the order of an application's life.
    pub fn all_in_list(&self) -> [&str; 6] {
        use Status::{Accepted, Issued, New, Ordered, Refused, Sent};
        [New, Accepted, Sent, Ordered, Issued, Refused].map(|status| self.in_list(status))
    }

    /// The word on the card, which differs from the list's; none after the issue (Рис. 15).
    pub fn on_card(&self, status: Status) -> Option<&str> {
        match status {
            Status::New => Some(&self.card_new),
            Status::Accepted => Some(CARD_ACCEPTED),
            Status::Sent => Some(&self.card_sent),
            Status::Ordered => Some(&self.card_ordered),
            Status::Refused => Some(&self.card_refused),
            Status::Issued | Status::Installed => None,
        }
    }

    /// Errors: a word that is none, or one of the manual's own, which would tell what is not so.
    pub(super) fn check(&self) -> Result<(), SettingsError> {
        let words = [
            &self.list_new,
            &self.list_sent,
            &self.list_ordered,
            &self.list_refused,
            &self.card_new,
            &self.card_sent,
            &self.card_ordered,
            &self.card_refused,
        ];
        match words.into_iter().find(|word| !fits(word)) {
            Some(word) => Err(SettingsError::StatusWord { word: word.clone() }),
            None => Ok(()),
        }
    }
}

/// One line, not empty, without blanks around it, and not a word of the manual's.
fn fits(word: &str) -> bool {
    let plain = word.trim() == word && !word.chars().any(char::is_control);
    plain
        && (1..=MAX_CHARS).contains(&word.chars().count())
        && ![LIST_ACCEPTED, LIST_ISSUED, CARD_ACCEPTED].contains(&word)
}

// The words that the manual prints: Рис. 5, 14 and 6.
const LIST_ACCEPTED: &str = "Принята Оператором";
const LIST_ISSUED: &str = "Сертификат выпущен";
const CARD_ACCEPTED: &str = "Принято";

/// As much as the column holds.
const MAX_CHARS: usize = 60;
