//! Waiting for a card to show in PC/SC: the service looks at its readers in its own time.

use std::time::Duration;

use enroll::adapters::pcsc::PcscReader;
use enroll::ports::token::TransmitError;

const PAUSE: Duration = Duration::from_millis(100);

/// Connects to the one Rutoken there is, looking again until it has come or `patience` is over.
///
/// Errors: what the last look met.
pub(crate) fn connect(patience: Duration) -> Result<PcscReader, TransmitError> {
    let looks = patience.as_millis() / PAUSE.as_millis();
    for _ in 0..looks {
        match PcscReader::connect(None) {
            Err(TransmitError::NoCard { .. } | TransmitError::NoReader { .. }) => pause(),
            other => return other,
        }
    }
    PcscReader::connect(None)
}

#[expect(
    clippy::disallowed_methods,
    reason = "a card comes in real time; each pause is followed by a look"
)]
fn pause() {
    std::thread::sleep(PAUSE);
}
