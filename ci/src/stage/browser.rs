//! A real browser goes through every page of the mock, on a narrow and on a wide screen; it does the whole manual with the
//! virtual plugin, as a scenario; then it reads reports of runs. Its pictures stay in the stage's folder.

mod manual;
mod plugin;
mod report;

use std::path::Path;
use std::process::Command;

use anyhow::{Result, ensure};

use crate::mock::Mock;
use crate::packages::MODULES;
use crate::pcscd;
use crate::programs::Programs;
use crate::run::Bench;

/// A phone held upright, and a common screen; CSS pixels.
const WIDTHS: [&str; 2] = ["360", "1280"];
const MANUALS_DAY: &str = "2018-12-13T09:00:00+08:00";

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
    let options = ["--clock", "manual", "--epoch", MANUALS_DAY];
    let log = bench.folder().join("mock-ca.log");
    let mock = Mock::start(&Programs::built()?, &options, &log)?;
    let pictures = bench.folder().join("pictures");
    let mut script = Command::new("node");
    script
        .arg("ci/browser/portal.mjs")
        .args([&mock.portal, &mock.sms, &mock.control]);
    script.arg(width).arg(request).arg(pictures);
    let said = bench.run(script.env("MODULES", MODULES))?;
    println!("{}", said.lines().last().unwrap_or_default());
    Ok(())
}

/// How many expectations a script tells that it saw met: it has to have some.
fn expectations_met(said: &str) -> Result<usize> {
    let met = said.lines().filter(|line| line.starts_with("ok")).count();
    ensure!(met > 0, "the script expects nothing:\n{said}");
    Ok(met)
}

#[cfg(test)]
mod tests {
    use super::expectations_met;

    #[test]
    fn a_script_that_expects_nothing_has_not_passed() {
        assert_eq!(expectations_met("ok one\nnote\nok two\n").expect("two"), 2);
        assert!(expectations_met("a note\n").is_err());
    }
}
