//! Which laws the docs of the ports name.

use std::collections::BTreeSet;

use crate::workspace::{files_under, read, root};

/// A port and the laws that prove it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortLaws {
    /// The name of the trait.
    pub port: String,
    /// In the order in which its docs name them; a law of several ports is with the first of them.
    pub laws: Vec<String>,
}

/// The doc comments of a file as one text, a space for each line break.
#[must_use]
pub fn documentation(source: &str) -> String {
    let lines = source.lines().map(str::trim).filter_map(|line| line.strip_prefix("///"));
    lines.map(str::trim).collect::<Vec<_>>().join(" ")
}

/// The names in backticks that follow the word `law` or `laws` within one rule.
#[must_use]
pub fn laws_named_in(documentation: &str) -> Vec<String> {
    let mut named = Vec::new();
    for (at, _) in documentation.match_indices(": law") {
        let rest = &documentation[at + ": law".len()..];
        let end = rest.find([';', '.']).unwrap_or(rest.len());
        named.extend(rest[..end].split('`').skip(1).step_by(2).map(str::to_owned));
    }
    named
}

/// The rules of a port that say MUST and name no law afterwards. A rule is a paragraph or an item of a list of the docs.
#[must_use]
pub fn rules_without_a_law(source: &str) -> Vec<String> {
    let mut rules = vec![String::new()];
    for line in source.lines().map(str::trim) {
        let said = line.strip_prefix("///").map_or("", str::trim);
        let is_item = said.starts_with("- ");
        if said.is_empty() || is_item {
            rules.push(String::new());
        }
        if let Some(rule) = rules.last_mut() {
            rule.push(' ');
            rule.push_str(said);
        }
    }
    let names_none =
        |rule: &String| rule.rsplit_once("MUST").is_some_and(|(_, promised)| laws_named_in(promised).is_empty());
    rules.into_iter().filter(names_none).collect()
}

/// The laws of every port that has some, users before rooms.
pub fn laws_by_port() -> anyhow::Result<Vec<PortLaws>> {
    let (mut ports, mut seen) = (Vec::new(), BTreeSet::new());
    // The alphabet has inboxes before rooms before sessions before users.
    for path in files_under(&root().join("crates/domain/src/port"), "rs")?.into_iter().rev() {
        let source = read(&path)?;
        let port = source.split("pub trait ").nth(1).and_then(|rest| rest.split(':').next()).unwrap_or_default();
        let named = laws_named_in(&documentation(&source)).into_iter();
        let laws: Vec<String> = named.filter(|law| seen.insert(law.clone())).collect();
        if !laws.is_empty() {
            ports.push(PortLaws { port: port.to_owned(), laws });
        }
    }
    Ok(ports)
}
