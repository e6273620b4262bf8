//! The table of a fault run: one row for each kind of fault, then what did not end well.

use std::fmt::Write as _;

use enroll::messages::Lang;

use super::{Cell, Class, Report, Trouble};
use crate::lang::pick;

/// Draws the table.
pub fn render(report: &Report, lang: Lang) -> String {
    let mut text = row(&[
        pick(lang, "где", "room"),
        pick(lang, "что", "fault"),
        pick(lang, "случаев", "calls"),
        pick(lang, "прошёл сам", "finished"),
        pick(lang, "возобновлён", "resumed"),
        pick(lang, "сбой", "failed"),
    ]);
    for kind in kinds(report) {
        let of_kind = report.cells.iter().filter(|cell| named(cell) == kind);
        let cells: Vec<&Cell> = of_kind.collect();
        text += &counted(kind.0, &kind.1, &cells);
    }
    let all: Vec<&Cell> = report.cells.iter().collect();
    text += &counted(pick(lang, "всего", "total"), "", &all);
    for cell in report.failed() {
        let Class::Failed(why) = &cell.class else {
            continue;
        };
        let _ = writeln!(
            text,
            "\n{}: {why}\n  {}",
            cell.call,
            described(&cell.trouble)
        );
    }
    text
}

fn kinds(report: &Report) -> Vec<(&'static str, String)> {
    let mut kinds = Vec::new();
    for cell in &report.cells {
        let kind = named(cell);
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    kinds
}

/// The row a cell belongs to.
fn named(cell: &Cell) -> (&'static str, String) {
    match &cell.trouble {
        Trouble::Call(fault) => (fault.room.name(), fault.what.name()),
        Trouble::Mock(fault) => {
            let room = match fault.room {
                mock_ca::Room::Sms => "sms",
                mock_ca::Room::Ca => "ca",
                mock_ca::Room::Portal => "portal",
            };
            let what = serde_json::to_value(fault.what).unwrap_or_default();
            let name = what
                .as_str()
                .map(str::to_owned)
                .or_else(|| Some(what.as_object()?.keys().next()?.clone()));
            (room, name.unwrap_or_default())
        }
        Trouble::WrongCode { .. } => ("sms", "wrong-code".to_owned()),
    }
}

/// As a scenario's file would have it.
fn described(trouble: &Trouble) -> String {
    match trouble {
        Trouble::Call(fault) => toml::to_string(fault)
            .unwrap_or_default()
            .trim_end()
            .replace('\n', ", "),
        Trouble::Mock(fault) => serde_json::to_string(fault).unwrap_or_default(),
        Trouble::WrongCode { step } => format!("with.wrong_code at step {step}"),
    }
}

fn counted(room: &str, what: &str, cells: &[&Cell]) -> String {
    let count = |is: fn(&Class) -> bool| {
        let of_class = cells.iter().filter(|cell| is(&cell.class));
        of_class.count().to_string()
    };
    row(&[
        room,
        what,
        &cells.len().to_string(),
        &count(|class| *class == Class::Finished),
        &count(|class| matches!(class, Class::Resumed(_))),
        &count(|class| matches!(class, Class::Failed(_))),
    ])
}

fn row([room, what, calls, finished, resumed, failed]: &[&str; 6]) -> String {
    format!("{room:<8} {what:<16} {calls:>8} {finished:>12} {resumed:>12} {failed:>8}\n")
}
