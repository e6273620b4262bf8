//! `mock-ca serve`: the mock on loopback ports, until told to stop.

mod cli;
mod store;

use std::process::ExitCode;

fn main() -> ExitCode {
    match cli::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("mock-ca: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}
