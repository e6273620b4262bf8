//! Cargo started by a test of cargo's.

use std::process::Command;

/// Takes from a command what cargo told this test about its own crate.
///
/// Build scripts (ring's is one) ask for these variables, so that a nested cargo would find everything above them stale,
/// and the next one outside again.
pub(crate) fn unaware_of_this_crate(command: &mut Command) -> &mut Command {
    for (name, _) in std::env::vars_os() {
        let told = name.to_string_lossy();
        if told.starts_with("CARGO_PKG_") || told.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
}
