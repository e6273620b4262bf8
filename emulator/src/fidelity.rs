//! How far the emulated token can be trusted to be like the device: every behaviour with what it rests on.
//!
//! Each row stands beside the code that behaves so; this module only gathers them.
#![doc = include_str!("../FIDELITY.md")]

use crate::{access, card, timing, vpcd};

/// What a behaviour rests on, from the firmest ground to none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Evidence {
    /// A public standard says so: ISO/IEC 7816, PKCS#15, an RFC.
    Spec,
    /// OpenSC's driver for the token depends on it.
    Driver,
    /// Unmodified programs of OpenSC 0.23.0 were recorded doing it, and work with this answer.
    Recording,
    /// Owners of the device published it, or its vendor did.
    Report,
    /// No source backs it: chosen once, at the place in the code that says so.
    Assumed,
}

/// One behaviour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// Class and instruction; `None` where it is about no single command.
    pub command: Option<[u8; 2]>,
    /// Name of the command, or what else it is about.
    pub subject: &'static str,
    /// What the emulated token does.
    pub behaviour: &'static str,
    /// What that rests on.
    pub evidence: Evidence,
}

/// A command whose rows follow.
#[derive(Clone, Copy)]
pub(crate) struct Subject(pub Option<[u8; 2]>, pub &'static str);

impl Subject {
    pub(crate) const fn row(self, behaviour: &'static str, evidence: Evidence) -> Row {
        Row {
            command: self.0,
            subject: self.1,
            behaviour,
            evidence,
        }
    }
}

/// Every row, by subject.
pub fn rows() -> impl Iterator<Item = &'static Row> {
    let tables: [&[Row]; _] = [
        vpcd::FIDELITY,
        card::FIDELITY,
        card::chaining::FIDELITY,
        card::selection::FIDELITY,
        card::files::FIDELITY,
        access::FIDELITY,
        card::pins::FIDELITY,
        card::keys::FIDELITY,
        card::operations::FIDELITY,
        timing::FIDELITY,
    ];
    tables.into_iter().flatten()
}

/// The table in Markdown, as `FIDELITY.md` holds it.
#[must_use]
pub fn markdown() -> String {
    let line = |row: &Row| {
        let bytes = row
            .command
            .map_or_else(String::new, |[class, instruction]| {
                format!("`{class:02X} {instruction:02X}`")
            });
        let Row {
            subject, behaviour, ..
        } = row;
        format!(
            "| {subject} | {bytes} | {behaviour} | {} |\n",
            row.evidence.word()
        )
    };
    let lines: String = rows().map(line).collect();
    format!("{HEAD}{lines}")
}

impl Evidence {
    /// The word of the table.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Spec => "spec",
            Self::Driver => "driver",
            Self::Recording => "recording",
            Self::Report => "report",
            Self::Assumed => "**assumed**",
        }
    }
}

const HEAD: &str = "\
# What each behaviour rests on

There is no public specification of the token. *spec*: a public standard says so; *driver*: OpenSC's driver depends on
it; *recording*: programs of OpenSC 0.23.0 were recorded doing it and work with this answer; *report*: owners of the device, or
its vendor, published it; *assumed*: nothing backs it, it was chosen once.

Generated from the code: `UPDATE=1 cargo test -p emulator --test it fidelity`.

| what | bytes | behaviour | evidence |
|---|---|---|---|
";
