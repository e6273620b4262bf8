//! The whole path: how fast the card is in process, and through pcscd beside a card that only answers 6D00.
//!
//! Only ratios are judged. Both cards are in their readers at once and take turns, and the median of the turns'
//! ratios counts, so that whatever else the machine does meets both alike.

use std::ffi::CStr;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use pcsc::{Card, Context, Protocols, Scope, ShareMode};
use serde::Deserialize;
use serde_json::json;

use super::{engine_program, engine_signing, tell};
use crate::pcscd::{self, Inserted, Pcscd, SLOTS};
use crate::programs::Programs;
use crate::run::Bench;

/// Of the speed of a card that does nothing.
const LEAST_RATIO: f64 = 0.9;

/// SELECTs in process while gost-engine makes one signature, both on one core: some 95 were
/// measured, and 42 on a machine where five others compiled.
const LEAST_SELECTS: f64 = 20.0;

/// Turns of both cards.
const TURNS: usize = 30;
const TURN: Duration = Duration::from_millis(100);

/// A measurement that was disturbed is made again, so often.
const ATTEMPTS: usize = 3;

/// What the emulator's example `throughput` prints.
#[derive(Deserialize)]
struct Printed {
    selects_per_s: f64,
    signatures_per_s: f64,
}

/// What was measured in process.
#[derive(Default)]
struct InProcess {
    selects_per_s: f64,
    signatures_per_s: f64,
    engine_signatures_per_s: f64,
}

impl InProcess {
    /// SELECTs in the time of a signature by gost-engine.
    fn ratio(&self) -> f64 {
        self.selects_per_s / self.engine_signatures_per_s
    }
}

/// What was measured through pcscd.
struct ThroughPcscd {
    selects_per_s: f64,
    answers_6d00_per_s: f64,
    ratio: f64,
    signatures_per_s: f64,
}

/// Builds what is measured, and measures it where pcscd is our own.
pub(super) fn run(bench: &mut Bench, json: bool) -> Result<()> {
    Programs::build(bench)?;
    Programs::build_for_speed(bench)?;
    let form = if json { &["--json"][..] } else { &[] };
    pcscd::isolated(&[&["inside", "speed"], form].concat())
}

/// Prints the figures; fails below either floor.
pub(crate) fn inside(bench: &mut Bench, json: bool) -> Result<()> {
    pcscd::prepare(bench)?;
    let programs = Programs::built()?;
    let mut scenarios = programs.command("scenarios");
    scenarios.args(["run", "first-certificate", "--quiet", "--out"]);
    bench.run(scenarios.arg(bench.folder().join("enrolled")))?;
    let _pcscd = Pcscd::start(bench)?;
    let in_process = in_process(bench, &programs)?;
    let through = through_pcscd(bench, &programs)?;
    show(bench, &in_process, &through, json)?;
    ensure!(
        in_process.ratio() >= LEAST_SELECTS,
        "in process {:.0} SELECTs in the time of a signature by gost-engine, under {LEAST_SELECTS}",
        in_process.ratio()
    );
    ensure!(
        through.ratio >= LEAST_RATIO,
        "through pcscd {:.2} of a card that answers 6D00, under {LEAST_RATIO}",
        through.ratio
    );
    Ok(())
}

fn show(bench: &Bench, in_process: &InProcess, through: &ThroughPcscd, json: bool) -> Result<()> {
    if json {
        let line = json!({ "path": "in process", "selects_per_s": in_process.selects_per_s.round(),
            "selects_per_signature_of_engine": in_process.ratio().round(), "floor": LEAST_SELECTS,
            "signatures_per_s": in_process.signatures_per_s.round() });
        tell(bench, &line.to_string())?;
        let line = json!({ "path": "through pcscd", "selects_per_s": through.selects_per_s.round(),
            "answers_6d00_per_s": through.answers_6d00_per_s.round(), "ratio": through.ratio,
            "floor": LEAST_RATIO, "signatures_per_s": through.signatures_per_s.round() });
        return tell(bench, &line.to_string());
    }
    tell(
        bench,
        &format!(
            "card in process  {:>9.0} SELECT/s, gost-engine signs {:.0}/s: {:.0} (floor {LEAST_SELECTS})  {:>6.0} GOST signatures/s",
            in_process.selects_per_s,
            in_process.engine_signatures_per_s,
            in_process.ratio(),
            in_process.signatures_per_s
        ),
    )?;
    tell(
        bench,
        &format!(
            "through pcscd    {:>9.0} SELECT/s, a card that answers 6D00 {:.0}/s: {:.2} (floor {LEAST_RATIO})  {:>6.0} GOST signatures/s",
            through.selects_per_s,
            through.answers_6d00_per_s,
            through.ratio,
            through.signatures_per_s
        ),
    )
}

