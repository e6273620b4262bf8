//! `scenarios bench`.

use std::time::{Duration, Instant};

use scenarios::bench::{Cost, bench};
use scenarios::jobs;
use scenarios::scenario::Scenario;
use scenarios::world::Conditions;
use serde_json::json;

use super::{present, unusable};

/// Each enrollment is a whole run in a world of its own: the same steps, pages, texts, journal and proof as with `run`,
/// over HTTP on loopback. Only papers are not drawn. Build with `--release` for figures that mean something.
#[derive(clap::Args)]
pub(super) struct Bench {
    /// A shipped scenario by name, or the path of a scenario file.
    #[arg(value_name = "NAME|FILE", default_value = "first-certificate")]
    scenario: String,
    /// For how long.
    #[arg(long, value_name = "N", default_value_t = 5)]
    seconds: u64,
    /// On how many threads; as many as there are cores, unless told.
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,
    /// The figures as one JSON object.
    #[arg(long)]
    json: bool,
}

impl Bench {
    #[expect(
        clippy::disallowed_methods,
        reason = "a benchmark measures the machine's own time; nothing kept depends on it"
    )]
    pub(super) fn measure(&self) -> u8 {
        let scenario = match Scenario::find(&self.scenario) {
            Ok(scenario) => scenario,
            Err(error) => return unusable(&error),
        };
        let conditions = Conditions::new(scenario.seed, present());
        let jobs = self.jobs.unwrap_or_else(jobs::cores);
        let (long, started) = (Duration::from_secs(self.seconds), Instant::now());
        let going = || started.elapsed() < long;
        match bench(&scenario, conditions, jobs, going) {
            Ok((done, cost)) => self.tell(&scenario.name, jobs, done, started.elapsed(), cost),
            Err(error) => return unusable(&error),
        }
        0
    }

    fn tell(&self, name: &str, jobs: usize, done: usize, took: Duration, cost: Cost) {
        let a_second = done as f64 / took.as_secs_f64();
        let Cost {
            apdus,
            requests,
            texts,
            journal,
            signatures,
            key_pairs,
        } = cost;
        if self.json {
            let figures = json!({
                "scenario": name, "jobs": jobs, "enrollments": done, "enrollments_a_second": a_second,
                "each": {
                    "apdus": apdus, "requests": requests, "texts": texts, "journal_lines": journal,
                    "token_signatures": signatures, "token_key_pairs": key_pairs,
                },
            });
            println!("{figures}");
            return;
        }
        println!(
            "{name}: {a_second:.1} enrollments a second on {jobs} threads ({done} in {took:.1?})"
        );
        println!(
            "each: {apdus} APDUs, {requests} requests, {texts} texts, {journal} journal lines, {signatures} GOST signatures and {key_pairs} key pairs by the token"
        );
    }
}
