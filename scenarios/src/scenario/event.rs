//! What has to stand on the timeline: an expectation on the events of one step of the manual.

use enroll::messages;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::browser::PAGE_LANE;
use crate::recording::Line;
use crate::runner::Mismatch;
use crate::transcript;

/// Events told of where the expected one is missing.
const SHOWN: usize = 3;

/// There have to be so many events that are labelled so and say this.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EventExpectation {
    /// A step of the manual: `1.1.1` … `3`, `A1` … `A9` of Приложение 1, or a warning, `W1` … `W4`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<Number>,
    /// Instead of a step: where on the timeline. Events of the lane `page` are expected `--via browser` and nowhere else,
    /// and nothing else is expected there: the other words are the engine's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lane: Option<Lane>,
    /// Only events during this `[[step]]` of the file count, from 1; without it, those of the whole run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub during: Option<usize>,
    /// What the event says, or part of it, as the transcript has it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub says: String,
    /// How many such events there are; 0: none may be.
    #[serde(default = "once")]
    pub times: usize,
}

const fn once() -> usize {
    1
}

/// A lane of the timeline in which something can be expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Lane {
    /// The manual's steps, any of them.
    Manual,
    /// Commands to the token.
    Apdu,
    /// Requests to the portal, and its pages.
    Http,
    /// Messages on the phone.
    Sms,
    /// Waits.
    Clock,
    /// What the engine writes down.
    Journal,
    /// What is told before something is deleted.
    Plan,
    /// What a person should know.
    Note,
    /// How a command failed.
    Error,
    /// What a person does and sees in a browser.
    Page,
    /// What the harness proved.
    Proof,
}

impl Lane {
    /// Its name, as files and recordings have it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::Apdu => "apdu",
            Self::Http => "http",
            Self::Sms => "sms",
            Self::Clock => "clock",
            Self::Journal => "journal",
            Self::Plan => "plan",
            Self::Note => "note",
            Self::Error => "error",
            Self::Page => PAGE_LANE,
            Self::Proof => "proof",
        }
    }
}

/// The number of a step that the manual has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Number(String);

impl Number {
    /// As the manual prints it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Number {
    type Error = String;

    fn try_from(number: String) -> Result<Self, String> {
        let known = messages::STEPS.contains(&number.as_str());
        known.then(|| Self(number.clone())).ok_or_else(|| {
            format!("the manual has no step «{number}»; it has 1.1.1 … 1.14, 2.1 … 2.9, 3, A1 … A9, and the warnings W1 … W4")
        })
    }
}

impl From<Number> for String {
    fn from(number: Number) -> Self {
        number.0
    }
}

impl JsonSchema for Number {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Number".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "enum": messages::STEPS.as_slice() })
    }
}

impl EventExpectation {
    /// Whether it is about what a person does and sees in a browser.
    pub fn is_of_pages(&self) -> bool {
        self.lane == Some(Lane::Page)
    }

    /// Which lines of a recording are such events, by their position; `lines` are those of a whole run.
    pub fn met_by<'a>(&self, lines: impl Iterator<Item = &'a Line>) -> Vec<usize> {
        let mut step = 0;
        let mut met = Vec::new();
        for (at, line) in lines.enumerate() {
            if line.lane == "operator" {
                step += 1;
            } else if self.during.is_none_or(|during| during == step) && self.is_met_by(line) {
                met.push(at);
            }
        }
        met
    }

    /// Whether so many stand there as have to.
    pub fn holds<'a>(&self, lines: impl Iterator<Item = &'a Line>) -> bool {
        self.met_by(lines).len() == self.times
    }

    /// What is wrong with the timeline of a whole run, if anything.
    pub fn mismatch(&self, lines: &[Line]) -> Option<Mismatch> {
        let found = self.met_by(lines.iter()).len();
        (found != self.times).then(|| Mismatch {
            number: self.step.clone().map(String::from),
            ..Mismatch::new(
                &self.label(),
                format!("{} on the timeline", counted(self.times)),
                self.told(found, lines),
            )
        })
    }

    /// How many there are; where there is none, what stands in its place last.
    fn told(&self, found: usize, lines: &[Line]) -> String {
        let instead = lines.iter().rev().filter(|line| self.is_labelled_so(line));
        let instead: Vec<String> = instead
            .take(if found == 0 { SHOWN } else { 0 })
            .map(|line| format!("\n{}", transcript::entry(line).trim_end()))
            .collect();
        let list: String = instead.into_iter().rev().collect();
        match list.as_str() {
            "" => counted(found),
            list => format!("{}, but:{list}", counted(found)),
        }
    }

    fn is_met_by(&self, line: &Line) -> bool {
        self.is_labelled_so(line) && line.fields.values().any(|value| says(value, &self.says))
    }

    fn is_labelled_so(&self, line: &Line) -> bool {
        match (&self.step, &self.lane) {
            (Some(Number(number)), _) => {
                line.lane == "manual"
                    && line.fields.get("number").and_then(Value::as_str) == Some(number)
            }
            (None, Some(lane)) => line.lane == lane.name(),
            (None, None) => true,
        }
    }

    fn label(&self) -> String {
        let place = match (&self.step, &self.lane) {
            (Some(Number(number)), _) => format!("step {number}"),
            (None, Some(lane)) => format!("lane {}", lane.name()),
            (None, None) => "any lane".to_owned(),
        };
        let during = self.during.map_or(String::new(), |step| {
            format!(" during step {step} of the file")
        });
        format!("{place}{during} «{}»", self.says)
    }
}

fn counted(times: usize) -> String {
    match times {
        0 => "no such event".to_owned(),
        1 => "one event".to_owned(),
        more => format!("{more} events"),
    }
}

fn says(value: &Value, words: &str) -> bool {
    match value {
        Value::String(text) => text.contains(words),
        Value::Array(items) => items.iter().any(|item| says(item, words)),
        Value::Object(fields) => fields.values().any(|field| says(field, words)),
        Value::Number(number) => number.to_string().contains(words),
        Value::Null | Value::Bool(_) => false,
    }
}
