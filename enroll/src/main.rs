//! `enroll`: enrolls a certificate for ЕГАИС on a Rutoken ECP. Everything is in the library; see `enroll --help`.
//!
//! Ctrl-C may end the process anywhere: the journal is on the disk at every step, and `enroll resume` goes on.

fn main() -> std::process::ExitCode {
    enroll::cli::main()
}
