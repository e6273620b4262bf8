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
        Tries::Blocked | Tries::Verified | Tries::NoSuchPin | Tries::Untold => {
            (String::new(), String::new())
        }
    };
    both(
        format!("PIN-код {whose_ru}{left_ru}"),
        format!("PIN of the {whose}{left}"),
    )
    .of(lang)
}

/// Prompt for a PIN that is to be set.
#[must_use]
pub fn new_pin(role: PinRole, lang: Lang) -> String {
    match role {
        PinRole::User => both("Новый PIN-код пользователя", "New PIN of the user"),
        PinRole::Administrator => both(
            "Новый PIN-код администратора",
            "New PIN of the administrator",
        ),
    }
    .of(lang)
}

/// Prompt for the same once more.
#[must_use]
pub fn new_pin_again(lang: Lang) -> String {
    both("Ещё раз", "Once more").of(lang)
}

/// What is said when the two differ.
#[must_use]
pub fn pins_differ(lang: Lang) -> String {
    both("PIN-коды не совпали", "the two PINs differ").of(lang)
}

/// Prompt for the serial number, before everything is erased.
#[must_use]
pub fn confirm_format(serial: &str, lang: Lang) -> String {
    both(
        format!("Всё на токене будет стёрто. Введите его серийный номер {serial}"),
        format!("Everything on the token will be erased. Type its serial number {serial}"),
    )
    .of(lang)
}

/// Said when the PIN is the one that tokens leave the factory with.
#[must_use]
pub fn default_pin(role: PinRole, lang: Lang) -> String {
    match role {
        PinRole::User => both(
            "это заводской PIN-код пользователя; смените его: enroll token change-pin",
            "this is the user's factory PIN; change it: enroll token change-pin",
        ),
        PinRole::Administrator => both(
            "это заводской PIN-код администратора; смените его: enroll token change-pin --of administrator",
            "this is the administrator's factory PIN; change it: enroll token change-pin --of administrator",
        ),
    }
    .of(lang)
}

/// The tries that are left, before a PIN is presented.
#[must_use]
pub fn tries(role: PinRole, left: u8, lang: Lang) -> String {
    pin(role, Tries::Left(left), lang)
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
