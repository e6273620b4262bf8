//! Processes that run beside a stage and end with it.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::wait;

/// A process of ours; asked to end, by its id, when dropped.
pub(crate) struct Beside {
    child: Child,
    log: PathBuf,
}

impl Beside {
    /// Starts the command; what it says goes to the file `log`.
    pub(crate) fn start(command: &mut Command, log: &Path) -> Result<Self> {
        let shown = format!("{command:?}");
        let file = File::create(log).with_context(|| format!("making {}", log.display()))?;
        let child = command
            .stdout(file.try_clone()?)
            .stderr(file)
            .spawn()
            .with_context(|| format!("cannot start `{shown}`"))?;
        let log = log.to_owned();
        Ok(Self { child, log })
    }

    /// Waits until it tells, in a line of JSON, what is picked from it.
    pub(crate) fn told<T>(&mut self, pick: impl Fn(&Value) -> Option<T>) -> Result<T> {
        let log = self.log.display().to_string();
        let mut picked = None;
        wait::until("a program to tell", Duration::from_secs(20), || {
            let ended = self.ended()?;
            let said = std::fs::read_to_string(&self.log)?;
            let lines = said.lines().filter_map(|it| serde_json::from_str(it).ok());
            picked = lines.filter_map(|line| pick(&line)).next();
            ensure!(picked.is_some() || ended.is_none(), "it ended");
            Ok(picked.is_some())
        })
        .with_context(|| format!("see {log}"))?;
        picked.context("nothing was told")
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

/// Ends the process and all below it at once.
pub(crate) fn end_family(id: u32) -> Result<()> {
    let mut family = vec![id];
    let parents = parents()?;
    let mut known = 0;
    while let Some(parent) = family.get(known).copied() {
        let children = parents.iter().filter(|(_, it)| **it == parent);
        family.extend(children.map(|(child, _)| *child));
        known += 1;
    }
    let mut kill = Command::new("kill");
    kill.arg("-KILL").args(family.iter().map(u32::to_string));
    // One that has ended by itself meanwhile is no failure.
    kill.stderr(Stdio::null())
        .status()
        .context("starting kill")?;
    wait::until("the end of what was ended", Duration::from_secs(20), || {
        Ok(family.iter().all(|id| !runs(*id)))
    })
}

/// The parent of every process there is, by their ids.
fn parents() -> Result<BTreeMap<u32, u32>> {
    let ids = std::fs::read_dir("/proc")?
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    Ok(ids.filter_map(|id| Some((id, stat(id)?.1))).collect())
}

/// Whether the process is there and has not ended.
pub(crate) fn runs(id: u32) -> bool {
    stat(id).is_some_and(|(state, _)| !matches!(state, 'Z' | 'X'))
}

/// State and parent of a process, from proc(5); `None` once it is gone.
fn stat(id: u32) -> Option<(char, u32)> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // `1 (name) S 0 …`; a name may hold brackets.
    let (_, rest) = stat.rsplit_once(") ")?;
    let mut fields = rest.split(' ');
    Some((fields.next()?.chars().next()?, fields.next()?.parse().ok()?))
}
