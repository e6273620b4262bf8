//! What is not as a scenario expects: found by the judge, told on the timeline, in reports and on the terminal.

use std::fmt;

use serde_json::{Map, Value, json};

/// One thing that is not as the scenario expects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mismatch {
    /// The step of the manual that it is about, or after which it was seen.
    pub number: Option<String>,
    /// After which `[[step]]` of the file it was seen, from 1, and the command that was typed there.
    pub step: Option<(usize, String)>,
    /// What was looked at.
    pub of: String,
    /// What the scenario wants of it.
    pub expected: String,
    /// What there is.
    pub found: String,
}

impl Mismatch {
    /// Something that is told without a step.
    pub fn new(of: &str, expected: impl fmt::Display, found: impl fmt::Display) -> Self {
        Self {
            of: of.to_owned(),
            expected: expected.to_string(),
            found: found.to_string(),
            ..Self::default()
        }
    }

    /// The fields of its line in a recording.
    pub fn fields(&self, hidden: impl Fn(&str) -> String) -> Map<String, Value> {
        let mut fields = Map::new();
        if let Some(number) = &self.number {
            fields.insert("number".to_owned(), json!(number));
        }
        if let Some((step, _)) = &self.step {
            fields.insert("step".to_owned(), json!(step));
        }
        let texts = [
            ("of", &self.of),
            ("expected", &self.expected),
            ("found", &self.found),
        ];
        fields.extend(texts.map(|(name, text)| (name.to_owned(), json!(hidden(text)))));
        fields.insert("text".to_owned(), json!(hidden(&self.to_string())));
        fields
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((step, command)) = &self.step {
            write!(f, "step {step} ({command}): ")?;
        }
        let Self {
            of,
            expected,
            found,
            ..
        } = self;
        write!(f, "{of}: expected {expected}, found {found}")
    }
}
