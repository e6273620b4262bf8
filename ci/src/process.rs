//! Processes that run beside a stage and end with it.

use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, ExitStatus};
use std::time::Duration;

use anyhow::{Context as _, Result};

use crate::wait;

/// A process of ours; asked to end, by its id, when dropped.
pub(crate) struct Beside {
    child: Child,
}

impl Beside {
    /// Starts the command; what it says goes to the file `log`.
    pub(crate) fn start(command: &mut Command, log: &Path) -> Result<Self> {
        let shown = format!("{command:?}");
        let log = File::create(log).with_context(|| format!("making {}", log.display()))?;
        let child = command
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| format!("cannot start `{shown}`"))?;
        Ok(Self { child })
    }

    /// How it ended, if it did.
    pub(crate) fn ended(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.child.try_wait()?)
    }

    /// Waits for its end, `most` at the longest.
    pub(crate) fn wait(mut self, most: Duration) -> Result<ExitStatus> {
        wait::until("the end of a program", most, || Ok(self.ended()?.is_some()))?;
        Ok(self.child.wait()?)
    }

    /// Ends it at once, as a power cut does: nothing is tidied up.
    pub(crate) fn kill(mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        if !matches!(self.child.try_wait(), Ok(None)) {
            return;
        }
        let asked = Command::new("kill")
            .arg(self.child.id().to_string())
            .status();
        if !asked.is_ok_and(|status| status.success()) {
            drop(self.child.kill());
        }
        drop(self.child.wait());
    }
}
