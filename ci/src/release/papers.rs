//! What goes with the programs: completions, manual pages, changelog, licences, the bill of materials, checksums.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use super::{licences, pages, sbom};
use crate::programs::{PROGRAMS, Programs};
use crate::python::Python;
use crate::run::Bench;

/// The workspace's version.
pub(super) fn version() -> Result<String> {
    let manifest: toml::Table = fs::read_to_string("Cargo.toml")?.parse()?;
    let version = manifest["workspace"]["package"]["version"].as_str();
    Ok(version.context("the workspace has no version")?.to_owned())
}

/// Writes all papers; the checksums last, over everything.
pub(super) fn write(
    bench: &mut Bench,
    version: &str,
    changes: &str,
    release: &Path,
    glibc: (u32, u32),
) -> Result<()> {
    for name in PROGRAMS {
        made_of_options(bench, release, name)?;
    }
    fs::write(release.join("CHANGELOG.md"), changes)?;
    pages::copy(Path::new("."), "README.md", release)?;
    fs::write(release.join("RELEASE.md"), pages::about(version, glibc))?;
    fs::copy("LICENSE", release.join("LICENSE"))?;
    fs::copy("ci/NOTICE.md", release.join("NOTICE.md"))?;
    let licences = licences::of_the_programs(Path::new("."))?;
    fs::write(release.join("LICENSES.txt"), licences)?;
    fs::write(
        release.join("sbom.cdx.json"),
        sbom::of_the_programs(Path::new("."), version)?,
    )?;
    follows_its_schema(bench, &release.join("sbom.cdx.json"))?;
    let sums = checksums(bench, release)?;
    Ok(fs::write(release.join("SHA256SUMS"), sums)?)
}

/// CycloneDX's own library judges the bill by the schema that comes with it.
fn follows_its_schema(bench: &mut Bench, bill: &Path) -> Result<()> {
    let python = Python::with(bench, "ci/bom/requirements.txt")?;
    bench.run_and_find(
        python.command("python").arg("ci/bom/judge.py").arg(bill),
        "valid CycloneDX 1.5",
    )
}

/// Completions and manual pages, by the program with the most options.
fn made_of_options(bench: &mut Bench, release: &Path, name: &str) -> Result<()> {
    let folder = ["bin-pcsc", "bin"].map(|folder| release.join(folder));
    let folder = folder.iter().find(|folder| folder.join(name).exists());
    let programs = Programs::at(folder.context("a program is missing")?);
    let completions = release.join("completions");
    fs::create_dir_all(&completions)?;
    for (shell, file) in [
        ("bash", format!("{name}.bash")),
        ("fish", format!("{name}.fish")),
        ("zsh", format!("_{name}")),
    ] {
        let text = bench.run(programs.command(name).args(["completions", shell]))?;
        fs::write(completions.join(file), text)?;
    }
    let pages = release.join("man");
    bench.run(programs.command(name).arg("man").arg(&pages))?;
    let page = pages.join(format!("{name}.1"));
    ensure!(page.exists(), "{} was not left", page.display());
    Ok(())
}

/// The changes of a version, from `ci/CHANGELOG.md`: the section whose heading begins with it.
///
/// Errors: no section has its name, or there is nothing in it.
pub(super) fn changes_of(version: &str) -> Result<String> {
    section(&fs::read_to_string("ci/CHANGELOG.md")?, version)
        .with_context(|| format!("ci/CHANGELOG.md does not tell of {version}"))
}

/// The changes that no version has yet.
pub(super) fn changes_not_released() -> Result<String> {
    changes_of("Unreleased")
}

/// A section with all below it; its heading may say more behind a dash.
fn section(changes: &str, name: &str) -> Option<String> {
    let mut parts = changes.split("\n## ").skip(1);
    let named = |part: &&str| {
        let heading = part.lines().next().unwrap_or_default();
        heading
            .split(" — ")
            .next()
            .is_some_and(|it| it.trim() == name)
    };
    let text = parts.find(named)?.trim_end();
    // A heading alone tells nothing.
    text.contains('\n').then(|| format!("## {text}\n"))
}

/// As `sha256sum -c` reads them, in the order of their names.
fn checksums(bench: &mut Bench, release: &Path) -> Result<String> {
    let mut files = Vec::new();
    collect(release, &mut files)?;
    files.sort();
    let mut sums = Command::new("sha256sum");
    for file in &files {
        sums.arg(file.strip_prefix(release)?);
    }
    bench.run(sums.current_dir(release))
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::section;

    const CHANGES: &str = "# Changes

## Unreleased

## 0.2.0 — faster

### enroll

- waits less

### mock-ca

- answers sooner

## 0.1.0

- first
";

    #[test]
    fn the_section_of_a_version_is_taken_whole_and_no_other() {
        let faster = section(CHANGES, "0.2.0").expect("a section");
        assert!(faster.starts_with("## 0.2.0 — faster\n\n### enroll\n"));
        assert!(faster.ends_with("- answers sooner\n"), "{faster}");
        let first = section(CHANGES, "0.1.0");
        assert_eq!(first.as_deref(), Some("## 0.1.0\n\n- first\n"));
    }

    #[test]
    fn a_version_that_has_no_section_or_an_empty_one_has_no_changes() {
        assert_eq!(section(CHANGES, "0.3.0"), None);
        assert_eq!(section(CHANGES, "0.2"), None);
        assert_eq!(section(CHANGES, "Unreleased"), None);
    }
}
