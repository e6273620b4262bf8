//! Formatting, lints, the pipelines' files, and what the product is built from.

mod supply;
mod tree;

use std::process::Command;

use anyhow::Result;

use crate::python::Python;
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
    super::fuzz::are_locked(bench)?;
    pipelines(bench)?;
    let config = std::fs::read_to_string("ci/deny.toml")?;
    tree::judged(&config)?;
    supply::judged(&config)?;
    cargo_deny(bench)
}

/// The same and more by `cargo deny`, where that is there: to install it takes as long as all the rest.
fn cargo_deny(bench: &mut Bench) -> Result<()> {
    let deny = || Command::new("cargo-deny");
    if deny().arg("--version").output().is_err() {
        println!(
            "        cargo-deny is not installed: licences, sources and duplicates are judged without it"
        );
        return Ok(());
    }
    let check = ["check", "licenses", "bans", "sources"];
    let config = ["--offline", "--config", "ci/deny.toml"];
    bench.run(deny().args(config).args(check))?;
    Ok(())
}

/// Each pipeline's file follows the schema its vendor publishes.
fn pipelines(bench: &mut Bench) -> Result<()> {
    let python = Python::with(bench, "ci/pipelines/requirements.txt")?;
    for (schema, file) in PIPELINES {
        let mut check = python.command("check-jsonschema");
        bench.run(check.args(["--builtin-schema", schema, file]))?;
    }
    Ok(())
}

/// Names of the schemas that come with `check-jsonschema`.
const PIPELINES: [(&str, &str); 2] = [
    ("vendor.github-workflows", ".github/workflows/validate.yml"),
    ("vendor.gitlab-ci", ".gitlab-ci.yml"),
];
