//! What goes wrong at one call: data, met by the rooms of a run.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One planned fault: at the `nth` call of a step into `room`, this happens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, try_from = "Written")]
pub struct Fault {
    /// During which `[[step]]` of the file, from 1.
    pub step: usize,
    /// Where.
    pub room: Room,
    /// Only calls whose name holds this are counted: `GENERATE`, `POST /request`, `fact request-sent`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub at: String,
    /// Which of these calls, from 1.
    pub nth: u32,
    /// How many of them in a row; 0: all from that one on, to the end of the step.
    pub times: u32,
    /// What happens.
    pub what: Mischief,
}

/// What calls are counted.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Room {
    /// A command to the token.
    Token,
    /// A request to the portal.
    Portal,
    /// A look into the phone's inbox.
    Inbox,
    /// A line of the journal.
    Journal,
    /// A wait of the engine's.
    Clock,
}

/// What can happen to a call.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Mischief {
    /// Token: answers 6F00 and does nothing.
    #[serde(rename = "6F00")]
    InternalError,
    /// Token: answers 6982 and does nothing.
    #[serde(rename = "6982")]
    NotPermitted,
    /// Token: answers 6A84 and does nothing.
    #[serde(rename = "6A84")]
    NoSpace,
    /// Token: pulled out before the command, and not back before the step is over.
    Removed,
    /// Token: pulled out after the command was done.
    RemovedAfter,
    /// Token: reset by another program before the command.
    Reset,
    /// Token: the command is done and no answer comes. Portal: no answer within the client's patience.
    NoAnswer,
    /// Portal, inbox: 500, and nothing is done.
    #[serde(rename = "500")]
    ServerError,
    /// Portal, inbox: 503, and nothing is done.
    #[serde(rename = "503")]
    Unavailable,
    /// Portal: the session is over, so the login page comes with status 200.
    LoginPage,
    /// Portal, inbox: the connection breaks, and nothing is done.
    Cut,
    /// Portal: it is done and the answer gets lost.
    LostAnswer,
    /// Portal, inbox: another program's page comes, with status 200.
    Garbage,
    /// Journal: no space on the disk; half of the line is there.
    DiskFull,
    /// Journal: the file cannot be written.
    NotWritable,
    /// Clock: the machine sleeps for an hour longer.
    Sleeps,
    /// Clock: the machine's clock jumps a day ahead.
    Ahead,
    /// Clock: the machine's clock jumps a day back.
    Behind,
    /// Token, portal, journal: the engine is killed before it.
    KilledBefore,
    /// Token, portal, journal: the engine is killed after it, without learning of it.
    KilledAfter,
}

impl Room {
    /// Every room.
    pub const ALL: [Self; 5] = [
        Self::Token,
        Self::Portal,
        Self::Inbox,
        Self::Journal,
        Self::Clock,
    ];

    /// Its name as a file has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Portal => "portal",
            Self::Inbox => "inbox",
            Self::Journal => "journal",
            Self::Clock => "clock",
        }
    }

    /// What can happen there.
    pub const fn mischiefs(self) -> &'static [Mischief] {
        use Mischief as M;
        match self {
            Self::Token => &[
                M::InternalError,
                M::NotPermitted,
                M::NoSpace,
                M::Removed,
                M::RemovedAfter,
                M::Reset,
                M::NoAnswer,
                M::KilledBefore,
                M::KilledAfter,
            ],
            Self::Portal => &[
                M::ServerError,
                M::Unavailable,
                M::LoginPage,
                M::Cut,
                M::LostAnswer,
                M::NoAnswer,
                M::Garbage,
                M::KilledBefore,
                M::KilledAfter,
            ],
            Self::Inbox => &[M::ServerError, M::Unavailable, M::Cut, M::Garbage],
            Self::Journal => &[M::DiskFull, M::NotWritable, M::KilledBefore, M::KilledAfter],
            Self::Clock => &[M::Sleeps, M::Ahead, M::Behind],
        }
    }
}

impl Mischief {
    /// Its name as a file has it.
    pub fn name(self) -> String {
        serde_json::to_value(self)
            .ok()
            .and_then(|value| value.as_str().map(str::to_owned))
            .unwrap_or_default()
    }

    /// Whether it ends the engine.
    pub const fn kills(self) -> bool {
        matches!(self, Self::KilledBefore | Self::KilledAfter)
    }
}

/// One planned fault: at the `nth` call of a step into `room`, this happens.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Written {
    /// During which `[[step]]` of the file, from 1.
    #[serde(default = "first")]
    step: usize,
    /// Where.
    room: Room,
    /// Only calls whose name holds this are counted: `GENERATE`, `POST /request`, `fact request-sent`.
    #[serde(default)]
    at: String,
    /// Which of these calls, from 1.
    #[serde(default = "first_call")]
    nth: u32,
    /// How many of them in a row; 0: all from that one on, to the end of the step.
    #[serde(default = "first_call")]
    times: u32,
    /// What happens; each room has its own.
    what: Mischief,
}

const fn first() -> usize {
    1
}

const fn first_call() -> u32 {
    1
}

impl TryFrom<Written> for Fault {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let Written {
            step,
            room,
            at,
            nth,
            times,
            what,
        } = written;
        if !room.mischiefs().contains(&what) {
            let known: Vec<String> = room.mischiefs().iter().map(|it| it.name()).collect();
            return Err(format!(
                "«{}» does not happen in the room «{}»; there: {}",
                what.name(),
                room.name(),
                known.join(", ")
            ));
        }
        if step == 0 || nth == 0 {
            return Err("steps and calls are counted from 1".to_owned());
        }
        Ok(Self {
            step,
            room,
            at,
            nth,
            times,
            what,
        })
    }
}
