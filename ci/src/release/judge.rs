//! The very files that are handed out go through the suite and the recordings.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, ensure};

use super::{build, told};
use crate::enrollment::Enrollment;
use crate::pcscd::{self, Inserted, Pcscd, SLOTS};
use crate::ports;
use crate::process::Beside;
use crate::programs::Programs;
use crate::run::Bench;

/// Every scenario and every shipped recording, on each `scenarios` that is handed out.
pub(super) fn suite(bench: &mut Bench, release: &Path) -> Result<()> {
    build::folders().try_for_each(|folder| suite_on(bench, release, folder))
}

fn suite_on(bench: &mut Bench, release: &Path, folder: &str) -> Result<()> {
    let programs = Programs::at(&release.join(folder));
    let names = programs.scenarios(bench)?;
    let out = bench.folder().join("suite").join(folder);
    let mut run = programs.command("scenarios");
    bench.run(
        run.args(["run", "--quiet"])
            .args(&names)
            .arg("--out")
            .arg(out),
    )?;
    let mut replay = programs.command("scenarios");
    let recordings = recordings()?;
    bench.run(replay.arg("replay").args(&recordings))?;
    told(&format!(
        "{} scenarios and {} recordings pass on {folder}/",
        names.len(),
        recordings.len()
    ));
    Ok(())
}

fn recordings() -> Result<Vec<std::path::PathBuf>> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir("scenarios/recordings")? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "jsonl") {
            paths.push(path);
        }
    }
    paths.sort();
    ensure!(!paths.is_empty(), "no recordings are shipped");
    Ok(paths)
}

/// The README's own way: `enroll` is the reader, the token connects to it.
fn by_hand(bench: &mut Bench, programs: &Programs) -> Result<()> {
    let folder = bench.folder().join("by-hand");
    std::fs::create_dir(&folder)?;
    let image = folder.join("token.image");
    bench.run(programs.command("emulator").arg("new").arg(&image))?;
    let reader = ports::free()?;
    let enrollment = Enrollment::begin(programs, &folder, &format!("vpcd:{reader}"), &[])?;
    let mut attach = programs.command("emulator");
    attach.arg("attach").arg(&image).args(["--vpcd", &reader]);
    let _token = Beside::start(&mut attach, &folder.join("emulator.log"))?;
    enroll(bench, programs, &enrollment)?;
    told("they enroll as separate programs");
    Ok(())
}

/// Runs [`enrollments`] inside namespaces of their own.
pub(super) fn enrollments_apart() -> Result<()> {
    pcscd::isolated(&["inside", "release"])
}

/// An enrollment by the separate static programs, and one by those with PC/SC, which is what these are for; a scenario
/// that way, too.
pub(super) fn enrollments(bench: &mut Bench, release: &Path) -> Result<()> {
    pcscd::prepare(bench)?;
    let fixed = Programs::at(&release.join("bin"));
    by_hand(bench, &fixed)?;
    through_pcscd(bench, release, &fixed)
}

fn through_pcscd(bench: &mut Bench, release: &Path, fixed: &Programs) -> Result<()> {
    let programs = Programs::at(&release.join("bin-pcsc"));
    let _pcscd = Pcscd::start(bench)?;
    let folder = bench.folder().join("pcsc");
    std::fs::create_dir(&folder)?;
    let image = folder.join("token.image");
    bench.run(fixed.command("emulator").arg("new").arg(&image))?;
    let token = Inserted::token(bench, fixed, &image, SLOTS[0], &[])?;
    let enrollment = Enrollment::begin(fixed, &folder, "pcsc", &[])?;
    enroll(bench, &programs, &enrollment)?;
    token.remove()?;
    let mut scenarios = programs.command("scenarios");
    scenarios.args(["run", "first-certificate", "--via", "pcsc", "--quiet"]);
    bench.run(scenarios.arg("--out").arg(folder.join("scenario")))?;
    told("they enroll through pcscd, a scenario does");
    Ok(())
}

fn enroll(bench: &mut Bench, programs: &Programs, enrollment: &Enrollment) -> Result<()> {
    for verb in ["request", "install", "documents"] {
        let command: &mut Command = &mut enrollment.command(programs, &[verb]);
        bench.run(command)?;
    }
    (enrollment.listed(bench, programs)?).one_pair_with_its_certificate()
}
