//! The manual with a page that drives the token: `enroll bridge` stands in for the Rutoken Plugin, and npm packages of
//! others run against it as they were published. gost-engine verifies the certificate that comes of it.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use super::{MODULES, Mock};
use crate::openssl::OpenSsl;
use crate::process::Beside;
use crate::run::Bench;
use crate::wait;

/// Where the bridge waits for the token.
const READER: &str = "127.0.0.1:18962";
/// The day after the certificate was issued: 2018-12-14T02:00:00Z.
const NEXT_DAY: i64 = 1_544_752_800;

pub(super) fn run(bench: &mut Bench) -> Result<()> {
    let mock = Mock::start()?;
    let _token = attach_new(bench)?;
    let (_bridge, panel) = bridge(bench, &mock)?;
    let folder = bench.folder().join("pictures");
    let mut script = Command::new("node");
    script.arg("ci/browser/plugin.mjs").arg(panel);
    script.args(&mock.addresses).arg(&folder);
    let said = bench.run(script.env("MODULES", MODULES))?;
    let held = said.lines().filter(|line| line.starts_with("ok")).count();
    println!("        {held} expectations of pages that use the plugin");
    let openssl = OpenSsl::with_gost_engine(bench)?;
    let (chain, certificate) = (folder.join("chain.pem"), folder.join("certificate.pem"));
    let mut verify = openssl.verify(&chain, &certificate, Some(NEXT_DAY));
    bench.run_and_find(&mut verify, "OK")
}

/// A token that holds nothing yet.
fn attach_new(bench: &mut Bench) -> Result<Beside> {
    let image = bench.folder().join("plugin.image");
    bench.run(Command::new("target/debug/emulator").arg("new").arg(&image))?;
    let mut attach = Command::new("target/debug/emulator");
    attach.arg("attach").arg(image).args(["--vpcd", READER]);
    Beside::start(&mut attach, &bench.folder().join("emulator.log"))
}

/// A bridge for the mock's pages, and its address. What it tells goes to a file: nobody reads on, and a full pipe would
/// stop it.
fn bridge(bench: &Bench, mock: &Mock) -> Result<(Beside, String)> {
    let portal = mock.addresses.first().context("the mock has no portal")?;
    let token = format!("vpcd:{READER}");
    let mut enroll = Command::new("target/debug/enroll");
    enroll.args(["bridge", "--json", "--token", &token]);
    enroll.args(["--allow-origin", portal]);
    let log = bench.folder().join("bridge.log");
    let mut bridge = Beside::start(&mut enroll, &log)?;
    let mut panel = None;
    wait::until("the bridge", Duration::from_secs(20), || {
        ensure!(bridge.ended()?.is_none(), "enroll ended; see bridge.log");
        panel = panel_told(&log)?;
        Ok(panel.is_some())
    })?;
    Ok((bridge, panel.context("the bridge tells no address")?))
}

/// The address of the panel, once the bridge has told it.
fn panel_told(log: &Path) -> Result<Option<String>> {
    let told = std::fs::read_to_string(log)?;
    let mut told = told.lines().filter_map(|line| {
        let line: Value = serde_json::from_str(line).ok()?;
        Some(
            line["result"]["panel"]
                .as_str()?
                .trim_end_matches('/')
                .to_owned(),
        )
    });
    Ok(told.next_back())
}
