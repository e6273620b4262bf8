//! The table of a crash run: one row for each kind of effect, then what did not end well.

use std::fmt::Write as _;

use enroll::messages::Lang;

use super::{Half, Report, Room, Verdict};
use crate::lang::pick;

/// Draws the table.
pub fn render(report: &Report, lang: Lang) -> String {
    let mut text = row(&[
        pick(lang, "где", "room"),
        pick(lang, "действие", "effect"),
        pick(lang, "точек", "points"),
        pick(lang, "задето", "hit"),
        pick(lang, "исход тот же", "same end"),
    ]);
    for (room, what) in kinds(report) {
        let of_kind = |verdict: &&Verdict| {
            let effect = &report.effects[verdict.point.effect];
            effect.room == room && effect.what == what
        };
        let verdicts: Vec<&Verdict> = report.verdicts.iter().filter(of_kind).collect();
        text += &counted(room_word(room, lang), what, &verdicts, report);
    }
    let all: Vec<&Verdict> = report.verdicts.iter().collect();
    text += &counted(pick(lang, "всего", "total"), "", &all, report);
    text += &failures(report, lang);
    text
}

/// Each kind of effect once, in the order in which it first happens.
fn kinds(report: &Report) -> Vec<(Room, &str)> {
    let mut kinds = Vec::new();
    for effect in &report.effects {
        let kind = (effect.room, effect.what.as_str());
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    kinds
}

fn counted(room: &str, what: &str, verdicts: &[&Verdict], report: &Report) -> String {
    let hit = verdicts.iter().filter(|it| it.hit).count();
    let same = verdicts.iter().filter(|it| is_same(it, report)).count();
    row(&[
        room,
        what,
        &verdicts.len().to_string(),
        &hit.to_string(),
        &same.to_string(),
    ])
}

fn is_same(verdict: &Verdict, report: &Report) -> bool {
    verdict.ending.as_ref() == Ok(&report.expected)
}

fn row([room, what, points, hit, same]: &[&str; 5]) -> String {
    format!("{room:<8} {what:<48} {points:>7} {hit:>7} {same:>13}\n")
}

fn failures(report: &Report, lang: Lang) -> String {
    let mut text = String::new();
    for verdict in report
        .verdicts
        .iter()
        .filter(|it| !it.hit || !is_same(it, report))
    {
        let effect = &report.effects[verdict.point.effect];
        let ended = match &verdict.ending {
            Ok(ending) => format!("{ending:?}"),
            Err(why) => why.clone(),
        };
        let (number, half) = (
            verdict.point.effect + 1,
            half_word(verdict.point.half, lang),
        );
        let _ = writeln!(text, "{number}, {half} «{}»: {ended}", effect.what);
    }
    text
}

const fn room_word(room: Room, lang: Lang) -> &'static str {
    match room {
        Room::Token => pick(lang, "токен", "token"),
        Room::Portal => pick(lang, "портал", "portal"),
        Room::Journal => pick(lang, "журнал", "journal"),
    }
}

const fn half_word(half: Half, lang: Lang) -> &'static str {
    match half {
        Half::Before => pick(lang, "до", "before"),
        Half::Torn => pick(lang, "посреди", "in the middle of"),
        Half::After => pick(lang, "после", "after"),
    }
}
