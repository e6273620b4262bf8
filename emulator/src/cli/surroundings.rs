//! What the program lends its card: the machine's clock, randomness from the machine or from a seed, a place on disk.

use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use emulator::{Card, Env};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use super::say;

/// One stream for the whole run.
pub(super) struct Surroundings {
    rng: ChaCha20Rng,
}

impl Surroundings {
    /// With a seed the stream is the same each time; without one it starts from the system's randomness.
    #[expect(
        clippy::disallowed_methods,
        reason = "the program's shell draws the randomness it lends"
    )]
    pub(super) fn new(seed: Option<u64>) -> io::Result<Self> {
        let rng = match seed {
            Some(seed) => ChaCha20Rng::seed_from_u64(seed),
            None => {
                let mut start = [0; 32];
                getrandom::fill(&mut start).map_err(io::Error::other)?;
                ChaCha20Rng::from_seed(start)
            }
        };
        Ok(Self { rng })
    }

    /// Lent for one command. A clock before 1970 counts as 1970.
    #[expect(
        clippy::disallowed_methods,
        reason = "the program's shell reads the clock it lends"
    )]
    pub(super) fn env(&mut self) -> Env<'_> {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or(Duration::ZERO);
        Env {
            now,
            rng: &mut self.rng,
        }
    }
}

/// A card whose every write is on disk before it goes on; a disk that refuses is its memory's failure.
pub(super) fn kept_at(path: &Path, card: Card) -> Card {
    let path = path.to_owned();
    card.saved_by(move |image| {
        let saved = image.save(&path);
        saved.inspect_err(|error| say(format_args!("the image is not saved: {error}")))
    })
}
