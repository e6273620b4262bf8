//! `scenarios explore`.

use std::path::PathBuf;

use scenarios::explore::{Finding, Laws, explore, judge_again};
use scenarios::jobs;
use scenarios::scenario::Scenario;

use super::{present, unusable};

/// Each seed tells one random story: what the operator does, what fails, when the engine is killed. Laws are held
/// against it after every step: one key pair and one request for an application, no PIN try spent beyond the rule,
/// other keys untouched, a journal that reads, words that tell, no secret; and in the end a certificate that signs. A
/// story that breaks a law is shortened and kept as a scenario with the recording of its run.
#[derive(clap::Args)]
pub(super) struct Explore {
    /// Judge these stories instead: scenario files that an earlier search kept.
    #[arg(value_name = "FILE")]
    files: Vec<String>,
    /// How many seeds.
    #[arg(long, value_name = "N", default_value_t = 100)]
    seeds: u64,
    /// The first of them.
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    from: u64,
    /// Where stories that break a law are kept.
    #[arg(long, value_name = "DIR", default_value = "target/scenarios/explored")]
    out: PathBuf,
}

impl Explore {
    pub(super) fn look(&self) -> u8 {
        if !self.files.is_empty() {
            return self.judge_files();
        }
        let seeds: Vec<u64> = (self.from..self.from.saturating_add(self.seeds)).collect();
        let mut findings = Vec::new();
        let act = |seed: &u64| (*seed, explore(*seed, Laws::default()));
        jobs::in_order(jobs::cores(), &seeds, act, |(seed, told)| match told {
            Ok(judged) => println!(
                "seed {seed}: {} steps, {} faults met",
                judged.steps, judged.faults
            ),
            Err(finding) => {
                println!("seed {seed}: BROKEN: {}", finding.broken);
                findings.push(finding);
            }
        });
        self.sum_up(&findings)
    }

    fn sum_up(&self, findings: &[Box<Finding>]) -> u8 {
        for finding in findings {
            println!("\nseed {}: {}", finding.seed, finding.broken);
            match finding.write(&self.out, present()) {
                Ok(file) => println!("  scenarios explore {}", file.display()),
                Err(error) => eprintln!("scenarios: {error}"),
            }
        }
        println!("{} seeds, {} broke a law", self.seeds, findings.len());
        u8::from(!findings.is_empty())
    }

    fn judge_files(&self) -> u8 {
        let mut worst = 0;
        for name in &self.files {
            let scenario = match Scenario::find(name) {
                Ok(scenario) => scenario,
                Err(error) => return unusable(&error),
            };
            match judge_again(&scenario, Laws::default()) {
                Ok(_) => println!("{}: no law is broken", scenario.name),
                Err(broken) => {
                    println!("{}: BROKEN: {broken}", scenario.name);
                    worst = 1;
                }
            }
        }
        worst
    }
}
