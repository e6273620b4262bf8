//! GOST signing speed: gost3410 and gost-engine timed by turns in one run, compared by ratio, for machines are noisy;
//! the whole path through the card; and whole enrollments.

mod enrollments;
mod path;

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};
use serde::Deserialize;

use crate::packages;
use crate::programs::Programs;
use crate::run::Bench;
use crate::stage::Stage;

/// How often the two programs take turns on a parameter set; the best turn of each counts, being the one least disturbed.
const TURNS: usize = 6;

/// Seconds of processor time for each round of a turn.
const ROUND: &str = "0.01";

/// Each program signs and verifies.
const OPERATIONS: usize = 2;

/// What gost-engine knows; TC26-512-Test it does not.
const SETS: [&str; 13] = [
    "CryptoPro-Test",
    "CryptoPro-A",
    "CryptoPro-B",
    "CryptoPro-C",
    "CryptoPro-XchA",
    "CryptoPro-XchB",
    "TC26-256-A",
    "TC26-256-B",
    "TC26-256-C",
    "TC26-256-D",
    "TC26-512-A",
    "TC26-512-B",
    "TC26-512-C",
];

/// What both programs print, one a line.
#[derive(Deserialize)]
struct Figure {
    set: String,
    operation: String,
    per_second: f64,
}

/// Parameter set and operation.
type Row = (String, String);

/// The least ratios, see the file's own comment.
#[derive(Deserialize)]
struct Floors {
    default: BTreeMap<String, BTreeMap<String, f64>>,
    sets: BTreeMap<String, BTreeMap<String, f64>>,
    enrollment: enrollments::Limits,
}

impl Floors {
    fn read() -> Result<Self> {
        let text = std::fs::read_to_string("ci/bench/floors.toml")?;
        toml::from_str(&text).context("ci/bench/floors.toml")
    }

    fn of(&self, (set, operation): &Row) -> Result<f64> {
        let size = if set.contains("-512-") { "512" } else { "256" };
        let own = self.sets.get(set).and_then(|it| it.get(operation));
        let floor = own.or_else(|| self.default.get(size)?.get(operation));
        floor
            .copied()
            .with_context(|| format!("no floor for {set} {operation}"))
    }
}

/// Installs what it needs, then [`run`].
pub(crate) fn prepared(json: bool) -> Result<()> {
    packages::install(&[Stage::Speed])?;
    run(&mut Bench::open("speed")?, json)
}

/// Prints the arithmetic's table, the enrollments' and the card's figures; fails when anything is below its floor.
pub(crate) fn run(bench: &mut Bench, json: bool) -> Result<()> {
    let engine = engine_bench(bench)?;
    arithmetic(bench, &engine, json)?;
    enrollments::run(bench, &engine, json)?;
    path::run(bench, json)
}

/// The part of it that needs a pcscd of its own.
pub(crate) fn inside(bench: &mut Bench, json: bool) -> Result<()> {
    path::inside(bench, json)
}

fn arithmetic(bench: &mut Bench, engine: &Path, json: bool) -> Result<()> {
    let floors = Floors::read()?;
    let (ours, engine) = timed(bench, engine)?;
    ensure!(
        engine.len() == OPERATIONS * SETS.len(),
        "gost-engine's program timed {} rows",
        engine.len()
    );
    let mut slow = Vec::new();
    for (row, theirs) in &engine {
        let mine = ours
            .get(row)
            .with_context(|| format!("gost3410 printed nothing for {row:?}"))?;
        let (ratio, floor) = (mine / theirs, floors.of(row)?);
        let (set, operation) = row;
        if json {
            tell(
                bench,
                &format!(
                    r#"{{"set":"{set}","operation":"{operation}","gost3410":{mine:.0},"gost_engine":{theirs:.0},"ratio":{ratio:.2},"floor":{floor}}}"#
                ),
            )?;
        } else {
            tell(
                bench,
                &format!(
                    "{set:<16} {operation:<7} {mine:>8.0}/s  gost-engine {theirs:>7.0}/s  {ratio:>5.2} (floor {floor})"
                ),
            )?;
        }
        if ratio < floor {
            slow.push(format!("{set} {operation} {ratio:.2} < {floor}"));
        }
    }
    if !slow.is_empty() {
        bail!("below the floor: {}", slow.join(", "));
    }
    Ok(())
}

/// A line of the table, for who watches and for `table.txt` among the stage's artefacts.
fn tell(bench: &Bench, line: &str) -> Result<()> {
    println!("{line}");
    let path = bench.folder().join("table.txt");
    let mut table = OpenOptions::new().create(true).append(true).open(path)?;
    Ok(writeln!(table, "{line}")?)
}

/// The best figure of each program for each row.
fn timed(bench: &mut Bench, engine: &Path) -> Result<(BTreeMap<Row, f64>, BTreeMap<Row, f64>)> {
    let ours = built(bench)?;
    let (mut best, mut best_of_engine) = (BTreeMap::new(), BTreeMap::new());
    for set in SETS {
        eprintln!("timing {set}");
        for _ in 0..TURNS {
            let mut turn = |program: &Path, best: &mut _| {
                let printed = bench.run(Command::new(program).args([ROUND, set]))?;
                keep_best(best, &printed)
            };
            turn(&ours, &mut best)?;
            turn(engine, &mut best_of_engine)?;
        }
    }
    Ok((best, best_of_engine))
}

fn built(bench: &mut Bench) -> Result<PathBuf> {
    let build = ["build", "--release", "--locked", "-p", "gost3410"];
    bench.run(
        Command::new("cargo")
            .args(build)
            .args(["--example", "speed"]),
    )?;
    Ok(Programs::built()?.built_for_speed().path("examples/speed"))
}

/// Where the program lies that times gost-engine, once it is compiled.
fn engine_program(bench: &Bench) -> PathBuf {
    bench.folder().join("gost_engine_bench")
}

/// Signatures of gost-engine a second on CryptoPro-A, on one core: what other figures are told in.
fn engine_signing(bench: &mut Bench, engine: &Path) -> Result<f64> {
    let printed = bench.run(Command::new(engine).args([ROUND, "CryptoPro-A"]))?;
    for line in printed.lines().filter(|line| line.starts_with('{')) {
        let figure: Figure = serde_json::from_str(line).with_context(|| line.to_owned())?;
        if figure.operation == "sign" {
            return Ok(figure.per_second);
        }
    }
    bail!("gost-engine's program prints no signatures: {printed}")
}

fn engine_bench(bench: &mut Bench) -> Result<PathBuf> {
    let program = engine_program(bench);
    let mut cc = Command::new("cc");
    cc.args(["-O2", "-Wno-deprecated-declarations", "-o"])
        .arg(&program);
    bench.run(cc.args(["ci/bench/gost_engine_bench.c", "-lcrypto"]))?;
    Ok(program)
}

fn keep_best(best: &mut BTreeMap<Row, f64>, printed: &str) -> Result<()> {
    for line in printed.lines().filter(|line| line.starts_with('{')) {
        let figure: Figure = serde_json::from_str(line).with_context(|| line.to_owned())?;
        let kept = best.entry((figure.set, figure.operation)).or_insert(0.0);
        *kept = kept.max(figure.per_second);
    }
    Ok(())
}
