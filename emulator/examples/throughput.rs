//! How fast the card is in process, on one core: prints one line of JSON.
//!
//! `selects_per_s`: SELECT of the master file, answered with its file control information. `signatures_per_s`: the whole exchange
//! of a GOST signature on CryptoPro-A, digest in, r ‖ s out. `signatures_per_s_hardware`: the same by the assumed timing
//! profile of the device, computed and not waited for.

use std::error::Error;
use std::time::{Duration, Instant};

use emulator::timing::Profile;
use emulator::{Card, Env, Exchange, ObjectName, TokenImage};
use gost3410::{ParameterSet, SigningKey};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use serde_json::json;

const SELECT_MF: &[u8] = &[0x00, 0xA4, 0x00, 0x00, 0x02, 0x3F, 0x00, 0x00];
const VERIFY: &[u8] = b"\x00\x20\x00\x02\x0812345678";
const CHOOSE_KEY: &[u8] = &[0x00, 0x22, 0x41, 0xB6, 0x03, 0x84, 0x01, 0x01];
const SIGN: &[u8] = b"\x00\x2A\x9E\x9A\x200123456789ABCDEF0123456789ABCDEF\x00";

fn main() -> Result<(), Box<dyn Error>> {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let mut image = TokenImage::new(1, "");
    let key = SigningKey::generate(ParameterSet::CryptoProA, &mut rng);
    let name = ObjectName {
        label: "speed",
        id: &[1],
    };
    image.put_gost_pair(name, &key)?;
    let mut bench = Bench {
        card: Card::new(image),
        rng,
    };
    let selects = bench.rate(SELECT_MF);
    bench.send(VERIFY);
    bench.send(CHOOSE_KEY);
    let signatures = bench.rate(SIGN);
    let on_hardware = Profile::hardware().delay(bench.send(SIGN).work);
    println!(
        "{}",
        json!({
            "selects_per_s": selects.round(),
            "signatures_per_s": signatures.round(),
            "signatures_per_s_hardware": 1.0 / on_hardware.as_secs_f64(),
        })
    );
    Ok(())
}

struct Bench {
    card: Card,
    rng: ChaCha20Rng,
}

impl Bench {
    fn send(&mut self, c_apdu: &[u8]) -> Exchange {
        let mut env = Env {
            now: Duration::ZERO,
            rng: &mut self.rng,
        };
        let exchange = self.card.exchange(&mut env, c_apdu);
        assert!(
            exchange.answer.ends_with(&[0x90, 0x00]),
            "the card refuses what is measured"
        );
        exchange
    }

    /// Exchanges a second: the best of several rounds, since whatever else the machine does only slows one down.
    #[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
    fn rate(&mut self, c_apdu: &[u8]) -> f64 {
        let mut best = 0.0f64;
        for _ in 0..ROUNDS {
            let start = Instant::now();
            let mut done = 0.0;
            while start.elapsed() < ROUND {
                for _ in 0..BATCH {
                    self.send(c_apdu);
                }
                done += f64::from(BATCH);
            }
            best = best.max(done / start.elapsed().as_secs_f64());
        }
        best
    }
}

const ROUNDS: u32 = 5;
const ROUND: Duration = Duration::from_millis(200);
/// Exchanges between two looks at the clock.
const BATCH: u32 = 100;
