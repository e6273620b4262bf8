//! Recorded lines beside those of a replay.

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

/// How many bytes of the lines are names of secrets or digests instead of the bytes themselves.
pub(super) fn masked(lines: &[Line]) -> usize {
    lines.iter().map(|line| names(&text(line))).sum()
}

/// All bytes of the lines.
pub(super) fn bytes(lines: &[Line]) -> usize {
    lines.iter().map(|line| text(line).len()).sum()
}

/// Bytes of `{pin:user}`, `{code:1}` and the like.
fn names(text: &str) -> usize {
    const SECRETS: [&str; 5] = ["{pin:", "{code:", "{session:", "{form:", "{phone"];
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
        assert_eq!(masked(&lines), "{pin:user}".len());
    }
}
