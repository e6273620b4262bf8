//! A recording: the whole timeline of a run as JSON Lines, one event a line.
//!
//! The first line names the format and what the run was made of; then come numbered events with the scenario's
//! time, each in its lane; the last line is the end. A recording holds no port, path, process or wall time, and
//! secrets are masked before they get here, so one scenario and one seed give the same bytes anywhere.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use emulator::timing::Profile;
use enroll::event::Event;
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::scenario::Scenario;
use crate::wire::without_number;

/// Version of the format; a reader refuses a higher one.
pub const FORMAT: u32 = 1;

/// How the header calls the way of a browser.
const BROWSER: &str = "browser";

/// What the run was made of.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Header {
    /// [`FORMAT`].
    pub recording: u32,
    /// The scenario's name.
    pub scenario: String,
    /// The seed of all randomness; a recording of hardware has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// The moment the scenario started.
    pub epoch: String,
    /// The scenario as [`Scenario::retold`] has it; a recording of hardware has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub story: Option<Value>,
    /// `browser` when pages and not the engine drove the token; otherwise the way makes no difference and is not told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub via: Option<String>,
    /// How slow the token was, as a timing profile's file has it; not there when it took no time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timing: Option<Value>,
    /// What another card answers otherwise, and replay binds to names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub may_differ: Vec<MayDiffer>,
}

/// Values that no other card answers alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MayDiffer {
    /// The public key of a pair made on the card, and its SHA-1: `{key1.public}`, `{key1.id}`.
    Key,
    /// A signature, which has to be true under its key: `{sig1}`.
    Signature,
    /// What GET CHALLENGE answers: `{random1}`.
    Random,
}

impl MayDiffer {
    /// All of them, as a recording of another card has it.
    pub const ALL: [Self; 3] = [Self::Key, Self::Signature, Self::Random];
}

/// One thing that happened, as the recording keeps it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Number in the recording, from 1.
    pub n: usize,
    /// Scenario time, RFC 3339 in Irkutsk's offset of the manual's day.
    pub at: String,
    /// `manual`, `apdu`, `pkcs11`, `http`, `sms`, `clock`, `page`, `journal`, `operator`, `plan`, `note`, `error`, `proof`, `verdict` or `end`; a reader keeps lanes it does not know.
    pub lane: String,
    /// The event's own fields.
    #[serde(flatten)]
    pub fields: Map<String, Value>,
}

/// Collects a run's events in order.
#[derive(Debug)]
pub struct Recording {
    header: Header,
    lines: Vec<Line>,
}

impl Recording {
    /// An empty recording.
    pub fn new(scenario: &str, seed: u64, epoch: Timestamp) -> Self {
        let header = Header {
            recording: FORMAT,
            scenario: scenario.to_owned(),
            seed: Some(seed),
            epoch: irkutsk(epoch),
            story: None,
            via: None,
            timing: None,
            may_differ: Vec::new(),
        };
        Self {
            header,
            lines: Vec::new(),
        }
    }

    /// An empty recording of a card that nobody here has made: it has no seed and no story, and what depends on its keys
    /// and its randomness may differ.
    pub fn heard(scenario: &str, epoch: Timestamp) -> Self {
        let mut recording = Self::new(scenario, 0, epoch);
        recording.header.seed = None;
        recording.header.may_differ = MayDiffer::ALL.to_vec();
        recording
    }

    /// The same, with the scenario in its header, so that it can be played back by whoever has nothing else.
    #[must_use]
    pub fn of(mut self, scenario: &Scenario) -> Self {
        self.header.story = Some(scenario.retold());
        self
    }

    /// The same, of a token that is so slow.
    #[must_use]
    pub fn timed(mut self, timing: &Profile) -> Self {
        self.header.timing = (*timing != Profile::none()).then(|| told(timing));
        self
    }

    /// The same, of a person at a browser.
    #[must_use]
    pub fn in_browser(mut self) -> Self {
        self.header.via = Some(BROWSER.to_owned());
        self
    }

    /// Whether a person at a browser did what the engine does otherwise.
    pub fn is_in_browser(&self) -> bool {
        self.header.via.as_deref() == Some(BROWSER)
    }

    /// Reads a recording's file.
    pub fn load(path: &Path) -> Result<Self, RecordingError> {
        let unreadable = |error| RecordingError::Unreadable {
            path: path.display().to_string(),
            error,
        };
        let file = File::open(path).map_err(unreadable)?;
        let mut text = String::new();
        file.take(LARGEST)
            .read_to_string(&mut text)
            .map_err(unreadable)?;
        Self::parse(&text)
    }

    /// Reads a recording's text. Lanes and fields it does not know are kept.
    pub fn parse(text: &str) -> Result<Self, RecordingError> {
        let mut texts = text.lines().enumerate();
        let (_, first) = texts.next().ok_or(RecordingError::Empty)?;
        let header: Header = read(0, first)?;
        if header.recording != FORMAT {
            return Err(RecordingError::Format {
                found: header.recording,
            });
        }
        let lines: Result<Vec<Line>, _> = texts.map(|(index, text)| read(index, text)).collect();
        Ok(Self {
            header,
            lines: lines?,
        })
    }

