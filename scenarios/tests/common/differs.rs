//! A recording played back on every side.

use enroll::messages::Lang;
use scenarios::reader::Way;
use scenarios::recording::Recording;
use scenarios::replay::{ReplayError, Side, replay, told};

/// What is told of all sides that are not as recorded; nothing where all are.
pub(crate) fn differs(recording: &Recording) -> String {
    let told = |side| match replay(recording, side, Way::InProcess) {
        Ok(replayed) if replayed.passed() => String::new(),
        Ok(replayed) => told::render(recording, side, &replayed, Lang::En),
        Err(ReplayError::NothingRecorded { .. }) => String::new(),
        Err(error) => format!("{error}\n"),
    };
    Side::ALL.into_iter().map(told).collect()
}
