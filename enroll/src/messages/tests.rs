//! The two files against each other and against the functions that use them.

use std::collections::{BTreeMap, BTreeSet};

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::parser;

use super::text::{EN, RU, Text, Value};
use super::{Lang, texts, words};

/// Names of the messages and of the variables in each.
fn messages(file: &str) -> BTreeMap<String, BTreeSet<String>> {
    let whole = parser::parse(file).expect("a file without a mistake");
    let entries = whole.body.iter().filter_map(|entry| match entry {
        Entry::Message(message) => {
            let mut found = BTreeSet::new();
            variables(message.value.as_ref().expect("a text"), &mut found);
            Some((message.id.name.to_owned(), found))
        }
        _ => None,
    });
    entries.collect()
}

fn variables(pattern: &Pattern<&str>, found: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            match expression {
                Expression::Inline(inline) => variable(inline, found),
                Expression::Select { selector, variants } => {
                    variable(selector, found);
                    variants.iter().for_each(|it| variables(&it.value, found));
                }
            }
        }
    }
}

fn variable(inline: &InlineExpression<&str>, found: &mut BTreeSet<String>) {
    if let InlineExpression::VariableReference { id } = inline {
        found.insert(id.name.to_owned());
    }
}

/// What the functions of [`texts`] ask for.
fn used() -> BTreeMap<String, BTreeSet<String>> {
    let named = texts::ALL.iter().map(|(name, values)| {
        let values = values.iter().map(|it| (*it).to_owned()).collect();
        (name.replace('_', "-"), values)
    });
    let steps = texts::STEPS.iter().filter_map(|number| texts::step(number));
    let preparation =
        crate::engine::order::PREPARATION.map(|(number, _)| texts::preparation(number));
    let words = words::WORDS.iter().map(|it| words::word(it));
    let numbered = steps
        .chain(preparation)
        .chain(words)
        .map(|text| match text {
            Text::Message(name, _) => (name.into_owned(), BTreeSet::new()),
            Text::Plain(words) => panic!("{words} is no message"),
        });
    named.chain(numbered).collect()
}

#[test]
fn both_files_hold_the_messages_and_variables_that_are_used_and_no_others() {
    let used = used();
    for (name, file) in [("ru.ftl", RU), ("en.ftl", EN)] {
        let held = messages(file);
        let names = |of: &BTreeMap<String, _>| of.keys().cloned().collect::<BTreeSet<_>>();
        let differ: Vec<_> = names(&held)
            .symmetric_difference(&names(&used))
            .cloned()
            .collect();
        assert!(
            differ.is_empty(),
            "{name}: only here or only in the code: {differ:?}"
        );
        for (message, variables) in &used {
            assert_eq!(&held[message], variables, "{name}: {message}");
        }
    }
}

/// No name stands twice: the later one would silently win.
#[test]
fn no_message_stands_twice_in_a_file() {
    for file in [RU, EN] {
        let lines = file
            .lines()
            .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()));
        assert_eq!(lines.count(), messages(file).len());
    }
}

/// A mistake in a message, such as a select on what is not there, panics in debug builds; each value in turn is
/// words and every number up to what a plural rule tells apart.
#[test]
fn every_message_formats_with_words_and_with_numbers() {
    for (name, variables) in used() {
        for number in [None, Some(0), Some(1), Some(2), Some(5), Some(21)] {
            let value = || number.map_or(Value::Words("words".to_owned()), Value::Number);
            let names = texts::ALL
                .iter()
                .flat_map(|(_, names)| names.iter().copied());
            let values = names
                .filter(|it| variables.contains(*it))
                .map(|it| (it, value()));
            let text = Text::Message(name.clone().into(), values.collect());
            for lang in [Lang::Ru, Lang::En] {
                let told = text.of(lang);
                assert!(!told.is_empty() && told != name, "{name}");
                assert!(!told.contains(['{', '}', '\u{2068}']), "{name}: {told}");
            }
        }
    }
}

#[test]
fn russian_counts_by_its_own_plurals() {
    let told = |days: i64| texts::caution_ends_soon(days).of(Lang::Ru);
    for (days, words) in [
        (1, "1 день"),
        (3, "3 дня"),
        (5, "5 дней"),
        (11, "11 дней"),
        (21, "21 день"),
        (22, "22 дня"),
    ] {
        assert!(told(days).ends_with(words), "{}", told(days));
    }
}

#[test]
fn words_of_others_bring_no_control_characters_to_a_terminal() {
    let theirs = "\u{1b}]0;pwned\u{7} нет";
    let said = texts::portal_refused(theirs);
    let lacks = texts::portal_not_understood("Форус", words::missing(theirs));
    for text in [said, lacks] {
        for lang in [Lang::Ru, Lang::En] {
            let told = text.of(lang);
            assert!(told.contains("\u{fffd}]0;pwned\u{fffd} нет"), "{told}");
        }
    }
}

#[test]
fn words_of_our_own_are_russian_within_russian_and_as_they_are_in_english() {
    for told in words::WORDS {
        let word = words::word(told);
        assert_eq!(word.of(Lang::En), told);
        assert_ne!(word.of(Lang::Ru), told);
    }
    let link = words::missing("link or button «Личный кабинет»");
    assert_eq!(link.of(Lang::Ru), "ссылка или кнопка «Личный кабинет»");
    assert_eq!(link.of(Lang::En), "link or button «Личный кабинет»");
    let system = words::word("Connection refused (os error 111)");
    assert_eq!(system.of(Lang::Ru), "Connection refused (os error 111)");
}

/// The words between two marks, wherever they stand in sources.
fn between<'a>(sources: &'a str, before: &'a str, after: &'a str) -> impl Iterator<Item = &'a str> {
    let rests = sources.split(before).skip(1);
    rests.filter_map(move |rest| rest.split_once(after).map(|(words, _)| words))
}

#[test]
fn every_word_that_token_and_journal_tell_has_its_russian() {
    let token = [
        include_str!("../adapters/apdu_token.rs"),
        include_str!("../adapters/apdu_token/certificates.rs"),
        include_str!("../adapters/apdu_token/making.rs"),
        include_str!("../adapters/pkcs11.rs"),
        include_str!("../request/check.rs"),
        include_str!("../journal/file.rs"),
        include_str!("../journal/parked.rs"),
        include_str!("../journal/store.rs"),
    ]
    .concat();
    let begins = [
        " verb: \"",
        " object: \"",
        " what: \"",
        " act: \"",
        "WHAT: &str = \"",
        " failed(\"",
        " differs(\"",
    ];
    let told = begins.iter().flat_map(|begin| between(&token, begin, "\""));
    let strange: Vec<_> = told.filter(|it| !words::WORDS.contains(it)).collect();
    assert!(strange.is_empty(), "{strange:?}");
}
