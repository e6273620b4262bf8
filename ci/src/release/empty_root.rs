//! The programs in a root that holds nothing else: what they need, they bring.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};

use super::told;
use crate::programs::PROGRAMS;
use crate::run::Bench;

/// Runs each program there; the static ones with nothing beside them, the others with glibc, whose least version comes
/// back.
pub(super) fn run_there(bench: &mut Bench, release: &Path) -> Result<(u32, u32)> {
    let scratch = bench.scratch("empty-root")?;
    let root = scratch.path();
    for name in PROGRAMS {
        fs::copy(release.join("bin").join(name), root.join(name))?;
        bench.run_and_find(chroot(root, name).arg("--version"), name)?;
    }
    quickstart(bench, root)?;
    told("the static programs run in an empty root, the README's first command among them");
    with_glibc(bench, release)
}

/// The README's first command, as a stranger has it who has only these files.
fn quickstart(bench: &mut Bench, root: &Path) -> Result<()> {
    fs::create_dir(root.join("tmp"))?;
    let mut run = chroot(root, "scenarios");
    bench.run_and_find(
        run.args(["run", "--lang", "en"]),
        "first-certificate: passed",
    )
}

fn with_glibc(bench: &mut Bench, release: &Path) -> Result<(u32, u32)> {
    let scratch = bench.scratch("glibc-root")?;
    let root = scratch.path();
    let mut newest = (0, 0);
    for name in ["enroll", "scenarios"] {
        let program = release.join("bin-pcsc").join(name);
        for library in libraries(bench, &program)? {
            let there = root.join(library.strip_prefix("/")?);
            fs::create_dir_all(there.parent().context("a library lies in a folder")?)?;
            fs::copy(&library, there)?;
        }
        fs::copy(&program, root.join(name))?;
        bench.run_and_find(chroot(root, name).arg("--version"), name)?;
        newest = newest.max(glibc(bench, &program)?);
    }
    told(&format!(
        "those with PC/SC run with glibc alone, {}.{} or later",
        newest.0, newest.1
    ));
    Ok(newest)
}

fn chroot(root: &Path, name: &str) -> Command {
    let mut chroot = Command::new("/usr/sbin/chroot");
    chroot.arg(root).arg(format!("/{name}")).env_clear();
    chroot
}

/// What the loader says it opens; only parts of glibc are let through.
fn libraries(bench: &mut Bench, program: &Path) -> Result<Vec<PathBuf>> {
    const GLIBC: [&str; 5] = [
        "libc.so",
        "libm.so",
        "libdl.so",
        "libpthread.so",
        "ld-linux",
    ];
    let listed = bench.run(Command::new("ldd").arg(program))?;
    let paths = listed
        .split_whitespace()
        .filter(|word| word.starts_with('/'));
    paths
        .map(|path| {
            if GLIBC.iter().any(|part| path.contains(part)) {
                Ok(PathBuf::from(path))
            } else {
                bail!(
                    "{} needs {path}, which is no part of glibc",
                    program.display()
                )
            }
        })
        .collect()
}

/// The newest version of glibc that a symbol of the program asks for.
fn glibc(bench: &mut Bench, program: &Path) -> Result<(u32, u32)> {
    let symbols = bench.run(Command::new("objdump").arg("-T").arg(program))?;
    let versions = symbols.split("GLIBC_").skip(1).filter_map(version);
    let newest = versions.max();
    ensure!(newest.is_some(), "{} names no glibc", program.display());
    Ok(newest.unwrap_or_default())
}

/// `2.34` of `2.34) pthread_create`.
fn version(text: &str) -> Option<(u32, u32)> {
    let end = text.find(|sign: char| !sign.is_ascii_digit() && sign != '.')?;
    let mut numbers = text[..end].split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn a_version_is_read_up_to_its_bracket() {
        assert_eq!(version("2.34) pthread_create\n"), Some((2, 34)));
        assert_eq!(version("2.2.5) read"), Some((2, 2)));
        assert_eq!(version("PRIVATE) _dl"), None);
    }
}
