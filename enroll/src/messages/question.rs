//! Questions to the applicant.

use super::{Lang, both};
use crate::ports::token::{PinRole, Tries};

/// Prompt for a PIN, with the tries left.
#[must_use]
pub fn pin(role: PinRole, left: Tries, lang: Lang) -> String {
    let (whose_ru, whose) = match role {
        PinRole::User => ("пользователя", "user"),
        PinRole::Administrator => ("администратора", "administrator"),
    };
    let (left_ru, left) = match left {
        Tries::Left(count) => (
            format!(", осталось попыток: {count}"),
            format!(", {count} tries left"),
        ),
        Tries::Blocked | Tries::Verified | Tries::NoSuchPin => (String::new(), String::new()),
    };
    both(
        format!("PIN-код {whose_ru}{left_ru}"),
        format!("PIN of the {whose}{left}"),
    )
    .of(lang)
}

/// Prompt for the code of an SMS.
#[must_use]
pub fn code(phone: &str, lang: Lang) -> String {
    both(
        format!("Код из SMS, отправленного на {phone}"),
        format!("Code of the SMS sent to {phone}"),
    )
    .of(lang)
}

/// Consent to a plan shown before.
#[must_use]
pub fn delete(lang: Lang) -> String {
    both("Удалить перечисленное?", "Delete what is listed?").of(lang)
}