    /// Adds an event of the engine, in its lane.
    pub fn engine_event(&mut self, at: Timestamp, event: &Event) -> &mut Line {
        let Ok(Value::Object(mut fields)) = serde_json::to_value(event) else {
            unreachable!("an event is a tagged struct of plain fields");
        };
        fields.remove("event");
        if let Event::Sms { text, .. } = event {
            fields["text"] = without_number(text).into();
        }
        self.add(at, lane(event), fields)
    }

    /// Adds a line of the harness itself: what the operator does, and the end.
    pub fn add(&mut self, at: Timestamp, lane: &str, fields: Map<String, Value>) -> &mut Line {
        let n = self.lines.len() + 1;
        self.lines.push(Line {
            n,
            at: irkutsk(at),
            lane: lane.to_owned(),
            fields,
        });
        &mut self.lines[n - 1]
    }

    /// What the run was made of.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The events so far.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The step of the manual that was told of last, in the engine's events or a person's at a browser.
    pub fn last_step(&self) -> Option<String> {
        let steps = ["manual", "page"];
        let line = self
            .lines
            .iter()
            .rfind(|it| steps.contains(&it.lane.as_str()))?;
        line.fields.get("number")?.as_str().map(str::to_owned)
    }

    /// The file's text.
    pub fn to_json_lines(&self) -> String {
        let mut text = one_line(&self.header);
        for line in &self.lines {
            text.push('\n');
            text.push_str(&one_line(line));
        }
        text.push('\n');
        text
    }
}

/// A profile under the names that its file has.
fn told(timing: &Profile) -> Value {
    json!({
        "format": 1,
        "byte-us": timing.byte_us,
        "look-us": timing.look_us,
        "write-us": timing.write_us,
        "verify-us": timing.verify_us,
        "random-us": timing.random_us,
        "hash-us": timing.hash_us,
        "sign-gost-256-us": timing.sign_gost_256_us,
        "sign-gost-512-us": timing.sign_gost_512_us,
        "rsa-us": timing.rsa_us,
        "generate-gost-256-us": timing.generate_gost_256_us,
        "generate-gost-512-us": timing.generate_gost_512_us,
        "generate-rsa-us": timing.generate_rsa_us,
    })
}

fn read<T: DeserializeOwned>(index: usize, text: &str) -> Result<T, RecordingError> {
    serde_json::from_str(text).map_err(|error| RecordingError::Malformed {
        line: index + 1,
        error,
    })
}

/// The largest file read: a thousand times a whole enrollment.
const LARGEST: u64 = 256 << 20;

/// Why a file is no recording.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// It cannot be read.
    #[error("cannot read {path}: {error}")]
    Unreadable {
        /// As it was named.
        path: String,
        /// The system's reason.
        error: io::Error,
    },
    /// There is nothing in it.
    #[error("an empty file is no recording")]
    Empty,
    /// A line is not what the format has there.
    #[error("line {line} of the recording: {error}")]
    Malformed {
        /// From 1.
        line: usize,
        /// Where and why.
        error: serde_json::Error,
    },
    /// A later format.
    #[error("the recording has format {found}, this program reads format {FORMAT}")]
    Format {
        /// What it says.
        found: u32,
    },
}

fn one_line(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("plain structs with string keys")
}

const fn lane(event: &Event) -> &'static str {
    match event {
        Event::Step { .. } => "manual",
        Event::Apdu { .. } => "apdu",
        Event::Http { .. } => "http",
        Event::Sms { .. } => "sms",
        Event::Wait { .. } => "clock",
        Event::Journal { .. } => "journal",
        Event::Plan { .. } => "plan",
        Event::Warning { .. } => "note",
    }
}

/// RFC 3339 with the fixed offset +08:00: the manual's own wall clock, whatever zone the machine is in.
pub fn irkutsk(at: Timestamp) -> String {
    at.display_with_offset(Offset::constant(8)).to_string()
}

/// The time of day in Irkutsk, `09:00:00`.
pub fn time_of_day(at: Timestamp) -> String {
    at.to_zoned(TimeZone::fixed(Offset::constant(8)))
        .strftime("%H:%M:%S")
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_tells_of_a_slow_token_all_that_its_profile_has() {
        let hardware = Profile::hardware();
        let recording = Recording::new("slow", 1, Timestamp::UNIX_EPOCH).timed(&hardware);
        let kept = Recording::parse(&recording.to_json_lines()).expect("a recording");
        let timing = kept.header().timing.clone().expect("a profile");
        let again: Profile = serde_json::from_value(timing).expect("a profile");
        assert_eq!(again, hardware);
    }

    #[test]
    fn a_header_says_nothing_of_a_token_that_takes_no_time() {
        let recording = Recording::new("quick", 1, Timestamp::UNIX_EPOCH).timed(&Profile::none());
        assert!(!recording.to_json_lines().contains("timing"));
    }
}
