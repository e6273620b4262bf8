//! The command line.

/// As std's, but whoever reads may have had enough (`scenarios list | head`): the exit code tells all the same.
macro_rules! print {
    ($($text:tt)*) => {
        drop(std::io::Write::write_fmt(&mut std::io::stdout(), format_args!($($text)*)))
    };
}

/// A line of it.
macro_rules! println {
    ($($text:tt)*) => {
        print!("{}\n", format_args!($($text)*))
    };
}

/// The same for what goes wrong.
macro_rules! eprintln {
    ($($text:tt)*) => {
        drop(std::io::Write::write_fmt(&mut std::io::stderr(), format_args!("{}\n", format_args!($($text)*))))
    };
}

mod bench;
mod explore;
mod faults;
mod import;
mod left_out;
mod manual;
mod places;
mod real_time;
mod relay;
mod replay;
mod report;
mod run;

use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use enroll::messages::Lang;
use jiff::Timestamp;
use scenarios::crash::{Extent, Report, crash, table};
use scenarios::reader::Way;
use scenarios::scenario::Scenario;
use scenarios::suite;
use scenarios::world::Conditions;

/// Runs whole certificate enrollments on a software token against a mock certification authority.
///
/// A scenario is a TOML file: what the token holds, how the portal behaves, what the operator does, what has to
/// come of it. Time is the scenario's own, so half an hour of waiting takes no time; the same scenario and seed
/// leave the same bytes on any machine.
#[derive(Parser)]
#[command(
    name = "scenarios",
    version,
    after_help = "Exit codes: 0 every scenario ended as it expects, 1 one did not, 2 usage or a scenario that cannot be run."
)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Show the shipped scenarios.
    List(List),
    /// Run scenarios by name or file; `first-certificate` when none is named.
    Run(Box<run::Run>),
    /// Play recordings back against the engine, the token and the portal, and tell what is not as recorded.
    Replay(replay::Replay),
    /// Show a recording to a person: one HTML file with the manual's steps, every lane, the pages and the phone.
    Report(report::Report),
    /// Bring the reports of several parts of the suite together.
    Merge(report::Merge),
    /// Stand between a real token and its user, and record what passes.
    Relay(relay::Relay),
    /// Make a recording of a log of pcscd, libpcscspy or OpenSC.
    Import(import::Import),
    /// Kill the engine at every effect of a scenario, resume each time, and compare how it ends.
    Crash(Crash),
    /// Meet every fault of every room at every call of a scenario, one at a time, and go on as a person would.
    Faults(faults::Faults),
    /// Measure how many whole enrollments a second there are, and what each costs.
    Bench(bench::Bench),
    /// Tell random stories and judge them by laws that hold whatever happens.
    Explore(explore::Explore),
    /// Print shell completions.
    #[command(hide = true)]
    Completions {
        /// For which shell.
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
    /// Print the manual page; with DIR, leave it and a page for each command there.
    #[command(hide = true)]
    Man {
        /// Where the pages go.
        #[arg(value_name = "DIR")]
        folder: Option<PathBuf>,
    },
}

