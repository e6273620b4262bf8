//! `scenarios import`.

use std::fs::{self, File};
use std::path::PathBuf;

use scenarios::import::{From, import};

use super::unusable_file;

/// A log of pcscd, libpcscspy or OpenSC holds what a card was asked and what it answered. The recording keeps that and
/// nothing else of the log, with PINs masked; `scenarios replay --side token --image FILE` puts the same questions to the
/// software token.
#[derive(clap::Args)]
#[command(after_help = "\
How such a log is made:
  pcscd   pcscd --foreground --debug --apdu > LOG
  spy     mkfifo ~/pcsc-spy; cat ~/pcsc-spy > LOG, beside the program that runs with libpcscspy; or what pcsc-spy prints
  opensc  OPENSC_DEBUG=9 pkcs11-tool … 2> LOG
A log has the PINs that were typed: keep it to yourself.
Exit codes: 0 written, 2 usage, a log that cannot be read, or one without commands.")]
pub(super) struct Import {
    /// Whose log it is.
    #[arg(long, value_enum)]
    from: From,
    /// The log.
    log: PathBuf,
    /// Where the recording goes.
    #[arg(short, long, value_name = "RECORDING")]
    output: PathBuf,
}

impl Import {
    pub(super) fn write(&self) -> u8 {
        let log = match File::open(&self.log) {
            Ok(log) => log,
            Err(error) => return unusable_file(&self.log, &error),
        };
        let recording = match import(log, self.from, "imported") {
            Ok(recording) => recording,
            Err(error) => return unusable_file(&self.log, &error),
        };
        if let Err(error) = fs::write(&self.output, recording.to_json_lines()) {
            return unusable_file(&self.output, &error);
        }
        let (lines, path) = (recording.lines().len(), self.output.display());
        eprintln!("{lines} exchanges in {path}");
        0
    }
}
