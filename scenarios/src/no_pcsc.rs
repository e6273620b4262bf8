//! What stands for PC/SC in a build without it.

use std::time::Duration;

use enroll::adapters::vpcd_reader::VpcdReader;
use enroll::ports::token::{Transmit, TransmitError};

/// Errors: always, for there is no way to a reader.
pub(crate) fn connect(_patience: Duration) -> Result<VpcdReader, TransmitError> {
    let why = "this program was built without PC/SC".to_owned();
    Err(TransmitError::NoService { why })
}

/// Errors: always, as [`connect`].
pub(crate) fn real(_reader: &str) -> Result<(Box<dyn Transmit>, Vec<u8>), TransmitError> {
    connect(Duration::ZERO).map(|reader| (Box::new(reader) as _, Vec::new()))
}

/// There is nothing to wait for.
pub(crate) const fn await_empty(_reader: &str, _patience: Duration) {}
