//! The transcript: a recording as text that a person reads and a diff compares.
//!
//! Each event is a line: scenario time, lane, what happened; long matter (bytes, portal texts) follows indented.
//! English, with the portal's texts as printed, whatever the reader's language is.

use std::fmt::Write as _;

use serde_json::Value;

use crate::recording::{Line, Recording};

/// The whole transcript.
pub fn render(recording: &Recording) -> String {
    let header = recording.header();
    let seed = header.seed.map(|seed| format!("seed {seed}  "));
    let mut text = format!(
        "{}  {}{}\n",
        header.scenario,
        seed.unwrap_or_default(),
        header.epoch
    );
    for line in recording.lines() {
        text.push_str(&entry(line));
    }
    text
}

/// One event.
pub fn entry(line: &Line) -> String {
    let field = |name: &str| {
        line.fields
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let value = |name: &str| line.fields.get(name).unwrap_or(&Value::Null);
    let (label, first, rest) = match line.lane.as_str() {
        "page" => {
            let figure = line.fields.get("figure").and_then(Value::as_u64);
            let figure = figure.map_or_else(String::new, |number| format!(" (Рис. {number})"));
            let first = format!("person: {}{figure}", field("what"));
            (field("number"), first, quoted(field("portal_text")))
        }
        "manual" => {
            let first = format!("{}: {}", field("who"), field("what"));
            (field("number"), first, quoted(field("portal_text")))
        }
        "apdu" => {
            let bytes = format!(
                "> {}\n< {}",
                short(field("command")),
                short(field("response"))
            );
            ("apdu", field("meaning").to_owned(), bytes)
        }
        "http" => {
            let first = format!(
                "{} {} -> {} {}",
                field("method"),
                field("path"),
                status(line),
                field("title")
            );
            ("http", first, form(line))
        }
        "sms" => ("sms", format!("«{}»", field("text")), String::new()),
        "clock" => (
            "clock",
            format!("{} s pass: {}", value("for_secs"), field("why")),
            String::new(),
        ),
        "plan" => ("plan", "before anything is deleted".to_owned(), plan(line)),
        "journal" => ("journal", value("fact").to_string(), String::new()),
        lane => {
            let says = match lane {
                "operator" | "pkcs11" | "note" | "error" | "proof" | "verdict" | "end" => {
                    field("text").to_owned()
                }
                _ => unknown(line),
            };
            let (first, rest) = says.split_once('\n').unwrap_or((&says, ""));
            (lane, first.to_owned(), rest.to_owned())
        }
    };
    let mut text = format!("{}  {label:<8}  {first}\n", time_of_day(&line.at));
    for more in rest.lines() {
        writeln!(text, "{:20}{more}", "").expect("a String takes everything");
    }
    text
}

/// All fields of a line whose lane means nothing here, one a line.
fn unknown(line: &Line) -> String {
    let fields = line.fields.iter().map(|(name, value)| match value {
        Value::String(text) => format!("{name}: {text}"),
        other => format!("{name}: {other}"),
    });
    fields.collect::<Vec<_>>().join("\n")
}

/// `09:00:00` of `2018-12-13T09:00:00+08:00`.
fn time_of_day(at: &str) -> &str {
    at.split_once('T')
        .and_then(|(_, time)| time.get(..8))
        .unwrap_or(at)
}

fn quoted(portal_text: &str) -> String {
    if portal_text.is_empty() {
        String::new()
    } else {
        format!("«{portal_text}»")
    }
}

/// An answer's status; where none came, why.
fn status(line: &Line) -> String {
    let lost = || line.fields.get("answer")?.get("lost")?.as_str();
    match line.fields.get("status") {
        Some(status) => status.to_string(),
        None => lost().unwrap_or("no answer").to_owned(),
    }
}

/// What goes and what stays.
fn plan(line: &Line) -> String {
    let list = |name: &str, says: &str| -> String {
        let items = line
            .fields
            .get(name)
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        items
            .map(|item| format!("{says}: {}\n", item.as_str().unwrap_or_default()))
            .collect()
    };
    list("deletes", "delete") + &list("keeps", "keep")
}

/// Fields of a form, one a line, a long one by its beginning.
fn form(line: &Line) -> String {
    const SHOWN: usize = 80;
    let Some(fields) = line.fields.get("form").and_then(Value::as_array) else {
        return String::new();
    };
    let mut text = String::new();
    for pair in fields {
        let value = pair[1].as_str().unwrap_or_default().replace('\n', "⏎");
        let shown: String = value.chars().take(SHOWN).collect();
        let more = if shown.len() < value.len() { "…" } else { "" };
        writeln!(
            text,
            "{} = {shown}{more}",
            pair[0].as_str().unwrap_or_default()
        )
        .expect("a String takes everything");
    }
    text
}

/// Hex with long runs of zero bytes told by their number; the recording has every byte.
fn short(hex: &str) -> String {
    const RUN: usize = 8;
    let mut text = String::new();
    let mut zeros = 0;
    let bytes = hex
        .as_bytes()
        .chunks(2)
        .map(|pair| std::str::from_utf8(pair).unwrap_or("??"));
    for byte in bytes.chain([""]) {
        if byte == "00" {
            zeros += 1;
            continue;
        }
        if zeros < RUN {
            text.push_str(&"00".repeat(zeros));
        } else {
            write!(text, "(00×{zeros})").expect("a String takes everything");
        }
        zeros = 0;
        text.push_str(byte);
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Line, entry, short};

    #[test]
    fn a_lane_that_nobody_knows_is_shown_with_its_fields() {
        let line = json!({"n": 1, "at": "2018-12-13T09:00:00+08:00", "lane": "smell", "of": "roses", "for": 3});
        let line: Line = serde_json::from_value(line).expect("a line");
        let shown = "09:00:00  smell     of: roses\n                    for: 3\n";
        assert_eq!(entry(&line), shown);
    }

    #[test]
    fn a_known_lane_without_its_fields_is_shown_too() {
        for lane in ["http", "clock", "journal", "apdu", "page"] {
            let line = json!({"n": 1, "at": "2018-12-13T09:00:00+08:00", "lane": lane});
            let line: Line = serde_json::from_value(line).expect("a line");
            assert!(entry(&line).starts_with("09:00:00  "), "{lane}");
        }
    }

    #[test]
    fn long_runs_of_zeros_are_counted_and_short_ones_stay() {
        assert_eq!(short("30470000ff"), "30470000ff");
        assert_eq!(
            short(&format!("30{}9000", "00".repeat(96))),
            "30(00×96)9000"
        );
        assert_eq!(short("00200002{pin:user}"), "00200002{pin:user}");
        assert_eq!(short(""), "");
    }
}
