//! What no compiler checks: sizes, leftovers, manifests.

use std::path::{Path, PathBuf};

/// Past this a file usually holds two things.
const MOST_LINES: usize = 600;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("ci lies in the workspace")
        .to_owned()
}

/// Files with one of these endings, outside what is built.
fn files(endings: &[&str]) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut open = vec![root()];
    while let Some(folder) = open.pop() {
        for entry in folder.read_dir().expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name == "target" || name == "node_modules" {
                continue;
            }
            if path.is_dir() {
                // A folder of git's, or of a pipeline's: GitLab has cargo keep the crates of others in one.
                if !name.starts_with('.') {
                    open.push(path);
                }
            } else if path
                .extension()
                .is_some_and(|it| endings.contains(&it.to_string_lossy().as_ref()))
            {
                let text = std::fs::read_to_string(&path).expect("a text file");
                found.push((path, text));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn no_source_file_holds_two_things() {
    for (path, text) in files(&["rs"]) {
        let lines = text.lines().count();
        assert!(lines <= MOST_LINES, "{}: {lines} lines", path.display());
    }
}

#[test]
fn no_test_is_switched_off_and_nothing_is_left_undone() {
    // Spelled in two halves, so that this file does not find itself.
    let leftovers = [
        ["#[ign", "ore"],
        ["TO", "DO:"],
        ["FIX", "ME"],
        ["assert!(tr", "ue)"],
    ]
    .map(|halves| halves.concat());
    for (path, text) in files(&["rs", "toml", "html", "sh"]) {
        for leftover in &leftovers {
            assert!(!text.contains(leftover), "{}: {leftover}", path.display());
        }
    }
}

#[test]
fn every_crate_takes_the_common_lints() {
    for (path, text) in files(&["toml"]) {
        let package = path.ends_with("Cargo.toml") && text.contains("[package]");
        let own_workspace = text.contains("[workspace]");
        // The stand-in for a foreign crate opens a system library, which needs what the lints forbid.
        if package && !own_workspace && !path.ends_with("enroll/pcsc-sys/Cargo.toml") {
            assert!(
                text.contains("[lints]\nworkspace = true"),
                "{}",
                path.display()
            );
        }
    }
}

#[test]
fn no_two_examples_share_a_name() {
    // Cargo puts those of all crates into one folder.
    let mut names = std::collections::BTreeMap::new();
    for (path, _) in files(&["rs"]) {
        if path.parent().is_some_and(|it| it.ends_with("examples")) {
            let name = path.file_name().unwrap_or_default().to_owned();
            if let Some(other) = names.insert(name, path.clone()) {
                panic!("{} and {}", other.display(), path.display());
            }
        }
    }
    assert!(!names.is_empty());
}
