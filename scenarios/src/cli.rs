//! The command line.

mod bench;
mod explore;
mod faults;
mod import;
mod relay;
mod replay;
mod report;

use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::{Parser, Subcommand};
use emulator::TokenImage;
use emulator::timing::Profile;
use enroll::messages::Lang;
use enroll::ports::token::Pin;
use jiff::Timestamp;
use scenarios::crash::{Extent, Report, crash, table};
use scenarios::junit::{self, Verdict};
use scenarios::lang::pick;
use scenarios::output::run_into;
use scenarios::reader::Way;
use scenarios::runner::Outcome;
use scenarios::scenario::Scenario;
use scenarios::screen::{Nobody, Screen};
use scenarios::shard::Shard;
use scenarios::signing::{SigningSpeed, signing_speed};
use scenarios::suite;
use scenarios::timeline::Watcher;
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
    Run(Run),
    /// Play recordings back against the engine, the token and the portal, and tell what is not as recorded.
    Replay(replay::Replay),
    /// Show a recording to a person: one HTML file with the manual's steps, every lane, the pages and the phone.
    Report(report::Report),
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

#[derive(clap::Args)]
struct Run {
    /// Shipped scenarios by name, or paths of scenario files.
    #[arg(value_name = "NAME|FILE")]
    scenarios: Vec<String>,
    /// How the engine reaches the token; the recording is the same in every way.
    #[arg(long, value_enum, default_value_t)]
    via: Way,
    /// Where all randomness comes from, instead of the scenario's own seed.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// How slow the token is, in the scenario's time: `none`, `hardware` (figures are assumed), or a profile file.
    #[arg(long, value_name = "none|hardware|FILE", default_value = "none", value_parser = timing)]
    timing: Profile,
    /// The present, for scenarios that start near it: 2026-01-31T12:00:00+08:00. Without it this machine's clock tells.
    #[arg(long, value_name = "TIME")]
    now: Option<Timestamp>,
    /// Leave the artefacts here instead of in target/scenarios/NAME/; several scenarios get a folder each in it.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Only the Ith of N parts of the scenarios named, or of all shipped ones when none is named.
    #[arg(long, value_name = "I/N")]
    shard: Option<Shard>,
    /// Write how each scenario ended to FILE, as JUnit XML.
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Keep each recording as DIR/NAME.jsonl too, where a later run is compared with it.
    #[arg(long, value_name = "DIR", num_args = 0..=1, require_equals = true, default_missing_value = "scenarios/recordings")]
    record: Option<PathBuf>,
    /// Language of what is shown; the files are the same in both. By default what LANG says.
    #[arg(long)]
    lang: Option<Language>,
    /// Show only how each scenario ended.
    #[arg(long)]
    quiet: bool,
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
        Verb::Relay(relay) => ExitCode::from(relay.stand()),
        Verb::Import(import) => ExitCode::from(import.write()),
        Verb::Crash(crash) => ExitCode::from(crash.everywhere()),
        Verb::Faults(faults) => ExitCode::from(faults.everywhere()),
        Verb::Bench(bench) => ExitCode::from(bench.measure()),
        Verb::Explore(explore) => ExitCode::from(explore.look()),
    }
}

/// With `--coverage`, which of them watches which step of the manual.
#[derive(clap::Args)]
struct List {
    /// Show each step of the manual with the scenarios that watch it, instead of the scenarios.
    #[arg(long)]
    coverage: bool,
}

impl List {
    fn show(&self) -> ExitCode {
        if self.coverage {
            print!("{}", scenarios::coverage::TABLE);
            return ExitCode::SUCCESS;
        }
        for name in suite::names() {
            match Scenario::find(name) {
                Ok(scenario) => println!("{name:<34} {}", scenario.title),
                Err(error) => {
                    eprintln!("scenarios: {error}");
                    return ExitCode::from(2);
                }
            }
        }
        ExitCode::SUCCESS
    }
}

impl Run {
    fn all(mut self) -> ExitCode {
        self.choose();
        let mut worst = 0;
        let mut verdicts = Vec::new();
        for name in &self.scenarios {
            let (exit, verdict) = self.timed(name);
            worst = worst.max(exit);
            verdicts.push(verdict);
        }
        ExitCode::from(worst.max(self.report(&verdicts)))
    }

    /// Which scenarios to run.
    fn choose(&mut self) {
        if self.scenarios.is_empty() && self.shard.is_some() {
            self.scenarios = suite::names().into_iter().map(str::to_owned).collect();
        }
        if self.scenarios.is_empty() {
            self.scenarios.push("first-certificate".to_owned());
        }
        if let Some(shard) = self.shard {
            self.scenarios = shard.of(&self.scenarios);
        }
    }

