//! Which commands, requests and lines are effects, and how many a clean run had by its own account.

use std::path::Path;

use serde_json::Value;

use super::CrashError;
use super::fuse::{Effect, Room};
use crate::recording::Recording;

/// The name of a command that writes to the token's memory; a PIN counts, since it moves a counter.
pub(super) fn writing(command: &[u8]) -> Option<&'static str> {
    let (ins, has_data) = (*command.get(1)?, command.len() > 5);
    named(ins, has_data)
}

const fn named(ins: u8, has_data: bool) -> Option<&'static str> {
    Some(match ins {
        0x20 if has_data => "VERIFY",
        0x24 => "CHANGE REFERENCE DATA",
        0x2C => "RESET RETRY COUNTER",
        0x46 => "GENERATE ASYMMETRIC KEY PAIR",
        0xD6 => "UPDATE BINARY",
        0xDA => "PUT DATA",
        0xE0 => "CREATE FILE",
        0xE4 => "DELETE FILE",
        _ => return None,
    })
}

/// The name of any command, as ISO/IEC 7816-4 has it.
pub(crate) fn name(command: &[u8]) -> &'static str {
    match (command.first(), command.get(1)) {
        (Some(0x80), Some(0x40)) => "LOG OUT",
        (_, Some(0x20)) if command.len() <= 5 => "VERIFY: tries left?",
        (_, Some(0x22)) => "MANAGE SECURITY ENVIRONMENT",
        (_, Some(0x2A)) => "PERFORM SECURITY OPERATION",
        (_, Some(0x84)) => "GET CHALLENGE",
        (_, Some(0xA4)) => "SELECT",
        (_, Some(0xB0)) => "READ BINARY",
        (_, Some(0xC0)) => "GET RESPONSE",
        (_, Some(0xCA)) => "GET DATA",
        _ => writing(command).unwrap_or("another command"),
    }
}

/// A request that changes the portal, as the table names it.
pub(super) fn posting(path: &str) -> String {
    format!("POST {path}")
}

/// A line of the journal in a few words.
pub(crate) fn line(bytes: &[u8]) -> String {
    let value: Value = serde_json::from_slice(bytes).unwrap_or_default();
    let word = |outer: &str, inner: &str| Some(value.get(outer)?.get(inner)?.as_str()?.to_owned());
    match (word("intend", "to"), word("fact", "is")) {
        (Some(intent), _) => format!("intends to {intent}"),
        (None, Some(fact)) => format!("fact {fact}"),
        (None, None) => "first line".to_owned(),
    }
}

/// Compares what the rooms saw in a clean run with what its recording and its journal tell.
pub(super) fn agree(met: &[Effect], recording: &Recording, state: &Path) -> Result<(), CrashError> {
    let (lines, others): (Vec<_>, Vec<_>) =
        met.iter().partition(|effect| effect.room == Room::Journal);
    let journal = journal(state).map_err(CrashError::Journal)?;
    let recorded = recorded(recording);
    let total = journal.len() + recorded.len();
    for (told, seen) in [(&recorded, &others), (&journal, &lines)] {
        let differs =
            (0..told.len().max(seen.len())).find(|at| told.get(*at) != seen.get(*at).copied());
        if let Some(at) = differs {
            return Err(CrashError::Miscounted {
                recorded: total,
                met: met.len(),
                first: format!("{:?} and {:?}", told.get(at), seen.get(at)),
            });
        }
    }
    Ok(())
}

/// What the recording tells of token and portal.
fn recorded(recording: &Recording) -> Vec<Effect> {
    let effects = recording.lines().iter().filter_map(|line| {
        let text = |name: &str| line.fields.get(name).and_then(Value::as_str);
        match line.lane.as_str() {
            "apdu" => {
                let command = text("command")?;
                let ins = u8::from_str_radix(command.get(2..4)?, 16).ok()?;
                let what = named(ins, command.len() > 10)?.to_owned();
                Some(Effect {
                    room: Room::Token,
                    what,
                })
            }
            "http" if text("method") == Some("POST") => {
                let path = text("path")?.split('?').next()?;
                Some(Effect {
                    room: Room::Portal,
                    what: posting(path),
                })
            }
            _ => None,
        }
    });
    effects.collect()
}

/// The lines of every journal in the state folder.
fn journal(state: &Path) -> std::io::Result<Vec<Effect>> {
    let mut effects = Vec::new();
    for entry in state.read_dir()? {
        let path = entry?.path();
        if path.extension().is_some_and(|it| it == "jsonl") {
            let text = std::fs::read_to_string(path)?;
            effects.extend(text.lines().map(|text| Effect {
                room: Room::Journal,
                what: line(text.as_bytes()),
            }));
        }
    }
    Ok(effects)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_no_effects_and_acts_are() {
        assert_eq!(writing(&[0x00, 0x20, 0x00, 0x02]), None);
        assert_eq!(writing(&[0x00, 0xB0, 0x00, 0x00, 0x10]), None);
        assert_eq!(
            writing(&[0x00, 0x20, 0x00, 0x02, 0x01, 0x31]),
            Some("VERIFY")
        );
        assert_eq!(writing(&[0x00, 0xE4, 0x00, 0x00]), Some("DELETE FILE"));
        assert_eq!(writing(&[]), None);
    }

    #[test]
    fn lines_are_told_by_what_they_say() {
        assert_eq!(
            line(br#"{"intend":{"to":"send-request"}}"#),
            "intends to send-request"
        );
        assert_eq!(
            line(br#"{"fact":{"is":"request-sent"}}"#),
            "fact request-sent"
        );
        assert_eq!(line(b"{}"), "first line");
    }
}
