//! Other people's packages, as published, with the token that the manual left: `enroll bridge` stands in for the Rutoken
//! Plugin.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::Value;

use super::manual;
use crate::packages::MODULES;
use crate::process::Beside;
use crate::run::Bench;
use crate::wait;

/// Where the bridge waits for the token.
const READER: &str = "127.0.0.1:18962";
/// Where the bridge serves.
const BRIDGE: &str = "127.0.0.1:18967";
/// A page that is not the portal's; the script serves it.
const FOREIGN: &str = "http://127.0.0.1:18968";

pub(super) fn run(bench: &mut Bench) -> Result<()> {
    let _token = attach(bench)?;
    let _bridge = bridge(bench)?;
    let mut foreign = Command::new("node");
    foreign.args([
        "ci/browser/plugin.mjs",
        &format!("http://{BRIDGE}"),
        FOREIGN,
    ]);
    foreign.arg(manual::certificate(bench)).arg(manual::FILE);
    let said = bench.run(foreign.env("MODULES", MODULES))?;
    let held = said.lines().filter(|line| line.starts_with("ok")).count();
    println!("        {held} expectations of other people's code");
    Ok(())
}

fn attach(bench: &Bench) -> Result<Beside> {
    let mut attach = Command::new("target/debug/emulator");
    attach.arg("attach").arg(manual::image(bench));
    attach.args(["--vpcd", READER]);
    Beside::start(&mut attach, &bench.folder().join("emulator.log"))
}

/// What it tells goes to a file: nobody reads on, and a full pipe would stop it.
fn bridge(bench: &Bench) -> Result<Beside> {
    let token = format!("vpcd:{READER}");
    let mut enroll = Command::new("target/debug/enroll");
    enroll.args(["bridge", "--json", "--token", &token, "--listen", BRIDGE]);
    enroll.args(["--allow-origin", FOREIGN]);
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
