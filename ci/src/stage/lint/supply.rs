//! Licences and sources, by the lists of `ci/deny.toml`: what of `cargo deny` matters most, on every machine.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

use crate::crates::{self, Package};

/// The only place that crates of others come from.
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// `ci/deny.toml`, as far as it is judged here.
#[derive(Deserialize)]
struct Config {
    licenses: Licences,
    bans: Bans,
}

#[derive(Deserialize)]
struct Licences {
    allow: BTreeSet<String>,
    exceptions: Vec<Exception>,
}

#[derive(Deserialize)]
struct Exception {
    #[serde(rename = "crate")]
    name: String,
    allow: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Bans {
    deny: Vec<Banned>,
}

#[derive(Deserialize)]
struct Banned {
    #[serde(rename = "crate")]
    name: String,
}

/// Every crate of the workspace, those of its tests too: no copy in a folder, no other registry, no licence that is not
/// on the list.
pub(super) fn judged(config: &str) -> Result<()> {
    let config: Config = toml::from_str(config).context("ci/deny.toml")?;
    let metadata = crates::metadata(Path::new("."))?;
    let ours = &metadata.workspace_members;
    let others = metadata.packages.iter().filter(|it| !ours.contains(&it.id));
    for package in others {
        accepted(package, &config).with_context(|| package.reference())?;
    }
    Ok(())
}

fn accepted(package: &Package, config: &Config) -> Result<()> {
    let source = package.source.as_deref();
    ensure!(
        source == Some(REGISTRY),
        "comes from {}",
        source.unwrap_or("a folder")
    );
    let banned = config.bans.deny.iter().any(|it| it.name == package.name);
    ensure!(!banned, "is banned by ci/deny.toml");
    let expression = package.expression().context("names no licence")?;
    let exceptions: BTreeMap<_, _> = (config.licenses.exceptions.iter())
        .map(|it| (it.name.as_str(), &it.allow))
        .collect();
    let own = exceptions.get(package.name.as_str());
    let allowed = |id: &str| {
        config.licenses.allow.contains(id) || own.is_some_and(|allow| allow.contains(id))
    };
    ensure!(
        holds(&expression, &allowed)?,
        "{expression} is not among the licences of ci/deny.toml"
    );
    Ok(())
}

/// Whether an SPDX expression can be met with the licences that are allowed.
fn holds(expression: &str, allowed: &dyn Fn(&str) -> bool) -> Result<bool> {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ");
    let mut words: Vec<&str> = spaced.split_whitespace().rev().collect();
    let held = any(&mut words, allowed).filter(|_| words.is_empty());
    held.with_context(|| format!("«{expression}» is no SPDX expression"))
}

/// The words are in reverse: the next one is the last.
fn any(words: &mut Vec<&str>, allowed: &dyn Fn(&str) -> bool) -> Option<bool> {
    let mut held = all(words, allowed)?;
    while words.pop_if(|word| *word == "OR").is_some() {
        held |= all(words, allowed)?;
    }
    Some(held)
}

/// AND binds closer than OR.
fn all(words: &mut Vec<&str>, allowed: &dyn Fn(&str) -> bool) -> Option<bool> {
    let mut held = one(words, allowed)?;
    while words.pop_if(|word| *word == "AND").is_some() {
        held &= one(words, allowed)?;
    }
    Some(held)
}

fn one(words: &mut Vec<&str>, allowed: &dyn Fn(&str) -> bool) -> Option<bool> {
    match words.pop()? {
        "(" => {
            let held = any(words, allowed)?;
            words.pop_if(|word| *word == ")").map(|_| held)
        }
        ")" | "AND" | "OR" | "WITH" => None,
        id if words.pop_if(|word| *word == "WITH").is_some() => {
            Some(allowed(&format!("{id} WITH {}", words.pop()?)))
        }
        id => Some(allowed(id)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn met(expression: &str) -> bool {
        let allowed = |id: &str| ["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"].contains(&id);
        holds(expression, &allowed).expect("an expression")
    }

    #[test]
    fn an_expression_is_met_by_one_side_of_or_and_both_of_and() {
        assert!(met("MIT") && met("GPL-3.0-only OR MIT") && met("MIT AND ISC"));
        assert!(!met("GPL-3.0-only") && !met("MIT AND GPL-3.0-only"));
        assert!(met("MIT OR ISC AND GPL-3.0-only"));
        assert!(!met("(MIT OR ISC) AND GPL-3.0-only"));
        assert!(met("Apache-2.0 WITH LLVM-exception") && !met("Apache-2.0"));
    }

    #[test]
    fn what_is_no_expression_is_not_taken_for_a_licence() {
        let all = |_: &str| true;
        for text in ["", "MIT OR", "(MIT", "MIT)", "MIT ISC", "OR MIT"] {
            assert!(holds(text, &all).is_err(), "{text}");
        }
    }

    #[test]
    fn what_the_product_is_built_from_is_on_the_lists() {
        judged(include_str!("../../../deny.toml")).expect("all of it");
    }

    fn package(license: &str, source: Option<&str>) -> Package {
        Package {
            id: String::new(),
            name: "some".to_owned(),
            version: "1.0.0".to_owned(),
            description: None,
            authors: Vec::new(),
            license: Some(license.to_owned()),
            source: source.map(str::to_owned),
            manifest_path: "Cargo.toml".into(),
        }
    }

    #[test]
    fn a_crate_of_another_source_licence_or_name_is_refused() {
        let config = |exceptions: &str, banned: &str| -> Config {
            let text = format!(
                "[licenses]\nallow = [\"MIT\"]\nexceptions = [{exceptions}]\n[bans]\ndeny = [{banned}]\n"
            );
            toml::from_str(&text).expect("a configuration")
        };
        let plain = config("", "");
        let from = Some(REGISTRY);
        assert!(accepted(&package("MIT/GPL-3.0", from), &plain).is_ok());
        assert!(accepted(&package("MPL-2.0", from), &plain).is_err());
        assert!(accepted(&package("MIT", None), &plain).is_err());
        let git = "git+https://example.org/some";
        assert!(accepted(&package("MIT", Some(git)), &plain).is_err());
        let excepted = config("{ crate = \"some\", allow = [\"MPL-2.0\"] }", "");
        assert!(accepted(&package("MPL-2.0", from), &excepted).is_ok());
        let banned = config("", "{ crate = \"some\" }");
        assert!(accepted(&package("MIT", from), &banned).is_err());
    }
}
