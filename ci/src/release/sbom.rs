//! The bill of materials: every crate that is built into the programs, as CycloneDX 1.5.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package, PackageId};
use cyclonedx_bom::external_models::normalized_string::NormalizedString;
use cyclonedx_bom::external_models::uri::Purl;
use cyclonedx_bom::models::bom::{Bom, SpecVersion};
use cyclonedx_bom::models::component::{Classification, Component, Components};
use cyclonedx_bom::models::dependency::{Dependencies, Dependency};
use cyclonedx_bom::models::hash::{Hash, HashAlgorithm, HashValue, Hashes};
use cyclonedx_bom::models::license::{LicenseChoice, Licenses};
use cyclonedx_bom::models::metadata::Metadata as About;
use cyclonedx_bom::validation::Validate as _;

/// The workspace's programs.
const PROGRAMS: [&str; 4] = ["emulator", "enroll", "mock-ca", "scenarios"];
const PLATFORM: &str = "x86_64-unknown-linux-gnu";

/// The document's text; it holds no moment and no path, so it is the same wherever it is made.
pub(super) fn of_the_programs(workspace: &Path, version: &str) -> Result<String> {
    let metadata = MetadataCommand::new()
        .current_dir(workspace)
        .other_options(["--locked", "--filter-platform", PLATFORM].map(str::to_owned))
        .exec()?;
    let needs = built_in(&metadata)?;
    let checksums = checksums(&workspace.join("Cargo.lock"))?;
    let bom = bom(version, &metadata, &needs, &checksums)?;
    let problems = bom.validate_version(SpecVersion::V1_5);
    ensure!(
        problems.passed(),
        "the bill of materials is none: {problems:?}"
    );
    let mut text = Vec::new();
    bom.output_as_json_v1_5(&mut text)?;
    Ok(String::from_utf8(text)?)
}

type Needs = BTreeMap<PackageId, BTreeSet<PackageId>>;

/// Every crate that a program is linked from, and what each needs; what only builds or tests need is left out.
fn built_in(metadata: &Metadata) -> Result<Needs> {
    let resolve = metadata.resolve.as_ref().context("nothing is resolved")?;
    let mut open: Vec<PackageId> = (metadata.workspace_packages().into_iter())
        .filter(|package| PROGRAMS.contains(&package.name.as_str()))
        .map(|package| package.id.clone())
        .collect();
    let mut needs = Needs::new();
    while let Some(id) = open.pop() {
        if needs.contains_key(&id) {
            continue;
        }
        let node = resolve.nodes.iter().find(|node| node.id == id);
        let linked = node
            .context("a crate that is not resolved")?
            .deps
            .iter()
            .filter(|dep| {
                dep.dep_kinds
                    .iter()
                    .any(|kind| kind.kind == DependencyKind::Normal)
            });
        let linked: BTreeSet<_> = linked.map(|dep| dep.pkg.clone()).collect();
        open.extend(linked.iter().cloned());
        needs.insert(id, linked);
    }
    Ok(needs)
}

/// SHA-256 of each published crate, by name and version, as the lock file has them.
fn checksums(lock: &Path) -> Result<BTreeMap<(String, String), String>> {
    let lock: toml::Table = std::fs::read_to_string(lock)?.parse()?;
    let packages = lock["package"]
        .as_array()
        .context("a lock file without packages")?;
    let text = |package: &toml::Value, field: &str| {
        package
            .get(field)
            .and_then(toml::Value::as_str)
            .map(str::to_owned)
    };
    let entry = |package| {
        let key = (text(package, "name")?, text(package, "version")?);
        Some((key, text(package, "checksum")?))
    };
    Ok(packages.iter().filter_map(entry).collect())
}

fn bom(
    version: &str,
    metadata: &Metadata,
    needs: &Needs,
    checksums: &BTreeMap<(String, String), String>,
) -> Result<Bom> {
    let mut components = Vec::new();
    let mut dependencies = Vec::new();
    for (id, linked) in needs {
        let package = &metadata[id];
        let key = (package.name.to_string(), package.version.to_string());
        components.push(component(package, checksums.get(&key))?);
        dependencies.push(Dependency {
            dependency_ref: reference(package),
            dependencies: linked.iter().map(|id| reference(&metadata[id])).collect(),
        });
    }
    components.sort_by(|one, other| one.bom_ref.cmp(&other.bom_ref));
    dependencies.sort_by(|one, other| one.dependency_ref.cmp(&other.dependency_ref));
    Ok(Bom {
        version: 1,
        serial_number: None,
        metadata: Some(About {
            component: Some(Component::new(
                Classification::Application,
                "enrollment",
                version,
                None,
            )),
            ..About::default()
        }),
        components: Some(Components(components)),
        dependencies: Some(Dependencies(dependencies)),
        ..Bom::default()
    })
}

/// `name@version`, which no two of one lock file share.
fn reference(package: &Package) -> String {
    format!("{}@{}", package.name, package.version)
}

fn component(package: &Package, checksum: Option<&String>) -> Result<Component> {
    let (name, version) = (package.name.as_str(), package.version.to_string());
    let kind = if PROGRAMS.contains(&name) {
        Classification::Application
    } else {
        Classification::Library
    };
    let mut component = Component::new(kind, name, &version, Some(reference(package)));
    component.description = package.description.as_deref().map(NormalizedString::new);
    let licence = package
        .license
        .as_deref()
        .unwrap_or_default()
        .replace('/', " OR ");
    component.licenses = Some(Licenses(vec![LicenseChoice::expression(&licence)]));
    // Only a published crate has an address in the registry.
    if let Some(checksum) = checksum {
        component.purl = Some(Purl::new("cargo", name, &version)?);
        component.hashes = Some(Hashes(vec![Hash {
            alg: HashAlgorithm::SHA_256,
            content: HashValue(checksum.clone()),
        }]));
    }
    Ok(component)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bill_names_the_programs_and_what_they_are_linked_from_and_no_test_tool() {
        let workspace = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
        let text = of_the_programs(workspace, "0.1.0").expect("a bill of materials");
        let bill: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let names: Vec<_> = (bill["components"].as_array().expect("components").iter())
            .map(|component| component["name"].as_str().expect("a name"))
            .collect();
        assert!(
            names.contains(&"scenarios") && names.contains(&"gost94"),
            "{names:?}"
        );
        assert!(
            !names.contains(&"proptest") && !names.contains(&"wiremock"),
            "{names:?}"
        );
    }
}
