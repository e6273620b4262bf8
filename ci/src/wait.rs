//! Waiting for what other programs do in their own time.

use std::time::Duration;

use anyhow::{Result, bail};

/// Looks again and again until the answer is yes; fails when `most` has passed.
///
/// Errors: what a look met, or that it took too long.
pub(crate) fn until(
    what: &str,
    most: Duration,
    mut ready: impl FnMut() -> Result<bool>,
) -> Result<()> {
    let looks = most.as_millis() / PAUSE.as_millis();
    for _ in 0..looks {
        if ready()? {
            return Ok(());
        }
        pause();
    }
    bail!("waited {} s for {what}", most.as_secs())
}

const PAUSE: Duration = Duration::from_millis(50);

#[expect(
    clippy::disallowed_methods,
    reason = "other programs take real time; each pause is followed by a look"
)]
fn pause() {
    std::thread::sleep(PAUSE);
}
