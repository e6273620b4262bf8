//! Texts that know no language yet, and the two Fluent files that give them one.

use std::borrow::Cow;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use super::Lang;
use crate::name;
use crate::object::Object;
use crate::ports::token::PinRole;

/// A message of the files with its values, or words that are the same in every language. Words may be a page's, a
/// token's or a certificate's: a terminal is given none of their control characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Text {
    /// A message by its name in the files.
    Message(Cow<'static, str>, Vec<(&'static str, Value)>),
    /// Commands, names, words of the system.
    Plain(String),
}

/// What stands where a message has a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Words(String),
    Number(i64),
    Texts(Vec<Text>),
}

impl Text {
    /// In one language.
    pub(crate) fn of(&self, lang: Lang) -> String {
        match self {
            Self::Message(name, values) => format(name, values, lang),
            Self::Plain(words) => name::printable(words),
        }
    }

    pub(crate) fn plain(words: impl Into<String>) -> Self {
        Self::Plain(words.into())
    }
}

/// A name that neither file has reads as itself; a test sees to it that there is none.
fn format(name: &str, values: &[(&'static str, Value)], lang: Lang) -> String {
    let bundle = bundle(lang);
    let Some(pattern) = bundle.get_message(name).and_then(|it| it.value()) else {
        return name.to_owned();
    };
    let arguments: FluentArgs<'_> = values
        .iter()
        .map(|(name, value)| (*name, value.of(lang)))
        .collect();
    let mut errors = Vec::new();
    let text = bundle.format_pattern(pattern, Some(&arguments), &mut errors);
    debug_assert!(errors.is_empty(), "{name}: {errors:?}");
    text.into_owned()
}

impl Value {
    fn of(&self, lang: Lang) -> FluentValue<'static> {
        match self {
            Self::Words(words) => FluentValue::from(name::printable(words)),
            Self::Number(number) => FluentValue::from(*number),
            Self::Texts(texts) => {
                let texts: Vec<String> = texts.iter().map(|it| it.of(lang)).collect();
                FluentValue::from(texts.join("; "))
            }
        }
    }
}

fn bundle(lang: Lang) -> &'static FluentBundle<FluentResource> {
    static RUSSIAN: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| read(RU, "ru"));
    static ENGLISH: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| read(EN, "en"));
    match lang {
        Lang::Ru => &RUSSIAN,
        Lang::En => &ENGLISH,
    }
}

/// What does not parse is left out here; a test reads both files strictly.
fn read(file: &str, language: &str) -> FluentBundle<FluentResource> {
    let resource = match FluentResource::try_new(file.to_owned()) {
        Ok(whole) => whole,
        Err((rest, _)) => rest,
    };
    let language: LanguageIdentifier = language.parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    // The marks that keep directions apart would stand in terminals and logs as stray characters.
    bundle.set_use_isolating(false);
    bundle.add_resource_overriding(resource);
    bundle
}

pub(crate) const RU: &str = include_str!("../../messages/ru.ftl");
pub(crate) const EN: &str = include_str!("../../messages/en.ftl");

macro_rules! words {
    ($($type:ty),*) => {$(
        impl From<$type> for Value {
            fn from(words: $type) -> Self {
                Self::Words(words.to_string())
            }
        }
    )*};
}

macro_rules! numbers {
    ($($type:ty),*) => {$(
        impl From<$type> for Value {
            fn from(number: $type) -> Self {
                Self::Number(i64::from(number))
            }
        }
    )*};
}

words!(&str, String, &String, PinRole);
numbers!(u8, u16, u32, i64);

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<usize> for Value {
    fn from(number: usize) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<Text> for Value {
    fn from(text: Text) -> Self {
        Self::Texts(vec![text])
    }
}

impl From<&Object> for Value {
    fn from(object: &Object) -> Self {
        super::progress::object_text(object).into()
    }
}

impl From<&Vec<Object>> for Value {
    fn from(objects: &Vec<Object>) -> Self {
        Self::Texts(objects.iter().map(super::progress::object_text).collect())
    }
}
