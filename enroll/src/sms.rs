//! What a message says. The texts of the two notices are the seed's; that of the code is unknown, so a code is a run
//! of four to eight digits close to the word «код».

use crate::ports::sms::Code;

/// What a message is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// A code for a login.
    Code(Code),
    /// «Ваш сертификат заказан…»: the certification authority took the order. Its support phone is no code.
    Ordered,
    /// «Ваш сертификат готов…»
    Ready,
    /// Anything else.
    Other,
}

/// Reads one message.
#[must_use]
pub fn classify(text: &str) -> Notice {
    let plain = text
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase();
    if plain.starts_with("ваш сертификат заказан") {
        return Notice::Ordered;
    }
    if plain.starts_with("ваш сертификат готов") {
        return Notice::Ready;
    }
    code(&plain).map_or(Notice::Other, |digits| Notice::Code(Code::new(digits)))
}

/// The text with its code replaced by `{code:n}`, and all else that could be one by asterisks: digits, four and more,
/// also with a blank or hyphen between them. The two notices stay as they are.
#[must_use]
pub fn masked(text: &str, n: u32) -> String {
    let code = match classify(text) {
        Notice::Ordered | Notice::Ready => return text.to_owned(),
        Notice::Code(code) => Some(code),
        Notice::Other => None,
    };
    let mut shown = String::new();
    let mut rest = text;
    while let Some(from) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, from_digit) = rest.split_at(from);
        let (digits, after) = from_digit.split_at(stretch(from_digit));
        shown.push_str(before);
        if code.as_ref().is_some_and(|code| code.expose() == digits) {
            shown.push_str(&format!("{{code:{n}}}"));
        } else if digits.chars().filter(char::is_ascii_digit).count() < SHORTEST {
            shown.push_str(digits);
        } else {
            shown.extend(digits.chars().map(covered));
        }
        rest = after;
    }
    shown + rest
}

fn covered(c: char) -> char {
    if c.is_ascii_digit() { '*' } else { c }
}

/// How long the digits are that a text begins with, single blanks and hyphens between them.
fn stretch(text: &str) -> usize {
    let mut end = 0;
    let mut is_parted = false;
    for (at, c) in text.char_indices() {
        match c {
            '0'..='9' => (end, is_parted) = (at + 1, false),
            ' ' | '-' | '\u{a0}' | '\u{2011}' if !is_parted => is_parted = true,
            _ => break,
        }
    }
    end
}

/// The first run of digits after «код»; the last before it where none follows. At most forty characters away.
fn code(text: &str) -> Option<&str> {
    let word = word_code(text)?;
    let near = |from: usize, to: usize| {
        text.get(from..to)
            .is_some_and(|gap| gap.chars().count() <= 40)
    };
    let runs: Vec<_> = runs(text)
        .into_iter()
        .filter(|(_, run)| (SHORTEST..=8).contains(&run.len()))
        .collect();
    let after = runs.iter().find(|(at, _)| *at > word && near(word, *at));
    let before = runs
        .iter()
        .rfind(|(at, run)| *at < word && near(at + run.len(), word));
    after.or(before).map(|(_, run)| *run)
}

/// Where «код», «кода», «коду» begins as a word of its own.
fn word_code(text: &str) -> Option<usize> {
    let begins = |at: usize| {
        text.get(..at)
            .and_then(|it| it.chars().next_back())
            .is_none_or(|c| !c.is_alphanumeric())
    };
    let short = |at: usize| {
        let word: String = text
            .get(at..)
            .unwrap_or_default()
            .chars()
            .take_while(|c| c.is_alphanumeric())
            .collect();
        word.chars().count() <= 5
    };
    text.match_indices("код")
        .map(|(at, _)| at)
        .find(|at| begins(*at) && short(*at))
}

