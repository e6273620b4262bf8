//! The command blocks of a page for people: what it tells them to type is what is run.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::run::Bench;

/// Runs every block marked `sh` in one shell at the root of the checkout; what they left running ends with it.
pub(crate) fn run(bench: &mut Bench, page: &str) -> Result<()> {
    let text = std::fs::read_to_string(Path::new(page)).with_context(|| page.to_owned())?;
    let blocks = blocks(&text);
    ensure!(!blocks.is_empty(), "{page} has no commands");
    let script = format!("set -eu\ntrap 'kill $(jobs -p) 2>/dev/null || :' EXIT\n{blocks}");
    bench.run(Command::new("bash").args(["-c", &script]))?;
    Ok(())
}

fn blocks(page: &str) -> String {
    let blocks = page.split("```sh\n").skip(1);
    blocks.filter_map(|rest| rest.split("```").next()).collect()
}

#[cfg(test)]
mod tests {
    use super::blocks;

    #[test]
    fn only_blocks_of_the_shell_are_commands() {
        let page = "text\n```sh\none\n```\n```text\ntwo\n```\n```sh\nthree\n```\n";
        assert_eq!(blocks(page), "one\nthree\n");
    }
}
