//! The API documentation, every warning an error.

use std::process::Command;

use anyhow::Result;

use crate::run::Bench;

pub(crate) fn run(bench: &mut Bench) -> Result<()> {
    let mut doc = Command::new("cargo");
    doc.args(["doc", "--locked", "--workspace", "--no-deps"])
        .env("RUSTDOCFLAGS", "-D warnings");
    bench.run(&mut doc)?;
    Ok(())
}
