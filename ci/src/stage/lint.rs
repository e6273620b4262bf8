//! Formatting and lints.

use std::process::Command;

use anyhow::Result;

use crate::run::Bench;

pub(crate) fn run(bench: &mut Bench) -> Result<()> {
    bench.run(Command::new("cargo").args(["fmt", "--all", "--check"]))?;
    let clippy = [
        "clippy",
        "--locked",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ];
    bench.run(Command::new("cargo").args(clippy))?;
    Ok(())
}
