//! `scenarios run`.

use std::cell::RefCell;
use std::io::{self, IsTerminal as _, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::rc::Rc;
use std::time::{Duration, Instant};

use emulator::TokenImage;
use emulator::timing::Profile;
use enroll::messages::Lang;
use jiff::Timestamp;
use scenarios::browser::Browser;
use scenarios::jobs;
use scenarios::junit::Verdict;
use scenarios::lang::pick;
use scenarios::output::{RunError, browse_into, run_into};
use scenarios::reader::Way;
use scenarios::report::folder;
use scenarios::runner::Outcome;
use scenarios::scenario::{Reason, Scenario};
use scenarios::screen::{Nobody, Screen};
use scenarios::shard::Shard;
use scenarios::signing::{SigningSpeed, signing_speed};
use scenarios::suite;
use scenarios::timeline::Watcher;
use scenarios::world::Conditions;

use super::{Language, language, left_out, places, present, progress, real_time, report, unusable};

#[derive(clap::Args)]
pub(super) struct Run {
    /// Shipped scenarios by name, or paths of scenario files.
    #[arg(value_name = "NAME|FILE")]
    scenarios: Vec<String>,
    /// How the engine reaches the token. The recording is the same in every way but two: `pkcs11`, where OpenSC's module
    /// speaks to the card, and `browser`, where there is no engine and a driver does what the manual's user does. Scenarios
    /// with something that the module cannot do are left out and listed with the reason; in a browser they are refused.
    #[arg(long, value_enum, default_value_t)]
    via: Way,
    /// What drives the browser (`--via browser`): a program and its arguments, which says what it does in the lines of
    /// JSON that scenarios/QA.md tells of.
    #[arg(
        long,
        value_name = "COMMAND",
        default_value = "node ci/browser/manual.mjs"
    )]
    driver: String,
    /// npm's packages for the portal's pages and the driver (`--via browser`).
    #[arg(
        long,
        value_name = "DIR",
        default_value = "target/browser/node_modules"
    )]
    modules: PathBuf,
    /// Where all randomness comes from, instead of the scenario's own seed.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// How slow the token is, in the scenario's time: `none`, `hardware` (figures are assumed), or a profile file.
    #[arg(long, value_name = "none|hardware|FILE", default_value = "none", value_parser = timing)]
    timing: Profile,
    /// Really wait whenever the scenario does: minutes for a message, half an hour for the certificate. What is left is the
    /// same. One scenario after the other.
    #[arg(long)]
    real_time: bool,
    /// The present, for scenarios that start near it: 2026-01-31T12:00:00+08:00. Without it this machine's clock tells.
    #[arg(long, value_name = "TIME")]
    now: Option<Timestamp>,
    /// Leave the artefacts here instead of in target/scenarios/NAME/; several scenarios get a folder each in it.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Only the Ith of N parts of the scenarios named, or of all shipped ones when none is named.
    #[arg(long, value_name = "I/N")]
    shard: Option<Shard>,
    /// So many scenarios at once; as many as there are cores, unless told. Through pcscd one after the other.
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,
    /// Write how each scenario ended to FILE, as JUnit XML.
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Leave reports in DIR: index.html with how each scenario ended, and the page of each.
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
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

/// What one scenario came to, and what it showed.
struct Done {
    exit: u8,
    verdict: Verdict,
    shown: Vec<u8>,
}

/// Where a run is shown: at once when it is the only one, otherwise when its turn comes.
#[derive(Clone)]
enum Sheet {
    Live,
    Kept(Rc<RefCell<Vec<u8>>>),
}

impl Write for Sheet {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Live => io::stdout().write(bytes),
            Self::Kept(kept) => kept.borrow_mut().write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Live => io::stdout().flush(),
            Self::Kept(_) => Ok(()),
        }
    }
}

impl Run {
    pub(super) fn all(mut self) -> ExitCode {
        self.choose();
        let left_out = self.leave_out();
        if let Some(why) = places::clash(&self.scenarios) {
            eprintln!("scenarios: {why}");
            return ExitCode::from(2);
        }
        let mut worst = 0;
        let mut verdicts = Vec::with_capacity(self.scenarios.len());
        let jobs = self.jobs();
        let act = |name: &String| self.timed(name, jobs > 1);
        jobs::in_order(jobs, &self.scenarios, act, |done: Done| {
            worst = worst.max(done.exit);
            verdicts.push(done.verdict);
            show(&done.shown);
            if jobs > 1 {
                progress(verdicts.len(), self.scenarios.len());
            }
        });
        if !left_out.is_empty() {
            let table = left_out::table(verdicts.len(), left_out, self.language());
            drop(io::stdout().lock().write_all(table.as_bytes()));
        }
        ExitCode::from(worst.max(self.leave(&verdicts)))
    }

