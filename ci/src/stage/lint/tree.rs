//! How many crates there are, and that each one that is there twice is told of in `ci/deny.toml` with the reason.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::run::Bench;

const PLATFORM: &str = "x86_64-unknown-linux-gnu";
const PROGRAMS: [&str; 8] = [
    "-p",
    "emulator",
    "-p",
    "enroll",
    "-p",
    "mock-ca",
    "-p",
    "scenarios",
];

pub(super) fn judged(bench: &mut Bench) -> Result<()> {
    let linked = crates(bench, &PROGRAMS, "normal,no-proc-macro")?;
    let all = crates(bench, &["--workspace"], "normal,build,dev")?;
    println!(
        "        {} crates are linked into the programs; {} with what builds and tests need",
        linked.len(),
        all.len()
    );
    let config: toml::Table = std::fs::read_to_string("ci/deny.toml")?.parse()?;
    let told = skipped(&config).context("ci/deny.toml has no bans.skip")?;
    for older in older_versions(&all) {
        ensure!(
            told.iter().any(|entry| older.starts_with(entry)),
            "{older} is there beside a newer one; ci/deny.toml does not say why"
        );
    }
    Ok(())
}

/// Name and version of each crate of these packages, by the kinds of their dependencies.
fn crates(
    bench: &mut Bench,
    packages: &[&str],
    edges: &str,
) -> Result<BTreeSet<(String, Vec<u64>)>> {
    let mut tree = Command::new("cargo");
    tree.args(["tree", "--quiet", "--locked", "--target", PLATFORM]);
    tree.args(["--prefix", "none", "--edges", edges])
        .args(packages);
    let lines = bench.run(&mut tree)?;
    Ok(lines.lines().filter_map(name_and_version).collect())
}

/// `("syn", [2, 0, 119])` of `syn v2.0.119 (proc-macro)`; of a version only the numbers count.
fn name_and_version(line: &str) -> Option<(String, Vec<u64>)> {
    let (name, rest) = line.split_once(" v")?;
    let end = rest.find([' ', '-', '+']).unwrap_or(rest.len());
    let numbers = rest[..end].split('.').map(str::parse);
    Some((name.to_owned(), numbers.collect::<Result<_, _>>().ok()?))
}

/// `name@version` of each crate that is there in a newer version too.
fn older_versions(crates: &BTreeSet<(String, Vec<u64>)>) -> Vec<String> {
    let newest: BTreeMap<_, _> = crates
        .iter()
        .map(|(name, version)| (name, version))
        .collect();
    let older = (crates.iter()).filter(|(name, version)| newest[name] != version);
    let text = |(name, version): &(String, Vec<u64>)| {
        let numbers: Vec<_> = version.iter().map(u64::to_string).collect();
        format!("{name}@{}", numbers.join("."))
    };
    older.map(text).collect()
}

/// The entries of `bans.skip`, which name the beginning of a version.
fn skipped(config: &toml::Table) -> Option<Vec<String>> {
    let entries = config.get("bans")?.get("skip")?.as_array()?;
    let name = |entry: &toml::Value| entry.get("crate")?.as_str().map(str::to_owned);
    entries.iter().map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::{name_and_version, older_versions};

    #[test]
    fn of_two_versions_the_older_one_needs_a_reason() {
        let lines = [
            "syn v2.0.119",
            "syn v10.0.0 (proc-macro)",
            "rsa v0.10.0-rc.20 (*)",
        ];
        let crates = lines.into_iter().filter_map(name_and_version).collect();
        assert_eq!(older_versions(&crates), ["syn@2.0.119"]);
    }
}
