//! `scenarios faults`.

use std::io::{self, Write as _};

use scenarios::faults::{Report, faults, table};
use scenarios::scenario::Scenario;
use scenarios::world::Conditions;

use super::{Language, language, present, progress, unusable};
use crate::cli::Lang;

/// The token answers 6F00, 6982 or 6A84, is pulled out, reset, or silent; the portal answers 500, 503, its login page
/// or another program's, or not at all; texts are lost, late, doubled, unreadable; the authority refuses; the clock
/// jumps; the disk is full. An enrollment finishes by itself, or tells clearly what happened and finishes when it is
/// resumed, with one key pair, one request and one certificate; anything else is a failure.
#[derive(clap::Args)]
pub(super) struct Faults {
    /// A shipped scenario by name, or the path of a scenario file; every step of it has to succeed.
    #[arg(value_name = "NAME|FILE", default_value = "first-certificate")]
    scenario: String,
    /// Where all randomness comes from, instead of the scenario's own seed.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Meet only each Nth of the faults.
    #[arg(long, value_name = "N", default_value_t = 1)]
    every: usize,
    /// Language of the table. By default what LANG says.
    #[arg(long)]
    lang: Option<Language>,
}

impl Faults {
    pub(super) fn everywhere(&self) -> u8 {
        let scenario = match Scenario::find(&self.scenario) {
            Ok(scenario) => scenario,
            Err(error) => return unusable(&error),
        };
        let seed = self.seed.unwrap_or(scenario.seed);
        let conditions = Conditions::new(seed, present());
        match faults(&scenario, conditions, self.every, &progress) {
            Ok(report) => self.sum_up(&scenario, &report),
            Err(error) => unusable(&error),
        }
    }

    fn sum_up(&self, scenario: &Scenario, report: &Report) -> u8 {
        let lang = language(self.lang);
        let mut text = table::render(report, lang);
        let (cells, failed) = (report.cells.len(), report.failed().count());
        text.push_str(&match lang {
            Lang::Ru => format!("{}: сбоев {failed} из {cells}\n", scenario.name),
            Lang::En => format!("{}: {failed} of {cells} failed\n", scenario.name),
        });
        drop(io::stdout().lock().write_all(text.as_bytes()));
        u8::from(failed > 0)
    }
}
