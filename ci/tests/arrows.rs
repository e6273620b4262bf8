//! The picture of the rooms: which crate may name which. What is not drawn here is forbidden.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Crate, folder, and the crates of this workspace it may depend on, in any way.
const ARROWS: [(&str, &str, &[&str]); 6] = [
    ("gost3410", "emulator/gost3410", &[]),
    ("emulator", "emulator", &["gost3410"]),
    ("mock-ca", "mock-ca", &["gost3410"]),
    ("enroll", "enroll", &["gost3410"]),
    (
        "scenarios",
        "scenarios",
        &["gost3410", "emulator", "mock-ca", "enroll"],
    ),
    ("ci", "ci", &[]),
];

/// The top level holds these names, dot-files, the lock file and a licence, and nothing else.
const TOP_LEVEL: [&str; 9] = [
    "Cargo.toml",
    "emulator",
    "enroll",
    "mock-ca",
    "scenarios",
    "ci",
    "README.md",
    "Cargo.lock",
    "LICENSE",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("ci lies in the workspace")
        .to_owned()
}

fn manifest(folder: &str) -> toml::Table {
    let path = root().join(folder).join("Cargo.toml");
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.parse()
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Names in every dependency table of a manifest, target-specific ones too.
fn dependencies(manifest: &toml::Table) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (key, value) in manifest {
        let Some(table) = value.as_table() else {
            continue;
        };
        if key.ends_with("dependencies") {
            names.extend(table.keys().cloned());
        } else if key == "target" {
            names.extend(
                table
                    .values()
                    .filter_map(toml::Value::as_table)
                    .flat_map(dependencies),
            );
        }
    }
    names
}

#[test]
fn every_crate_names_only_the_rooms_its_arrows_point_at() {
    let rooms: BTreeMap<&str, &[&str]> = ARROWS
        .iter()
        .map(|(name, _, allowed)| (*name, *allowed))
        .collect();
    for (name, folder, allowed) in ARROWS {
        let named: Vec<String> = dependencies(&manifest(folder))
            .into_iter()
            .filter(|it| rooms.contains_key(it.as_str()))
            .collect();
        for room in named {
            assert!(
                allowed.contains(&room.as_str()),
                "{name} names {room}; its arrows point at {allowed:?}"
            );
        }
    }
}

#[test]
fn every_member_of_the_workspace_is_on_the_picture() {
    let workspace = manifest(".");
    let members = workspace["workspace"]["members"]
        .as_array()
        .expect("members");
    let drawn: BTreeSet<&str> = ARROWS.iter().map(|(_, folder, _)| *folder).collect();
    for member in members {
        let member = member.as_str().expect("a path");
        // Stands in for a foreign crate of the same name, so it is no room.
        if member != "enroll/pcsc-sys" {
            assert!(drawn.contains(member), "{member} is not on the picture");
        }
    }
}

#[test]
fn the_top_level_holds_only_its_fixed_names() {
    for entry in std::fs::read_dir(root()).expect("the root") {
        let name = entry
            .expect("an entry")
            .file_name()
            .to_string_lossy()
            .into_owned();
        let known = TOP_LEVEL.contains(&name.as_str()) || name.starts_with('.') || name == "target";
        assert!(known, "{name} does not belong on the top level");
    }
}
