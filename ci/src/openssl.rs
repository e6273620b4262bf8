//! OpenSSL with gost-engine: how it is called and what it must say.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::run::Bench;

/// A configuration that loads the engine for every algorithm, also where `-engine` is not enough.
const CONFIGURATION: &str = "\
openssl_conf = init
[init]
engines = engines
[engines]
gost = gost
[gost]
engine_id = gost
default_algorithms = ALL
";

/// The `openssl` program with its configuration.
pub(crate) struct OpenSsl {
    configuration: PathBuf,
}

impl OpenSsl {
    /// Writes the configuration into the stage's folder and checks that the engine answers.
    pub(crate) fn with_gost_engine(bench: &mut Bench) -> Result<Self> {
        let configuration = std::path::absolute(bench.folder().join("openssl.cnf"))?;
        std::fs::write(&configuration, CONFIGURATION).context("writing openssl.cnf")?;
        let openssl = Self { configuration };
        bench.run_and_find(&mut openssl.command(&["engine", "gost"]), "gost")?;
        Ok(openssl)
    }

    /// An `openssl` command.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("openssl");
        command
            .args(arguments)
            .env("OPENSSL_CONF", &self.configuration);
        command
    }

    /// The same at another moment (`YYYY-MM-DD hh:mm:ss`, UTC), by faketime; `-attime` would not reach OCSP.
    pub(crate) fn command_at(&self, moment: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new("faketime");
        command
            .args(["-f", &format!("@{moment}"), "openssl"])
            .args(arguments)
            .env("OPENSSL_CONF", &self.configuration)
            .env("TZ", "UTC");
        command
    }

    /// The self-signature of a request verifies.
    pub(crate) fn request_verifies(&self, bench: &mut Bench, request: &Path) -> Result<()> {
        let mut command = self.command(&["req", "-engine", "gost", "-verify", "-noout", "-in"]);
        bench.run_and_find(command.arg(request), "verify OK")
    }

    /// The certificate verifies against its chain, at `at` (Unix seconds) or, without it, now.
    pub(crate) fn verify(&self, chain: &Path, certificate: &Path, at: Option<i64>) -> Command {
        let mut command = self.command(&["verify", "-engine", "gost"]);
        if let Some(at) = at {
            command.args(["-attime", &at.to_string()]);
        }
        command.arg("-CAfile").arg(chain).arg(certificate);
        command
    }
}
