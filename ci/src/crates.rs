//! The crates that the product is built from, as cargo tells of them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::programs::{PLATFORM, PROGRAMS};

/// What `cargo metadata` tells, as far as it is asked here.
#[derive(Deserialize)]
pub(crate) struct Metadata {
    pub(crate) packages: Vec<Package>,
    pub(crate) workspace_members: BTreeSet<String>,
    pub(crate) resolve: Resolve,
}

#[derive(Deserialize)]
pub(crate) struct Package {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) description: Option<String>,
    pub(crate) authors: Vec<String>,
    /// An SPDX expression, or an older crate's `MIT/Apache-2.0`.
    pub(crate) license: Option<String>,
    /// The registry; `None` of what lies in a folder here.
    pub(crate) source: Option<String>,
    pub(crate) manifest_path: PathBuf,
}

#[derive(Deserialize)]
pub(crate) struct Resolve {
    pub(crate) nodes: Vec<Node>,
}

#[derive(Deserialize)]
pub(crate) struct Node {
    pub(crate) id: String,
    pub(crate) deps: Vec<Dependency>,
}

#[derive(Deserialize)]
pub(crate) struct Dependency {
    pub(crate) pkg: String,
    pub(crate) dep_kinds: Vec<Kind>,
}

#[derive(Deserialize)]
pub(crate) struct Kind {
    /// `None`: it is linked; otherwise `dev` or `build`.
    pub(crate) kind: Option<String>,
}

impl Package {
    /// `name@version`, which no two of one lock file share.
    pub(crate) fn reference(&self) -> String {
        format!("{}@{}", self.name, self.version)
    }

    /// Its licence as an SPDX expression.
    pub(crate) fn expression(&self) -> Option<String> {
        let license = self.license.as_ref()?;
        Some(license.replace(" / ", "/").replace('/', " OR "))
    }
}

/// All crates of the workspace on the platform of the release.
pub(crate) fn metadata(workspace: &Path) -> Result<Metadata> {
    let mut cargo = Command::new("cargo");
    cargo.args(["metadata", "--format-version=1", "--locked"]);
    answered(cargo.args(["--filter-platform", PLATFORM]), workspace)
}

/// `name@version` of every crate that is linked into a program: by the programs' own features, where `cargo metadata`
/// resolves the tests' with them.
pub(crate) fn linked(workspace: &Path) -> Result<BTreeSet<String>> {
    let packages: Vec<_> = PROGRAMS.iter().flat_map(|name| ["-p", name]).collect();
    tree(workspace, &packages, "normal,no-proc-macro")
}

/// `name@version` of each crate of these packages, by the kinds of their dependencies.
pub(crate) fn tree(workspace: &Path, packages: &[&str], edges: &str) -> Result<BTreeSet<String>> {
    let mut cargo = Command::new("cargo");
    cargo.args(["tree", "--locked", "--target", PLATFORM]);
    cargo.args(["--prefix", "none", "--edges", edges]);
    let lines = said(cargo.args(packages), workspace)?;
    Ok(lines.lines().filter_map(name_and_version).collect())
}

/// `serde@1.0.229` of `serde v1.0.229 (*)`.
fn name_and_version(line: &str) -> Option<String> {
    let mut words = line.split(' ');
    let (name, version) = (words.next()?, words.next()?.strip_prefix('v')?);
    Some(format!("{name}@{version}"))
}

fn answered<T: DeserializeOwned>(cargo: &mut Command, workspace: &Path) -> Result<T> {
    Ok(serde_json::from_str(&said(cargo, workspace)?)?)
}

fn said(cargo: &mut Command, workspace: &Path) -> Result<String> {
    let output = cargo.current_dir(workspace).output()?;
    let error = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{cargo:?}: {error}");
    String::from_utf8(output.stdout).context("cargo says no text")
}

#[cfg(test)]
mod tests {
    use super::name_and_version;

    #[test]
    fn a_line_of_the_tree_names_a_crate_and_its_version() {
        let reference = name_and_version("rsa v0.10.0-rc.20 (*)");
        assert_eq!(reference.as_deref(), Some("rsa@0.10.0-rc.20"));
        assert_eq!(name_and_version(""), None);
    }
}
