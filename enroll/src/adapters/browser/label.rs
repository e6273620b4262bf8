//! Comparing what a person reads: blanks are collapsed; quotes, case of the first letter's blanks and a final colon
//! do not count.

/// One space between words, none around.
#[must_use]
pub fn collapse(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether two texts read the same.
#[must_use]
pub fn same(one: &str, other: &str) -> bool {
    plain(one).eq(plain(other))
}

/// Whether `text` contains the words.
#[must_use]
pub fn contains(text: &str, words: &str) -> bool {
    first_in(text, &[words]).is_some()
}

/// The first of these words that `text` contains, wherever it stands.
#[must_use]
pub fn first_in<'a>(text: &str, words: &[&'a str]) -> Option<&'a str> {
    let letters = |text| plain(text).collect::<String>();
    let text = letters(text);
    let mut words = words.iter().copied();
    words.find(|words| text.contains(&letters(words)))
}

/// Splits «ИНН (1.2.643.3.131.1.1)» into the words and what stands in the last brackets.
#[must_use]
pub fn bracketed(text: &str) -> Option<(String, String)> {
    let text = text
        .trim()
        .trim_end_matches(':')
        .trim_end()
        .strip_suffix(')')?;
    let (words, inside) = text.rsplit_once('(')?;
    Some((collapse(words), inside.trim().to_owned()))
}

/// The number after the last run of letters, as in «Осталось попыток: 2».
#[must_use]
pub fn number_in(text: &str) -> Option<u32> {
    let digits = |c: char| c.is_ascii_digit();
    let from = text.find(digits)?;
    let rest = text.get(from..)?;
    rest.get(..rest.find(|c| !digits(c)).unwrap_or(rest.len()))?
        .parse()
        .ok()
}

/// The letters that count.
fn plain(text: &str) -> impl Iterator<Item = char> {
    let words = without_end(text).split_whitespace();
    let words = words.filter(|word| !word.chars().all(is_quote));
    words.enumerate().flat_map(|(index, word)| {
        let letters = word.chars().filter(|c| !is_quote(*c));
        let space = (index > 0).then_some(' ');
        space.into_iter().chain(letters.map(lower))
    })
}

/// Most letters of these pages are small Russian ones; the table of all scripts takes longer.
fn lower(letter: char) -> char {
    match letter {
        'а'..='я' => letter,
        _ => letter.to_lowercase().next().unwrap_or(letter),
    }
}

/// Without the colons and full stops that end it, whatever quotes and blanks stand between.
fn without_end(text: &str) -> &str {
    let nothing = |c: char| c.is_whitespace() || is_quote(c);
    text.trim_end_matches(nothing)
        .trim_end_matches(|c| matches!(c, ':' | '.') || is_quote(c))
        .trim_end_matches(nothing)
}

const fn is_quote(c: char) -> bool {
    matches!(c, '«' | '»' | '"' | '“' | '”' | '„' | '\'')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_blanks_and_a_colon_do_not_count() {
        assert!(same("«Код\u{a0} подтверждения»:", "Код подтверждения"));
        assert!(same("«Код \" подтверждения:».", "код подтверждения:"));
        assert!(!same("Получить код", "Получить код повторно"));
        assert!(!same("Код: подтверждения", "Код подтверждения"));
        assert!(contains("Расписка  и «Руководство»", "руководство"));
    }

    #[test]
    fn a_number_is_taken_from_the_last_brackets() {
        let split = bracketed("ГОСТ Р 34.10-2001 (новый) (1.2.643.2.2.19)").unwrap();
        assert_eq!(
            split,
            (
                "ГОСТ Р 34.10-2001 (новый)".to_owned(),
                "1.2.643.2.2.19".to_owned()
            )
        );
        assert_eq!(bracketed("Общее имя"), None);
        assert_eq!(number_in("через 58 с"), Some(58));
        assert_eq!(number_in("позже"), None);
    }
}
