//! Judges that come from PyPI, each in an environment of its own with exactly what its list names.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::run::Bench;

/// An environment in a stage's folder.
pub(crate) struct Python {
    programs: PathBuf,
}

impl Python {
    /// Makes it, with the packages of `requirements`: a file of versions and their hashes.
    pub(crate) fn with(bench: &mut Bench, requirements: &str) -> Result<Self> {
        let folder = bench.folder().join("python");
        bench.run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
        let python = Self {
            programs: folder.join("bin"),
        };
        let mut pip = python.command("pip");
        pip.args(["install", "--quiet", "--require-hashes", "--requirement"]);
        bench.run(pip.arg(requirements))?;
        Ok(python)
    }

    /// A command that runs the environment's program of that name.
    pub(crate) fn command(&self, name: &str) -> Command {
        Command::new(self.programs.join(name))
    }
}
