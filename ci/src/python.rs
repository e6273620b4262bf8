//! Judges that come from PyPI, each in an environment of its own with exactly what its list names.

use std::process::Command;

use anyhow::Result;

use crate::run::{Bench, Scratch};

/// An environment, which goes when it is dropped.
pub(crate) struct Python {
    folder: Scratch,
}

impl Python {
    /// Makes it, with the packages of `requirements`: a file of versions and their hashes.
    pub(crate) fn with(bench: &mut Bench, requirements: &str) -> Result<Self> {
        let folder = bench.scratch("python")?;
        let mut venv = Command::new("python3");
        bench.run(venv.args(["-m", "venv"]).arg(folder.path()))?;
        let python = Self { folder };
        let mut pip = python.command("pip");
        pip.args(["install", "--quiet", "--require-hashes", "--requirement"]);
        bench.run(pip.arg(requirements))?;
        Ok(python)
    }

    /// A command that runs the environment's program of that name.
    pub(crate) fn command(&self, name: &str) -> Command {
        Command::new(self.folder.path().join("bin").join(name))
    }
}
