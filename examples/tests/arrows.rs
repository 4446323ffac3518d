//! Who may use whom: the arrows of `docs/architecture.md`, held against the manifests.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, MetadataCommand};

/// The crates and what they may use, as the architecture page lists them.
fn allowed() -> BTreeMap<&'static str, &'static [&'static str]> {
    BTreeMap::from([
        ("onefold-fact", &[][..]),
        ("onefold-profile", &["onefold-fact"]),
        ("onefold-identity", &["onefold-fact"]),
        ("onefold-segment", &["onefold-fact", "onefold-profile"]),
        ("onefold-worktime", &[]),
        ("onefold-crm", &["onefold-fact", "onefold-profile", "onefold-segment"]),
        ("onefold-workflow", &["onefold-fact", "onefold-profile", "onefold-segment", "onefold-worktime"]),
        ("onefold-connect", &["onefold-fact"]),
        ("onefold-store", &["onefold-fact"]),
        ("onefold-sample", &["onefold-fact"]),
        (
            "onefold",
            &[
                "onefold-fact",
                "onefold-profile",
                "onefold-identity",
                "onefold-connect",
                "onefold-segment",
                "onefold-crm",
                "onefold-worktime",
                "onefold-workflow",
                "onefold-store",
            ],
        ),
        ("onefold-cli", &["onefold", "onefold-sample"]),
    ])
}

/// Packages that may use any crate of the house, and that none may use.
const OUTSIDE: [&str; 2] = ["onefold-examples", "onefold-benches"];

#[test]
fn crates_use_only_what_the_architecture_lists() {
    let metadata = MetadataCommand::new().no_deps().exec().expect("cargo can describe the workspace");
    let names: BTreeSet<String> = metadata.packages.iter().map(|p| p.name.to_string()).collect();
    let allowed = allowed();
    let mut wrong = Vec::new();
    for package in &metadata.packages {
        if OUTSIDE.contains(&package.name.as_str()) {
            continue;
        }
        let Some(may) = allowed.get(package.name.as_str()) else {
            wrong.push(format!("{} is not on the architecture page", package.name));
            continue;
        };
        for dependency in package.dependencies.iter().filter(|d| names.contains(d.name.as_str())) {
            // The made-up data may be used by anybody's tests.
            let for_tests = dependency.kind == DependencyKind::Development && dependency.name == "onefold-sample";
            if !may.contains(&dependency.name.as_str()) && !for_tests {
                wrong.push(format!("{} uses {}", package.name, dependency.name));
            }
        }
    }
    assert!(wrong.is_empty(), "arrows that the architecture page does not have:\n{}", wrong.join("\n"));
}

#[test]
fn the_architecture_page_lists_the_same_arrows() {
    let page = include_str!("../../docs/architecture.md");
    for (name, may) in allowed() {
        let short = |name: &str| name.trim_start_matches("onefold-").to_owned();
        let uses = may.iter().map(|name| short(name)).collect::<Vec<_>>().join(", ");
        let row = format!("| `{}` | {} |", short(name), if uses.is_empty() { "(none)" } else { &uses });
        assert!(page.contains(&row), "docs/architecture.md lacks the row {row}");
    }
}
