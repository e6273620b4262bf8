//! Whole enrollments: how many a second, and how much processor time each takes, in signatures by gost-engine.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Floors, engine_signing, tell};
use crate::programs::Programs;
use crate::run::Bench;

/// The two programs take turns, so often; the best turn of each counts.
const TURNS: usize = 4;

/// Of each turn of the enrollments.
const SECONDS: &str = "3";

/// What an enrollment may take.
#[derive(Deserialize)]
pub(super) struct Limits {
    /// Signatures that gost-engine makes on CryptoPro-A in the same processor time.
    signatures_of_engine: f64,
}

/// What `scenarios bench` prints.
#[derive(Deserialize)]
struct Turn {
    enrollments_a_second: f64,
    processor_ms_each: f64,
    each: Value,
}

/// Prints the figures; fails when an enrollment takes longer than it may.
pub(super) fn run(bench: &mut Bench, engine: &Path, json: bool) -> Result<()> {
    Programs::build_for_speed(bench)?;
    let programs = Programs::built()?.built_for_speed();
    let (mut best, mut signing) = (turn(bench, &programs)?, 0.0_f64);
    for _ in 1..TURNS {
        signing = signing.max(engine_signing(bench, engine)?);
        let next = turn(bench, &programs)?;
        if next.processor_ms_each < best.processor_ms_each {
            best = next;
        }
    }
    let cost = best.processor_ms_each / 1000.0 * signing;
    let most = Floors::read()?.enrollment.signatures_of_engine;
    show(bench, &best, cost, most, json)?;
    ensure!(
        cost <= most,
        "an enrollment takes the time of {cost:.0} signatures by gost-engine, over {most}"
    );
    Ok(())
}

fn turn(bench: &mut Bench, programs: &Programs) -> Result<Turn> {
    let mut scenarios = programs.command("scenarios");
    let printed = bench.run(scenarios.args(["bench", "--json", "--seconds", SECONDS]))?;
    serde_json::from_str(&printed).context(printed)
}

fn show(bench: &Bench, best: &Turn, cost: f64, most: f64, json: bool) -> Result<()> {
    let Turn {
        enrollments_a_second,
        processor_ms_each,
        each,
    } = best;
    if json {
        let line = json!({ "enrollments_a_second": enrollments_a_second, "processor_ms_each": processor_ms_each,
            "signatures_of_engine": cost.round(), "limit": most, "each": each });
        return tell(bench, &line.to_string());
    }
    tell(
        bench,
        &format!(
            "whole enrollments {enrollments_a_second:>6.1}/s, each {processor_ms_each:.1} ms of processor time, in which gost-engine makes {cost:.0} signatures (at most {most:.0})"
        ),
    )?;
    tell(bench, &format!("each: {each}"))
}
