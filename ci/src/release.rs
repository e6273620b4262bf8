//! A release: the four programs, built twice to the same bytes, judged as they are handed out, with their papers.
//!
//! What is handed out lies in `target/release-VERSION/`:
//!
//! ```text
//! bin/       emulator enroll mock-ca scenarios: static, for any Linux of this architecture; no PC/SC, no PKCS#11
//! bin-pcsc/  enroll scenarios: with PC/SC and PKCS#11, on glibc
//! RELEASE.md tells so; completions/ man/ CHANGELOG.md LICENSE LICENSES.txt NOTICE.md sbom.cdx.json SHA256SUMS;
//! README.md and what it links to, in the rooms' folders
//! ```

mod build;
mod commit;
mod container;
mod empty_root;
mod judge;
mod licences;
pub(crate) mod pages;
mod papers;
mod sbom;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

use crate::packages;
use crate::run::Bench;
use crate::stage::Stage;

/// Makes the release of that version, which has to be the workspace's.
pub(crate) fn prepared(version: &str) -> Result<()> {
    packages::install(&[Stage::Release])?;
    let mut bench = Bench::open("release")?;
    let ours = papers::version()?;
    ensure!(
        version == ours,
        "the workspace is version {ours}: set `version` in Cargo.toml to {version} first, and name the section of ci/CHANGELOG.md so"
    );
    // First of all: it takes long to build what cannot be handed out.
    let changes = papers::changes_of(version)?;
    let release = make(&mut bench, version, &changes)?;
    println!("released  {}", release.display());
    Ok(())
}

/// The stage `release`: of the version the workspace has, which may not be told of yet.
pub(crate) fn run(bench: &mut Bench) -> Result<()> {
    let version = papers::version()?;
    let changes = papers::changes_of(&version).or_else(|why| {
        told(&format!("{why}: the changes are those not released"));
        papers::changes_not_released()
    })?;
    make(bench, &version, &changes).map(drop)
}

/// What needs ports and a pcscd of its own.
pub(crate) fn inside(bench: &mut Bench) -> Result<()> {
    judge::enrollments(bench, &folder(&papers::version()?))
}

fn make(bench: &mut Bench, version: &str, changes: &str) -> Result<PathBuf> {
    bench.grant(OPTIMIZING);
    let release = folder(version);
    fresh(&release)?;
    build::programs(bench, Path::new("."), &release)?;
    told("built");
    let glibc = empty_root::run_there(bench, &release)?;
    judge::suite(bench, &release)?;
    judge::enrollments_apart()?;
    papers::write(bench, version, changes, &release, glibc)?;
    told("papers and checksums written");
    container::quickstart(bench, &release)?;
    repeated(bench, &release)?;
    told("built again elsewhere: the same bytes");
    Ok(release)
}

/// What one build of all programs may take on a slow machine.
const OPTIMIZING: Duration = Duration::from_secs(90 * 60);

fn folder(version: &str) -> PathBuf {
    Path::new("target").join(format!("release-{version}"))
}

fn fresh(folder: &Path) -> Result<()> {
    if folder.exists() {
        std::fs::remove_dir_all(folder)
            .with_context(|| format!("clearing {}", folder.display()))?;
    }
    Ok(std::fs::create_dir_all(folder)?)
}

fn told(what: &str) {
    println!("        {what}");
}

fn keep(file: &Path, there: &Path) -> Result<()> {
    std::fs::create_dir_all(there.parent().context("a file lies in a folder")?)?;
    std::fs::copy(file, there)?;
    Ok(())
}

/// The same commit, built in another folder: whoever builds it gets these files.
fn repeated(bench: &mut Bench, release: &Path) -> Result<()> {
    let again = bench.scratch("again")?;
    let (source, built) = (again.path().join("source"), again.path().join("built"));
    let here = std::env::current_dir()?;
    bench.run(&mut commit::clone(&here, &source))?;
    build::programs(bench, &source, &built)?;
    for program in build::programs_of(release)? {
        let name = program.strip_prefix(release)?;
        let same = std::fs::read(&program)? == std::fs::read(built.join(name))?;
        if !same {
            keep(
                &built.join(name),
                &bench.folder().join("differs").join(name),
            )?;
        }
        ensure!(
            same,
            "{} differs when it is built again in another folder (uncommitted changes differ too)",
            name.display()
        );
    }
    Ok(())
}
