//! Reports of a run that ended well and of one with an error, opened from a file and read as a person does.

use std::process::Command;

use anyhow::Result;

use super::MODULES;
use crate::run::Bench;

const SCENARIOS: [&str; 2] = ["first-certificate", "wrong-user-pin"];

pub(super) fn run(bench: &mut Bench) -> Result<()> {
    let runs = bench.folder().join("runs");
    let mut scenarios = Command::new("target/debug/scenarios");
    scenarios.arg("run").args(SCENARIOS).arg("--quiet");
    bench.run(scenarios.arg("--out").arg(&runs))?;
    let mut reports = Vec::new();
    for name in SCENARIOS {
        let file = bench.folder().join(format!("{name}.html"));
        let mut report = Command::new("target/debug/scenarios");
        report.arg("report").arg(runs.join(name)).arg("-o");
        bench.run(report.arg(&file).args(["--lang", "en"]))?;
        reports.push(file);
    }
    let mut script = Command::new("node");
    script.arg("ci/browser/report.mjs").args(reports);
    script.arg(bench.folder().join("pictures"));
    let said = bench.run(script.env("MODULES", MODULES))?;
    let held = said.lines().filter(|line| line.starts_with("ok")).count();
    println!("        {held} expectations of reports");
    Ok(())
}
