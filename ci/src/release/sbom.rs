//! The bill of materials: every crate that is built into the programs, as CycloneDX 1.5.
//!
//! Written down here and judged by CycloneDX's own library: the crate `cyclonedx-bom` brings features of `syn` and
//! `serde_json` with it that would have all of the workspace compiled twice.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use crate::crates::{self, Dependency, Metadata, Node, Package};
use crate::programs::PROGRAMS;

/// The document's text; it holds no moment and no path, so it is the same wherever it is made.
pub(super) fn of_the_programs(workspace: &Path, version: &str) -> Result<String> {
    let metadata = crates::metadata(workspace)?;
    let linked = linked_from(&metadata, &crates::linked(workspace)?)?;
    let sums = checksums(&workspace.join("Cargo.lock"))?;
    let mut text = serde_json::to_string_pretty(&bill(version, &metadata, &linked, &sums))?;
    text.push('\n');
    Ok(text)
}

/// By a package's identity, those it is linked from.
type Linked<'all> = BTreeMap<&'all str, BTreeSet<&'all str>>;

fn linked_from<'all>(metadata: &'all Metadata, built: &BTreeSet<String>) -> Result<Linked<'all>> {
    let inside: BTreeSet<&str> = (metadata.packages.iter())
        .filter(|package| built.contains(&package.reference()))
        .map(|package| package.id.as_str())
        .collect();
    ensure!(inside.len() == built.len(), "a crate without its metadata");
    let nodes = metadata.resolve.nodes.iter();
    let needs = |node: &'all Node| {
        let linked = |dep: &&Dependency| dep.dep_kinds.iter().any(|kind| kind.kind.is_none());
        let needs = node.deps.iter().filter(linked).map(|dep| dep.pkg.as_str());
        (
            node.id.as_str(),
            needs.filter(|id| inside.contains(id)).collect(),
        )
    };
    Ok(nodes
        .filter(|node| inside.contains(node.id.as_str()))
        .map(needs)
        .collect())
}

/// SHA-256 of each published crate, by `name@version`, as the lock file has them.
fn checksums(lock: &Path) -> Result<BTreeMap<String, String>> {
    let lock: toml::Table = std::fs::read_to_string(lock)?.parse()?;
    let packages = (lock["package"].as_array()).context("a lock file without packages")?;
    let text = |package: &toml::Value, field: &str| {
        let value = package.get(field).and_then(toml::Value::as_str);
        value.map(str::to_owned)
    };
    let entry = |package| {
        let (name, version) = (text(package, "name")?, text(package, "version")?);
        Some((format!("{name}@{version}"), text(package, "checksum")?))
    };
    Ok(packages.iter().filter_map(entry).collect())
}

fn bill(
    version: &str,
    metadata: &Metadata,
    linked: &Linked<'_>,
    sums: &BTreeMap<String, String>,
) -> Value {
    let packages: BTreeMap<&str, &Package> = (metadata.packages.iter())
        .map(|package| (package.id.as_str(), package))
        .collect();
    let mut components = BTreeMap::new();
    let mut dependencies = BTreeMap::new();
    for (id, needs) in linked {
        let name = packages[id].reference();
        let needs: BTreeSet<_> = needs.iter().map(|id| packages[id].reference()).collect();
        let sum = sums.get(&name);
        components.insert(name.clone(), component(packages[id], sum));
        dependencies.insert(name.clone(), json!({"ref": name, "dependsOn": needs}));
    }
    json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "enrollment", "version": version}},
        "components": components.into_values().collect::<Vec<_>>(),
        "dependencies": dependencies.into_values().collect::<Vec<_>>(),
    })
}

fn component(package: &Package, sum: Option<&String>) -> Value {
    let program = PROGRAMS.contains(&package.name.as_str());
    let mut component = json!({
        "type": if program { "application" } else { "library" },
        "bom-ref": package.reference(),
        "name": package.name,
        "version": package.version,
    });
    if let Some(description) = &package.description {
        component["description"] = json!(description.trim());
    }
    if let Some(expression) = package.expression() {
        component["licenses"] = json!([{"expression": expression}]);
    }
    // Only a published crate has an address in the registry.
    if let Some(sum) = sum {
        let (name, version) = (&package.name, package.version.replace('+', "%2B"));
        component["hashes"] = json!([{"alg": "SHA-256", "content": sum}]);
        component["purl"] = json!(format!("pkg:cargo/{name}@{version}"));
    }
    component
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bill_names_the_programs_and_what_they_are_linked_from_and_no_test_tool() {
        let workspace = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
        let text = of_the_programs(workspace, "0.1.0").expect("a bill of materials");
        let bill: Value = serde_json::from_str(&text).expect("JSON");
        let names: Vec<_> = (bill["components"].as_array().expect("components").iter())
            .map(|component| component["name"].as_str().expect("a name"))
            .collect();
        assert!(
            names.contains(&"scenarios") && names.contains(&"gost94"),
            "{names:?}"
        );
        assert!(
            !names.contains(&"insta") && !names.contains(&"wiremock"),
            "{names:?}"
        );
    }
}
