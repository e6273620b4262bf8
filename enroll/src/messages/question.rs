//! Questions to the applicant.

use super::{Lang, texts};
use crate::ports::token::{PinRole, Tries};

/// Prompt for a PIN, with the tries left.
#[must_use]
pub fn pin(role: PinRole, left: Tries, lang: Lang) -> String {
    match left {
        Tries::Left(left) => tries(role, left, lang),
        Tries::Blocked | Tries::Verified | Tries::NoSuchPin | Tries::Untold => {
            texts::question_pin(role).of(lang)
        }
    }
}

/// The tries that are left, before a PIN is presented.
#[must_use]
pub fn tries(role: PinRole, left: u8, lang: Lang) -> String {
    texts::question_pin_left(left, role).of(lang)
}

/// Prompt for a PIN that is to be set.
#[must_use]
pub fn new_pin(role: PinRole, lang: Lang) -> String {
    texts::question_new_pin(role).of(lang)
}

/// Prompt for the same once more.
#[must_use]
pub fn new_pin_again(lang: Lang) -> String {
    texts::question_new_pin_again().of(lang)
}

/// What is said when the two differ.
#[must_use]
pub fn pins_differ(lang: Lang) -> String {
    texts::question_pins_differ().of(lang)
}

/// Prompt for the serial number, before everything is erased.
#[must_use]
pub fn confirm_format(serial: &str, lang: Lang) -> String {
    texts::question_confirm_format(serial).of(lang)
}

/// Said when the PIN is the one that tokens leave the factory with.
#[must_use]
pub fn default_pin(role: PinRole, lang: Lang) -> String {
    texts::question_default_pin(role).of(lang)
}

/// Prompt for the code of an SMS.
#[must_use]
pub fn code(phone: &str, lang: Lang) -> String {
    texts::question_code(phone).of(lang)
}

/// Whether to give up what was described before.
#[must_use]
pub fn abandon(lang: Lang) -> String {
    texts::question_abandon().of(lang)
}

/// Consent to a plan shown before.
#[must_use]
pub fn delete(lang: Lang) -> String {
    texts::question_delete().of(lang)
}
