//! What can be wrong before anything is begun: `enroll` says which it is, and ends with the code it documents.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use pcsc::{Context, Protocols, Scope, ShareMode};

use super::{enroll, new_image};
use crate::pcscd::{Inserted, SLOTS};
use crate::programs::Programs;
use crate::run::Bench;

/// `enroll --help`: no reader, no token, or it was removed.
pub(super) const NO_TOKEN: i32 = 11;

const LIST: [&str; 4] = ["token", "list", "--token", "pcsc"];
const INFO: [&str; 4] = ["token", "info", "--token", "pcsc"];

/// With no pcscd running, and on a machine that has nothing of PC/SC.
pub(super) fn without_service(bench: &mut Bench, programs: &Programs) -> Result<()> {
    says(
        bench,
        &mut enroll(programs, &LIST),
        "the smart card service is not available: it is not running",
    )?;
    let bare = bare_machine(bench, &programs.path("enroll"))?;
    let mut command = Command::new("chroot");
    command
        .arg(bare)
        .arg("/enroll")
        .args(LIST)
        .args(["--lang", "en"]);
    says(
        bench,
        &mut command,
        "the smart card library cannot be opened",
    )
}

/// A root folder that holds one program, the libraries it is linked with, and nothing else.
fn bare_machine(bench: &mut Bench, program: &Path) -> Result<std::path::PathBuf> {
    let root = bench.folder().join("bare-machine");
    std::fs::create_dir(&root)?;
    std::fs::copy(program, root.join("enroll"))?;
    let linked = bench.run(Command::new("ldd").arg(program))?;
    let files = linked
        .split_whitespace()
        .filter(|word| word.starts_with('/'));
    for file in files {
        let copy = root.join(file.trim_start_matches('/'));
        std::fs::create_dir_all(copy.parent().context("a file lies in a folder")?)?;
        std::fs::copy(file, copy)?;
    }
    Ok(root)
}

/// With an empty reader, with a card that another program has to itself, and with two cards.
pub(super) fn with_cards(bench: &mut Bench, programs: &Programs) -> Result<()> {
    let [first, second] = SLOTS;
    says(
        bench,
        &mut enroll(programs, &LIST),
        "no card in Aktiv Rutoken ECP 00 00",
    )?;

    let image = new_image(bench, programs, "first.image", "2CDB7256")?;
    let token = Inserted::token(bench, programs, &image, first, &[])?;
    let context = Context::establish(Scope::User)?;
    let holder = context.connect(&first.reader()?, ShareMode::Exclusive, Protocols::ANY)?;
    says(
        bench,
        &mut enroll(programs, &LIST),
        "another program uses the card in Aktiv Rutoken ECP 00 00",
    )?;
    drop(holder);
    has_serial(bench, &mut enroll(programs, &INFO), "2cdb7256")?;

    let image = bench.folder().join("second.image");
    let mut new = programs.command("emulator");
    let new = new.arg("new").arg(&image);
    bench.run(new.args(["--serial", "33505E30", "--label", SECOND]))?;
    let other = Inserted::token(bench, programs, &image, second, &[])?;
    two_are_not_guessed_between(bench, programs)?;
    other.remove()?;
    token.remove()
}

fn two_are_not_guessed_between(bench: &mut Bench, programs: &Programs) -> Result<()> {
    let listed = bench.run(Command::new("opensc-tool").arg("--list-readers"))?;
    let filled = listed.lines().filter(|line| line.contains(" Yes ")).count();
    ensure!(filled == 2, "opensc-tool sees not two cards:\n{listed}");
    says(
        bench,
        &mut enroll(programs, &LIST),
        "several readers hold a card: Aktiv Rutoken ECP 00 00, Aktiv Rutoken ECP 00 01",
    )?;
    for (slot, serial) in SLOTS.into_iter().zip(["2cdb7256", "33505e30"]) {
        let named = format!("pcsc:{}", slot.name);
        has_serial(
            bench,
            &mut enroll(programs, &["token", "info", "--token", &named]),
            serial,
        )?;
        let by_serial = [&INFO[..], &["--serial", serial]].concat();
        has_serial(bench, &mut enroll(programs, &by_serial), serial)?;
    }
    let by_label = [&INFO[..], &["--token-label", SECOND]].concat();
    has_serial(bench, &mut enroll(programs, &by_label), "33505e30")?;
    let neither = [&INFO[..], &["--serial", "00000000"]].concat();
    says(bench, &mut enroll(programs, &neither), "several readers")
}

/// The label of the token in the second reader.
const SECOND: &str = "Касса 2";

/// The command ends as one without a token does, says `why`, and what to do next.
pub(super) fn says(bench: &mut Bench, command: &mut Command, why: &str) -> Result<()> {
    let told = bench.run_ending(command, NO_TOKEN)?;
    for part in [why, "\nstate: ", "\nnext: "] {
        ensure!(
            told.contains(part),
            "`{command:?}` does not say «{part}» but:\n{told}"
        );
    }
    Ok(())
}

fn has_serial(bench: &mut Bench, command: &mut Command, serial: &str) -> Result<()> {
    bench.run_and_find(command, &format!("serial: {serial}"))
}
