//! Reports of a run that ended well and of one with an error, opened from a file and read as a person does.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use super::{expectations_met, manual};
use crate::packages::MODULES;
use crate::programs::Programs;
use crate::run::Bench;

const SCENARIOS: [&str; 2] = ["first-certificate", "wrong-user-pin"];

pub(super) fn run(bench: &mut Bench) -> Result<()> {
    let runs = bench.folder().join("runs");
    let reports = bench.folder().join("reports");
    let mut scenarios = Programs::built()?.command("scenarios");
    scenarios.arg("run").args(SCENARIOS).arg("--quiet");
    scenarios.arg("--out").arg(&runs);
    scenarios.arg("--report").arg(&reports);
    bench.run(scenarios.args(["--lang", "en"]))?;
    replay_of_a_changed_page(bench, &runs, &reports)?;
    let mut report = Programs::built()?.command("scenarios");
    report.arg("report").arg(manual::folder(bench));
    report.args(["--lang", "en", "-o"]);
    bench.run(report.arg(reports.join("manual.html")))?;
    let mut script = Command::new("node");
    script.arg("ci/browser/report.mjs").arg(&reports);
    script.arg(bench.folder().join("pictures"));
    let said = bench.run(script.env("MODULES", MODULES))?;
    let held = expectations_met(&said)?;
    println!("        {held} expectations of reports");
    Ok(())
}

/// The report of a replay in which the portal says another word than the recording has.
fn replay_of_a_changed_page(bench: &mut Bench, runs: &Path, reports: &Path) -> Result<()> {
    let recording = runs.join(SCENARIOS[0]).join("recording.jsonl");
    let recorded = std::fs::read_to_string(recording)?;
    let changed = bench.folder().join("changed.jsonl");
    std::fs::write(
        &changed,
        recorded.replacen("Принята Оператором", "Принята Кем-то", 1),
    )?;
    let mut replay = Programs::built()?.command("scenarios");
    replay
        .arg("replay")
        .arg(&changed)
        .args(["--side", "portal"]);
    replay.args(["--lang", "en", "--report"]);
    bench.run_ending(replay.arg(reports.join("replay.html")), 1)?;
    Ok(())
}
