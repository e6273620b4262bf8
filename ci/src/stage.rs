//! The stages, and the loop that runs them all and sums up.

mod browser;
mod docs;
mod fuzz;
mod gost;
mod kill;
mod lint;
mod opensc;
mod pcsc;
mod pkcs11;
mod test;
mod trouble;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use clap::ValueEnum;

use crate::junit;
use crate::packages;
use crate::pcscd;
use crate::programs::Programs;
use crate::release;
use crate::run::Bench;
use crate::speed;

/// A part of the validation that can be run alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Stage {
    /// Formatting and lints of every crate; the pipelines follow their formats.
    Lint,
    /// `cargo test`: all that needs no system service, the README's commands among it.
    Test,
    /// `enroll`, the card and the mock as processes: one enrollment, killed at many points and resumed each time, comes to
    /// its end.
    Kill,
    /// Every fault at every call, every crash, and a thousand random stories.
    Trouble,
    /// OpenSSL with gost-engine judges signatures, requests, certificates and CRLs; poppler the documents, valgrind that
    /// no secret decides a branch or an address.
    Gost,
    /// GOST signing and verifying, timed beside gost-engine, and the card in process and through pcscd: nothing below its
    /// floor.
    Speed,
    /// OpenSC, unmodified, drives the card through pcscd; each output equals a committed transcript.
    Opensc,
    /// `enroll` and `scenarios` over PC/SC: every scenario, and what goes wrong with readers and cards.
    Pcsc,
    /// A whole enrollment through OpenSC's PKCS#11 module.
    Pkcs11,
    /// Chromium goes through every page of the mock at 360 and 1280 px, and through the manual with a token behind the
    /// pages, which OpenSC reads afterwards; pictures in `target/ci/browser/pictures` and `manual/pictures` beside.
    Browser,
    /// libFuzzer at every door through which bytes come, a short while each. Only where it is named: the doors are built
    /// anew for it.
    Fuzz,
    /// The API documentation builds without a warning.
    Docs,
    /// The release: built twice, the very files judged. Only where it is named; it takes as long as all the others.
    Release,
}

impl Stage {
    /// The stages that run when none is named, all but `fuzz` and `release`, in the order they run: those whose programs
    /// take minutes to optimize come last.
    pub(crate) const USUAL: [Self; 11] = [
        Self::Lint,
        Self::Test,
        Self::Kill,
        Self::Pcsc,
        Self::Pkcs11,
        Self::Browser,
        Self::Opensc,
        Self::Docs,
        Self::Trouble,
        Self::Gost,
        Self::Speed,
    ];

    /// Whether it runs programs that were built for speed.
    const fn is_for_speed(self) -> bool {
        matches!(self, Self::Trouble | Self::Speed)
    }

    /// Whether it waits for other programs most of the time, in namespaces of its own where those are permitted.
    const fn waits(self) -> bool {
        matches!(
            self,
            Self::Pcsc | Self::Pkcs11 | Self::Browser | Self::Opensc
        )
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Lint => "lint",
            Self::Test => "test",
            Self::Kill => "kill",
            Self::Trouble => "trouble",
            Self::Gost => "gost",
            Self::Speed => "speed",
            Self::Opensc => "opensc",
            Self::Pcsc => "pcsc",
            Self::Pkcs11 => "pkcs11",
            Self::Browser => "browser",
            Self::Fuzz => "fuzz",
            Self::Docs => "docs",
            Self::Release => "release",
        }
    }

    fn judged(self, bless: bool) -> Verdict {
        let name = self.name();
        eprintln!("== {name}: log in target/ci/{name}.log");
        let started = now();
        let outcome = Bench::open(name).and_then(|mut bench| self.run(&mut bench, bless));
        let took = started.elapsed();
        let seconds = took.as_secs();
        let failure = outcome.err().map(|error| format!("{error:#}"));
        match &failure {
            None => println!("ok      {name} ({seconds} s)"),
            Some(failure) => println!("FAILED  {name} ({seconds} s)\n{failure}"),
        }
        Verdict {
            stage: name,
            took,
            failure,
        }
    }

    fn run(self, bench: &mut Bench, bless: bool) -> Result<()> {
        packages::install(&[self])?;
        match self {
            Self::Lint => lint::run(bench),
            Self::Test => test::run(bench),
            Self::Kill => kill::run(bench),
            Self::Trouble => trouble::run(bench),
            Self::Gost => gost::run(bench),
            Self::Speed => speed::run(bench, false),
            Self::Opensc => opensc::run(bench, bless),
            Self::Pcsc => pcsc::run(bench),
            Self::Pkcs11 => pkcs11::run(bench),
            Self::Browser => browser::run(bench),
            Self::Fuzz => fuzz::run(bench),
            Self::Docs => docs::run(bench),
            Self::Release => release::run(bench),
        }
    }
}

