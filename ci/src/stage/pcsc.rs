//! `enroll` and `scenarios` over PC/SC, with pcscd and vsmartcard's virtual reader below.

mod faults;
mod mishaps;
mod mute;
mod relayed;

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::pcscd::{self, Pcscd};
use crate::programs::Programs;
use crate::run::Bench;

pub(crate) fn run(bench: &mut Bench) -> Result<()> {
    Programs::build(bench)?;
    pcscd::isolated(&["inside", "pcsc"])
}

/// The same, where pcscd is our own.
pub(crate) fn inside(bench: &mut Bench) -> Result<()> {
    pcscd::prepare(bench)?;
    let programs = Programs::built()?;
    faults::without_service(bench, &programs)?;
    let pcscd = Pcscd::start(bench)?;
    faults::with_cards(bench, &programs)?;
    mute::powered_anew(bench, &programs).context("a reset that fails")?;
    relayed::by_opensc(bench, &programs)?;
    every_scenario(bench, &programs)?;
    recordings(bench, &programs)?;
    mishaps::on_the_way(bench, &programs, pcscd).context("an enrollment with every mishap")
}

/// Every shipped scenario through pcscd leaves what it leaves in process: recording, token, papers, byte for byte.
fn every_scenario(bench: &mut Bench, programs: &Programs) -> Result<()> {
    let names = programs.scenarios(bench)?;
    let (direct, wired) = (
        bench.folder().join("in-process"),
        bench.folder().join("pcsc"),
    );
    for (way, out) in [("in-process", &direct), ("pcsc", &wired)] {
        let mut scenarios = programs.command("scenarios");
        scenarios.args(["run", "--quiet", "--via", way, "--now", PRESENT]);
        bench.run(scenarios.args(&names).arg("--out").arg(out))?;
    }
    for name in &names {
        same_files(bench, &direct.join(name), &wired.join(name))?;
    }
    println!(
        "        {} scenarios through pcscd: the recordings are those of in process",
        names.len()
    );
    Ok(())
}

/// What was recorded over PC/SC replays in process on every side, and what is shipped replays over PC/SC.
fn recordings(bench: &mut Bench, programs: &Programs) -> Result<()> {
    for name in REPLAYED {
        let left = bench.folder().join("pcsc").join(name);
        bench.run(replay_of(programs).arg(left.join("recording.jsonl")))?;
    }
    let mut replay = replay_of(programs);
    replay.args(REPLAYED.map(|name| format!("scenarios/recordings/{name}.jsonl")));
    bench.run(replay.args(["--side", "token", "--via", "pcsc"]))?;
    println!("        recordings replay: made over PC/SC in process, made in process over PC/SC");
    Ok(())
}

fn replay_of(programs: &Programs) -> Command {
    let mut replay = programs.command("scenarios");
    replay.arg("replay");
    replay
}

const REPLAYED: [&str; 3] = ["first-certificate", "replace-certificate", "wrong-user-pin"];

/// For scenarios that start near the present, which both runs have to share.
const PRESENT: &str = "2026-01-31T12:00:00+08:00";

fn same_files(bench: &mut Bench, direct: &Path, wired: &Path) -> Result<()> {
    let recording = "recording.jsonl";
    ensure!(
        std::fs::metadata(direct.join(recording))?.len() > 0,
        "{} holds no recording",
        direct.display()
    );
    bench.run(Command::new("diff").arg("-r").arg(direct).arg(wired))?;
    Ok(())
}

/// A token without keys.
fn new_image(
    bench: &mut Bench,
    programs: &Programs,
    name: &str,
    serial: &str,
) -> Result<std::path::PathBuf> {
    let image = bench.folder().join(name);
    let mut new = programs.command("emulator");
    bench.run(new.arg("new").arg(&image).args(["--serial", serial]))?;
    Ok(image)
}

/// `enroll`, in English, on what PC/SC has.
fn enroll(programs: &Programs, arguments: &[&str]) -> Command {
    let mut enroll = programs.command("enroll");
    enroll.args(arguments).args(["--lang", "en"]);
    enroll
}
