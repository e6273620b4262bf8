//! A token of the emulator plays the hardware in one slot, `scenarios relay` stands before it in the other: OpenSC makes a key
//! there, `enroll` sees it, and the recording replays on a new token of another seed.

use std::process::Command;

use anyhow::{Result, ensure};

use super::{enroll, new_image};
use crate::packages::OPENSC_MODULE;
use crate::pcscd::{Inserted, SLOTS};
use crate::programs::Programs;
use crate::run::Bench;

/// With a pcscd whose slots are empty.
pub(super) fn by_opensc(bench: &mut Bench, programs: &Programs) -> Result<()> {
    let [hardware, front] = SLOTS;
    let image = new_image(bench, programs, "hardware.image", "2CDB7256")?;
    let untouched = bench.folder().join("hardware-before.image");
    std::fs::copy(&image, &untouched)?;
    let token = Inserted::token(bench, programs, &image, hardware, &["--seed", "9"])?;
    let recording = bench.folder().join("relayed.jsonl");
    let mut relay = programs.command("scenarios");
    relay.args(["relay", "--reader", hardware.name, "--vpcd", front.port]);
    relay.arg("-o").arg(&recording);
    let relayed = Inserted::wait(&mut relay, front, &bench.folder().join("relay.log"))?;
    for arguments in USES {
        let mut tool = Command::new("pkcs11-tool");
        tool.args(["--module", OPENSC_MODULE, "--slot-index", "1"]);
        bench.run(tool.args(["--login", "--pin", "12345678"]).args(arguments))?;
    }
    let reader = format!("pcsc:{}", front.name);
    let listed = bench.run(&mut enroll(
        programs,
        &["token", "list", "--token", &reader],
    ))?;
    ensure!(listed.contains("CryptoPro-A"), "no pair is seen: {listed}");
    relayed.remove()?;
    token.remove()?;
    let text = std::fs::read_to_string(&recording)?;
    ensure!(
        text.contains("GENERATE ASYMMETRIC"),
        "no key was made: {text}"
    );
    let mut replay = programs.command("scenarios");
    replay
        .arg("replay")
        .arg(&recording)
        .args(["--side", "token"]);
    let replayed = bench.run(replay.arg("--image").arg(&untouched))?;
    println!(
        "        relayed and replayed:{}",
        replayed.lines().last().unwrap_or_default()
    );
    Ok(())
}

const USES: [&[&str]; 2] = [
    &["--keypairgen", "--key-type", "GOSTR3410:A", "--id", "01"],
    &["--list-objects"],
];