/// How a stage ended, and how long it took.
pub(crate) struct Verdict {
    pub(crate) stage: &'static str,
    pub(crate) took: Duration,
    /// What failed, when it did.
    pub(crate) failure: Option<String>,
}

/// Runs the stages in order, those that wait two at a time; leaves `target/ci/junit.xml`, and tells whether all passed.
pub(crate) fn validate(stages: &[Stage], bless: bool) -> bool {
    let others_first = stages.first().is_some_and(|first| !first.is_for_speed());
    let ahead =
        (others_first && stages.iter().any(|stage| stage.is_for_speed())).then(Programs::ahead);
    let apart = pcscd::namespaces_are_permitted();
    let together = |one: &Stage, next: &Stage| apart && one.waits() && next.waits();
    let groups = stages.chunk_by(together);
    let verdicts: Vec<Verdict> = groups
        .flat_map(|group| side_by_side(group, bless))
        .collect();
    // Whatever came of it, the stages that need it have built it.
    drop(ahead);
    let failed: Vec<_> = verdicts
        .iter()
        .filter(|verdict| verdict.failure.is_some())
        .map(|verdict| verdict.stage)
        .collect();
    if !failed.is_empty() {
        println!("failed: {}", failed.join(", "));
    }
    if let Err(error) = junit::write(&verdicts) {
        println!("no target/ci/junit.xml: {error:#}");
        return false;
    }
    failed.is_empty()
}

/// Two hands take one stage after the other; the verdicts are in the stages' order.
fn side_by_side(stages: &[Stage], bless: bool) -> Vec<Verdict> {
    let next = AtomicUsize::new(0);
    let hand = || {
        let mut judged = Vec::new();
        while let Some((at, stage)) = one_more(stages, &next) {
            judged.push((at, stage.judged(bless)));
        }
        judged
    };
    let mut verdicts = thread::scope(|scope| {
        let other = scope.spawn(hand);
        let mut verdicts = hand();
        verdicts.extend(
            other
                .join()
                .unwrap_or_else(|why| std::panic::resume_unwind(why)),
        );
        verdicts
    });
    verdicts.sort_by_key(|(at, _)| *at);
    verdicts.into_iter().map(|(_, verdict)| verdict).collect()
}

fn one_more<'a>(stages: &'a [Stage], next: &AtomicUsize) -> Option<(usize, &'a Stage)> {
    let at = next.fetch_add(1, Ordering::Relaxed);
    Some((at, stages.get(at)?))
}

/// The part of a stage that needs a pcscd of its own; the stage starts it as a program of its own.
pub(crate) fn inside(stage: Stage, bless: bool, json: bool) -> Result<()> {
    let mut bench = Bench::open_again(stage.name())?;
    match stage {
        Stage::Opensc => opensc::inside(&mut bench, bless),
        Stage::Pcsc => pcsc::inside(&mut bench),
        Stage::Speed => speed::inside(&mut bench, json),
        Stage::Pkcs11 => pkcs11::inside(&mut bench),
        Stage::Release => release::inside(&mut bench),
        Stage::Browser => browser::inside(&mut bench),
        Stage::Lint
        | Stage::Test
        | Stage::Kill
        | Stage::Trouble
        | Stage::Gost
        | Stage::Fuzz
        | Stage::Docs => {
            bail!("{} needs no pcscd", stage.name())
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "tells a person how long a stage took; nothing depends on it"
)]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::Stage;

    #[test]
    fn the_pipelines_keep_the_release_and_cache_no_build() {
        for pipeline in [
            include_str!("../../.github/workflows/validate.yml"),
            include_str!("../../.gitlab-ci.yml"),
        ] {
            assert!(pipeline.contains("target/release-*"), "{pipeline}");
            let (_, cache) = pipeline.split_once("cache").expect("a cache");
            let (cache, _) = cache.split_once("rustup").expect("a line after it");
            assert!(!cache.contains("target"), "{cache}");
        }
    }

    #[test]
    fn the_pipelines_run_every_stage() {
        let stages: Vec<_> = Stage::value_variants().iter().map(|it| it.name()).collect();
        let matrix = format!("[{}]", stages.join(", "));
        let github = include_str!("../../.github/workflows/validate.yml");
        let gitlab = include_str!("../../.gitlab-ci.yml");
        assert!(
            github.contains(&matrix),
            "{matrix} is not in GitHub's pipeline"
        );
        assert!(
            gitlab.contains(&matrix),
            "{matrix} is not in GitLab's pipeline"
        );
    }
}
