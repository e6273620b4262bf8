//! All of the authority's chance: streams drawn from one seed, a separate one for each purpose.

use gost3410::Algorithm;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

/// The number everything secret is derived from. Test keys only: whoever knows it knows them.
#[derive(Clone, Copy)]
pub(super) struct Seed(pub(super) u64);

impl Seed {
    /// A stream of its own for every (purpose, detail).
    ///
    /// Shape: ChaCha20 keyed with Streebog-256 of `mock-ca`, the seed (8 octets, big-endian), the purpose, a zero, the detail.
    pub(super) fn stream(self, purpose: &str, detail: &[u8]) -> ChaCha20Rng {
        let message = [
            b"mock-ca".as_slice(),
            &self.0.to_be_bytes(),
            purpose.as_bytes(),
            &[0],
            detail,
        ]
        .concat();
        let digest = Algorithm::Gost2012_256.digest(&message);
        ChaCha20Rng::from_seed(digest.try_into().expect("Streebog-256 gives 32 octets"))
    }
}
