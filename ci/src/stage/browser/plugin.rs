//! The manual with pages that drive the token: `enroll bridge` stands in for the Rutoken Plugin. The portal's pages load
//! the vendor's modules as npm has them; other people's packages run against the same token afterwards. gost-engine
//! verifies the certificate that comes of it, OpenSC finds it on the token, and no PIN is in anything that was written.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use super::{MODULES, Mock};
use crate::openssl::OpenSsl;
use crate::pcscd::{self, Inserted, Pcscd, SLOTS};
use crate::process::Beside;
use crate::programs::Programs;
use crate::run::Bench;
use crate::wait;

/// Where the bridge waits for the token.
const READER: &str = "127.0.0.1:18962";
/// Where the bridge serves; the portal has to know before it starts.
const BRIDGE: &str = "127.0.0.1:18967";
/// A page that is not the portal's; the script serves it.
const FOREIGN: &str = "http://127.0.0.1:18968";
/// What lies on the token, and its PINs.
const TOKEN: &str = "ci/browser/old-token.toml";
/// The day after the certificate was issued: 2018-12-14T02:00:00Z.
const NEXT_DAY: i64 = 1_544_752_800;

pub(super) fn run(bench: &mut Bench) -> Result<()> {
    let folder = bench.folder().join("pictures");
    let certificate = folder.join("certificate.pem");
    drive(bench, &folder, &certificate)?;
    let openssl = OpenSsl::with_gost_engine(bench)?;
    let chain = folder.join("chain.pem");
    let mut verify = openssl.verify(&chain, &certificate, Some(NEXT_DAY));
    bench.run_and_find(&mut verify, "OK")?;
    pcscd::isolated(&["inside", "browser"])?;
    no_pin_in(bench)
}

/// Both scripts, one after the other, with one token.
fn drive(bench: &mut Bench, folder: &Path, certificate: &Path) -> Result<()> {
    let origin = format!("http://{BRIDGE}");
    let modules = format!("{MODULES}/node_modules");
    let mock = Mock::start(&["--plugin-modules", &modules, "--plugin-bridge", &origin])?;
    let _token = attach_old(bench)?;
    let _bridge = bridge(bench, &mock)?;
    let mut manual = Command::new("node");
    manual.arg("ci/browser/manual.mjs").arg(&origin);
    manual.args(&mock.addresses).arg(folder).arg(TOKEN);
    let said = bench.run(manual.env("MODULES", MODULES))?;
    println!("        {} expectations of the manual", held(&said));
    let mut foreign = Command::new("node");
    foreign.args(["ci/browser/plugin.mjs", &origin, FOREIGN]);
    foreign.arg(certificate).arg(TOKEN);
    let said = bench.run(foreign.env("MODULES", MODULES))?;
    println!(
        "        {} expectations of other people's code",
        held(&said)
    );
    Ok(())
}

fn held(said: &str) -> usize {
    said.lines().filter(|line| line.starts_with("ok")).count()
}

/// Where OpenSC can read it: the token as the browser left it.
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
    let saved = std::fs::read(bench.folder().join("pictures/certificate.cer"))?;
    ensure!(
        std::fs::read(&read)? == saved,
        "OpenSC reads another certificate than the portal let save"
    );
    Ok(())
}

fn image(bench: &Bench) -> PathBuf {
    bench.folder().join("old/token.image")
}

/// A token with last year's pair and certificate.
fn attach_old(bench: &mut Bench) -> Result<Beside> {
    let mut scenarios = Command::new("target/debug/scenarios");
    scenarios.args(["run", "--quiet", TOKEN, "--out"]);
    bench.run(scenarios.arg(bench.folder().join("old")))?;
    let mut attach = Command::new("target/debug/emulator");
    attach.arg("attach").arg(image(bench));
    attach.args(["--vpcd", READER]);
    Beside::start(&mut attach, &bench.folder().join("emulator.log"))
}

/// A bridge for the mock's pages and for the foreign one. What it tells goes to a file: nobody reads on, and a full
/// pipe would stop it.
fn bridge(bench: &Bench, mock: &Mock) -> Result<Beside> {
    let portal = mock.addresses.first().context("the mock has no portal")?;
    let token = format!("vpcd:{READER}");
    let mut enroll = Command::new("target/debug/enroll");
    enroll.args(["bridge", "--json", "--token", &token, "--listen", BRIDGE]);
    enroll.args(["--allow-origin", portal, "--allow-origin", FOREIGN]);
    let log = bench.folder().join("bridge.log");
    let mut bridge = Beside::start(&mut enroll, &log)?;
    wait::until("the bridge", Duration::from_secs(20), || {
        ensure!(bridge.ended()?.is_none(), "enroll ended; see bridge.log");
        is_ready(&log)
    })?;
    Ok(bridge)
}

/// Whether the bridge has told its address.
fn is_ready(log: &Path) -> Result<bool> {
    let told = std::fs::read_to_string(log)?;
    let mut told = told.lines().filter_map(|line| {
        let line: Value = serde_json::from_str(line).ok()?;
        line["result"]["panel"].as_str().map(drop)
    });
    Ok(told.next().is_some())
}

/// Looks through everything that the stage wrote. The token's image is the one thing that has to hold its PINs.
fn no_pin_in(bench: &Bench) -> Result<()> {
    let scenario: toml::Table = std::fs::read_to_string(TOKEN)?.parse()?;
    let pins = scenario["token"]["pins"].as_table().context("no PINs")?;
    let pins: Vec<&str> = pins.values().filter_map(toml::Value::as_str).collect();
    ensure!(pins.len() == 2, "{TOKEN} names {} PINs", pins.len());
    let mut files = vec![bench.folder().with_extension("log")];
    files_below(bench.folder(), &mut files)?;
    for file in files.iter().filter(|file| **file != image(bench)) {
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
    println!("        no PIN in {} files", files.len() - 1);
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
