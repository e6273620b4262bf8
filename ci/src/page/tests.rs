//! The pages for people: what they tell to type works, what they name is there, and both languages ask for the same
//! commands.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use regex::{Captures, Regex};

use super::{blocks, shell};
use crate::ports;
use crate::release::pages::links;

fn root() -> PathBuf {
    let ci = Path::new(env!("CARGO_MANIFEST_DIR"));
    ci.parent().expect("ci lies in the workspace").to_owned()
}

fn page(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).expect("a page")
}

fn commands(page: &str) -> Vec<&str> {
    blocks(page, "sh")
}

/// Commands that would start this test again; `ci/validate` runs them itself.
const RUN_ELSEWHERE: [&str; 2] = ["cargo test", "ci/validate"];

/// Runs every block of a page at the root of the checkout, in order.
fn run_blocks(path: &str, first: &str) {
    let text = page(path);
    let lines = commands(&text).concat();
    let lines = lines.lines().filter(|line| !RUN_ELSEWHERE.contains(line));
    let script = lines.flat_map(|line| [line, "\n"]).collect::<String>();
    assert!(script.contains(first), "the first command is gone");
    let script = at_free_ports(&script);
    let output = shell(&script).current_dir(root()).output().expect("bash");
    assert!(
        output.status.success(),
        "{script}\n--\n{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// The script with free ports in the place of a page's own: whoever follows the page by hand may have these in use.
fn at_free_ports(script: &str) -> String {
    let pages_own = Regex::new(r"127\.0\.0\.1:187\d\d\b").expect("a regular expression");
    let mut free = BTreeMap::new();
    let instead = |found: &Captures<'_>| {
        let free = free.entry(found[0].to_owned());
        free.or_insert_with(|| ports::free().expect("a port"))
            .clone()
    };
    pages_own.replace_all(script, instead).into_owned()
}

#[test]
fn a_page_is_tried_at_ports_that_whoever_follows_it_by_hand_does_not_hold() {
    let script = "serve 127.0.0.1:18722 127.0.0.1:18723 &\nopen http://127.0.0.1:18722/\n";
    let tried = at_free_ports(script);
    let ports = Regex::new(r"127\.0\.0\.1:\d+").expect("a regular expression");
    let ports: Vec<_> = ports.find_iter(&tried).map(|it| it.as_str()).collect();
    assert!(!tried.contains(":187"), "{tried}");
    assert!(ports[0] == ports[2] && ports[0] != ports[1], "{tried}");
}

/// One page after the other: both leave their runs in `target/scenarios`.
#[test]
fn every_command_block_of_the_readme_and_of_the_guide_for_testers_runs() {
    run_blocks("README.md", "cargo run -p scenarios -- run\n");
    run_blocks("scenarios/QA.md", "scenarios -- list\n");
}

#[test]
fn only_blocks_of_the_shell_are_commands() {
    let page = "text\n```sh\none\n```\n```text\ntwo\n```\n```sh\nthree\n```\n";
    assert_eq!(commands(page), ["one\n", "three\n"]);
}

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
    let pieces = blocks(&text, "rust");
    assert!(!pieces.is_empty());
    for piece in pieces {
        assert!(example.contains(piece), "the example has no\n{piece}");
    }
}

/// Every page in the rooms.
fn pages() -> Vec<PathBuf> {
    let (mut pages, mut open) = (Vec::new(), vec![root()]);
    while let Some(folder) = open.pop() {
        for entry in folder.read_dir().expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let foreign = name.starts_with('.') || name == "target" || name == "node_modules";
            if path.is_dir() && !foreign {
                open.push(path);
            } else if name.ends_with(".md") {
                pages.push(path);
            }
        }
    }
    pages
}

#[test]
fn every_file_that_a_page_links_to_is_there() {
    let pages = pages();
    assert!(pages.iter().any(|it| it.ends_with("enroll/ERRORS.md")));
    for path in pages {
        let text = std::fs::read_to_string(&path).expect("a page");
        let folder = path.parent().expect("a folder");
        for file in links(&text) {
            let shown = path.display();
            assert!(folder.join(file).exists(), "{shown} links to {file}");
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
