//! What lies where.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use parlour_tests::workspace::{files_under, read, root, shown};

const TOP_LEVEL: [&str; 8] = ["Cargo.lock", "Cargo.toml", "README.md", "apps", "crates", "deny.toml", "docs", "tests"];

const LONGEST_FILE: usize = 350;

/// The modules at the top of a crate; a module that has grown into a folder counts as the same module.
fn modules(krate: &str) -> anyhow::Result<BTreeSet<String>> {
    let mut modules = BTreeSet::new();
    for entry in fs::read_dir(root().join("crates").join(krate).join("src"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        modules.insert(name.trim_end_matches(".rs").to_owned());
    }
    Ok(modules)
}

/// What a clone and its builds leave at the top: a build's output is no part of the repository.
fn is_built(name: &str) -> bool {
    name == "target" || name == "parlour-data"
}

#[test]
fn the_top_level_is_exactly_what_the_architecture_says() -> anyhow::Result<()> {
    let mut visible = Vec::new();
    for entry in fs::read_dir(root())? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if !name.starts_with('.') && !is_built(&name) {
            visible.push(name);
        }
    }
    visible.sort();
    assert_eq!(visible, TOP_LEVEL);
    Ok(())
}

#[test]
fn the_store_crates_have_the_same_files() -> anyhow::Result<()> {
    let memory = modules("store-memory")?;
    let expected: BTreeSet<String> = [
        "archive",
        "ceremony_repo",
        "classify",
        "commit",
        "connect",
        "contact_repo",
        "inbox_repo",
        "lib",
        "passkey_repo",
        "profile_repo",
        "room_repo",
        "row",
        "schema",
        "session_repo",
        "user_repo",
    ]
    .into_iter()
    .map(str::to_owned)
    .collect();
    assert_eq!(memory, expected, "store-memory");
    for krate in ["store-seaorm", "store-surrealdb"] {
        assert_eq!(modules(krate)?, memory, "{krate}");
    }
    for krate in ["store-memory", "store-seaorm", "store-surrealdb"] {
        let mut opts_in = false;
        for test in files_under(&root().join("crates").join(krate).join("tests"), "rs")? {
            opts_in |= read(&test)?.contains("contract_tests!(");
        }
        assert!(opts_in, "{krate} opts into the contract");
    }
    Ok(())
}

#[test]
fn no_source_file_is_too_long_to_read_at_once() -> anyhow::Result<()> {
    for folder in ["apps", "crates", "tests"] {
        for path in files_under(&root().join(folder), "rs")? {
            let lines = read(&path)?.lines().count();
            assert!(lines <= LONGEST_FILE, "{} has {lines} lines", shown(&path));
        }
    }
    Ok(())
}

#[test]
fn no_module_is_a_bag_of_utilities() -> anyhow::Result<()> {
    for folder in ["apps", "crates", "tests"] {
        for path in files_under(&root().join(folder), "rs")? {
            let is_bag =
                |part: &Path| ["utils", "util", "helpers", "common", "misc"].iter().any(|bag| part == Path::new(bag));
            assert!(!path.with_extension("").iter().any(|part| is_bag(Path::new(part))), "{}", shown(&path));
        }
    }
    Ok(())
}
