//! What CI and release validation run: `ci/validate` and `ci/setup` are thin scripts around this program.
//!
//! It runs the product's programs as a stranger would and links none of them. Each stage is a list of
//! commands with what their output has to say; a stage that fails does not stop the next one.

mod crates;
mod enrollment;
mod junit;
mod mock;
mod openssl;
mod packages;
mod page;
mod pcscd;
mod ports;
mod process;
mod programs;
mod python;
mod release;
mod run;
mod speed;
mod stage;
mod transcript;
mod wait;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use stage::Stage;

/// Validates a checkout: the same on a desk and in a pipeline.
#[derive(Parser)]
#[command(
    name = "ci",
    after_help = "Exit codes: 0 every stage passed, 1 a stage failed, 2 usage."
)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Run the named stages, or all but `fuzz` and `release`, and sum up. Logs, artefacts and `junit.xml` go to `target/ci/`.
    Validate {
        /// Which stages, in this order.
        #[arg(value_enum)]
        stages: Vec<Stage>,
        /// Where a stage compares with committed texts: write down what came instead.
        #[arg(long)]
        bless: bool,
    },
    /// The part of a stage that runs where pcscd is its own; `validate` starts it.
    #[command(hide = true)]
    Inside {
        /// Which.
        #[arg(value_enum)]
        stage: Stage,
        /// As `validate` was told.
        #[arg(long)]
        bless: bool,
        /// As `speed` was told.
        #[arg(long)]
        json: bool,
    },
    /// Time GOST signing and verifying beside gost-engine; fails below the floors of `ci/bench/floors.toml`.
    Speed {
        /// One JSON object a line instead of the table.
        #[arg(long)]
        json: bool,
    },
    /// Build, judge and hand out a release in `target/release-VERSION/`.
    Release {
        /// The workspace's version.
        version: String,
    },
    /// Install the system packages the named stages need (Debian; asks apt-get, so run it as root).
    Setup {
        /// For which stages; those of `validate` when none is named: `fuzz` and `release` are named.
        #[arg(value_enum)]
        stages: Vec<Stage>,
    },
}

fn main() -> ExitCode {
    let passed = match Cli::parse().verb {
        Verb::Validate { stages, bless } => stage::validate(&or_usual(stages), bless),
        Verb::Inside { stage, bless, json } => quietly(&stage::inside(stage, bless, json)),
        Verb::Speed { json } => told("speed", &speed::prepared(json)),
        Verb::Release { version } => told("release", &release::prepared(&version)),
        Verb::Setup { stages } => told("setup", &packages::install(&or_usual(stages))),
    };
    ExitCode::from(u8::from(!passed))
}

/// Whether it went well; says why when it did not.
fn told(what: &str, outcome: &anyhow::Result<()>) -> bool {
    if let Err(error) = outcome {
        eprintln!("{what}: {error:#}");
    }
    outcome.is_ok()
}

/// Whether it went well; says why when it did not, to a parent that knows what was done.
fn quietly(outcome: &anyhow::Result<()>) -> bool {
    if let Err(error) = outcome {
        eprintln!("{error:#}");
    }
    outcome.is_ok()
}

fn or_usual(stages: Vec<Stage>) -> Vec<Stage> {
    if stages.is_empty() {
        Stage::USUAL.to_vec()
    } else {
        stages
    }
}
