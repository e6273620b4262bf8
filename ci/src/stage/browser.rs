//! A real browser goes through every page of the mock, on a narrow and on a wide screen, and once more with the virtual
//! plugin; then it reads reports of runs. Its pictures stay in the stage's folder.

mod plugin;
mod report;

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::programs::Programs;
use crate::run::Bench;

/// A phone held upright, and a common screen; CSS pixels.
const WIDTHS: [&str; 2] = ["360", "1280"];
/// Where npm puts what the script needs.
const MODULES: &str = "target/browser";

pub(crate) fn run(bench: &mut Bench) -> Result<()> {
    Programs::build(bench)?;
    fetch_modules(bench)?;
    let request = bench.folder().join("request.pem");
    let mut made = Command::new("target/debug/examples/request");
    made.stdout(File::create(&request)?);
    bench.run(&mut made)?;
    for width in WIDTHS {
        walk(bench, width, &request)?;
    }
    plugin::run(bench)?;
    report::run(bench)
}

/// The part that OpenSC takes.
pub(crate) fn inside(bench: &mut Bench) -> Result<()> {
    plugin::inside(bench)
}

/// Exactly what the lock names.
fn fetch_modules(bench: &mut Bench) -> Result<()> {
    std::fs::create_dir_all(MODULES)?;
    for name in ["package.json", "package-lock.json"] {
        std::fs::copy(
            Path::new("ci/browser").join(name),
            Path::new(MODULES).join(name),
        )?;
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
    bench.run(npm.current_dir(MODULES))?;
    Ok(())
}

fn walk(bench: &mut Bench, width: &str, request: &Path) -> Result<()> {
    let mock = Mock::start(&[])?;
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
    /// With what `serve` is told besides.
    fn start(told: &[&str]) -> Result<Self> {
        let epoch = ["--epoch", "2018-12-13T09:00:00+08:00"];
        let mut child = Command::new("target/debug/mock-ca")
            .args(["serve", "--clock", "manual"])
            .args(epoch)
            .args(told)
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
