//! Printing through `lp`, which CUPS and every other print system of Unix have.

use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::Path;
use std::process::Stdio;

use crate::ports::{Printer, PrinterError};

/// The default printer, as `lp` knows it.
#[derive(Clone, Debug, Default)]
pub struct Lp {
    /// Folders to look for the program in, instead of those of `PATH`.
    pub path: Option<OsString>,
}

impl Printer for Lp {
    fn print(&mut self, file: &Path) -> Result<(), PrinterError> {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let mut lp = super::child::command(PROGRAM);
        lp.args(["-n", "1", "-t"]).arg(&*name).arg("--").arg(file);
        if let Some(path) = &self.path {
            lp.env("PATH", path);
        }
        let ended = lp
            .stdin(Stdio::null())
            .output()
            .map_err(|error| match error.kind() {
                ErrorKind::NotFound => PrinterError::NoProgram { program: PROGRAM },
                _ => refused(&name, &error.to_string()),
            })?;
        if ended.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&ended.stderr);
        let first = said.lines().find(|line| !line.trim().is_empty());
        Err(refused(&name, first.unwrap_or(&ended.status.to_string())))
    }
}

fn refused(file: &str, why: &str) -> PrinterError {
    PrinterError::Refused {
        file: file.to_owned(),
        why: why
            .chars()
            .filter(|it| !it.is_control())
            .take(LONGEST_WHY)
            .collect(),
    }
}

const PROGRAM: &str = "lp";
/// Enough for what a print system says in one line.
const LONGEST_WHY: usize = 200;
