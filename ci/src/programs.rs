//! The product's programs, built by cargo and run as a stranger would.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::process::Beside;
use crate::run::Bench;

/// The product's programs.
pub(crate) const PROGRAMS: &[&str] = &["emulator", "enroll", "mock-ca", "scenarios"];

/// What cargo calls the machine that Debian's Rust builds for.
pub(crate) const PLATFORM: &str = "x86_64-unknown-linux-gnu";

/// Where this program lies.
pub(crate) fn this_program() -> Result<PathBuf> {
    let path = std::env::current_exe().context("finding this program")?;
    // Linux marks the path of a program that cargo has built anew since it started; the new one lies in its place.
    let anew = path
        .to_str()
        .and_then(|path| path.strip_suffix(" (deleted)"));
    Ok(anew.map_or_else(|| path.clone(), PathBuf::from))
}

/// Where the built programs lie.
pub(crate) struct Programs {
    folder: PathBuf,
}

impl Programs {
    /// Builds all programs, with the examples: those have cargo choose the features that `cargo test` needs, so that
    /// nothing is compiled again for another choice of crates.
    pub(crate) fn build(bench: &mut Bench) -> Result<()> {
        let cargo = ["build", "--quiet", "--locked", "--workspace"];
        bench.run(
            Command::new("cargo")
                .args(cargo)
                .args(["--bins", "--examples"]),
        )?;
        Ok(())
    }

    /// They lie beside the program that runs, whatever the target folder is.
    pub(crate) fn built() -> Result<Self> {
        let folder = this_program()?
            .parent()
            .context("this program lies nowhere")?
            .to_owned();
        Ok(Self { folder })
    }

    /// Those that lie in this folder.
    pub(crate) fn at(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
        }
    }

    /// Builds programs and examples for speed; waits for [`ahead`](Self::ahead) where that is at it.
    pub(crate) fn build_for_speed(bench: &mut Bench) -> Result<()> {
        bench.run(Command::new("cargo").args(FOR_SPEED))?;
        Ok(())
    }

    /// Begins to build for speed with what the stages that come first leave of the processors.
    pub(crate) fn ahead() -> Result<Beside> {
        let mut patient = Command::new("nice");
        patient.args(["-n", "19", "cargo"]).args(FOR_SPEED);
        std::fs::create_dir_all("target/ci")?;
        Beside::start(&mut patient, Path::new("target/ci/ahead.log"))
    }

    /// A command that runs the program of that name.
    pub(crate) fn command(&self, name: &str) -> Command {
        Command::new(self.path(name))
    }

    /// Where the program of that name lies.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The names of the scenarios that are shipped.
    pub(crate) fn scenarios(&self, bench: &mut Bench) -> Result<Vec<String>> {
        let listed = bench.run(self.command("scenarios").arg("list"))?;
        let first = |line: &str| line.split_whitespace().next().map(str::to_owned);
        let names: Vec<_> = listed.lines().filter_map(first).collect();
        ensure!(!names.is_empty(), "no scenarios are shipped");
        Ok(names)
    }

    /// The same programs as they were built for speed.
    pub(crate) fn built_for_speed(&self) -> Self {
        let folder = self.folder.join("../release");
        Self { folder }
    }
}

/// One choice of crates, so that cargo chooses features and compiles once.
const FOR_SPEED: [&str; 10] = [
    "build",
    "--quiet",
    "--locked",
    "--release",
    "--bins",
    "--examples",
    "-p",
    "scenarios",
    "-p",
    "emulator",
];
