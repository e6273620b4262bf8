//! A replay as the page wants it: each difference field by field, long texts as the difference of their lines.

use serde_json::{Value, json};
use similar::{ChangeTag, TextDiff};

use crate::replay::{Difference, Replayed, Side};

/// More of them say nothing new, and a page has to open.
const MOST: usize = 500;

/// What came of the replay against `side`.
pub(super) fn told(side: Side, replayed: &Replayed) -> Value {
    let differences = replayed.differences.iter().take(MOST).map(difference);
    json!({
        "side": side.name(),
        "passed": replayed.passed(),
        "blind": !replayed.blind.is_empty(),
        "lines": replayed.lines,
        "bytes": replayed.bytes,
        "not_compared": replayed.not_compared,
        "count": replayed.differences.len(),
        "differences": differences.collect::<Vec<_>>(),
    })
}

fn difference(difference: &Difference) -> Value {
    let fields = difference.fields();
    let fields = fields
        .iter()
        .map(|(name, recorded, came)| field(name, recorded, came));
    json!({
        "at": difference.at,
        "recorded": difference.expected.is_some(),
        "came": difference.came,
        "fields": fields.collect::<Vec<_>>(),
    })
}

fn field(name: &str, recorded: &Value, came: &Value) -> Value {
    let (recorded, came) = (text(recorded), text(came));
    if recorded.contains('\n') || came.contains('\n') {
        return json!({ "name": name, "changes": changes(&recorded, &came) });
    }
    json!({ "name": name, "recorded": recorded, "came": came })
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// `["-", line]`, `["+", line]`, `[" ", line]`; a run of equal lines far from a change is `["…", ""]`.
fn changes(recorded: &str, came: &str) -> Vec<Value> {
    let diff = TextDiff::from_lines(recorded, came);
    let mut told = Vec::new();
    for (nth, group) in diff.grouped_ops(2).iter().enumerate() {
        if nth > 0 {
            told.push(json!(["…", ""]));
        }
        for change in group.iter().flat_map(|step| diff.iter_changes(step)) {
            let sign = match change.tag() {
                ChangeTag::Delete => "-",
                ChangeTag::Insert => "+",
                ChangeTag::Equal => " ",
            };
            told.push(json!([sign, change.value().trim_end_matches('\n')]));
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_line_of_a_page_stands_between_its_neighbours() {
        let recorded = "a\nb\nc\nd\ne\nf\n";
        let came = "a\nb\nc\nD\ne\nf\n";
        let told = field("answer.body", &json!(recorded), &json!(came));
        assert_eq!(
            told["changes"],
            json!([
                [" ", "b"],
                [" ", "c"],
                ["-", "d"],
                ["+", "D"],
                [" ", "e"],
                [" ", "f"]
            ])
        );
    }

    #[test]
    fn a_short_field_is_told_twice_and_a_missing_one_is_empty() {
        let told = field("response", &json!("9000"), &Value::Null);
        assert_eq!(
            told,
            json!({"name": "response", "recorded": "9000", "came": ""})
        );
    }
}
