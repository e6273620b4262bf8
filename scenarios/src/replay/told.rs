//! A replay in words for a person: which line, what was recorded, what came, and the lines around.

use std::fmt::Write as _;

use enroll::messages::Lang;
use serde_json::Value;
use similar::TextDiff;

use super::{Difference, Replayed, Side};
use crate::lang::pick;
use crate::recording::{Line, Recording};
use crate::transcript;

/// The verdict in one line, and below it the first difference when there is one.
pub fn render(recording: &Recording, side: Side, replayed: &Replayed, lang: Lang) -> String {
    let mut text = verdict(side, replayed, lang);
    if let Some(first) = replayed.differences.first() {
        text.push_str(&difference(recording, first, lang));
    }
    text
}

fn verdict(side: Side, replayed: &Replayed, lang: Lang) -> String {
    let name = side.name();
    let (lines, bytes, blind) = (replayed.lines, replayed.bytes, replayed.not_compared);
    let differences = replayed.differences.len();
    let compared = match lang {
        Lang::Ru => format!("строк: {lines}, байт: {bytes}, из них не сравнивались: {blind}"),
        Lang::En => format!("{lines} lines, {bytes} bytes, {blind} of them not compared"),
    };
    let how = if differences > 0 {
        match lang {
            Lang::Ru => format!("РАСХОЖДЕНИЙ: {differences}"),
            Lang::En => format!("DIFFERENCES: {differences}"),
        }
    } else if replayed.lines == 0 {
        pick(lang, "СРАВНИВАТЬ НЕЧЕГО", "NOTHING TO COMPARE").to_owned()
    } else if !replayed.blind.is_empty() {
        let lanes = replayed.blind.join(", ");
        match lang {
            Lang::Ru => format!("СРАВНЕНО СЛИШКОМ МАЛО ({lanes})"),
            Lang::En => format!("TOO LITTLE WAS COMPARED ({lanes})"),
        }
    } else {
        pick(lang, "как записано", "as recorded").to_owned()
    };
    format!("{name:<7} {how}; {compared}\n")
}

/// One difference with the lines around it.
pub fn difference(recording: &Recording, difference: &Difference, lang: Lang) -> String {
    let mut text = String::new();
    let headline = match (&difference.expected, &difference.came) {
        (Some(_), Some(_)) => pick(lang, "иначе, чем записано", "is not as recorded"),
        (Some(_), None) => pick(
            lang,
            "записано, но не произошло",
            "was recorded and did not happen",
        ),
        (None, _) => pick(
            lang,
            "перед ней произошло незаписанное",
            "something that was not recorded came before it",
        ),
    };
    let line = pick(lang, "строка", "line");
    writeln!(text, "  {line} {}: {headline}", difference.at).expect("a String takes everything");
    for (name, recorded, came) in difference.fields() {
        text.push_str(&field(&name, &recorded, &came, lang));
    }
    if let (None, Some(came)) = (&difference.expected, &difference.came) {
        text.push_str(&indented("    + ", &transcript::entry(came)));
    }
    text.push_str(&around(recording, difference.at));
    text
}

/// One field twice; a long text as the difference of its lines.
fn field(name: &str, recorded: &Value, came: &Value, lang: Lang) -> String {
    let (recorded, came) = (shown(recorded), shown(came));
    if recorded.contains('\n') || came.contains('\n') {
        let changes = TextDiff::from_lines(&recorded, &came);
        let changes = changes.unified_diff().context_radius(2).to_string();
        return format!("    {name}:\n{}", indented("      ", &cut(&changes)));
    }
    let mark = unlike_at(&recorded, &came);
    let (here, there) = (
        pick(lang, "записано", "recorded"),
        pick(lang, "пришло", "came"),
    );
    format!(
        "    {name}\n      {here:<9} {}\n      {there:<9} {}\n",
        window(&recorded, mark),
        window(&came, mark)
    )
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "–".to_owned(),
        other => other.to_string(),
    }
}

/// The first place where the two differ, in characters.
fn unlike_at(one: &str, other: &str) -> usize {
    let same = one.chars().zip(other.chars()).take_while(|(a, b)| a == b);
    same.count()
}

/// A long text from a little before the place that matters, which is put in brackets.
fn window(text: &str, at: usize) -> String {
    const BEFORE: usize = 24;
    const SHOWN: usize = 72;
    let from = at.saturating_sub(BEFORE);
    let before: String = text.chars().skip(from).take(at - from).collect();
    let unlike: String = text.chars().skip(at).take(2).collect();
    let after: String = text.chars().skip(at + 2).take(SHOWN).collect();
    let start = if from > 0 { "…" } else { "" };
    let end = if text.chars().count() > at + 2 + SHOWN {
        "…"
    } else {
        ""
    };
    format!("{start}{before}[{unlike}]{after}{end}")
}

/// The recorded lines next to the one, as the transcript has them.
fn around(recording: &Recording, at: usize) -> String {
    const NEAR: usize = 3;
    let mut text = String::new();
    for line in recording.lines() {
        if line.n + NEAR >= at && line.n <= at + NEAR {
            let mark = if line.n == at { ">" } else { " " };
            text.push_str(&indented(&format!("  {mark} "), &first(line)));
        }
    }
    text
}

fn first(line: &Line) -> String {
    let entry = transcript::entry(line);
    format!(
        "{:>5}  {}\n",
        line.n,
        entry.lines().next().unwrap_or_default()
    )
}

fn indented(with: &str, text: &str) -> String {
    text.lines().map(|line| format!("{with}{line}\n")).collect()
}

/// The first lines of a long difference: the rest rarely says more.
fn cut(text: &str) -> String {
    const LINES: usize = 24;
    let mut lines: Vec<_> = text.lines().collect();
    if lines.len() > LINES {
        lines.truncate(LINES);
        lines.push("…");
    }
    lines.join("\n")
}
