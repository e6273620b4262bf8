//! The pages that go with the programs: the README, all that it leads to, and what a release is.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context as _, Result};

/// Copies the page of the workspace and every file that it, or a page it leads to, links to; each keeps its place, so
/// that the links hold.
pub(super) fn copy(workspace: &Path, page: &str, release: &Path) -> Result<()> {
    let mut open = vec![PathBuf::from(page)];
    let mut copied = BTreeSet::new();
    while let Some(file) = open.pop() {
        if !copied.insert(file.clone()) {
            continue;
        }
        let there = release.join(&file);
        fs::create_dir_all(there.parent().context("a file lies in a folder")?)?;
        fs::copy(workspace.join(&file), &there).with_context(|| file.display().to_string())?;
        if file.extension().is_some_and(|ending| ending == "md") {
            let folder = file.parent().unwrap_or(Path::new(""));
            let text = fs::read_to_string(&there)?;
            open.extend(links(&text).map(|link| plain(&folder.join(link))));
        }
    }
    Ok(())
}

/// The files that a page names in its links.
pub(crate) fn links(page: &str) -> impl Iterator<Item = &str> {
    let links = page.split("](").skip(1);
    let links = links.filter_map(|it| it.split(')').next());
    let files = links.filter(|it| !it.contains("://"));
    (files.map(|it| it.split('#').next().unwrap_or(it))).filter(|it| !it.is_empty())
}

/// Without `..`, which a path that is a name here may not hold.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(plain.pop()),
            other => plain.push(other),
        }
    }
    plain
}

/// What is in the release, for whoever has nothing but it.
pub(super) fn about(version: &str, glibc: (u32, u32)) -> String {
    let (major, minor) = glibc;
    format!(
        "\
# Release {version}

| folder | what is in it |
|---|---|
| `bin/` | `emulator`, `enroll`, `mock-ca`, `scenarios`: static, for any x86-64 Linux. They reach a token in process and by `vpcd:`; PC/SC and PKCS#11 are not in them. |
| `bin-pcsc/` | `enroll` and `scenarios` with PC/SC and PKCS#11, for a real token or a virtual reader. They need glibc {major}.{minor} or later; libpcsclite (Debian: `libpcsclite1`) is opened when it is asked for. |
| `completions/`, `man/` | for the shells bash, fish and zsh; manual pages |

[README.md](README.md) begins with what can be tried at once: where it has `cargo run -p scenarios --`, call
`bin/scenarios`. [CHANGELOG.md](CHANGELOG.md) tells what is new.

`SHA256SUMS` holds the sum of every other file. In this folder:

    sha256sum --check --quiet SHA256SUMS

`sbom.cdx.json` is the bill of materials (CycloneDX 1.5). LICENSE is the programs' own licence; NOTICE.md and
LICENSES.txt have those of what is linked into them. The same commit, built again by `ci/release {version}` with the same
Rust on Debian bookworm, gives the same programs, byte for byte.
"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_that_a_page_leads_to_come_with_it_and_nothing_else_does() {
        let place = tempfile::tempdir().expect("a folder");
        let (from, to) = (place.path().join("from"), place.path().join("to"));
        for (path, text) in [
            (
                "README.md",
                "[a](room/a.md) [web](https://example.org/x) [here](#part)",
            ),
            (
                "room/a.md",
                "[b](../other/b.toml#line) [home](../README.md)",
            ),
            ("other/b.toml", "](missing)"),
            ("room/c.md", "nobody links here"),
        ] {
            let path = from.join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            fs::write(path, text).expect("written");
        }
        copy(&from, "README.md", &to).expect("copied");
        assert!(to.join("README.md").exists() && to.join("room/a.md").exists());
        assert!(to.join("other/b.toml").exists() && !to.join("room/c.md").exists());
    }

    #[test]
    fn the_readme_of_this_workspace_can_be_taken_along() {
        let place = tempfile::tempdir().expect("a folder");
        let workspace = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
        copy(workspace, "README.md", place.path()).expect("every link leads to a file");
        assert!(place.path().join("ci/README.ru.md").exists());
    }

    #[test]
    fn a_release_says_which_glibc_its_programs_with_pcsc_need() {
        let about = about("0.1.0", (2, 34));
        assert!(about.contains("need glibc 2.34 or later"), "{about}");
        assert!(about.starts_with("# Release 0.1.0\n"), "{about}");
    }
}
