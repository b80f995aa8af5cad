//! Dependencies point inwards only.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context;
use cargo_metadata::{DependencyKind, Package};
use parlour_tests::workspace::metadata;

const DOMAIN: &str = "parlour-domain";
const CODEC: &str = "parlour-store-codec";
const CONTRACT: &str = "parlour-store-contract";
const API: &str = "parlour-api-http";
const WEBAUTHN: &str = "parlour-auth-webauthn";
const MEMORY: &str = "parlour-store-memory";

/// Those that put adapters together.
const COMPOSERS: [&str; 2] = ["parlour", "parlour-tests"];

/// What the domain may take from outside: nothing that does I/O, stores, serialises or speaks a protocol.
const PURE: [&str; 11] = [
    "async-trait",
    "futures-util",
    "hex",
    "mockall",
    "precis-profiles",
    "sha2",
    "thiserror",
    "time",
    "tracing",
    "unicode-normalization",
    "uuid",
];

/// Whose business an engine or a framework is.
const OWNERS: [(&str, &[&str]); 9] = [
    ("sea-orm", &["parlour-store-seaorm"]),
    ("sea-orm-migration", &["parlour-store-seaorm"]),
    ("surrealdb", &["parlour-store-surrealdb"]),
    ("actix-web", &["parlour", "parlour-api-http", "parlour-notifier-websocket"]),
    ("jsonwebtoken", &["parlour-auth-jwt"]),
    ("actix-ws", &["parlour-notifier-websocket"]),
    ("utoipa", &["parlour-api-http"]),
    ("webauthn-rs-core", &["parlour-auth-webauthn"]),
    ("clap", &["parlour"]),
];

fn is_ours(name: &str) -> bool {
    name == "parlour" || name.starts_with("parlour-")
}

/// What a package of ours may need of ours when it is built: the name says role, then technology.
fn may_need(package: &str) -> BTreeSet<&'static str> {
    match package {
        DOMAIN => BTreeSet::new(),
        CODEC | CONTRACT => BTreeSet::from([DOMAIN]),
        store if store.starts_with("parlour-store-") => BTreeSet::from([DOMAIN, CODEC]),
        _ => BTreeSet::from([DOMAIN]),
    }
}

/// What its tests may need besides.
fn tests_may_need(package: &str) -> BTreeSet<&'static str> {
    let proofs = match package {
        DOMAIN => BTreeSet::new(),
        // What it refuses only a real relying party shows.
        API => BTreeSet::from([CONTRACT, MEMORY, WEBAUTHN]),
        _ => BTreeSet::from([CONTRACT, MEMORY]),
    };
    &may_need(package) | &proofs
}

fn ours_needed_by(package: &Package, of_kind: fn(DependencyKind) -> bool) -> BTreeSet<&str> {
    let needed = package.dependencies.iter().filter(|needed| of_kind(needed.kind));
    needed.map(|needed| needed.name.as_str()).filter(|name| is_ours(name)).collect()
}

#[test]
fn an_arrow_between_packages_points_inwards() -> anyhow::Result<()> {
    for package in metadata()?.workspace_packages() {
        let name = package.name.as_str();
        if COMPOSERS.contains(&name) {
            continue;
        }
        let to_build = ours_needed_by(package, |kind| kind != DependencyKind::Development);
        let mut to_test = ours_needed_by(package, |kind| kind == DependencyKind::Development);
        // Itself with another feature on is no arrow.
        to_test.remove(name);
        let outward: Vec<_> = to_build.difference(&may_need(name)).copied().collect();
        assert!(outward.is_empty(), "{name} may not depend on {outward:?}");
        let outward: Vec<_> = to_test.difference(&tests_may_need(name)).copied().collect();
        assert!(outward.is_empty(), "the tests of {name} may not depend on {outward:?}");
    }
    Ok(())
}

#[test]
fn every_adapter_stands_on_the_domain() -> anyhow::Result<()> {
    for package in metadata()?.workspace_packages() {
        let name = package.name.as_str();
        if COMPOSERS.contains(&name) || name == DOMAIN {
            continue;
        }
        assert!(ours_needed_by(package, |kind| kind == DependencyKind::Normal).contains(DOMAIN), "{name}");
    }
    Ok(())
}

#[test]
fn nothing_depends_on_the_program_or_on_these_tests() -> anyhow::Result<()> {
    for package in metadata()?.workspace_packages() {
        let needed = ours_needed_by(package, |_| true);
        assert!(COMPOSERS.iter().all(|composer| !needed.contains(composer)), "{} needs {needed:?}", package.name);
    }
    Ok(())
}

#[test]
fn the_domain_takes_only_pure_libraries_from_outside() -> anyhow::Result<()> {
    let metadata = metadata()?;
    let packages = metadata.workspace_packages();
    let domain = packages.iter().find(|package| package.name.as_str() == DOMAIN).context("there is a domain")?;
    for needed in domain.dependencies.iter().filter(|needed| needed.kind != DependencyKind::Development) {
        assert!(PURE.contains(&needed.name.as_str()), "the domain may not depend on {}", needed.name);
        assert_eq!(needed.optional, needed.name == "mockall", "{} is optional or not", needed.name);
    }
    let mocks = domain.features.get("mocks").context("the domain has the feature `mocks`")?;
    assert_eq!(mocks.as_slice(), ["dep:mockall"]);
    assert!(!domain.features.contains_key("default"), "mocks are asked for");
    Ok(())
}

#[test]
fn an_engine_is_named_by_its_own_adapter_alone() -> anyhow::Result<()> {
    let owners: BTreeMap<&str, &[&str]> = OWNERS.into_iter().collect();
    for package in metadata()?.workspace_packages() {
        let needed = package.dependencies.iter().filter(|needed| needed.kind != DependencyKind::Development);
        for needed in needed {
            let Some(owners) = owners.get(needed.name.as_str()) else { continue };
            assert!(owners.contains(&package.name.as_str()), "{} may not depend on {}", package.name, needed.name);
        }
    }
    Ok(())
}

#[test]
fn the_program_can_be_built_without_surrealdb() -> anyhow::Result<()> {
    let metadata = metadata()?;
    let packages = metadata.workspace_packages();
    let program = packages.iter().find(|package| package.name.as_str() == "parlour").context("there is a program")?;
    let adapter = program.dependencies.iter().find(|needed| needed.name == "parlour-store-surrealdb");
    assert!(adapter.context("the program knows the adapter")?.optional);
    assert!(program.features.get("default").is_some_and(|on| on.contains(&"surrealdb".to_owned())));
    Ok(())
}
