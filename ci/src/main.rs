//! What CI and release validation run: `ci/validate` and `ci/setup` are thin scripts around this program.
//!
//! It runs the product's programs as a stranger would and links none of them. Each stage is a list of
//! commands with what their output has to say; a stage that fails does not stop the next one.

mod openssl;
mod packages;
mod run;
mod stage;

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
    /// Run the named stages, or all of them, and sum up. Logs and artefacts go to `target/ci/`.
    Validate {
        /// Which stages, in this order.
        #[arg(value_enum)]
        stages: Vec<Stage>,
    },
    /// Install the system packages the named stages need (Debian; asks apt-get, so run it as root).
    Setup {
        /// For which stages; all when none is named.
        #[arg(value_enum)]
        stages: Vec<Stage>,
    },
}

fn main() -> ExitCode {
    let passed = match Cli::parse().verb {
        Verb::Validate { stages } => stage::validate(&or_all(stages)),
        Verb::Setup { stages } => match packages::install(&or_all(stages)) {
            Ok(()) => true,
            Err(error) => {
                eprintln!("setup: {error:#}");
                false
            }
        },
    };
    ExitCode::from(u8::from(!passed))
}

fn or_all(stages: Vec<Stage>) -> Vec<Stage> {
    if stages.is_empty() {
        Stage::ALL.to_vec()
    } else {
        stages
    }
}
