//! Running one command: its output goes to the stage's log, its failure carries the last lines of it.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context as _, Result, bail};

/// Where a stage leaves its log and its artefacts, and how it runs commands.
pub(crate) struct Bench {
    folder: PathBuf,
    log: File,
}

impl Bench {
    /// An empty folder `target/ci/NAME` and the log beside it.
    pub(crate) fn open(name: &str) -> Result<Self> {
        let folder = Path::new("target/ci").join(name);
        if folder.exists() {
            std::fs::remove_dir_all(&folder)
                .with_context(|| format!("clearing {}", folder.display()))?;
        }
        std::fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
        File::create(log_of(name))?;
        Self::open_again(name)
    }

    /// The folder and the log that another process of the same stage opened.
    pub(crate) fn open_again(name: &str) -> Result<Self> {
        let folder = Path::new("target/ci").join(name);
        let log = OpenOptions::new().append(true).open(log_of(name))?;
        Ok(Self { folder, log })
    }

    /// The stage's folder for artefacts.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Runs the command to its end and hands back what it printed; fails when it does.
    pub(crate) fn run(&mut self, command: &mut Command) -> Result<String> {
        let (shown, output) = self.capture(command)?;
        let text = both(&output);
        if !output.status.success() {
            bail!("`{shown}` ended with {}\n{}", output.status, tail(&text));
        }
        Ok(text)
    }

    /// Runs the command and demands that its output holds `wanted`.
    pub(crate) fn run_and_find(&mut self, command: &mut Command, wanted: &str) -> Result<()> {
        let shown = format!("{command:?}");
        let text = self.run(command)?;
        if !text.contains(wanted) {
            bail!("`{shown}` did not say «{wanted}» but:\n{}", tail(&text));
        }
        Ok(())
    }

    /// Runs a command that has to fail, and hands back what it printed.
    pub(crate) fn run_refused(&mut self, command: &mut Command) -> Result<String> {
        let (shown, output) = self.capture(command)?;
        if output.status.success() {
            bail!(
                "`{shown}` passed where it has to fail\n{}",
                tail(&both(&output))
            );
        }
        Ok(both(&output))
    }

    /// Runs a command that has to end with this exit code, and hands back what it printed.
    pub(crate) fn run_ending(&mut self, command: &mut Command, code: i32) -> Result<String> {
        let (shown, output) = self.capture(command)?;
        let text = both(&output);
        if output.status.code() != Some(code) {
            bail!(
                "`{shown}` ended with {} instead of {code}\n{}",
                output.status,
                tail(&text)
            );
        }
        Ok(text)
    }

    fn capture(&mut self, command: &mut Command) -> Result<(String, Output)> {
        let shown = format!("{command:?}");
        writeln!(self.log, "$ {shown}")?;
        let output = command
            .output()
            .with_context(|| format!("cannot start `{shown}`"))?;
        self.log.write_all(&output.stdout)?;
        self.log.write_all(&output.stderr)?;
        writeln!(self.log, "-- {}", output.status)?;
        Ok((shown, output))
    }
}

fn log_of(name: &str) -> PathBuf {
    Path::new("target/ci").join(format!("{name}.log"))
}

fn both(output: &Output) -> String {
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stderr));
    text
}

/// The last lines of a long output: enough to see the cause, the log has the rest.
fn tail(text: &str) -> String {
    const LINES: usize = 40;
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(LINES)..].join("\n")
}
