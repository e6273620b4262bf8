//! Which scenario watches which step of the manual: the table of `scenarios/COVERAGE.md`.
//!
//! A step counts for a scenario when its recording holds an event labelled with it and its file an expectation on
//! that event, which fails once the event is taken away.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use enroll::messages::{self, Lang};
use serde_json::Value;

use crate::recording::Line;
use crate::scenario::Scenario;

/// The table as it was last generated; a test keeps it true.
pub const TABLE: &str = include_str!("../COVERAGE.md");

/// The rows in the manual's order: its steps and warnings, and its two waits behind the steps they belong to.
pub fn rows() -> Vec<(String, String)> {
    let mut rows = Vec::new();
    for number in messages::STEPS {
        let title = messages::title(number, Lang::En).unwrap_or_default();
        rows.push((number.to_owned(), title.clone()));
        if WAITS.contains(&number) {
            rows.push((wait(number), format!("{title}: the wait itself")));
        }
    }
    rows
}

/// The row an event of a recording belongs to, if any.
pub fn row(line: &Line) -> Option<String> {
    let field = |name: &str| line.fields.get(name).and_then(Value::as_str);
    let number = field("number").filter(|_| line.lane == "manual")?;
    let waits = WAITS.contains(&number) && field("what")?.contains("is awaited");
    Some(if waits {
        wait(number)
    } else {
        number.to_owned()
    })
}

/// The rows that a scenario counts for, each with the positions of the events it watches there.
pub fn watched(scenario: &Scenario, lines: &[Line]) -> BTreeMap<String, Vec<usize>> {
    let mut watched: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for expectation in &scenario.events {
        if !expectation.holds(lines.iter()) {
            continue;
        }
        for at in expectation.met_by(lines.iter()) {
            if let Some(row) = row(&lines[at]) {
                watched.entry(row).or_default().push(at);
            }
        }
    }
    watched
}

/// The positions of watched events that could be taken away without any expectation failing; none, if all is well.
pub fn unguarded(scenario: &Scenario, lines: &[Line]) -> Vec<usize> {
    let held = |without: usize| {
        let left = || {
            let kept = lines.iter().enumerate();
            kept.filter(move |(at, _)| *at != without)
                .map(|(_, line)| line)
        };
        let events = scenario.events.iter();
        events
            .filter(|event| !event.is_of_pages())
            .all(|event| event.holds(left()))
    };
    let all = watched(scenario, lines).into_values().flatten();
    all.filter(|at| held(*at)).collect()
}

/// Draws the table: each row with the scenarios that watch it.
pub fn table(by_row: &BTreeMap<String, Vec<String>>) -> String {
    let mut text = String::from(HEAD);
    for (number, title) in rows() {
        let scenarios = by_row.get(&number).map_or(&[][..], Vec::as_slice);
        let names: Vec<String> = scenarios.iter().map(|name| format!("`{name}`")).collect();
        let _ = writeln!(
            text,
            "| {number} | {title} | {} | {} |",
            scenarios.len(),
            names.join(" ")
        );
    }
    text
}

fn wait(number: &str) -> String {
    format!("{number} wait")
}

const WAITS: [&str; 2] = ["1.12", "1.13"];

const HEAD: &str = "\
# Which scenario watches which step

Generated (`UPDATE=1 cargo test -p scenarios --test suite`). A scenario counts for a step when its recording holds an
event of that step and its file an `[[expect]]` on it that fails as soon as the event is missing. A1 … A9 are the steps
of Приложение 1, W1 … W4 the manual's warnings.

| step | the manual | scenarios | which |
|---|---|---|---|
";
