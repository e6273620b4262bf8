//! OpenSSL with gost-engine judges what a scenario leaves behind; poppler judges its papers.

mod revocation;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};

use crate::openssl::OpenSsl;
use crate::programs::Programs;
use crate::run::Bench;

/// Scenarios that end with a certificate, and when OpenSSL is asked about it.
const SCENARIOS: [(&str, Moment); 6] = [
    ("first-certificate", Moment::ScenarioEnd),
    ("first-certificate-xcha", Moment::ScenarioEnd),
    ("first-certificate-2012", Moment::ScenarioEnd),
    ("first-certificate-2012-512", Moment::ScenarioEnd),
    ("replace-certificate", Moment::ScenarioEnd),
    ("first-certificate-today", Moment::Now),
];

/// Keys and signatures of each algorithm and parameter set that gost3410 and gost-engine judge for each other, both ways.
const CROSS_CHECKED_ROWS: &str = "1000";

/// The moment a certificate is judged at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Moment {
    /// The end of the scenario, years ago; at the present date the certificate has expired.
    ScenarioEnd,
    /// The present date.
    Now,
}

pub(crate) fn run(bench: &mut Bench) -> Result<()> {
    let openssl = OpenSsl::with_gost_engine(bench)?;
    bench.run(Command::new("ci/gost/cross_check").arg(CROSS_CHECKED_ROWS))?;
    takes_constant_time(bench)?;
    Programs::build(bench)?;
    let programs = Programs::built()?;
    for (name, moment) in SCENARIOS {
        let folder = bench.folder().join(name);
        let mut scenarios = programs.command("scenarios");
        scenarios.args(["run", name, "--out"]);
        bench.run(scenarios.arg(&folder))?;
        judge(bench, &openssl, &folder, moment).with_context(|| format!("scenario {name}"))?;
    }
    revocation::check(bench, &openssl)
}

/// No secret decides a branch or an address in `gost3410`; variants that leak on purpose are found.
fn takes_constant_time(bench: &mut Bench) -> Result<()> {
    let check = [
        "run",
        "--release",
        "--quiet",
        "--locked",
        "-p",
        "gost3410",
        "--example",
        "constant_time",
    ];
    bench.run(Command::new("cargo").args(check)).map(drop)
}

fn judge(bench: &mut Bench, openssl: &OpenSsl, folder: &Path, moment: Moment) -> Result<()> {
    let (chain, certificate) = (folder.join("issuer.pem"), folder.join("certificate.pem"));
    openssl.request_verifies(bench, &folder.join("request.pem"))?;
    match moment {
        Moment::Now => {
            bench.run_and_find(&mut openssl.verify(&chain, &certificate, None), ": OK")?;
        }
        Moment::ScenarioEnd => {
            let end = scenario_end(folder)?;
            bench.run_and_find(&mut openssl.verify(&chain, &certificate, Some(end)), ": OK")?;
            let today = bench.run_refused(&mut openssl.verify(&chain, &certificate, None))?;
            ensure!(
                today.contains("expired"),
                "a certificate of 2018 is refused today, but not as expired:\n{today}"
            );
        }
    }
    same_bytes(bench, openssl, folder, "req", "request")?;
    same_bytes(bench, openssl, folder, "x509", "certificate")?;
    let mut crl = openssl.command(&["crl", "-noout", "-CAfile"]);
    bench.run_and_find(
        crl.arg(&chain).arg("-in").arg(folder.join("crl.pem")),
        "verify OK",
    )?;
    papers(bench, &folder.join("documents"))
}

/// Unix seconds of the recording's last event.
fn scenario_end(folder: &Path) -> Result<i64> {
    let recording = std::fs::read_to_string(folder.join("recording.jsonl"))?;
    let last = recording.lines().last().context("an empty recording")?;
    let (_, after) = last
        .split_once("\"unix\":")
        .with_context(|| format!("no end in {last}"))?;
    let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().with_context(|| format!("no end in {last}"))
}

/// `NAME.pem` and `NAME.der` hold the same object.
fn same_bytes(
    bench: &mut Bench,
    openssl: &OpenSsl,
    folder: &Path,
    verb: &str,
    name: &str,
) -> Result<()> {
    let again = folder.join(format!("{name}.again"));
    let mut command = openssl.command(&[verb, "-outform", "DER", "-in"]);
    bench.run(
        command
            .arg(folder.join(format!("{name}.pem")))
            .arg("-out")
            .arg(&again),
    )?;
    let (pem, der) = (
        std::fs::read(&again)?,
        std::fs::read(folder.join(format!("{name}.der")))?,
    );
    std::fs::remove_file(&again)?;
    ensure!(pem == der, "{name}.pem and {name}.der differ");
    Ok(())
}

/// All seven papers, each with the owner and the application's number in text that can be searched.
fn papers(bench: &mut Bench, folder: &Path) -> Result<()> {
    let mut papers: Vec<PathBuf> = std::fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    papers.sort();
    ensure!(
        papers.len() == 7,
        "{} papers in {}, not seven",
        papers.len(),
        folder.display()
    );
    for paper in papers {
        let text = bench.run(
            Command::new("pdftotext")
                .arg("-layout")
                .arg(&paper)
                .arg("-"),
        )?;
        for wanted in ["Иванов", "722318", "ТЕСТ"] {
            if !text.contains(wanted) {
                bail!("{} does not hold «{wanted}»", paper.display());
            }
        }
    }
    Ok(())
}
