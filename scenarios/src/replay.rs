//! Playing a recording back against one side of an enrollment: the engine, the token, or the portal.
//!
//! The side under test is the real one, everything else comes from the recording. What it does leaves lines of its own,
//! and those are compared with the recorded ones, byte for byte. Time comes from the recording too.

mod answers;
mod bound;
pub mod compare;
mod engine;
mod heard;
mod players;
mod portal;
mod story;
mod token;
pub mod told;

use crate::reader::Way;
use crate::recording::Recording;
use crate::world::WorldError;

use compare::Tally;

pub use compare::Difference;
pub use heard::on_card;
pub use story::Story;

/// What is put to the test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Side {
    /// The recording plays token, portal and phone; the engine has to ask the same.
    Engine,
    /// The recorded commands go to the card; it has to answer the same.
    Token,
    /// The recorded requests go to the mock; it has to answer the same.
    Portal,
}

impl Side {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Engine, Self::Token, Self::Portal];

    /// As the command line has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Engine => "engine",
            Self::Token => "token",
            Self::Portal => "portal",
        }
    }
}

/// What came of a replay.
#[derive(Debug)]
pub struct Replayed {
    /// Where the side was not as recorded.
    pub differences: Vec<Difference>,
    /// Lines compared.
    pub lines: usize,
    /// Bytes of the compared lines, in the lanes of the side.
    pub bytes: usize,
    /// Of those, what was not compared: masked secrets, values bound to names, commands without an answer.
    pub not_compared: usize,
    /// Lanes of which more than a tenth was not compared, which proves nothing.
    pub blind: Vec<String>,
}

impl Replayed {
    fn of(differences: Vec<Difference>, lines: usize, tally: &Tally) -> Self {
        Self {
            differences,
            lines,
            bytes: tally.bytes(),
            not_compared: tally.not_compared(),
            blind: tally.blind(),
        }
    }

    /// Whether the side is as recorded, and enough of it was looked at.
    pub fn passed(&self) -> bool {
        self.differences.is_empty() && self.lines > 0 && self.blind.is_empty()
    }
}

/// Why a recording cannot be played back.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// Its header names no scenario, so nobody knows what the others were like.
    #[error(
        "the recording does not hold the scenario it was made from; only `--side token` plays such a one, with `--image FILE`"
    )]
    NoStory,
    /// Its scenario cannot be read.
    #[error("the scenario in the recording's header: {0}")]
    Story(#[from] serde_json::Error),
    /// Its scenario cannot be run.
    #[error("the scenario in the recording: {0}")]
    World(#[from] WorldError),
    /// A temporary folder cannot be made.
    #[error("no temporary folder: {0}")]
    Folder(#[from] std::io::Error),
    /// The engine of the recording spoke to a PKCS#11 module, and only the module's own commands were heard.
    #[error(
        "the engine reached the token through a PKCS#11 module; token and portal can be played, the engine cannot"
    )]
    ByModule,
    /// The side has nothing recorded.
    #[error("the recording has no {lane} lane")]
    NothingRecorded {
        /// Which lane was looked for.
        lane: &'static str,
    },
}

fn was_by_module(recording: &Recording) -> bool {
    recording.lines().iter().any(|line| line.lane == "pkcs11")
}

/// Plays the recording back against one side; a token is reached by `way`.
pub fn replay(recording: &Recording, side: Side, way: Way) -> Result<Replayed, ReplayError> {
    let story = Story::of(recording)?;
    match side {
        Side::Engine if was_by_module(recording) => Err(ReplayError::ByModule),
        Side::Engine if recording.is_in_browser() => {
            Err(ReplayError::NothingRecorded { lane: "engine" })
        }
        Side::Engine => engine::replay(recording, &story),
        Side::Token => token::replay(recording, &story, way),
        Side::Portal => portal::replay(recording, &story),
    }
}
