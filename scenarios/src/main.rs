//! `scenarios`: runs whole enrollments and shows them.

mod cli;

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// An enrollment is tens of thousands of small pieces of pages, requests and events: with the system's allocator it takes
/// about 7 % longer.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    cli::main()
}
