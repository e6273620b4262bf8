//! Real processes that die: `enroll` is killed where its journal or the card's trace says how far it is, and resumed.
//!
//! Needs nothing but the programs: the card is attached to `enroll` itself.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

use crate::enrollment::Enrollment;
use crate::mock::{self, Mock};
use crate::ports;
use crate::process::Beside;
use crate::programs::Programs;
use crate::run::Bench;
use crate::wait;

/// What is looked into to see how far a run is.
#[derive(Clone, Copy)]
enum Sign {
    Journal,
    Trace,
}

/// Where the engine dies, in the order it comes there: with an intent in the journal and the act under way, and with the
/// act done.
const POINTS: [(Sign, &str); 9] = [
    (Sign::Journal, "enroll-journal"),
    (Sign::Journal, "\"to\":\"make-key-pair\""),
    (Sign::Trace, "GENERATE"),
    (Sign::Trace, PAIR_IS_LISTED),
    (Sign::Journal, "\"is\":\"key-pair-ready\""),
    (Sign::Journal, "\"to\":\"send-request\""),
    (Sign::Journal, "\"to\":\"relabel\""),
    (Sign::Journal, "\"to\":\"write-certificate\""),
    (Sign::Journal, "\"is\":\"certificate-written\""),
];

/// Both directories name the pair, and the mark of an unfinished one is about to go: the journal knows of no pair yet.
const PAIR_IS_LISTED: &str = "SELECT 5000/6002: ok, EF 6002, 2048 bytes
READ BINARY at 0: ok, 256 bytes
SELECT 5000/4E4B: ok";

/// One enrollment, killed at each point and resumed, until nothing kills it any more.
pub(crate) fn run(bench: &mut Bench) -> Result<()> {
    Programs::build(bench)?;
    let programs = Programs::built()?;
    let folder = bench.folder().to_owned();
    let image = folder.join("token.image");
    let mut new = programs.command("emulator");
    bench.run(new.arg("new").arg(&image).args(["--serial", "2CDB7256"]))?;
    let settings = folder.join("mock.toml");
    std::fs::write(&settings, AT_ONCE)?;
    let settings = ["--config", &settings.to_string_lossy()];
    // Where `enroll` listens as the reader.
    let reader = ports::free()?;
    let enrollment = Enrollment::begin(&programs, &folder, &format!("vpcd:{reader}"), &settings)?;
    let trace = folder.join("emulator.log");
    let _card = attach(&programs, &image, &reader, &trace)?;

    let journal = folder.join("state/2cdb7256.jsonl");
    for (number, (sign, text)) in POINTS.into_iter().enumerate() {
        let watched = match sign {
            Sign::Journal => &journal,
            Sign::Trace => &trace,
        };
        let verb = if number == 0 { "request" } else { "resume" };
        let mut command = enrollment.command(&programs, &[verb]);
        let log = folder.join(format!("{}-{verb}.log", number + 1));
        let engine = Beside::start(command.arg("--yes"), &log)?;
        kill_when(engine, watched, text).with_context(|| format!("to be killed at {text}"))?;
    }
    bench.run(enrollment.command(&programs, &["resume"]).arg("--yes"))?;
    (enrollment.listed(bench, &programs)?).one_pair_with_its_certificate()?;
    one_request(enrollment.mock())?;
    println!(
        "        killed {} times on its way: one pair, one request, one certificate",
        POINTS.len()
    );
    Ok(())
}

/// The mock's times: nobody waits.
const AT_ONCE: &str = "[login]
resend_secs = 1
[timing]
sms_delivery_secs = { min = 0, max = 0 }
ordered_secs = { min = 0, max = 0 }
issue_secs = { min = 0, max = 0 }
";

/// A write takes longer than the pause between two looks, so that the engine dies in it.
const SLOW_WRITES: &str = "format = 1
byte-us = 0
look-us = 0
write-us = 120000
verify-us = 0
random-us = 0
hash-us = 0
sign-gost-256-us = 0
sign-gost-512-us = 0
rsa-us = 0
generate-gost-256-us = 200000
generate-gost-512-us = 0
generate-rsa-us = 0
";

fn attach(programs: &Programs, image: &Path, reader: &str, trace: &Path) -> Result<Beside> {
    let mut attach = programs.command("emulator");
    attach.arg("attach").arg(image).args(["--vpcd", reader]);
    let timing = image.with_file_name("timing.toml");
    std::fs::write(&timing, SLOW_WRITES)?;
    attach
        .args(["--trace", "--seed", "1", "--timing"])
        .arg(timing);
    Beside::start(&mut attach, trace)
}

/// Kills the engine as soon as the file holds the text. Where the last one wrote it before it died, this one dies at its
/// start.
fn kill_when(mut engine: Beside, watched: &Path, text: &str) -> Result<()> {
    wait::until("the moment to kill", Duration::from_secs(60), || {
        ensure!(engine.ended()?.is_none(), "`enroll` had ended by then");
        let held = std::fs::read(watched).unwrap_or_default();
        Ok(String::from_utf8_lossy(&held).contains(text))
    })?;
    engine.kill()
}

/// The portal sent «Ваш сертификат заказан» once: it took one request.
fn one_request(mock: &Mock) -> Result<()> {
    let sent = mock::http(&mock.control, "GET", "/outbox?kind=ordered", b"")?;
    let sent: Vec<serde_json::Value> = serde_json::from_slice(&sent)?;
    ensure!(sent.len() == 1, "the portal took {} requests", sent.len());
    Ok(())
}
