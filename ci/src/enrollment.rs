//! One enrollment by the separate programs: a mock of its own, and `enroll` with what it needs to know.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, ensure};

use crate::mock::Mock;
use crate::programs::Programs;
use crate::run::Bench;

/// What all its commands share.
pub(crate) struct Enrollment {
    folder: PathBuf,
    token: String,
    mock: Mock,
}

impl Enrollment {
    /// Its files go to `folder`; `token` is the way to the token, as `--token` takes it. A minute of the portal's is a
    /// second of ours; `settings` are further options of `mock-ca serve`.
    pub(crate) fn begin(
        programs: &Programs,
        folder: &Path,
        token: &str,
        settings: &[&str],
    ) -> Result<Self> {
        std::fs::write(folder.join("pin"), "12345678")?;
        std::fs::write(folder.join("admin-pin"), "87654321")?;
        let options = [&["--clock", "fast:60", "--seed", "1"], settings].concat();
        Ok(Self {
            folder: folder.to_owned(),
            token: token.to_owned(),
            mock: Mock::start(programs, &options, &folder.join("mock-ca.log"))?,
        })
    }

    /// Where its files are.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whom it enrolls with.
    pub(crate) fn mock(&self) -> &Mock {
        &self.mock
    }

    /// `enroll`, in English.
    pub(crate) fn command(&self, programs: &Programs, arguments: &[&str]) -> Command {
        let mut command = programs.command("enroll");
        command
            .args(arguments)
            .args(["--lang", "en"])
            .args(["--token", &self.token, "--phone", "+7 900 000-00-00"])
            .args(["--portal", &self.mock.portal, "--sms", &self.mock.sms])
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
