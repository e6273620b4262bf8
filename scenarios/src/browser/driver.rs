//! The driver's process: lines in, lines out, ended with the step.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::Sender;

use serde::Serialize;

use super::desk::Heard;

/// The longest line of a driver's, in octets.
const LINE: u64 = 1 << 20;

/// A driver that was started; dropped, it is ended.
pub(super) struct Driver {
    child: Child,
    stdin: Option<ChildStdin>,
}

impl Driver {
    /// Starts the command; what it says goes to `heard`, marked with the step's number.
    pub(super) fn start(command: &str, step: usize, heard: Sender<Heard>) -> io::Result<Self> {
        let mut words = command.split_whitespace();
        let program = words.next().unwrap_or_default();
        let mut child = Command::new(program)
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let driver = Self { child, stdin };
        if let Some(stdout) = stdout {
            let listener = std::thread::Builder::new().name("driver".to_owned());
            listener.spawn(move || listen(stdout, step, &heard))?;
        }
        Ok(driver)
    }

    /// Says one line.
    pub(super) fn say(&mut self, line: &impl Serialize) -> io::Result<()> {
        let mut line = serde_json::to_vec(line)?;
        line.push(b'\n');
        let stdin = self.stdin.as_mut();
        let stdin = stdin.ok_or(io::ErrorKind::BrokenPipe)?;
        stdin.write_all(&line)?;
        stdin.flush()
    }

    /// Nothing more is said: a driver that still listens ends.
    pub(super) fn hang_up(&mut self) {
        drop(self.stdin.take());
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        drop(self.stdin.take());
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Until the driver closes its output, or says more than a line can hold.
fn listen(stdout: ChildStdout, step: usize, heard: &Sender<Heard>) {
    let mut stdout = BufReader::new(stdout);
    loop {
        let mut line = Vec::new();
        let read = stdout.by_ref().take(LINE).read_until(b'\n', &mut line);
        let whole = read.is_ok() && line.ends_with(b"\n");
        let line = String::from_utf8_lossy(&line).into_owned();
        if !whole || heard.send(Heard::Said(step, line)).is_err() {
            break;
        }
    }
    let _ = heard.send(Heard::Closed(step));
}
