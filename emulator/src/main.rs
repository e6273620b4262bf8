//! The program `emulator`: makes token images, shows them, talks to them, puts them into a virtual reader.

mod cli;

use std::io::ErrorKind;
use std::process::ExitCode;

use clap::Parser;
use cli::Failure;

fn main() -> ExitCode {
    match cli::run(cli::Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        // `emulator show … | head`: whoever read has had enough.
        Err(Failure::System(error)) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("emulator: {failure}");
            if let Some(advice) = failure.next_step() {
                eprintln!("next: {advice}");
            }
            failure.exit_code()
        }
    }
}
