//! Waiting for a card to come and go in PC/SC: the service looks at its readers in its own time.

use std::time::Duration;

use enroll::adapters::pcsc::{self, PcscReader};
use enroll::ports::token::{Transmit, TransmitError};

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

/// The token in the reader of that name, and its ATR.
pub(crate) fn real(reader: &str) -> Result<(Box<dyn Transmit>, Vec<u8>), TransmitError> {
    let reader = PcscReader::connect(Some(reader))?;
    let atr = reader.atr()?;
    Ok((Box::new(reader), atr))
}

/// Waits until the service has seen that the reader is empty, or is gone, so that the next card is not taken for
/// this one. After `patience` it is left to the next card to say what is wrong.
pub(crate) fn await_empty(reader: &str, patience: Duration) {
    let looks = patience.as_millis() / PAUSE.as_millis();
    for _ in 0..looks {
        let slots = pcsc::slots().unwrap_or_default();
        if !slots
            .iter()
            .any(|slot| slot.name == reader && slot.has_card)
        {
            return;
        }
        pause();
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a card comes in real time; each pause is followed by a look"
)]
fn pause() {
    std::thread::sleep(PAUSE);
}
