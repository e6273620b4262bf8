//! `scenarios explore`.

use std::ops::RangeInclusive;
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
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..))]
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
        let Some(seeds) = seeds(self.from, self.seeds) else {
            eprintln!(
                "scenarios: {} seeds from {} on: the last of all is {}",
                self.seeds,
                self.from,
                u64::MAX
            );
            return 2;
        };
        let mut findings = Vec::new();
        let act = |seed: u64| (seed, explore(seed, Laws::default()));
        jobs::in_order(jobs::cores(), seeds, act, |(seed, told)| match told {
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

/// So many seeds, at least one; none where there are not so many.
fn seeds(from: u64, many: u64) -> Option<RangeInclusive<u64>> {
    let last = from.checked_add(many.checked_sub(1)?)?;
    Some(from..=last)
}

#[cfg(test)]
mod tests {
    use super::seeds;

    #[test]
    fn the_last_seed_of_all_is_one() {
        assert_eq!(seeds(u64::MAX, 1), Some(u64::MAX..=u64::MAX));
    }

    #[test]
    fn more_seeds_than_there_are_is_none() {
        assert_eq!(seeds(u64::MAX, 5), None);
    }

    #[test]
    fn any_number_of_seeds_is_counted_without_being_held() {
        let seeds = seeds(7, 999_999_999_999).expect("as many");
        assert_eq!((*seeds.start(), *seeds.end()), (7, 1_000_000_000_005));
    }
}