/// Effects are commands that write to the token, requests that change the portal, and lines of the journal. Each
/// gives two points: killed before it, and killed after it with the answer lost; a line can be torn as well.
#[derive(clap::Args)]
struct Crash {
    /// A shipped scenario by name, or the path of a scenario file; every step of it has to succeed.
    #[arg(value_name = "NAME|FILE", default_value = "first-certificate")]
    scenario: String,
    /// Where all randomness comes from, instead of the scenario's own seed.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Leave chapter 3 out: drawing the papers at each point takes most of the time.
    #[arg(long)]
    without_papers: bool,
    /// Language of the table. By default what LANG says.
    #[arg(long)]
    lang: Option<Language>,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Language {
    /// Русский.
    Ru,
    /// English.
    En,
}

pub(crate) fn main() -> ExitCode {
    match Cli::parse().verb {
        Verb::List(list) => list.show(),
        Verb::Run(run) => run.all(),
        Verb::Replay(replay) => ExitCode::from(replay.all()),
        Verb::Report(report) => ExitCode::from(report.write()),
        Verb::Merge(merge) => ExitCode::from(merge.all()),
        Verb::Relay(relay) => ExitCode::from(relay.stand()),
        Verb::Import(import) => ExitCode::from(import.write()),
        Verb::Crash(crash) => ExitCode::from(crash.everywhere()),
        Verb::Faults(faults) => ExitCode::from(faults.everywhere()),
        Verb::Bench(bench) => ExitCode::from(bench.measure()),
        Verb::Explore(explore) => ExitCode::from(explore.look()),
        Verb::Completions { shell } => written(&manual::completions(shell)),
        Verb::Man { folder } => written(&manual::man(folder.as_deref())),
    }
}

/// With `--coverage`, which of them watches which step of the manual.
#[derive(clap::Args)]
struct List {
    /// Show each step of the manual with the scenarios that watch it, instead of the scenarios.
    #[arg(long)]
    coverage: bool,
    /// Show only those that are told this way, and below them a table of those left out, with the reason of each.
    #[arg(long, value_enum, conflicts_with = "coverage")]
    via: Option<Way>,
}

impl List {
    fn show(&self) -> ExitCode {
        if self.coverage {
            print!("{}", scenarios::coverage::TABLE);
            return ExitCode::SUCCESS;
        }
        let (mut told, mut left_out) = (0, Vec::new());
        for name in suite::names() {
            let scenario = match Scenario::find(name) {
                Ok(scenario) => scenario,
                Err(error) => return ExitCode::from(unusable(&error)),
            };
            if let Some(reason) = self.via.and_then(|way| scenario.via.excluded(way)) {
                left_out.push((reason, name.to_owned()));
                continue;
            }
            told += 1;
            println!("{name:<34} {}", scenario.title);
        }
        if self.via.is_some() {
            print!("\n{}", left_out::table(told, left_out, language(None)));
        }
        ExitCode::SUCCESS
    }
}

fn language(chosen: Option<Language>) -> Lang {
    match chosen {
        Some(Language::Ru) => Lang::Ru,
        Some(Language::En) => Lang::En,
        None => Lang::of_environment(|name| std::env::var(name).ok()),
    }
}

impl Crash {
    fn everywhere(&self) -> u8 {
        let scenario = match Scenario::find(&self.scenario) {
            Ok(scenario) => scenario,
            Err(error) => return unusable(&error),
        };
        let seed = self.seed.unwrap_or(scenario.seed);
        let extent = if self.without_papers {
            Extent::WithoutPapers
        } else {
            Extent::Whole
        };
        match crash(
            &scenario,
            Conditions::new(seed, present()),
            extent,
            &progress,
        ) {
            Ok(report) => self.sum_up(&scenario, &report),
            Err(error) => unusable(&error),
        }
    }

    /// The count of the clean run, the points hit, and how many of them ended as it did.
    fn sum_up(&self, scenario: &Scenario, report: &Report) -> u8 {
        let lang = language(self.lang);
        let mut text = table::render(report, lang);
        let (effects, points) = (report.effects.len(), report.verdicts.len());
        let hit = report.verdicts.iter().filter(|it| it.hit).count();
        let counted = match lang {
            Lang::Ru => {
                format!("действий в чистом прогоне: {effects}, точек: {points}, задето: {hit}")
            }
            Lang::En => {
                format!("effects in the clean run: {effects}, points: {points}, hit: {hit}")
            }
        };
        let well = report.well();
        let verdict = match lang {
            Lang::Ru => format!("тот же исход: {well} из {points}"),
            Lang::En => format!("same end at {well} of {points}"),
        };
        text.push_str(&format!("{counted}\n{}: {verdict}\n", scenario.name));
        drop(io::stdout().lock().write_all(text.as_bytes()));
        u8::from(!report.passed())
    }
}

/// One line, rewritten in place, for a person who waits.
fn progress(done: usize, of: usize) {
    let mut screen = io::stderr().lock();
    if screen.is_terminal() {
        let end = if done == of { "\n" } else { "" };
        drop(write!(screen, "\r{done}/{of}{end}"));
    }
}

fn written(outcome: &io::Result<()>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => ExitCode::from(unusable(error)),
    }
}

fn unusable(error: &dyn std::error::Error) -> u8 {
    eprintln!("scenarios: {error}");
    2
}

/// What cannot be done with a file.
fn unusable_file(file: &Path, error: &dyn std::error::Error) -> u8 {
    eprintln!("scenarios: {}: {error}", file.display());
    2
}

#[expect(
    clippy::disallowed_methods,
    reason = "the shell reads the clock once, for scenarios that start now"
)]
fn present() -> Timestamp {
    Timestamp::now()
}
