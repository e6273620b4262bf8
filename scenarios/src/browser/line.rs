//! What the driver of a browser and the harness say to each other, a line of JSON each.

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::scenario::Number;

/// The first line to a driver: what to do, and what a person would know. It holds PINs and is never shown.
#[derive(Serialize)]
pub struct Order<'a> {
    /// `request`, `install` or `documents`: chapter 1, 2 or 3.
    #[serde(rename = "do")]
    pub chapter: &'static str,
    /// Whether Приложение 1 comes before it.
    pub replace_old: bool,
    /// The portal's address.
    pub portal: &'a str,
    /// The bridge's: its panel is there.
    pub bridge: &'a str,
    /// The applicant's phone as it is typed.
    pub phone: &'a str,
    /// The number of the application; without it, the only one in the list.
    pub application: Option<&'a str>,
    /// The user PIN.
    pub user_pin: &'a str,
    /// The administrator PIN.
    pub administrator_pin: &'a str,
    /// Where downloads and pictures go.
    pub folder: &'a Path,
    /// npm's folder.
    pub modules: &'a Path,
}

impl core::fmt::Debug for Order<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Order({})", self.chapter)
    }
}

/// A line of the driver's.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Said {
    /// Something is done, or seen, on a page; answered with `{"ok":true}`.
    Page(PageEvent),
    /// The person waits for a message: `{"text":…,"code":…}`, or `{"nothing":true}` when none comes.
    Phone(Awaits),
    /// The person waits, as a page asked them to; answered with `{"ok":true}`.
    Wait {
        /// So many seconds pass.
        secs: u32,
    },
    /// The step is done.
    Done,
    /// The step ended otherwise.
    Failed {
        /// What is to be seen.
        text: String,
        /// The exit code that the engine would have ended with; 1, unless told.
        #[serde(default = "one")]
        exit: u8,
    },
}

const fn one() -> u8 {
    1
}

/// Which message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Awaits {
    /// The code for a login.
    Code,
    /// «Ваш сертификат заказан…»
    Ordered,
    /// «Ваш сертификат готов…»
    Ready,
}

/// Why a driver's line is none.
#[derive(Debug, thiserror::Error)]
#[error("the driver said something that is not of its language: {0}")]
pub struct Nonsense(#[from] serde_json::Error);

impl Said {
    /// Reads a line. The error says where it is wrong, not what it holds.
    ///
    /// Errors: [`Nonsense`].
    pub fn read(line: &str) -> Result<Self, Nonsense> {
        Ok(serde_json::from_str(line)?)
    }
}

/// What a person does or sees, under the manual's number.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageEvent {
    /// The step of the manual: `1.9`, `A4`.
    pub step: Number,
    /// The page's title.
    pub page: String,
    /// What is done.
    pub act: Act,
    /// The visible label of what it is done to.
    #[serde(default)]
    pub label: String,
    /// What is typed, chosen or read; a secret by its name: `{pin:user}`.
    #[serde(default)]
    pub text: String,
    /// The number of the figure that the page is the counterpart of.
    #[serde(default)]
    pub figure: Option<u8>,
}

/// What hands and eyes do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// Opens an address.
    Open,
    /// Presses a button or follows a link.
    Press,
    /// Types into a field.
    Type,
    /// Chooses of several.
    Choose,
    /// Saves a file.
    Save,
    /// Reads what the page says.
    See,
}

impl PageEvent {
    /// The line's fields: `number`, `page`, `what`, `portal_text`, `figure`. `hide` puts names in the place of secrets.
    pub fn fields(&self, hide: impl Fn(&str) -> String) -> Map<String, Value> {
        let mut fields = Map::from_iter([
            ("number".to_owned(), json!(self.step.as_str())),
            ("page".to_owned(), hide(&self.page).into()),
            ("what".to_owned(), hide(&self.what()).into()),
        ]);
        if self.act == Act::See && !self.text.is_empty() {
            fields.insert("portal_text".to_owned(), hide(&self.text).into());
        }
        if let Some(figure) = self.figure {
            fields.insert("figure".to_owned(), json!(figure));
        }
        fields
    }

    fn what(&self) -> String {
        let Self { label, text, .. } = self;
        match self.act {
            Act::Open => format!("opens «{label}»"),
            Act::Press => format!("presses «{label}»"),
            Act::Type => format!("types {text} into «{label}»"),
            Act::Choose if text.is_empty() => format!("chooses «{label}»"),
            Act::Choose => format!("chooses «{text}» in «{label}»"),
            Act::Save => format!("saves «{label}»"),
            Act::See if label.is_empty() => "sees".to_owned(),
            Act::See => format!("sees «{label}»"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(line: &str) -> PageEvent {
        match Said::read(line).expect("a line of the language") {
            Said::Page(event) => event,
            other => panic!("not a page's: {other:?}"),
        }
    }

    #[test]
    fn a_press_and_a_sight_become_lines_under_the_manuals_number() {
        let event = page(
            r#"{"page":{"step":"1.10","page":"Запрос","act":"press","label":"Создать запрос"}}"#,
        );
        let fields = Value::Object(event.fields(str::to_owned));
        assert_eq!(
            fields,
            json!({"number": "1.10", "page": "Запрос", "what": "presses «Создать запрос»"})
        );
        let event = page(
            r#"{"page":{"step":"1.11","page":"Запрос","act":"see","label":"Сообщение","text":"отправлен","figure":9}}"#,
        );
        let fields = Value::Object(event.fields(str::to_owned));
        assert_eq!(fields["what"], "sees «Сообщение»");
        assert_eq!(
            (&fields["portal_text"], &fields["figure"]),
            (&json!("отправлен"), &json!(9))
        );
    }

    #[test]
    fn a_secret_in_any_text_of_a_page_is_hidden() {
        let line = r#"{"page":{"step":"1.9","page":"p 90417362","act":"type","label":"l 90417362","text":"90417362"}}"#;
        let fields = page(line).fields(|text| text.replace("90417362", "{pin:user}"));
        let text = Value::Object(fields).to_string();
        assert!(
            !text.contains("90417362") && text.matches("{pin:user}").count() == 3,
            "{text}"
        );
    }

    #[test]
    fn what_is_not_of_the_language_is_refused_without_its_words() {
        let strays = [
            "",
            "Код 123456",
            r#"{"shout":"123456"}"#,
            r#"{"phone":"123456"}"#,
            r#"{"page":{"step":"1.99","page":"p","act":"see"}}"#,
            r#"{"page":{"step":"1.9","page":"p","act":"press","lane":"apdu"}}"#,
        ];
        for stray in strays {
            assert!(Said::read(stray).is_err(), "{stray}");
        }
        assert_eq!(
            Said::read(r#"{"phone":"ready"}"#).expect("known"),
            Said::Phone(Awaits::Ready)
        );
        assert_eq!(Said::read(r#""done""#).expect("known"), Said::Done);
    }
}
