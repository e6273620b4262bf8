//! Running one command: its output goes to the stage's log as it comes, its failure carries the last lines of it.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::process;

/// What a command of ours takes at the longest on a slow machine; then it hangs.
const PATIENCE: Patience = Patience {
    word_each: Duration::from_secs(60),
    limit: Duration::from_secs(30 * 60),
};

/// Where a stage leaves its log and its artefacts, and how it runs commands.
pub(crate) struct Bench {
    folder: PathBuf,
    log: File,
    patience: Patience,
}

/// A folder that goes when it is dropped.
pub(crate) struct Scratch {
    folder: PathBuf,
}

impl Scratch {
    fn empty(folder: &Path) -> Result<Self> {
        // What a run that was ended left.
        if folder.exists() {
            std::fs::remove_dir_all(folder)?;
        }
        std::fs::create_dir_all(folder)?;
        let folder = std::path::absolute(folder)?;
        Ok(Self { folder })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed is cleared by the next run.
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

/// How long a command may take, and how often a person is told that it goes on.
#[derive(Clone, Copy)]
struct Patience {
    word_each: Duration,
    limit: Duration,
}

impl Bench {
    /// An empty folder `target/ci/NAME` and the log beside it.
    pub(crate) fn open(name: &str) -> Result<Self> {
        Self::begin(&Path::new("target/ci").join(name))
    }

    fn begin(folder: &Path) -> Result<Self> {
        if folder.exists() {
            std::fs::remove_dir_all(folder)
                .with_context(|| format!("clearing {}", folder.display()))?;
        }
        std::fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
        File::create(folder.with_extension("log"))?;
        Self::go_on(folder)
    }

    /// The folder and the log that another process of the same stage opened.
    pub(crate) fn open_again(name: &str) -> Result<Self> {
        Self::go_on(&Path::new("target/ci").join(name))
    }

    fn go_on(folder: &Path) -> Result<Self> {
        let log = folder.with_extension("log");
        Ok(Self {
            folder: folder.to_owned(),
            log: OpenOptions::new().read(true).append(true).open(log)?,
            patience: PATIENCE,
        })
    }

    /// The stage's folder for artefacts.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// An empty folder for what nobody looks at afterwards, apart from the artefacts: builds, environments, roots.
    pub(crate) fn scratch(&self, name: &str) -> Result<Scratch> {
        let stage = self.folder.file_name().context("a stage has a name")?;
        let all = self.folder.ancestors().nth(2);
        let scratch = all.context("a stage lies in a folder")?.join("scratch");
        Scratch::empty(&scratch.join(stage).join(name))
    }

    /// From here on a command may take so long.
    pub(crate) fn grant(&mut self, limit: Duration) {
        self.patience.limit = limit;
    }

    /// Runs the command to its end and hands back what it printed; fails when it does.
    pub(crate) fn run(&mut self, command: &mut Command) -> Result<String> {
        let (status, text) = self.capture(command)?;
        if !status.success() {
            bail!("`{command:?}` ended with {status}\n{}", tail(&text));
        }
        Ok(text)
    }

    /// Runs the command and demands that its output holds `wanted`.
    pub(crate) fn run_and_find(&mut self, command: &mut Command, wanted: &str) -> Result<()> {
        let text = self.run(command)?;
        if !text.contains(wanted) {
            bail!("`{command:?}` did not say «{wanted}» but:\n{}", tail(&text));
        }
        Ok(())
    }

    /// Runs a command that has to fail, and hands back what it printed.
    pub(crate) fn run_refused(&mut self, command: &mut Command) -> Result<String> {
        let (status, text) = self.capture(command)?;
        if status.success() {
            bail!("`{command:?}` passed where it has to fail\n{}", tail(&text));
        }
        Ok(text)
    }

    /// Runs a command that has to end with this exit code, and hands back what it printed.
    pub(crate) fn run_ending(&mut self, command: &mut Command, code: i32) -> Result<String> {
        let (status, text) = self.capture(command)?;
        if status.code() != Some(code) {
            bail!(
                "`{command:?}` ended with {status} instead of {code}\n{}",
                tail(&text)
            );
        }
        Ok(text)
    }

    /// How the command ended, and what it wrote into the log.
    fn capture(&mut self, command: &mut Command) -> Result<(ExitStatus, String)> {
        let shown = format!("{command:?}");
        writeln!(self.log, "$ {shown}")?;
        let before = self.log.seek(SeekFrom::End(0))?;
        let child = command
            .stdin(Stdio::null())
            .stdout(self.log.try_clone()?)
            .stderr(self.log.try_clone()?)
            .spawn()
            .with_context(|| format!("cannot start `{shown}`"))?;
        let ended = self.patience.attend(child, &short(command));
        let text = self.written_since(before)?;
        let status = ended.with_context(|| format!("it said last:\n{}", tail(&text)))?;
        writeln!(self.log, "-- {status}")?;
        Ok((status, text))
    }

    fn written_since(&mut self, before: u64) -> Result<String> {
        let mut written = Vec::new();
        self.log.seek(SeekFrom::Start(before))?;
        self.log.read_to_end(&mut written)?;
        Ok(String::from_utf8_lossy(&written).into_owned())
    }
}

impl Patience {
    /// Waits for the child's end and tells a person now and then that it goes on; ends it, and all it started, when it
    /// has taken too long, which is an error.
    fn attend(self, mut child: Child, name: &str) -> Result<ExitStatus> {
        let id = child.id();
        let (tell, end) = mpsc::channel();
        thread::spawn(move || tell.send(child.wait()));
        let mut waited = Duration::ZERO;
        loop {
            let turn = self.word_each.min(self.limit.saturating_sub(waited));
            match end.recv_timeout(turn) {
                Ok(status) => return Ok(status?),
                Err(RecvTimeoutError::Disconnected) => bail!("`{name}` was lost sight of"),
                Err(RecvTimeoutError::Timeout) => waited += turn,
            }
            if waited >= self.limit {
                process::end_family(id)?;
                let limit = minutes(self.limit);
                bail!("`{name}` was ended: it took longer than the {limit} that it may take");
            }
            eprintln!("{STILL}`{name}`, {}", minutes(waited));
        }
    }
}

/// How a line begins that tells that a command goes on.
pub(crate) const STILL: &str = "        still at ";

fn minutes(time: Duration) -> String {
    format!("{} min", time.as_secs() / 60)
}

/// The command as a person calls it: without what it finds in its environment, and not all of a long one.
fn short(command: &Command) -> String {
    const LETTERS: usize = 70;
    let words = [command.get_program()]
        .into_iter()
        .chain(command.get_args());
    let words: Vec<_> = words.map(|word| word.to_string_lossy()).collect();
    let line = words.join(" ").replace('\n', " ");
    match line.char_indices().nth(LETTERS) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// The last lines of a long output: enough to see the cause, the log has the rest.
fn tail(text: &str) -> String {
    const LINES: usize = 40;
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(LINES)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut shell = Command::new("sh");
        shell.args(["-c", script]);
        shell
    }

    fn bench(place: &tempfile::TempDir) -> Bench {
        Bench::begin(&place.path().join("ci/stage")).expect("a bench")
    }

    #[test]
    fn what_a_command_says_is_in_the_log_while_it_runs() {
        let place = tempfile::tempdir().expect("a folder");
        let mut counts = shell("echo out; echo err >&2; wc -l < \"$0\"");
        counts.arg(place.path().join("ci/stage.log"));
        let said = bench(&place).run(&mut counts).expect("it ends well");
        // The command itself, and the two lines.
        assert_eq!(said, "out\nerr\n3\n");
    }

    #[test]
    fn each_command_is_told_by_what_it_said_itself() {
        let place = tempfile::tempdir().expect("a folder");
        let mut bench = bench(&place);
        assert_eq!(bench.run(&mut shell("echo one")).expect("well"), "one\n");
        let refused = bench.run_refused(&mut shell("echo two; exit 3"));
        assert_eq!(refused.expect("it fails"), "two\n");
        let log = std::fs::read_to_string(place.path().join("ci/stage.log")).expect("a log");
        assert!(log.ends_with("two\n-- exit status: 3\n"), "{log}");
    }

    #[test]
    fn a_command_that_takes_too_long_is_ended_with_all_it_started_and_the_stage_says_so() {
        let place = tempfile::tempdir().expect("a folder");
        let mut bench = bench(&place);
        bench.grant(Duration::from_millis(300));
        let hangs = "sleep 1000 & echo $! > \"$0\"; echo begun; wait";
        let child = place.path().join("child");
        let error = bench
            .run(shell(hangs).arg(&child))
            .expect_err("it takes too long");
        let told = format!("{error:#}");
        assert!(
            told.contains("begun") && told.contains("took longer"),
            "{told}"
        );
        let child = std::fs::read_to_string(child).expect("its id");
        assert!(!process::runs(child.trim().parse().expect("a number")));
    }

    #[test]
    fn a_scratch_folder_lies_apart_from_the_artefacts_and_goes_when_it_is_done_with() {
        let place = tempfile::tempdir().expect("a folder");
        let bench = bench(&place);
        let scratch = bench.scratch("build").expect("a folder");
        let path = scratch.path().to_owned();
        assert!(path.ends_with("scratch/stage/build") && path.is_dir());
        assert!(!path.starts_with(place.path().join("ci")), "{path:?}");
        drop(scratch);
        assert!(!path.exists());
    }

    #[test]
    fn a_long_command_is_called_by_its_beginning() {
        let mut cargo = Command::new("cargo");
        cargo.args(["test", "--locked"]).env("LANG", "C");
        assert_eq!(short(&cargo), "cargo test --locked");
        let long = short(cargo.arg("я".repeat(100)));
        assert!(
            long.ends_with("яя…") && long.chars().count() == 71,
            "{long}"
        );
    }
}
