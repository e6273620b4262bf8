//! How many crates there are, as the comment of `ci/deny.toml` tells, and that each one that is there twice is told of
//! in that file with the reason.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context as _, Result, ensure};

use crate::crates;

pub(super) fn judged(text: &str) -> Result<()> {
    let workspace = Path::new(".");
    let linked = crates::linked(workspace)?;
    let all = crates::tree(workspace, &["--workspace"], "normal,build,dev")?;
    println!(
        "        {} crates are linked into the programs; {} with what builds and tests need",
        linked.len(),
        all.len()
    );
    let told = told_number(text);
    ensure!(
        told == Some(linked.len()),
        "ci/deny.toml tells of another number of crates, {told:?}"
    );
    let all = all.iter().filter_map(|it| name_and_numbers(it)).collect();
    let config: toml::Table = text.parse()?;
    let told = skipped(&config).context("ci/deny.toml has no bans.skip")?;
    for older in older_versions(&all) {
        ensure!(
            told.iter().any(|entry| older.starts_with(entry)),
            "{older} is there beside a newer one; ci/deny.toml does not say why"
        );
    }
    Ok(())
}

/// `("syn", [2, 0, 119])` of `syn@2.0.119`; of a version only the numbers count.
fn name_and_numbers(reference: &str) -> Option<(String, Vec<u64>)> {
    let (name, version) = reference.split_once('@')?;
    let end = version.find(['-', '+']).unwrap_or(version.len());
    let numbers = version[..end].split('.').map(str::parse);
    Some((name.to_owned(), numbers.collect::<Result<_, _>>().ok()?))
}

/// How many crates the file's comment says that there are.
fn told_number(config: &str) -> Option<usize> {
    let (before, _) = config.split_once(" are linked into the four programs")?;
    before.split_whitespace().next_back()?.parse().ok()
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
    use super::{name_and_numbers, older_versions, told_number};

    #[test]
    fn of_two_versions_the_older_one_needs_a_reason() {
        let lines = ["syn@2.0.119", "syn@10.0.0", "rsa@0.10.0-rc.20"];
        let crates = lines.into_iter().filter_map(name_and_numbers).collect();
        assert_eq!(older_versions(&crates), ["syn@2.0.119"]);
    }
    #[test]
    fn the_number_that_is_told_is_the_one_before_its_words() {
        let text = "# counts: 277 are linked into the four programs together.";
        assert_eq!(told_number(text), Some(277));
        assert_eq!(
            told_number("# some are linked into the four programs"),
            None
        );
    }
}
