//! The licences of what is linked into the programs, as their authors wrote them, in one file.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::crates::{self, Package};

/// What the names of such files begin with, in any case.
const NAMES: [&str; 5] = ["licen", "copying", "notice", "unlicense", "copyright"];

/// Texts that crates without a text of their own refer to, and that of the C library in the static programs; from
/// Debian's `base-files`.
const OF_DEBIAN: [&str; 3] = ["Apache-2.0", "MPL-2.0", "LGPL-2.1"];

const BEGINNING: &str = "\
The programs are under the licence in LICENSE. Linked into them are the crates below, each under its own licence: its
SPDX expression, and the numbers of the texts that come with it. A text that several brought is here once. NOTICE.md
tells of what is no crate.
";

/// The file's text; it holds no path, so it is the same wherever it is made.
pub(super) fn of_the_programs(workspace: &Path) -> Result<String> {
    let linked = crates::linked(workspace)?;
    let metadata = crates::metadata(workspace)?;
    let mut others: Vec<&Package> = (metadata.packages.iter())
        .filter(|it| linked.contains(&it.reference()))
        .filter(|it| !metadata.workspace_members.contains(&it.id))
        .collect();
    others.sort_by_key(|it| it.reference());
    let mut texts = Texts::default();
    let mut list = String::from(BEGINNING);
    for package in others {
        let expression = package.expression().unwrap_or_default();
        let numbers = (own(package)?.into_iter()).map(|text| texts.number(&text).to_string());
        let told = match numbers.collect::<Vec<_>>().join(", ") {
            none if none.is_empty() => format!("by {}, no text", package.authors.join(", ")),
            numbers => numbers,
        };
        list.push_str(&format!("\n{}: {expression}: {told}", package.reference()));
    }
    for name in OF_DEBIAN {
        let path = Path::new("/usr/share/common-licenses").join(name);
        let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        list.push_str(&format!(
            "\n{name}, wherever it is named: {}",
            texts.number(&text)
        ));
    }
    list.push('\n');
    list.push_str(&texts.written());
    Ok(list)
}

/// The texts that a crate brings, by the order of their files' names.
fn own(package: &Package) -> Result<Vec<String>> {
    let folder = (package.manifest_path.parent()).context("a crate lies in a folder")?;
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().to_lowercase();
        if NAMES.iter().any(|it| name.starts_with(it)) && entry.file_type()?.is_file() {
            paths.push(entry.path());
        }
    }
    paths.sort();
    paths.iter().map(read).collect()
}

fn read(path: &PathBuf) -> Result<String> {
    Ok(String::from_utf8_lossy(&fs::read(path)?).into_owned())
}

/// Each text once, in the order they came.
#[derive(Default)]
struct Texts {
    numbers: BTreeMap<String, usize>,
}

impl Texts {
    fn number(&mut self, text: &str) -> usize {
        let text = text.replace('\r', "").trim_end().to_owned();
        let next = self.numbers.len() + 1;
        *self.numbers.entry(text).or_insert(next)
    }

    fn written(&self) -> String {
        let mut texts: Vec<_> = self.numbers.iter().map(|(text, at)| (at, text)).collect();
        texts.sort();
        let mut written = String::new();
        for (at, text) in texts {
            let line = "-".repeat(72);
            written.push_str(&format!("\n{line}\n[{at}]\n\n{text}\n"));
        }
        written
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_crate_of_others_is_told_with_its_licence_and_texts_and_none_of_ours() {
        let workspace = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
        let text = of_the_programs(workspace).expect("licences");
        let count = crates::linked(workspace).expect("a tree").len();
        let list = text.split("\n---").next().expect("a list");
        let listed = list.lines().filter(|line| line.contains('@')).count();
        // Our own: four programs, gost3410, pcsc-sys.
        assert!(listed + 6 >= count && listed < count, "{listed} of {count}");
        let selectors = list.lines().find(|line| line.starts_with("selectors@"));
        let selectors = selectors.expect("a crate that brings no text");
        assert!(selectors.contains("MPL-2.0: by "), "{selectors}");
        assert!(text.contains("Mozilla Public License Version 2.0"));
        // The fonts': subsetter brings it.
        assert!(text.contains("SIL OPEN FONT LICENSE Version 1.1"));
        assert!(!text.contains(".cargo/registry"), "a path of this machine");
    }

    #[test]
    fn a_text_that_two_bring_is_written_once() {
        let mut texts = Texts::default();
        let numbers = ["one\n", "two", "one\r\n"].map(|text| texts.number(text));
        assert_eq!(numbers, [1, 2, 1]);
        assert_eq!(texts.written().matches("one").count(), 1);
    }
}
