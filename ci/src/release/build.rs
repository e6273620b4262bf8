//! Building the programs so that the same commit gives the same bytes wherever it lies.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use super::commit;
use crate::programs::{PLATFORM, PROGRAMS};
use crate::run::Bench;

/// Programs that are built alike.
struct Kind {
    /// Where they go.
    folder: &'static str,
    names: &'static [&'static str],
    features: &'static [&'static str],
    /// What links them, in `ci/link`.
    compiler: &'static str,
}

const KINDS: [Kind; 2] = [
    Kind {
        folder: "bin",
        names: PROGRAMS,
        features: &["--no-default-features"],
        compiler: "rustc-static",
    },
    // A library that is opened at run time needs a C library that is there at run time.
    Kind {
        folder: "bin-pcsc",
        names: &["enroll", "scenarios"],
        features: &[],
        compiler: "rustc-glibc",
    },
];

/// Where they go in a release; each folder has a `scenarios`.
pub(super) fn folders() -> impl Iterator<Item = &'static str> {
    KINDS.iter().map(|kind| kind.folder)
}

/// Builds what lies in `source` into folders of `out`, stripped.
pub(super) fn programs(bench: &mut Bench, source: &Path, out: &Path) -> Result<()> {
    let source = std::path::absolute(source)?;
    // One for both kinds: the crates of others are compiled alike.
    let target = source.join("target/building-release");
    for kind in &KINDS {
        bench.run(&mut cargo(kind, &source, &target)?)?;
        let folder = out.join(kind.folder);
        std::fs::create_dir_all(&folder)?;
        for name in kind.names {
            let built = target.join(PLATFORM).join("release").join(name);
            std::fs::copy(&built, folder.join(name))
                .with_context(|| format!("copying {}", built.display()))?;
        }
    }
    Ok(())
}

fn cargo(kind: &Kind, source: &Path, target: &Path) -> Result<Command> {
    let mut cargo = Command::new("cargo");
    cargo
        .args(["build", "--locked", "--release", "--bins"])
        .args(["--target", PLATFORM])
        .args(kind.features)
        .args(kind.names.iter().flat_map(|name| ["-p", name]))
        .current_dir(source)
        .env("CARGO_TARGET_DIR", target)
        .env("CARGO_PROFILE_RELEASE_STRIP", "symbols")
        // Across crates is a matter of enrollments by the thousand, and six programs twice over would take long.
        .env("CARGO_PROFILE_RELEASE_LTO", "false")
        .env("RUSTFLAGS", without_paths(source)?)
        // What C code says of the time it was compiled at.
        .env("SOURCE_DATE_EPOCH", commit::time(source)?)
        // Found by its name, which goes into what cargo calls a crate; its path would differ from folder to folder.
        .env("RUSTC_WORKSPACE_WRAPPER", kind.compiler)
        .env("PATH", path_with(&source.join("ci/link"))?);
    Ok(cargo)
}

fn path_with(folder: &Path) -> Result<OsString> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let all = [folder.to_owned()]
        .into_iter()
        .chain(std::env::split_paths(&path));
    Ok(std::env::join_paths(all)?)
}

/// Paths of this machine become names, so that they differ nowhere.
fn without_paths(source: &Path) -> Result<String> {
    let home = cargo_home()?;
    let (home, source) = (home.display(), source.display());
    Ok(format!(
        "--remap-path-prefix={home}=/cargo --remap-path-prefix={source}=/source"
    ))
}

fn cargo_home() -> Result<PathBuf> {
    let named = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    named
        .or_else(|| std::env::home_dir().map(|home| home.join(".cargo")))
        .context("no home folder")
}

/// The programs of a release, in order.
pub(super) fn programs_of(release: &Path) -> Result<Vec<PathBuf>> {
    let programs: Vec<_> = KINDS
        .iter()
        .flat_map(|kind| {
            kind.names
                .iter()
                .map(|name| release.join(kind.folder).join(name))
        })
        .collect();
    for program in &programs {
        ensure!(program.exists(), "{} is not there", program.display());
    }
    Ok(programs)
}
