//! `KNOBS.md` and the code name the same knobs, and each has its reason.

use std::collections::BTreeSet;

use mock_ca::{Fault, Mischief, Room, Settings};
use serde_json::{Value, json};

const PAGE: &str = include_str!("../../KNOBS.md");

/// First and last cell of every row of the tables, the heads left out.
fn rows() -> Vec<(String, String)> {
    let rows = PAGE.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.map(|row| {
        let cells: Vec<_> = row.trim_end_matches(" |").split(" | ").collect();
        assert_eq!(cells.len(), 3, "a name, what it does, why: {row}");
        (
            cells[0].trim_end_matches('`').to_owned(),
            cells[2].to_owned(),
        )
    })
    .collect()
}

/// Every setting by its dotted name.
fn names(prefix: &str, value: &Value, into: &mut BTreeSet<String>) {
    for (key, value) in value.as_object().unwrap() {
        match value {
            Value::Object(inner) if !inner.contains_key("min") => {
                names(&format!("{prefix}{key}."), value, into);
            }
            _ => drop(into.insert(format!("{prefix}{key}"))),
        }
    }
}

fn word(what: &Mischief) -> String {
    match json!(what) {
        Value::String(word) => word,
        value => value.as_object().unwrap().keys().next().unwrap().clone(),
    }
}

#[test]
fn every_knob_and_fault_is_documented_and_nothing_else_is() {
    let mut wanted = BTreeSet::new();
    names("", &json!(Settings::default()), &mut wanted);
    for room in [Room::Portal, Room::Sms, Room::Ca] {
        let room_name = json!(room);
        let words = room.mischiefs().iter().map(word);
        wanted.extend(words.map(|word| format!("{}: {word}", room_name.as_str().unwrap())));
    }
    let documented: BTreeSet<_> = rows().into_iter().map(|(name, _)| name).collect();
    let missing: Vec<_> = wanted.difference(&documented).collect();
    let unknown: Vec<_> = documented.difference(&wanted).collect();
    assert!(
        missing.is_empty() && unknown.is_empty(),
        "KNOBS.md lacks {missing:?} and has {unknown:?} that no longer exist"
    );
}

#[test]
fn every_knob_says_why_a_client_should_survive_it() {
    for (name, why) in rows() {
        assert!(why.chars().count() > 20, "{name}: {why}");
    }
}

#[test]
fn the_plan_in_the_page_is_a_plan() {
    let (_, rest) = PAGE.split_once("```toml\n").unwrap();
    let settings: Settings = toml::from_str(rest.split_once("```").unwrap().0).unwrap();
    let Fault { room, nth, .. } = settings.faults[0];
    assert_eq!((room, nth), (Room::Portal, 12));
    assert!(settings.check().is_ok());
}
