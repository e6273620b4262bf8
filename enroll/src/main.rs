//! `enroll`: enrolls a certificate for ЕГАИС on a Rutoken ECP. Everything is in the library; see `enroll --help`.
//!
//! Ctrl-C simply ends the process: the journal is on the disk at every step, and `enroll resume` goes on.

fn main() -> std::process::ExitCode {
    enroll::cli::main()
}
