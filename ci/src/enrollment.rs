//! One enrollment by the separate programs: a mock of its own, and `enroll` with what it needs to know.

use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Result, ensure};

use crate::process::Beside;
use crate::programs::Programs;
use crate::run::Bench;
use crate::wait;

const PORTAL: &str = "127.0.0.1:18722";
const SMS: &str = "127.0.0.1:18723";

/// What all its commands share.
pub(crate) struct Enrollment {
    folder: PathBuf,
    token: &'static str,
}

impl Enrollment {
    /// Its files go to `folder`; `token` is the way to the token, as `--token` takes it.
    pub(crate) fn prepare(folder: &Path, token: &'static str) -> Result<Self> {
        std::fs::write(folder.join("pin"), "12345678")?;
        std::fs::write(folder.join("admin-pin"), "87654321")?;
        Ok(Self {
            folder: folder.to_owned(),
            token,
        })
    }

    /// Where its files are.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// A minute of the portal's is a second of ours. `settings` are further options of `mock-ca serve`.
    pub(crate) fn start_mock(&self, programs: &Programs, settings: &[&str]) -> Result<Beside> {
        let mut mock = programs.command("mock-ca");
        mock.args(["serve", "--clock", "fast:60", "--seed", "1"]);
        mock.args(["--listen", PORTAL, "--sms", SMS]).args(settings);
        let mut mock = Beside::start(&mut mock, &self.folder.join("mock-ca.log"))?;
        wait::until("the portal", Duration::from_secs(20), || {
            ensure!(mock.ended()?.is_none(), "mock-ca ended; see mock-ca.log");
            Ok(TcpStream::connect(PORTAL).is_ok())
        })?;
        Ok(mock)
    }

    /// `enroll`, in English.
    pub(crate) fn command(&self, programs: &Programs, arguments: &[&str]) -> Command {
        let mut command = programs.command("enroll");
        command
            .args(arguments)
            .args(["--lang", "en"])
            .args(["--token", self.token, "--phone", "+7 900 000-00-00"])
            .args(["--portal", &format!("http://{PORTAL}/")])
            .args(["--sms", &format!("http://{SMS}/")])
            .arg("--pin-file")
            .arg(self.folder.join("pin"))
            .arg("--admin-pin-file")
            .arg(self.folder.join("admin-pin"))
            .arg("--state")
            .arg(self.folder.join("state"))
            .arg("--out")
            .arg(self.folder.join("out"));
        command
    }

    /// Keys of the token's pairs and ids of its certificates, as `enroll` lists them.
    pub(crate) fn listed(&self, bench: &mut Bench, programs: &Programs) -> Result<Listed> {
        let text = bench.run(&mut self.command(programs, &["token", "list", "--json"]))?;
        // What it says to people stands behind what it answers.
        let lines = text.lines().filter(|line| line.starts_with('{'));
        let lines = lines.map(serde_json::from_str::<serde_json::Value>);
        let lines = lines.collect::<Result<Vec<_>, _>>()?;
        let results = lines
            .iter()
            .filter_map(|line| line.get("result")?.as_array());
        let objects: Vec<&serde_json::Value> = results.flatten().collect();
        let all = |field: &str| -> Vec<_> {
            let values = objects.iter().filter_map(|it| it.get(field));
            values.cloned().collect()
        };
        Ok(Listed {
            pairs: all("key"),
            certificates: all("id"),
            serials: all("certificate"),
        })
    }
}

/// What is on a token.
#[derive(Debug)]
pub(crate) struct Listed {
    pub(crate) pairs: Vec<serde_json::Value>,
    pub(crate) certificates: Vec<serde_json::Value>,
    /// Serial numbers of the certificates.
    pub(crate) serials: Vec<serde_json::Value>,
}

impl Listed {
    /// Fails unless there is one pair and its certificate, and nothing else.
    pub(crate) fn one_pair_with_its_certificate(&self) -> Result<()> {
        ensure!(
            self.pairs.len() == 1 && self.pairs == self.certificates,
            "not one pair with its certificate: {self:?}"
        );
        Ok(())
    }
}
