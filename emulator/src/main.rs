//! The program `emulator`: makes token images, shows them, talks to them, puts them into a virtual reader.
#![warn(clippy::print_stderr, clippy::print_stdout)]

mod cli;

use std::process::ExitCode;

use clap::Parser;
use cli::say;

fn main() -> ExitCode {
    match cli::run(cli::Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            say(format_args!("emulator: {failure}"));
            if let Some(advice) = failure.next_step() {
                say(format_args!("next: {advice}"));
            }
            failure.exit_code()
        }
    }
}
