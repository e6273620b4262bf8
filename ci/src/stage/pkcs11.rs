//! A whole enrollment, and the removal of what it left, through OpenSC's PKCS#11 module.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::enrollment::Enrollment;
use crate::pcscd::{self, Inserted, Pcscd, SLOTS};
use crate::programs::Programs;
use crate::run::Bench;

const MODULE: &str = "/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so";
const TOKEN: &str = "pkcs11:/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so";

/// The seed's own time and algorithm: OpenSC 0.23 shows no certificate with a key of 2012.
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
    let _token = new_token(bench, &programs, &folder)?;
    let enrollment = Enrollment::prepare(&folder, TOKEN)?;
    let mock = enrollment.start_mock(&programs, &SETTINGS)?;
    for verb in ["request", "install", "documents"] {
        bench.run(&mut enrollment.command(&programs, &[verb]))?;
    }
    drop(mock);
    enrolled(bench, &programs, &enrollment)?;
    removed(bench, &programs, &enrollment)
}

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
    let shown = bench.run(Command::new("pkcs11-tool").args(["--module", MODULE, "-O"]))?;
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
