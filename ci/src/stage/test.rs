//! `cargo test`, as the README has it.

use std::process::Command;

use anyhow::Result;

use crate::run::Bench;

pub(crate) fn run(bench: &mut Bench) -> Result<()> {
    bench.run(Command::new("cargo").args(["test", "--locked", "--workspace", "--no-fail-fast"]))?;
    Ok(())
}
