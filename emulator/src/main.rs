//! The program `emulator`: makes token images, shows them, talks to them, puts them into a virtual reader.

mod cli;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    match cli::run(cli::Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("emulator: {failure}");
            if let Some(advice) = failure.next_step() {
                eprintln!("next: {advice}");
            }
            failure.exit_code()
        }
    }
}