/// Runs of digits that are no part of a phone number: nothing like `+7 (3952) 78` around them.
fn runs(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut rest = 0;
    while let Some(from) = text
        .get(rest..)
        .and_then(|it| it.find(|c: char| c.is_ascii_digit()))
        .map(|it| it + rest)
    {
        let tail = text.get(from..).unwrap_or_default();
        let length = tail
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(tail.len());
        let before = text.get(..from).unwrap_or_default().chars().next_back();
        let after = tail.get(length..).and_then(|it| it.chars().next());
        let of_phone = before.is_some_and(|c| "+(-".contains(c) || c.is_alphanumeric())
            || after.is_some_and(|c| ")-".contains(c) || c.is_alphanumeric());
        if !of_phone {
            found.extend(tail.get(..length).map(|run| (from, run)));
        }
        rest = from + length;
    }
    found
}

/// The digits that a code has at least.
const SHORTEST: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_told_apart_by_their_words() {
        let code = |digits| Notice::Code(Code::new(digits));
        let table = [
            (
                "Код подтверждения: 123456. Никому его не сообщайте",
                code("123456"),
            ),
            ("4821 - код для входа в Личный кабинет", code("4821")),
            ("Ваш код 00123456", code("00123456")),
            ("КОД:9876", code("9876")),
            ("Форус 2018: ваш код доступа 55555", code("55555")),
            (
                "Ваш сертификат заказан. Телефон поддержки: +7 (3952) 782303",
                Notice::Ordered,
            ),
            (
                "Ваш сертификат готов. Не забудьте отправить наши экземпляры документов",
                Notice::Ready,
            ),
            ("ваш  сертификат готов", Notice::Ready),
            ("Телефон поддержки: +7 (3952) 782303", Notice::Other),
            ("Код города +7 (3952)", Notice::Other),
            ("Ваш код 123", Notice::Other),
            ("Ваш код 123456789", Notice::Other),
            ("Кодекс 123456", Notice::Other),
            ("QR-штрихкод 123456", Notice::Other),
            ("", Notice::Other),
        ];
        for (text, expected) in table {
            assert!(classify(text) == expected, "{text}");
        }
    }

    #[test]
    fn a_masked_message_holds_no_code() {
        let text = masked("Код подтверждения: 123456. Никому его не сообщайте", 2);
        assert_eq!(text, "Код подтверждения: {code:2}. Никому его не сообщайте");
        assert_eq!(masked("Ваш сертификат готов", 2), "Ваш сертификат готов");
    }

    #[test]
    fn a_message_shows_no_digits_that_could_be_a_code_wherever_they_stand() {
        let table = [
            (
                "Ваш код 753199. @key.forus.ru #753199",
                "Ваш код {code:1}. @key.forus.ru #{code:1}",
            ),
            ("Код подтверждения: 123 456", "Код подтверждения: *** ***"),
            ("Код: 123-456, до 21:30", "Код: ***-***, до 21:30"),
            ("Форус 2018: ваш код 55555", "Форус ****: ваш код {code:1}"),
            ("Ваш пароль 12345678", "Ваш пароль ********"),
            ("Ваш код 123456789", "Ваш код *********"),
            ("753199", "******"),
            ("Ждём вас 12 мая в 10 - 11", "Ждём вас 12 мая в 10 - 11"),
            (
                "Ваш сертификат заказан. Телефон поддержки: +7 (3952) 782303",
                "Ваш сертификат заказан. Телефон поддержки: +7 (3952) 782303",
            ),
        ];
        for (text, shown) in table {
            assert_eq!(masked(text, 1), shown);
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig { failure_persistence: None, ..Default::default() })]
        #[test]
        fn any_text_is_classified_without_a_panic(text in ".*") {
            let _ = masked(&text, 1);
        }

        #[test]
        fn no_code_of_any_message_is_shown(before in "[^0-9]{0,12}", code in "[0-9]{4,8}", after in "([^0-9]{1,12}[0-9]{0,9})?") {
            let text = format!("{before}{code}{after}");
            let is_notice = matches!(classify(&text), Notice::Ordered | Notice::Ready);
            proptest::prop_assert!(is_notice || !masked(&text, 0).contains(&code));
        }
    }
}
