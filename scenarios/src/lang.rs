//! What the harness itself says in two languages; the engine's words are the engine's.

use enroll::messages::Lang;

/// Picks the text of the reader's language.
pub const fn pick<'a>(lang: Lang, ru: &'a str, en: &'a str) -> &'a str {
    match lang {
        Lang::Ru => ru,
        Lang::En => en,
    }
}

/// Who acts in a step, as the recording names them, in English.
pub fn actor(who: &str) -> &str {
    match who {
        "person" => "applicant",
        "sms" => "phone",
        other => other,
    }
}

/// `waited 5 min 3 s`.
pub fn waited(lang: Lang, secs: u64) -> String {
    let (minutes, rest) = (secs / 60, secs % 60);
    let (min, sec) = (pick(lang, "мин", "min"), pick(lang, "с", "s"));
    let spent = match (minutes, rest) {
        (0, rest) => format!("{rest} {sec}"),
        (minutes, 0) => format!("{minutes} {min}"),
        (minutes, rest) => format!("{minutes} {min} {rest} {sec}"),
    };
    format!("{} {spent}", pick(lang, "прошло", "waited"))
}
