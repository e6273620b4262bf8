//! Other people's packages, as published, with the token that the manual left: `enroll bridge` stands in for the Rutoken
//! Plugin.

use std::process::Command;

use anyhow::Result;

use super::{expectations_met, manual};
use crate::packages::MODULES;
use crate::ports;
use crate::process::Beside;
use crate::programs::Programs;
use crate::run::Bench;

pub(super) fn run(bench: &mut Bench) -> Result<()> {
    let (reader, at) = (ports::free()?, ports::free()?);
    // A page that is not the portal's; the script serves it.
    let page = format!("http://{}", ports::free()?);
    let _token = attach(bench, &reader)?;
    let _bridge = bridge(bench, &reader, &at, &page)?;
    let mut foreign = Command::new("node");
    foreign.args(["ci/browser/plugin.mjs", &format!("http://{at}"), &page]);
    foreign.arg(manual::certificate(bench)).arg(manual::FILE);
    let said = bench.run(foreign.env("MODULES", MODULES))?;
    let held = expectations_met(&said)?;
    println!("        {held} expectations of other people's code");
    Ok(())
}

fn attach(bench: &Bench, reader: &str) -> Result<Beside> {
    let mut attach = Programs::built()?.command("emulator");
    attach.arg("attach").arg(manual::image(bench));
    attach.args(["--vpcd", reader]);
    Beside::start(&mut attach, &bench.folder().join("emulator.log"))
}

/// What it tells goes to a file: nobody reads on, and a full pipe would stop it.
fn bridge(bench: &Bench, reader: &str, at: &str, foreign: &str) -> Result<Beside> {
    let token = format!("vpcd:{reader}");
    let mut enroll = Programs::built()?.command("enroll");
    enroll.args(["bridge", "--json", "--token", &token, "--listen", at]);
    enroll.args(["--allow-origin", foreign]);
    let mut bridge = Beside::start(&mut enroll, &bench.folder().join("bridge.log"))?;
    bridge.told(|line| line["result"]["panel"].as_str().map(drop))?;
    Ok(bridge)
}