/// The best of a few runs, since a disturbance only slows.
fn in_process(bench: &mut Bench, programs: &Programs) -> Result<InProcess> {
    let mut best = InProcess::default();
    let engine = engine_program(bench);
    for _ in 0..ATTEMPTS {
        let printed = bench.run(&mut programs.built_for_speed().command("examples/throughput"))?;
        let now: Printed = serde_json::from_str(&printed).with_context(|| printed.clone())?;
        let signing = engine_signing(bench, &engine)?;
        best.engine_signatures_per_s = best.engine_signatures_per_s.max(signing);
        best.selects_per_s = best.selects_per_s.max(now.selects_per_s);
        best.signatures_per_s = best.signatures_per_s.max(now.signatures_per_s);
        if best.ratio() >= LEAST_SELECTS {
            break;
        }
    }
    Ok(best)
}

/// The token of an enrollment, which has a key to sign with, against the card that knows nothing.
fn through_pcscd(bench: &mut Bench, programs: &Programs) -> Result<ThroughPcscd> {
    let [ours, theirs] = SLOTS;
    let image = bench.folder().join("enrolled/token.image");
    let programs = programs.built_for_speed();
    let token = Inserted::token(bench, &programs, &image, ours, &[])?;
    let mut ignorant = programs.command("examples/answers_6d00");
    let log = bench.folder().join("answers-6d00.log");
    let ignorant = Inserted::wait(ignorant.arg(theirs.port), theirs, &log)?;

    let context = Context::establish(Scope::User)?;
    let connect = |name: &CStr| context.connect(name, ShareMode::Shared, Protocols::ANY);
    let (card, blank) = (connect(&ours.reader()?)?, connect(&theirs.reader()?)?);
    let mut measured = by_turns(&card, &blank)?;
    for _ in 1..ATTEMPTS {
        if measured.ratio < LEAST_RATIO {
            measured = by_turns(&card, &blank)?;
        }
    }
    measured.signatures_per_s = signatures(&card)?;
    drop((card, blank));
    ignorant.remove()?;
    token.remove()?;
    Ok(measured)
}

fn by_turns(card: &Card, blank: &Card) -> Result<ThroughPcscd> {
    let (mut ours, mut theirs, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for turn in 0..TURNS {
        // Each goes first as often as the other.
        let (mine, other) = if turn % 2 == 0 {
            let mine = rate(card, SELECT_MF, DONE)?;
            (mine, rate(blank, SELECT_MF, UNKNOWN)?)
        } else {
            let other = rate(blank, SELECT_MF, UNKNOWN)?;
            (rate(card, SELECT_MF, DONE)?, other)
        };
        ours.push(mine);
        theirs.push(other);
        ratios.push(mine / other);
    }
    Ok(ThroughPcscd {
        selects_per_s: median(&mut ours),
        answers_6d00_per_s: median(&mut theirs),
        ratio: median(&mut ratios),
        signatures_per_s: 0.0,
    })
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

fn signatures(card: &Card) -> Result<f64> {
    for command in [SELECT_KEY, VERIFY, CHOOSE_KEY] {
        exchange(card, command, DONE)?;
    }
    let mut rates = Vec::new();
    for _ in 0..TURNS {
        rates.push(rate(card, SIGN, DONE)?);
    }
    Ok(median(&mut rates))
}

/// Commands a second for one turn.
#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
fn rate(card: &Card, command: &[u8], wanted: &[u8]) -> Result<f64> {
    let started = Instant::now();
    let mut done = 0.0;
    while started.elapsed() < TURN {
        exchange(card, command, wanted)?;
        done += 1.0;
    }
    Ok(done / started.elapsed().as_secs_f64())
}

/// Sends the command; the answer has to end so.
fn exchange(card: &Card, command: &[u8], wanted: &[u8]) -> Result<()> {
    let mut buffer = [0; pcsc::MAX_BUFFER_SIZE];
    let answer = card.transmit(command, &mut buffer)?;
    ensure!(answer.ends_with(wanted), "the card answers {answer:02X?}");
    Ok(())
}

const DONE: &[u8] = &[0x90, 0x00];
/// Instruction not supported.
const UNKNOWN: &[u8] = &[0x6D, 0x00];

const SELECT_MF: &[u8] = &[0x00, 0xA4, 0x00, 0x00, 0x02, 0x3F, 0x00, 0x00];
/// The first private key, in the card's own directory of keys.
const SELECT_KEY: &[u8] = b"\x00\xA4\x08\x00\x08\x10\x00\x10\x00\x60\x02\x00\x01\x00";
const VERIFY: &[u8] = b"\x00\x20\x00\x02\x0812345678";
const CHOOSE_KEY: &[u8] = &[0x00, 0x22, 0x41, 0xB6, 0x03, 0x84, 0x01, 0x01];
/// PERFORM SECURITY OPERATION: COMPUTE DIGITAL SIGNATURE of 32 octets.
const SIGN: &[u8] = b"\x00\x2A\x9E\x9A\x20a digest is any thirty-two bytes\x00";
