//! Through OpenSC's PKCS#11 module: a whole enrollment by the programs, and the removal of what it left; then the suite.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::enrollment::Enrollment;
use crate::packages::OPENSC_MODULE;
use crate::pcscd::{self, Inserted, Pcscd, SLOTS};
use crate::programs::Programs;
use crate::run::Bench;

/// The manual's own time and algorithm: OpenSC 0.23 shows no certificate with a key of 2012 to `pkcs11-tool`.
const SETTINGS: [&str; 4] = [
    "--profile",
    "forus-2018",
    "--epoch",
    "2018-12-13T09:00:00+08:00",
];

pub(crate) fn run(bench: &mut Bench) -> Result<()> {
    Programs::build(bench)?;
    pcscd::isolated(&["inside", "pkcs11"])
}

/// The same, where pcscd is our own.
pub(crate) fn inside(bench: &mut Bench) -> Result<()> {
    pcscd::prepare(bench)?;
    let programs = Programs::built()?;
    let _pcscd = Pcscd::start(bench)?;
    let folder = bench.folder().to_owned();
    let token = new_token(bench, &programs, &folder)?;
    let way = format!("pkcs11:{OPENSC_MODULE}");
    let enrollment = Enrollment::begin(&programs, &folder, &way, &SETTINGS)?;
    for verb in ["request", "install", "documents"] {
        bench.run(&mut enrollment.command(&programs, &[verb]))?;
    }
    enrolled(bench, &programs, &enrollment)?;
    removed(bench, &programs, &enrollment)?;
    token.remove()?;
    let recordings = every_scenario(bench, &programs)?;
    replayed(bench, &programs, &recordings)
}

/// Every shipped scenario ends as it expects, but those that hold what the module cannot do; these are listed.
fn every_scenario(bench: &mut Bench, programs: &Programs) -> Result<Vec<PathBuf>> {
    let names = programs.scenarios(bench)?;
    let out = bench.folder().join("suite");
    let mut scenarios = programs.command("scenarios");
    scenarios.args(["run", "--quiet", "--via", "pkcs11", "--lang", "en"]);
    scenarios.args(["--now", PRESENT]).arg("--out").arg(&out);
    let told = bench.run(scenarios.args(&names))?;
    let (verdicts, table) = told.split_at(told.find(TABLE).unwrap_or(told.len()));
    let passed: Vec<&str> = (verdicts.lines())
        .filter_map(|line| line.strip_suffix(": passed"))
        .collect();
    let left_out = table.lines().skip(1).count();
    ensure!(
        !passed.is_empty() && passed.len() + left_out == names.len(),
        "{} passed and {left_out} left out are not {}:\n{told}",
        passed.len(),
        names.len()
    );
    println!("        the suite through OpenSC's module, {table}");
    let recording = |name: &&str| out.join(name).join("recording.jsonl");
    Ok(passed.iter().map(recording).collect())
}

/// The card in process answers the module's commands as it did then.
fn replayed(bench: &mut Bench, programs: &Programs, recordings: &[PathBuf]) -> Result<()> {
    let mut replay = programs.command("scenarios");
    replay.args(["replay", "--side", "token"]);
    bench.run(replay.args(recordings))?;
    println!(
        "        the recordings replay: in process the card answers the module's commands the same"
    );
    Ok(())
}

/// For scenarios that start near the present.
const PRESENT: &str = "2026-01-31T12:00:00+08:00";

/// How the table of those left out begins.
const TABLE: &str = "this way: ";

fn new_token(bench: &mut Bench, programs: &Programs, folder: &Path) -> Result<Inserted> {
    let image = folder.join("token.image");
    bench.run(programs.command("emulator").arg("new").arg(&image))?;
    let mut attach = programs.command("emulator");
    attach.arg("attach").arg(&image).args(["--seed", "1"]);
    Inserted::wait(&mut attach, SLOTS[0], &folder.join("emulator.log"))
}

/// Both `enroll` and OpenSC's own tool see one pair and its certificate.
fn enrolled(bench: &mut Bench, programs: &Programs, enrollment: &Enrollment) -> Result<()> {
    let listed = enrollment.listed(bench, programs)?;
    listed.one_pair_with_its_certificate()?;
    let id = listed.pairs[0].as_str().context("an id is text")?;
    let shown = bench.run(Command::new("pkcs11-tool").args(["--module", OPENSC_MODULE, "-O"]))?;
    for (what, wanted) in [("ЕГАИС_722318", 2), (id, 2), ("Certificate Object", 1)] {
        let found = shown.matches(what).count();
        ensure!(
            found == wanted,
            "pkcs11-tool shows «{what}» {found} times, not {wanted}:\n{shown}"
        );
    }
    println!("        through OpenSC's module: one pair and its certificate");
    Ok(())
}

/// Приложение 1 by the user's PIN, which is what OpenSC lets delete; nothing is left.
fn removed(bench: &mut Bench, programs: &Programs, enrollment: &Enrollment) -> Result<()> {
    let listed = enrollment.listed(bench, programs)?;
    let serial = listed.serials[0].as_str().context("a serial is text")?;
    let pair = listed.pairs[0].as_str().context("an id is text")?;
    let certificate = [
        "token",
        "delete-certificate",
        serial,
        "--as",
        "user",
        "--yes",
    ];
    bench.run(&mut enrollment.command(programs, &certificate))?;
    bench.run(&mut enrollment.command(programs, &["token", "delete-key", pair, "--yes"]))?;
    let left = enrollment.listed(bench, programs)?;
    ensure!(
        left.pairs.is_empty() && left.certificates.is_empty(),
        "something is left: {left:?}"
    );
    println!("        and deleted again");
    Ok(())
}