    /// Takes out those that are not told this way, with the reason of each.
    fn leave_out(&mut self) -> Vec<(Reason, String)> {
        let mut left_out = Vec::new();
        self.scenarios
            .retain(|name| match left_out::reason(name, self.via) {
                Some(reason) => {
                    left_out.push((reason, name.clone()));
                    false
                }
                None => true,
            });
        left_out
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

    /// There is one reader of pcscd's, and one screen to watch a lone run on; a browser wants the machine for itself, and
    /// so does whoever waits in real time.
    fn jobs(&self) -> usize {
        let jobs = self.jobs.unwrap_or_else(jobs::cores);
        let alone = self.via.takes_the_reader() || self.via == Way::Browser || self.real_time;
        let most = if alone { 1 } else { jobs };
        most.min(self.scenarios.len())
    }

    /// What is left when all are done.
    fn leave(&self, verdicts: &[Verdict]) -> u8 {
        let junit = self.junit.as_deref();
        let report = self.report.as_deref();
        report::leave(verdicts, junit, report, self.language())
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "how long it took, for the report; nothing kept of the run depends on it"
    )]
    fn timed(&self, name: &str, beside_others: bool) -> Done {
        let started = Instant::now();
        let kept = Rc::default();
        let sheet = if beside_others {
            Sheet::Kept(Rc::clone(&kept))
        } else {
            Sheet::Live
        };
        let mut verdict = Verdict {
            name: name.to_owned(),
            title: String::new(),
            mismatches: Vec::new(),
            folder: PathBuf::new(),
            took: Duration::ZERO,
        };
        let exit = match Scenario::find(name) {
            Ok(scenario) => self.one(&scenario, &mut verdict, sheet),
            Err(error) => cannot_run(&error, &mut verdict),
        };
        verdict.took = started.elapsed();
        let shown = kept.take();
        Done {
            exit,
            verdict,
            shown,
        }
    }

    fn one(&self, scenario: &Scenario, verdict: &mut Verdict, sheet: Sheet) -> u8 {
        let folder = self.folder(scenario);
        scenario.name.clone_into(&mut verdict.name);
        scenario.title.clone_into(&mut verdict.title);
        folder.clone_into(&mut verdict.folder);
        let seed = self.seed.unwrap_or(scenario.seed);
        let conditions = Conditions {
            way: self.via,
            timing: self.timing,
            sleep: self.real_time.then(|| real_time::sleep(self.language())),
            ..Conditions::new(seed, self.now.unwrap_or_else(present))
        };
        let watcher = self.watcher(scenario, sheet.clone());
        match self.tell(&folder, scenario, conditions, watcher) {
            Ok(outcome) => {
                outcome.mismatches.clone_into(&mut verdict.mismatches);
                let exit = self.sum_up(scenario, &folder, &outcome, sheet);
                exit.max(self.hand_on(scenario, &folder))
            }
            Err(error) => cannot_run(&error, verdict),
        }
    }

    /// The story itself, by an engine or in a browser.
    fn tell(
        &self,
        folder: &Path,
        scenario: &Scenario,
        conditions: Conditions,
        watcher: Box<dyn Watcher>,
    ) -> Result<Outcome, RunError> {
        if self.via != Way::Browser {
            return run_into(folder, scenario, conditions, watcher, Box::new(|door| door));
        }
        let browser = Browser {
            driver: self.driver.clone(),
            modules: self.modules.clone(),
        };
        browse_into(folder, scenario, conditions, watcher, browser)
    }

    /// What is made of a folder: the kept recording, the report.
    fn hand_on(&self, scenario: &Scenario, folder: &Path) -> u8 {
        let kept = self.keep(scenario, folder).map_err(|error| {
            eprintln!("scenarios: the recording is not kept: {error}");
        });
        let Some(to) = &self.report else {
            return kept.map_or(2, |()| 0);
        };
        let page = to.join(folder::page_of(&scenario.name));
        let told = report::of_folder(folder, self.language())
            .and_then(|text| {
                std::fs::create_dir_all(to)?;
                Ok(std::fs::write(page, text)?)
            })
            .map_err(|error| {
                eprintln!("scenarios: no report of {}: {error}", scenario.name);
            });
        kept.and(told).map_or(2, |()| 0)
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

    fn watcher(&self, scenario: &Scenario, mut sheet: Sheet) -> Box<dyn Watcher> {
        if self.quiet {
            return Box::new(Nobody);
        }
        drop(writeln!(sheet, "{}: {}", scenario.name, scenario.title));
        Box::new(Screen::new(sheet, self.language()))
    }

    fn language(&self) -> Lang {
        language(self.lang)
    }

    /// How fast the token of a proven run signs, here and on the hardware or as slow as `--timing` has it.
    #[expect(
        clippy::disallowed_methods,
        reason = "a measurement for the person who looks; nothing kept depends on it"
    )]
    fn signing_speed(&self, folder: &Path, outcome: &Outcome) -> Option<SigningSpeed> {
        outcome.proof.as_ref()?;
        let profile = if self.timing == Profile::none() {
            Profile::hardware()
        } else {
            self.timing
        };
        let image = TokenImage::load(&folder.join("token.image")).ok()?;
        let started = Instant::now();
        signing_speed(image, profile, || started.elapsed()).ok()?
    }

    /// Says how it ended, what is left for a person to do, and where everything lies.
    fn sum_up(
        &self,
        scenario: &Scenario,
        folder: &Path,
        outcome: &Outcome,
        mut sheet: Sheet,
    ) -> u8 {
        let lang = self.language();
        let passed = outcome.mismatches.is_empty();
        let mut text = String::new();
        if !self.quiet {
            let speed = self.signing_speed(folder, outcome);
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
        drop(sheet.write_all(text.as_bytes()));
        u8::from(!passed)
    }
}

fn cannot_run(error: &dyn std::error::Error, verdict: &mut Verdict) -> u8 {
    verdict.mismatches.push(error.to_string());
    unusable(error)
}

/// Shows what was kept back, in the place of the line that tells how far all are.
fn show(kept: &[u8]) {
    if kept.is_empty() {
        return;
    }
    let mut screen = io::stderr().lock();
    if screen.is_terminal() {
        drop(write!(screen, "\r\x1b[K"));
    }
    drop(io::stdout().lock().write_all(kept));
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
