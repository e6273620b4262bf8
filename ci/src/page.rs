//! The command blocks of a page for people: what it tells them to type is what is run.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::run::Bench;

/// Runs every block marked `sh` in one shell at the root of the checkout; what they left running ends with it.
pub(crate) fn run(bench: &mut Bench, page: &str) -> Result<()> {
    let text = std::fs::read_to_string(Path::new(page)).with_context(|| page.to_owned())?;
    let commands = blocks(&text, "sh").concat();
    ensure!(!commands.is_empty(), "{page} has no commands");
    bench.run(&mut shell(&commands))?;
    Ok(())
}

/// The blocks marked `language`, in order.
fn blocks<'page>(page: &'page str, language: &str) -> Vec<&'page str> {
    let beginning = format!("```{language}\n");
    let blocks = page.split(beginning.as_str()).skip(1);
    blocks.filter_map(|rest| rest.split("```").next()).collect()
}

/// One shell for all of them, which the first that fails ends.
fn shell(commands: &str) -> Command {
    let mut shell = Command::new("bash");
    shell.arg("-c").arg([BEFORE, commands].concat());
    shell
}

/// The pages take programs from `target`, wherever this one was built. What cargo told it about its own crate is
/// forgotten: build scripts (ring's is one) ask for it, so that the page's cargo would find everything above them stale,
/// and the next one outside again.
const BEFORE: &str = "set -eu
unset CARGO_TARGET_DIR ${!CARGO_PKG_@} ${!CARGO_MANIFEST_@}
trap 'kill $(jobs -p) 2>/dev/null || :' EXIT
";

#[cfg(test)]
mod tests;
