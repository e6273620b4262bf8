//! The pages for people: what they name is there, and both languages ask for the same commands.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    let ci = Path::new(env!("CARGO_MANIFEST_DIR"));
    ci.parent().expect("ci lies in the workspace").to_owned()
}

fn page(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).expect("a page")
}

/// The blocks marked `sh`, in order.
fn commands(page: &str) -> Vec<&str> {
    blocks(page, "```sh\n")
}

fn blocks<'page>(page: &'page str, beginning: &str) -> Vec<&'page str> {
    let blocks = page.split(beginning).skip(1);
    blocks.filter_map(|rest| rest.split("```").next()).collect()
}

const PAGES: [&str; 11] = [
    "README.md",
    "ci/README.ru.md",
    "ci/CHANGELOG.md",
    "emulator/FIDELITY.md",
    "emulator/OPENSC.md",
    "enroll/EMBEDDING.md",
    "enroll/GLOSSARY.md",
    "mock-ca/KNOBS.md",
    "scenarios/COVERAGE.md",
    "scenarios/QA.md",
    "scenarios/RECORDING.md",
];

#[test]
fn the_russian_readme_asks_for_the_same_commands() {
    let (english, russian) = (page("README.md"), page("ci/README.ru.md"));
    assert!(!commands(&english).is_empty());
    assert_eq!(commands(&english), commands(&russian));
}

#[test]
fn the_code_of_the_page_for_embedding_is_the_example_that_a_test_runs() {
    let text = page("enroll/EMBEDDING.md");
    let example = page("enroll/examples/request_a_certificate.rs");
    let pieces = blocks(&text, "```rust\n");
    assert!(!pieces.is_empty());
    for piece in pieces {
        assert!(example.contains(piece), "the example has no\n{piece}");
    }
}

#[test]
fn every_file_that_a_page_links_to_is_there() {
    for path in PAGES {
        let text = page(path);
        let folder = root().join(path).parent().expect("a folder").to_owned();
        let links = text
            .split("](")
            .skip(1)
            .filter_map(|it| it.split(')').next());
        for link in links.filter(|it| !it.contains("://")) {
            let file = link.split('#').next().unwrap_or(link);
            assert!(folder.join(file).exists(), "{path} links to {link}");
        }
    }
}

#[test]
fn the_map_of_the_readme_names_the_rooms_that_are_there() {
    let text = page("README.md");
    let (_, map) = text.split_once("## The map").expect("a map");
    let (map, _) = map.split_once("\n## ").expect("an end of the map");
    let named: BTreeSet<&str> = (map.lines().filter_map(|line| line.strip_prefix("| `")))
        .filter_map(|line| line.split('`').next())
        .collect();
    let manifest = page("Cargo.toml");
    let (_, members) = manifest.split_once("members = [").expect("members");
    let (members, _) = members.split_once(']').expect("their end");
    let rooms: BTreeSet<&str> = (members.split(','))
        .map(|it| it.trim().trim_matches('"'))
        .collect();
    assert_eq!(named, rooms);
}
