//! `scenarios bench`.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use gost3410::count::Operations;
use scenarios::bench::{BenchError, Cost, Figures, bench};
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
    /// Where journals and papers are written and synced, line by line; /dev/shm where there is one, unless told: what is
    /// measured is the programs, not the disk.
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
    /// The figures as one JSON object.
    #[arg(long)]
    json: bool,
}

/// What the machine's clocks say of a benchmark.
struct Took {
    wall: Duration,
    /// Time of all cores together; not every system tells.
    processor: Option<Duration>,
}

impl Bench {
    pub(super) fn measure(&self) -> u8 {
        let scenario = match Scenario::find(&self.scenario) {
            Ok(scenario) => scenario,
            Err(error) => return unusable(&error),
        };
        if let Some(folder) = self.folder() {
            // Fails only where something else has chosen a folder already, and nothing in this program does.
            let _ = tempfile::env::override_temp_dir(folder);
        }
        let jobs = self.jobs.unwrap_or_else(jobs::cores);
        match self.timed(&scenario, jobs) {
            Ok((figures, took)) => self.tell(&scenario.name, jobs, figures, &took),
            Err(error) => return unusable(&error),
        }
        0
    }

    fn folder(&self) -> Option<&Path> {
        let in_memory = Path::new("/dev/shm");
        let given = self.folder.as_deref();
        given.or_else(|| in_memory.is_dir().then_some(in_memory))
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "a benchmark measures the machine's own time; nothing kept depends on it"
    )]
    fn timed(&self, scenario: &Scenario, jobs: usize) -> Result<(Figures, Took), BenchError> {
        let conditions = Conditions::new(scenario.seed, present());
        let begun = Cell::new((Instant::now(), processor_time()));
        let end = std::sync::OnceLock::new();
        let long = Duration::from_secs(self.seconds);
        let going = || Instant::now() < *end.get_or_init(|| Instant::now() + long);
        let start = || begun.set((Instant::now(), processor_time()));
        let figures = bench(scenario, conditions, jobs, start, going)?;
        let (started, processor) = begun.get();
        let took = Took {
            wall: started.elapsed(),
            processor: processor_time()
                .zip(processor)
                .map(|(now, then)| now - then),
        };
        Ok((figures, took))
    }

    fn tell(&self, name: &str, jobs: usize, figures: Figures, took: &Took) {
        let done = figures.done;
        let a_second = done as f64 / took.wall.as_secs_f64();
        let each_ms = took
            .processor
            .filter(|_| done > 0)
            .map(|processor| processor.as_secs_f64() * 1000.0 / done as f64);
        if self.json {
            let line = json!({
                "scenario": name, "jobs": jobs, "enrollments": done, "enrollments_a_second": a_second,
                "processor_ms_each": each_ms, "each": each(figures),
            });
            println!("{line}");
            return;
        }
        let wall = took.wall;
        println!(
            "{name}: {a_second:.1} enrollments a second on {jobs} threads ({done} in {wall:.1?})"
        );
        if let Some(each_ms) = each_ms {
            println!("each: {each_ms:.1} ms of processor time, user and system");
        }
        println!("{}", words(figures));
    }
}

fn each(Figures { each, gost, .. }: Figures) -> serde_json::Value {
    json!({
        "apdus": each.apdus, "requests": each.requests, "inbox_requests": each.inbox, "texts": each.texts,
        "journal_lines": each.journal, "token_signatures": each.signatures, "token_key_pairs": each.key_pairs,
        "gost": {
            "public_keys": gost.public_keys, "signatures": gost.signatures, "verifications": gost.verifications,
            "agreements": gost.agreements, "digests": gost.digests,
        },
    })
}

fn words(Figures { each, gost, .. }: Figures) -> String {
    let Cost {
        apdus,
        requests,
        inbox,
        texts,
        journal,
        signatures,
        key_pairs,
    } = each;
    let Operations {
        public_keys,
        signatures: signed,
        verifications,
        agreements,
        digests,
    } = gost;
    format!(
        "each: {apdus} APDUs, {requests} requests to the portal and {inbox} to the inbox, {texts} texts, {journal} journal lines\n\
         by the token: {signatures} GOST signatures, {key_pairs} key pairs\n\
         in all: {signed} GOST signatures, {verifications} verifications, {public_keys} public keys, {agreements} agreements, {digests} digests"
    )
}

/// User and system time of this process.
#[cfg(unix)]
fn processor_time() -> Option<Duration> {
    use rustix::time::{ClockId, clock_gettime};
    Duration::try_from(clock_gettime(ClockId::ProcessCPUTime)).ok()
}

#[cfg(not(unix))]
fn processor_time() -> Option<Duration> {
    None
}
