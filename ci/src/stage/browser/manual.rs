//! The manual in Chromium, by `scenarios run --via browser`: told twice it leaves the same recording; token and portal
//! answer it again as they did; gost-engine verifies the certificate, OpenSC finds it on the token, and no PIN is in
//! anything that was written.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::openssl::OpenSsl;
use crate::pcscd::{self, Inserted, Pcscd, SLOTS};
use crate::programs::Programs;
use crate::run::Bench;

/// What is told, and where its folder is called so.
const SCENARIO: &str = "manual-in-a-browser";
/// The scenario's file, for the token's PINs.
pub(super) const FILE: &str = "scenarios/suite/manual-in-a-browser.toml";
/// A story with a PIN that the page refuses.
const WRONG_PIN: &str = "wrong-user-pin";
/// The day after the certificate was issued: 2018-12-14T02:00:00Z.
const NEXT_DAY: i64 = 1_544_752_800;
/// The figures of the token's pages, which have to have a counterpart.
const FIGURES: [u8; 5] = [7, 8, 9, 16, 17];

pub(super) fn run(bench: &mut Bench) -> Result<()> {
    let told = folder(bench);
    tell(bench, SCENARIO, &told)?;
    let again = bench.folder().join("again");
    tell(bench, SCENARIO, &again)?;
    let recording = told.join("recording.jsonl");
    ensure!(
        std::fs::read(&recording)? == std::fs::read(again.join("recording.jsonl"))?,
        "told again, {SCENARIO} leaves another recording"
    );
    let refused = bench.folder().join(WRONG_PIN);
    tell(bench, WRONG_PIN, &refused)?;
    for recording in [&recording, &refused.join("recording.jsonl")] {
        for side in ["token", "portal"] {
            let mut replay = Programs::built()?.command("scenarios");
            replay.arg("replay").arg(recording);
            bench.run(replay.args(["--side", side, "--lang", "en"]))?;
        }
    }
    for figure in FIGURES {
        let picture = told.join(format!("pictures/manual-fig-{figure:02}.png"));
        ensure!(picture.is_file(), "there is no {}", picture.display());
    }
    let openssl = OpenSsl::with_gost_engine(bench)?;
    let (chain, certificate) = (told.join("issuer.pem"), certificate(bench));
    let mut verify = openssl.verify(&chain, &certificate, Some(NEXT_DAY));
    bench.run_and_find(&mut verify, "OK")
}

/// One run in Chromium.
fn tell(bench: &mut Bench, scenario: &str, folder: &Path) -> Result<()> {
    let mut scenarios = Programs::built()?.command("scenarios");
    scenarios.args([
        "run", scenario, "--via", "browser", "--lang", "en", "--quiet",
    ]);
    bench.run(scenarios.arg("--out").arg(folder))?;
    println!("        {scenario} in Chromium");
    Ok(())
}

/// What the manual's run left.
pub(super) fn folder(bench: &Bench) -> PathBuf {
    bench.folder().join("manual")
}

pub(super) fn certificate(bench: &Bench) -> PathBuf {
    folder(bench).join("certificate.pem")
}

/// The token as the browser left it.
pub(super) fn image(bench: &Bench) -> PathBuf {
    folder(bench).join("token.image")
}

/// Where OpenSC can read the token.
pub(super) fn inside(bench: &mut Bench) -> Result<()> {
    pcscd::prepare(bench)?;
    let _pcscd = Pcscd::start(bench)?;
    let programs = Programs::built()?;
    let image = image(bench);
    let _token = Inserted::token(bench, &programs, &image, SLOTS[0], &[])?;
    let mut list = Command::new("pkcs11-tool");
    list.args(["--list-objects", "--type", "cert"]);
    bench.run_and_find(&mut list, "Certificate Object")?;
    let read = bench.folder().join("opensc.der");
    let mut object = Command::new("pkcs11-tool");
    object.args(["--read-object", "--type", "cert", "--label", LABEL, "-o"]);
    bench.run(object.arg(&read))?;
    let saved = std::fs::read(folder(bench).join("certificate.der"))?;
    ensure!(
        std::fs::read(&read)? == saved,
        "OpenSC reads another certificate than the portal let save"
    );
    Ok(())
}

/// Looks through everything that the stage wrote. A token's image is the one thing that has to hold its PINs.
pub(super) fn no_pin_in(bench: &Bench) -> Result<()> {
    let scenario: toml::Table = std::fs::read_to_string(FILE)?.parse()?;
    let pins = scenario["token"]["pins"].as_table().context("no PINs")?;
    let pins: Vec<&str> = pins.values().filter_map(toml::Value::as_str).collect();
    ensure!(pins.len() == 2, "{FILE} names {} PINs", pins.len());
    let mut files = vec![bench.folder().with_extension("log")];
    files_below(bench.folder(), &mut files)?;
    files.retain(|file| !file.ends_with("token.image"));
    for file in &files {
        let bytes = std::fs::read(file)?;
        for pin in &pins {
            for form in [(*pin).to_owned(), hex_of(pin), hex_of(pin).to_uppercase()] {
                let holds = bytes
                    .windows(form.len())
                    .any(|part| part == form.as_bytes());
                ensure!(!holds, "{} holds a PIN", file.display());
            }
        }
    }
    println!("        no PIN in {} files", files.len());
    Ok(())
}

/// As an APDU in a log would show it.
fn hex_of(pin: &str) -> String {
    pin.bytes().map(|octet| format!("{octet:02x}")).collect()
}

fn files_below(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files_below(&path, files)?;
        } else if path.is_file() {
            files.push(path);
        }
    }
    Ok(())
}

/// What the portal has the pair called, and the certificate with it.
const LABEL: &str = "ЕГАИС_722318";
