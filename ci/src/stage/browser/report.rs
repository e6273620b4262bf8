//! Reports of a run that ended well and of one with an error, opened from a file and read as a person does.

use std::process::Command;

use anyhow::Result;

use super::MODULES;
use crate::run::Bench;

const SCENARIOS: [&str; 2] = ["first-certificate", "wrong-user-pin"];

pub(super) fn run(bench: &mut Bench) -> Result<()> {
    let runs = bench.folder().join("runs");
    let reports = bench.folder().join("reports");
    let mut scenarios = Command::new("target/debug/scenarios");
    scenarios.arg("run").args(SCENARIOS).arg("--quiet");
    scenarios.arg("--out").arg(&runs);
    scenarios.arg("--report").arg(&reports);
    bench.run(scenarios.args(["--lang", "en"]))?;
    let mut script = Command::new("node");
    script.arg("ci/browser/report.mjs").arg(&reports);
    script.arg(bench.folder().join("pictures"));
    let said = bench.run(script.env("MODULES", MODULES))?;
    let held = said.lines().filter(|line| line.starts_with("ok")).count();
    println!("        {held} expectations of reports");
    Ok(())
}
