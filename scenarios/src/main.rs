//! `scenarios`: runs whole enrollments and shows them.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
