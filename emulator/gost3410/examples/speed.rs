//! Operations a second on one core, as JSON: one line for each parameter set and operation.
//!
//! The clock is the processor time of this program, and each figure is the best of several rounds: on a shared machine the
//! best round is the one least disturbed.
//! `cargo run --release -p gost3410 --example speed [seconds for each round] [parameter set]`

use std::time::Duration;

use gost3410::{ParameterSet, SigningKey};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use rustix::time::{ClockId, clock_gettime};

const ROUNDS: usize = 25;

fn main() {
    let seconds = std::env::args().nth(1).and_then(|text| text.parse().ok());
    let round = Duration::from_secs_f64(seconds.unwrap_or(0.02));
    let only = std::env::args().nth(2);
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    for set in ParameterSet::ALL {
        if only.as_ref().is_some_and(|name| name != set.name()) {
            continue;
        }
        let key = SigningKey::generate(set, &mut rng);
        let digest = vec![0x5a; set.size()];
        let signature = key
            .sign_prehash(&digest, &mut rng)
            .expect("a digest of the right length");
        report(set, "sign", round, || {
            key.sign_prehash(&digest, &mut rng)
                .expect("a digest of the right length");
        });
        report(set, "verify", round, || {
            key.verifying_key()
                .verify_prehash(&digest, &signature)
                .expect("our own signature");
        });
    }
}

fn report(set: ParameterSet, operation: &str, round: Duration, mut run: impl FnMut()) {
    let best = (0..ROUNDS)
        .map(|_| per_second(round, &mut run))
        .fold(0.0, f64::max);
    let oid = set.oid();
    println!(
        r#"{{"library":"gost3410","set":"{}","oid":"{oid}","operation":"{operation}","per_second":{best:.0}}}"#,
        set.name()
    );
}

fn per_second(round: Duration, run: &mut impl FnMut()) -> f64 {
    let start = processor_time();
    let mut done = 0;
    loop {
        for _ in 0..16 {
            run();
        }
        done += 16;
        let spent = processor_time() - start;
        if spent >= round {
            return f64::from(done) / spent.as_secs_f64();
        }
    }
}

/// What this program has used of the processor so far.
fn processor_time() -> Duration {
    let spent = clock_gettime(ClockId::ProcessCPUTime);
    spent.try_into().expect("processor time is not negative")
}
