//! One enrollment that meets every mishap and still ends with one pair and its certificate.

use std::path::Path;
use std::time::Duration;

use anyhow::{Result, ensure};
use pcsc::{Context, Disposition, Protocols, Scope, ShareMode};

use super::faults::NO_TOKEN;
use super::new_image;
use crate::enrollment::Enrollment;
use crate::pcscd::{self, Inserted, Pcscd, SLOTS, Slot};
use crate::process::Beside;
use crate::programs::Programs;
use crate::run::Bench;
use crate::wait;

/// The token is torn out while it makes the key pair; other programs reset it; pcscd is started anew meanwhile.
pub(super) fn on_the_way(bench: &mut Bench, programs: &Programs, pcscd: Pcscd) -> Result<()> {
    let slot = SLOTS[0];
    let folder = bench.folder().to_owned();
    let image = new_image(bench, programs, "enrolled.image", "2CDB7256")?;
    write_slow_profile(&folder)?;
    let enrollment = Enrollment::begin(programs, &folder, "pcsc", &[])?;

    torn_out(bench, programs, &enrollment, &image)?;
    let token = Inserted::token(bench, programs, &image, slot, &[])?;
    let log = folder.join("resume.log");
    let mut resume = Beside::start(&mut enrollment.command(programs, &["resume"]), &log)?;
    resets_until_it_waits(&mut resume, &log, slot)?;
    let pcscd = restarted(bench, pcscd, slot)?;
    let status = resume.wait(Duration::from_secs(150))?;
    let told = std::fs::read_to_string(&log)?;
    ensure!(
        status.success(),
        "`enroll resume` ended with {status}:\n{told}"
    );
    (enrollment.listed(bench, programs)?).one_pair_with_its_certificate()?;
    token.remove()?;
    drop(pcscd);
    println!(
        "        torn out, reset, pcscd started anew: one pair and its certificate in the end"
    );
    Ok(())
}

/// A timing profile in which the key pair takes long enough to be met in the middle of it.
fn write_slow_profile(folder: &Path) -> Result<()> {
    let profile = std::fs::read_to_string("emulator/timing/hardware.toml")?;
    let slow: String = profile.lines().map(slower).collect();
    std::fs::write(folder.join("slow.toml"), slow)?;
    Ok(())
}

/// A line of a timing profile; that of the key pair says three seconds.
fn slower(line: &str) -> String {
    if line.starts_with("generate-gost-256-us") {
        "generate-gost-256-us = 3000000\n".to_owned()
    } else {
        format!("{line}\n")
    }
}

/// The card disappears after it made the pair and before it could say so.
fn torn_out(
    bench: &mut Bench,
    programs: &Programs,
    enrollment: &Enrollment,
    image: &Path,
) -> Result<()> {
    let folder = enrollment.folder();
    let slow = folder.join("slow.toml");
    let options = ["--trace", "--timing", &slow.to_string_lossy()];
    let token = Inserted::token(bench, programs, image, SLOTS[0], &options)?;
    let trace = folder.join("emulator-35963.log");
    let log = folder.join("request.log");
    let mut request = Beside::start(&mut enrollment.command(programs, &["request"]), &log)?;
    wait::until("the key pair", Duration::from_secs(60), || {
        ensure!(
            request.ended()?.is_none(),
            "{}",
            std::fs::read_to_string(&log)?
        );
        Ok(std::fs::read_to_string(&trace)?.contains(GENERATE))
    })?;
    token.tear_out()?;
    let status = request.wait(Duration::from_secs(60))?;
    let told = std::fs::read_to_string(&log)?;
    ensure!(
        status.code() == Some(NO_TOKEN) && told.contains("the card was removed"),
        "torn out while it made the key pair, `enroll request` ended with {status}:\n{told}"
    );
    let mut resume = enrollment.command(programs, &["resume"]);
    super::faults::says(bench, &mut resume, "no card in Aktiv Rutoken ECP 00 00")
}

/// How `emulator attach --trace` calls the making of a pair.
const GENERATE: &str = "GENERATE";

/// Another program resets the card again and again, whenever it is let, until `enroll` waits for the certificate.
fn resets_until_it_waits(resume: &mut Beside, log: &Path, slot: Slot) -> Result<()> {
    let context = Context::establish(Scope::User)?;
    let (reader, mut resets) = (slot.reader()?, 0);
    wait::until(
        "the application to be accepted",
        Duration::from_secs(90),
        || {
            let told = std::fs::read_to_string(log)?;
            ensure!(resume.ended()?.is_none(), "`enroll resume` ended:\n{told}");
            if let Ok(card) = context.connect(&reader, ShareMode::Shared, Protocols::ANY) {
                resets += u32::from(card.disconnect(Disposition::ResetCard).is_ok());
            }
            Ok(told.contains(ORDERED))
        },
    )?;
    ensure!(resets > 0, "the card could not be reset once");
    Ok(())
}

/// What the portal says when it has the request.
const ORDERED: &str = "Ваш сертификат заказан";

fn restarted(bench: &mut Bench, pcscd: Pcscd, slot: Slot) -> Result<Pcscd> {
    drop(pcscd);
    let pcscd = Pcscd::start(bench)?;
    wait::until("the card in the new pcscd", Duration::from_secs(20), || {
        pcscd::holds_card(slot)
    })?;
    Ok(pcscd)
}
