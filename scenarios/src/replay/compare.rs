//! Recorded lines beside those of a replay.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::recording::Line;

/// A place where the replay is not as recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The recorded line, where one is missing or differs; otherwise the one before which something came unasked.
    pub at: usize,
    /// What was recorded.
    pub expected: Option<Line>,
    /// What came.
    pub came: Option<Line>,
}

impl Difference {
    /// Fields that are not the same: name, recorded, come.
    pub fn fields(&self) -> Vec<(String, Value, Value)> {
        let (Some(expected), Some(came)) = (&self.expected, &self.came) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        if expected.at != came.at {
            found.push((
                "at".to_owned(),
                expected.at.clone().into(),
                came.at.clone().into(),
            ));
        }
        unlike("", &expected.fields, &came.fields, &mut found);
        found
    }
}

/// Walks into objects, so that `answer.body` is named and not the whole answer.
fn unlike(
    path: &str,
    expected: &Map<String, Value>,
    came: &Map<String, Value>,
    found: &mut Vec<(String, Value, Value)>,
) {
    let only_came = came.keys().filter(|key| !expected.contains_key(*key));
    for key in expected.keys().chain(only_came) {
        let here = expected.get(key).unwrap_or(&Value::Null);
        let there = came.get(key).unwrap_or(&Value::Null);
        let name = format!("{path}{key}");
        match (here, there) {
            (Value::Object(here), Value::Object(there)) => {
                unlike(&format!("{name}."), here, there, found);
            }
            _ if here != there => found.push((name, here.clone(), there.clone())),
            _ => {}
        }
    }
}

/// Where `came` is not `recorded`, in order. Numbers of lines are not compared.
pub fn compare(recorded: &[Line], came: &[Line]) -> Vec<Difference> {
    let texts = |lines: &[Line]| lines.iter().map(text).collect::<Vec<_>>();
    let (old, new) = (texts(recorded), texts(came));
    let mut differences = Vec::new();
    for step in capture_diff_slices(Algorithm::Myers, &old, &new) {
        if matches!(step, DiffOp::Equal { .. }) {
            continue;
        }
        let (here, there) = (step.old_range(), step.new_range());
        let next = recorded.get(here.start).or(recorded.last());
        let at = next.map_or(0, |line| line.n);
        for index in 0..here.len().max(there.len()) {
            let expected = recorded[here.clone()].get(index).cloned();
            differences.push(Difference {
                at: expected.as_ref().map_or(at, |line| line.n),
                expected,
                came: came[there.clone()].get(index).cloned(),
            });
        }
    }
    differences
}

fn text(line: &Line) -> String {
    let fields = serde_json::to_string(&line.fields).unwrap_or_default();
    format!("{} {} {fields}", line.lane, line.at)
}

/// How much of each lane was looked at.
#[derive(Debug, Default)]
pub(super) struct Tally(BTreeMap<String, Bytes>);

#[derive(Debug, Default)]
struct Bytes {
    all: usize,
    not_compared: usize,
}

impl Tally {
    /// Of lines that were compared.
    pub(super) fn of(lines: &[Line]) -> Self {
        let mut tally = Self::default();
        for line in lines {
            let text = text(line);
            tally.add(&line.lane, text.len(), names(&text));
        }
        tally
    }

    /// Counts a line that nothing was said of.
    pub(super) fn pass_over(&mut self, line: &Line) {
        let length = text(line).len();
        self.add(&line.lane, length, length);
    }

    /// Counts bytes of a lane's compared lines that were bound to names.
    pub(super) fn bound(&mut self, lane: &str, bytes: usize) {
        self.add(lane, 0, bytes);
    }

    fn add(&mut self, lane: &str, all: usize, not_compared: usize) {
        let bytes = self.0.entry(lane.to_owned()).or_default();
        bytes.all += all;
        bytes.not_compared += not_compared;
    }

    pub(super) fn bytes(&self) -> usize {
        self.0.values().map(|bytes| bytes.all).sum()
    }

    pub(super) fn not_compared(&self) -> usize {
        self.0.values().map(|bytes| bytes.not_compared).sum()
    }

    /// The lanes of which too little was compared.
    pub(super) fn blind(&self) -> Vec<String> {
        let blind = |bytes: &Bytes| bytes.not_compared * 100 > bytes.all * BLIND_AT_MOST;
        let lanes = self.0.iter().filter(|(_, bytes)| blind(bytes));
        lanes.map(|(lane, _)| lane.clone()).collect()
    }
}

/// More than this of a lane uncompared proves nothing; in percent.
const BLIND_AT_MOST: usize = 10;

/// Bytes of `{pin:user}`, `{code:1}` and the like.
fn names(text: &str) -> usize {
    const SECRETS: [&str; 6] = [
        "{pin:",
        "{code:",
        "{digits:",
        "{session:",
        "{form:",
        "{phone",
    ];
    let one = |start: &str| {
        let lengths = text.split(start).skip(1);
        lengths
            .map(|rest| start.len() + rest.find('}').map_or(0, |end| end + 1))
            .sum::<usize>()
    };
    SECRETS.iter().map(|start| one(start)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn line(n: usize, fields: Value) -> Line {
        let Value::Object(fields) = fields else {
            panic!("an object");
        };
        Line {
            n,
            at: "2018-12-13T09:00:00+08:00".to_owned(),
            lane: "apdu".to_owned(),
            fields,
        }
    }

    #[test]
    fn a_changed_field_is_named_by_its_path() {
        let recorded = [line(1, json!({"answer": {"body": "a", "type": "t"}}))];
        let came = [line(9, json!({"answer": {"body": "b", "type": "t"}}))];
        let found = compare(&recorded, &came);
        assert_eq!(
            found[0].fields(),
            [("answer.body".to_owned(), json!("a"), json!("b"))]
        );
    }

    #[test]
    fn a_missing_and_a_surplus_line_do_not_shift_the_others() {
        let all: Vec<_> = (1..5).map(|n| line(n, json!({ "command": n }))).collect();
        let without = [all[0].clone(), all[2].clone(), all[3].clone()];
        let found = compare(&all, &without);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].at, &found[0].came), (2, &None));
        let found = compare(&without, &all);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].at, &found[0].expected), (3, &None));
    }

    #[test]
    fn names_of_secrets_are_counted_as_not_compared() {
        let lines = [line(1, json!({"command": "00200002{pin:user}"}))];
        assert_eq!(Tally::of(&lines).not_compared(), "{pin:user}".len());
    }

    #[test]
    fn a_lane_is_blind_when_a_byte_more_than_a_tenth_of_it_was_not_compared() {
        for (not_compared, blind) in [(100, false), (101, true)] {
            let mut tally = Tally::default();
            tally.add("apdu", 1000, not_compared);
            assert_eq!(!tally.blind().is_empty(), blind, "{not_compared}");
        }
    }

    #[test]
    fn a_lane_is_not_seen_better_for_another_beside_it() {
        let mut tally = Tally::of(&[line(1, json!({ "response": "00".repeat(9000) }))]);
        let sms = Line {
            lane: "sms".to_owned(),
            ..line(2, json!({"text": "Код"}))
        };
        tally.pass_over(&sms);
        assert_eq!(tally.blind(), ["sms"]);
    }
}
