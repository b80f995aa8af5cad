//! Every MUST of a port names the law that proves it, and that law exists.

use std::collections::BTreeSet;

use parlour_tests::workspace::{files_under, read, root, shown};

/// The doc comments of a file as one text, a space for each line break.
fn documentation(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter_map(|line| line.strip_prefix("///"));
    lines.map(str::trim).collect::<Vec<_>>().join(" ")
}

/// The names in backticks that follow the word `law` or `laws` within one rule.
fn laws_named_in(documentation: &str) -> BTreeSet<String> {
    let mut named = BTreeSet::new();
    for (at, _) in documentation.match_indices(": law") {
        let rest = &documentation[at + ": law".len()..];
        let end = rest.find([';', '.']).unwrap_or(rest.len());
        named.extend(rest[..end].split('`').skip(1).step_by(2).map(str::to_owned));
    }
    named
}

/// The names of the tests in the contract's own source.
fn laws_of_the_contract() -> anyhow::Result<String> {
    let mut source = String::new();
    for path in files_under(&root().join("crates/store-contract/src"), "rs")? {
        source.push_str(&read(&path)?);
    }
    Ok(source)
}

#[test]
fn every_law_that_a_port_names_is_in_the_contract() -> anyhow::Result<()> {
    let contract = laws_of_the_contract()?;
    let mut total = 0;
    for path in files_under(&root().join("crates/domain/src/port"), "rs")? {
        for law in laws_named_in(&documentation(&read(&path)?)) {
            total += 1;
            assert!(contract.contains(&format!("fn {law}")), "{} names the law {law}", shown(&path));
        }
    }
    assert!(total > 30, "only {total} laws are named");
    Ok(())
}

#[test]
fn laws_are_found_in_documentation() {
    let documentation = documentation(
        "/// - MUST write all\n    ///   or nothing: laws `one`, `two`; also dropped: law\n    ///   `three`.\n/// See `other`.",
    );
    assert_eq!(laws_named_in(&documentation).into_iter().collect::<Vec<_>>(), ["one", "three", "two"]);
}
