//! What the code of a layer may speak of.

use std::path::Path;

use parlour_tests::workspace::{files_under, read, root, shown};

/// What the domain must not know, as the first segment of a path.
const FOREIGN: [&str; 9] =
    ["serde", "serde_json", "actix_web", "actix_ws", "sea_orm", "sqlx", "surrealdb", "reqwest", "tokio"];

/// The lines of a file that are code, with their numbers.
fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(at, line)| (at + 1, line.trim())).filter(|(_, line)| !line.starts_with("//"))
}

/// Whether a line has `krate` as the first segment of a path.
fn names(line: &str, krate: &str) -> bool {
    let path = format!("{krate}::");
    let is_start = |at: usize| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':')
    };
    line.match_indices(&path).any(|(at, _)| is_start(at))
}

fn assert_never_named(folder: &Path, krate: &str, is_allowed: impl Fn(&Path, &str) -> bool) -> anyhow::Result<()> {
    for path in files_under(folder, "rs")? {
        for (number, line) in code_lines(&read(&path)?) {
            let is_named = names(line, krate) && !is_allowed(&path, line);
            assert!(!is_named, "{}:{number} names {krate}", shown(&path));
        }
    }
    Ok(())
}

#[test]
fn the_domain_knows_no_framework_engine_or_format() -> anyhow::Result<()> {
    let domain = root().join("crates/domain/src");
    for krate in FOREIGN {
        assert_never_named(&domain, krate, |_, line| line.starts_with("#[tokio::test"))?;
    }
    Ok(())
}

#[test]
fn concrete_adapters_are_named_in_compose_alone() -> anyhow::Result<()> {
    let is_compose = |path: &Path, _: &str| {
        path.components().any(|part| {
            let part: &Path = part.as_ref();
            part.file_stem().is_some_and(|stem| stem == "compose")
        })
    };
    for adapter in [
        "parlour_auth_jwt",
        "parlour_store_memory",
        "parlour_store_seaorm",
        "parlour_store_surrealdb",
        "parlour_notifier_websocket",
    ] {
        assert_never_named(&root().join("apps/server/src"), adapter, is_compose)?;
    }
    Ok(())
}

#[test]
fn a_lint_is_expected_with_a_reason_never_allowed() -> anyhow::Result<()> {
    for folder in ["apps", "crates", "tests"] {
        for path in files_under(&root().join(folder), "rs")? {
            for (number, line) in code_lines(&read(&path)?) {
                let is_allowed = line.starts_with("#[allow(") || line.starts_with("#![allow(");
                assert!(!is_allowed, "{}:{number} allows a lint", shown(&path));
            }
        }
    }
    Ok(())
}

#[test]
fn the_entry_point_only_wires() -> anyhow::Result<()> {
    let lines = read(&root().join("apps/server/src/main.rs"))?.lines().count();
    assert!(lines <= 40, "main.rs has {lines} lines");
    Ok(())
}

#[test]
fn a_path_is_recognised_by_its_first_segment() {
    assert!(names("use serde::Serialize;", "serde"));
    assert!(names("let x: serde::Value;", "serde"));
    assert!(!names("use my_serde::Serialize;", "serde"));
    assert!(!names("use crate::serde::Serialize;", "serde"));
}
