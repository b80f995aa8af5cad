//! The matrix leaves nothing out: every use case has a scenario, every method of a port is called.

use std::collections::BTreeSet;
use std::path::Path;

use parlour_tests::workspace::{files_under, read, root};

use crate::engine::{Engine, Kind};
use crate::matrix::record;
use crate::scenario;

/// What is asked by the readiness check alone, by copies and checks of a store, and of an identity provider, whose verifier
/// no tap stands before; by no use case of a scenario.
const NOT_FOR_USE_CASES: [&str; 3] = [".ping", "Archive.", "TokenVerifier."];

/// `Type::method` or `Trait.method` for each method that is found in a folder of the domain.
fn methods(folder: &str, block: &str, separator: &str, method: &str) -> anyhow::Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    for path in files_under(&root().join("crates/domain/src").join(Path::new(folder)), "rs")? {
        let mut owner = String::new();
        for line in read(&path)?.lines() {
            let name = |rest: &str| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
            if let Some(rest) = line.strip_prefix(block) {
                owner = name(rest);
            } else if let Some(rest) = line.strip_prefix(method) {
                found.insert(format!("{owner}{separator}{}", name(rest)));
            }
        }
    }
    Ok(found)
}

#[test]
fn every_use_case_is_driven_by_a_scenario() -> anyhow::Result<()> {
    let there = methods("usecase", "impl ", "::", "    pub async fn ")?;
    let driven: BTreeSet<String> = scenario::all().iter().map(|scenario| scenario.drives().to_owned()).collect();
    let left_out: Vec<_> = there.difference(&driven).collect();
    assert!(left_out.is_empty(), "no scenario of tests/tests/faults drives {left_out:?}");
    let unknown: Vec<_> = driven.difference(&there).collect();
    assert!(unknown.is_empty(), "scenarios drive {unknown:?}, which is not there");
    Ok(())
}

#[tokio::test]
async fn every_method_of_a_port_is_called_by_a_scenario() -> anyhow::Result<()> {
    let mut there = methods("port", "pub trait ", ".", "    async fn ")?;
    there.retain(|method| !NOT_FOR_USE_CASES.iter().any(|part| method.contains(part)));
    let engine = Engine::start(Kind::Memory).await;
    let mut called = BTreeSet::new();
    for scenario in scenario::all() {
        let calls = record(&engine, &*scenario).await.map_err(anyhow::Error::msg)?;
        called.extend(calls.iter().map(|call| call.method.to_string()));
    }
    assert_eq!(called, there, "called, and there");
    Ok(())
}