    fn report(&self, verdicts: &[Verdict]) -> u8 {
        let Some(path) = &self.junit else {
            return 0;
        };
        let written = std::fs::File::create(path).and_then(|file| junit::write(verdicts, file));
        written.map_or_else(
            |error| {
                eprintln!("scenarios: cannot write {}: {error}", path.display());
                2
            },
            |()| 0,
        )
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "how long it took, for the report; nothing kept of the run depends on it"
    )]
    fn timed(&self, name: &str) -> (u8, Verdict) {
        let started = Instant::now();
        let mut verdict = Verdict {
            name: name.to_owned(),
            mismatches: Vec::new(),
            folder: PathBuf::new(),
            took: Duration::ZERO,
        };
        let exit = match Scenario::find(name) {
            Ok(scenario) => self.one(&scenario, &mut verdict),
            Err(error) => cannot_run(&error, &mut verdict),
        };
        verdict.took = started.elapsed();
        (exit, verdict)
    }

    fn one(&self, scenario: &Scenario, verdict: &mut Verdict) -> u8 {
        let folder = self.folder(scenario);
        scenario.name.clone_into(&mut verdict.name);
        folder.clone_into(&mut verdict.folder);
        let seed = self.seed.unwrap_or(scenario.seed);
        let conditions = Conditions {
            seed,
            now: self.now.unwrap_or_else(present),
            way: self.via,
            timing: self.timing,
        };
        let before = Box::new(|door| door);
        match run_into(
            &folder,
            scenario,
            conditions,
            self.watcher(scenario),
            before,
        ) {
            Ok(outcome) => {
                outcome.mismatches.clone_into(&mut verdict.mismatches);
                let exit = self.sum_up(scenario, &folder, &outcome);
                self.keep(scenario, &folder).map_or_else(
                    |error| {
                        eprintln!("scenarios: the recording is not kept: {error}");
                        2
                    },
                    |()| exit,
                )
            }
            Err(error) => cannot_run(&error, verdict),
        }
    }

    /// Copies the recording to where the kept ones are.
    fn keep(&self, scenario: &Scenario, folder: &Path) -> io::Result<()> {
        let Some(kept) = &self.record else {
            return Ok(());
        };
        std::fs::create_dir_all(kept)?;
        let name = format!("{}.jsonl", scenario.name);
        std::fs::copy(folder.join("recording.jsonl"), kept.join(name)).map(drop)
    }

    fn folder(&self, scenario: &Scenario) -> PathBuf {
        match &self.out {
            Some(out) if self.scenarios.len() == 1 => out.clone(),
            Some(out) => out.join(&scenario.name),
            None => Path::new("target/scenarios").join(&scenario.name),
        }
    }

    fn watcher(&self, scenario: &Scenario) -> Box<dyn Watcher> {
        if self.quiet {
            return Box::new(Nobody);
        }
        println!("{}: {}", scenario.name, scenario.title);
        Box::new(Screen::new(io::stdout(), self.language()))
    }

    fn language(&self) -> Lang {
        language(self.lang)
    }

    /// How fast the token of a proven run signs, here and on the hardware or as slow as `--timing` has it.
    #[expect(
        clippy::disallowed_methods,
        reason = "a measurement for the person who looks; nothing kept depends on it"
    )]
    fn signing_speed(
        &self,
        scenario: &Scenario,
        folder: &Path,
        outcome: &Outcome,
    ) -> Option<SigningSpeed> {
        outcome.proof.as_ref()?;
        let profile = if self.timing == Profile::none() {
            Profile::hardware()
        } else {
            self.timing
        };
        let image = TokenImage::load(&folder.join("token.image")).ok()?;
        let user_pin = Pin::new(&scenario.steps.last()?.with.user_pin);
        let started = Instant::now();
        signing_speed(image, &user_pin, profile, || started.elapsed()).ok()?
    }

    /// Says how it ended, what is left for a person to do, and where everything lies.
    fn sum_up(&self, scenario: &Scenario, folder: &Path, outcome: &Outcome) -> u8 {
        let lang = self.language();
        let mut out = io::stdout().lock();
        let passed = outcome.mismatches.is_empty();
        let mut text = String::new();
        if !self.quiet {
            let speed = self.signing_speed(scenario, folder, outcome);
            text.push_str(&scenarios::summary::render(outcome, speed, folder, lang));
        }
        let verdict = if passed {
            pick(lang, "пройден", "passed")
        } else {
            pick(lang, "НЕ ПРОЙДЕН", "FAILED")
        };
        text.push_str(&format!("{}: {verdict}\n", scenario.name));
        for mismatch in &outcome.mismatches {
            text.push_str(&format!("  {mismatch}\n"));
        }
        drop(out.write_all(text.as_bytes()));
        u8::from(!passed)
    }
}

fn cannot_run(error: &dyn std::error::Error, verdict: &mut Verdict) -> u8 {
    verdict.mismatches.push(error.to_string());
    unusable(error)
}

/// A timing profile by its name, or from its file.
fn timing(word: &str) -> Result<Profile, String> {
    match word {
        "none" => Ok(Profile::none()),
        "hardware" => Ok(Profile::hardware()),
        file => {
            let text = std::fs::read_to_string(file).map_err(|error| error.to_string())?;
            Profile::from_toml(&text).map_err(|error| error.to_string())
        }
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

fn unusable(error: &dyn std::error::Error) -> u8 {
    eprintln!("scenarios: {error}");
    2
}

#[expect(
    clippy::disallowed_methods,
    reason = "the shell reads the clock once, for scenarios that start now"
)]
fn present() -> Timestamp {
    Timestamp::now()
}
