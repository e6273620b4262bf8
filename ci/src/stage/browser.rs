//! A real browser goes through every page of the mock, on a narrow and on a wide screen; it does the whole manual with the
//! virtual plugin, as a scenario; then it reads reports of runs. Its pictures stay in the stage's folder.

mod manual;
mod plugin;
mod report;

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::packages::MODULES;
use crate::pcscd;
use crate::programs::Programs;
use crate::run::Bench;

/// A phone held upright, and a common screen; CSS pixels.
const WIDTHS: [&str; 2] = ["360", "1280"];
pub(crate) fn run(bench: &mut Bench) -> Result<()> {
    Programs::build(bench)?;
    let request = bench.folder().join("request.pem");
    let made = bench.run(&mut Programs::built()?.command("examples/request"))?;
    std::fs::write(&request, made)?;
    for width in WIDTHS {
        walk(bench, width, &request)?;
    }
    manual::run(bench)?;
    plugin::run(bench)?;
    pcscd::isolated(&["inside", "browser"])?;
    report::run(bench)?;
    manual::no_pin_in(bench)
}

/// The part that OpenSC takes.
pub(crate) fn inside(bench: &mut Bench) -> Result<()> {
    manual::inside(bench)
}

fn walk(bench: &mut Bench, width: &str, request: &Path) -> Result<()> {
    let mock = Mock::start()?;
    let pictures = bench.folder().join("pictures");
    let mut script = Command::new("node");
    script.arg("ci/browser/portal.mjs").args(&mock.addresses);
    script.arg(width).arg(request).arg(pictures);
    let said = bench.run(script.env("MODULES", MODULES))?;
    println!("{}", said.lines().last().unwrap_or_default());
    Ok(())
}

/// A mock on the manual's day; it ends when dropped.
struct Mock {
    child: Child,
    /// Portal, phones, tester's port.
    addresses: Vec<String>,
}

impl Mock {
    fn start() -> Result<Self> {
        let epoch = ["--epoch", "2018-12-13T09:00:00+08:00"];
        let mut child = Command::new("target/debug/mock-ca")
            .args(["serve", "--clock", "manual"])
            .args(epoch)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot start mock-ca")?;
        let mut line = String::new();
        let out = child.stdout.as_mut().context("mock-ca has no output")?;
        BufReader::new(out).read_line(&mut line)?;
        let told: Value = serde_json::from_str(&line)?;
        let address = |name| told[name].as_str().unwrap_or_default().to_owned();
        let addresses = ["portal", "sms", "control"].map(address).to_vec();
        Ok(Self { child, addresses })
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
