//! What the documents name exists.

use std::path::{Path, PathBuf};

use anyhow::Context;
use parlour_tests::workspace::{files_under, read, root, shown};

const FOLDERS: [&str; 5] = ["crates/", "apps/", "tests/", "docs/", ".ci/"];

fn documents() -> anyhow::Result<Vec<PathBuf>> {
    let mut documents = files_under(&root().join("docs"), "md")?;
    documents.push(root().join("README.md"));
    Ok(documents)
}

/// A document without its fenced blocks: what is in those is an example.
fn prose(text: &str) -> String {
    let mut is_fenced = false;
    let mut prose = String::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_fenced = !is_fenced;
        } else if !is_fenced {
            prose.push_str(line);
            prose.push('\n');
        }
    }
    prose
}

/// The words in backticks that look like a path in the repository.
fn paths_in_code(prose: &str) -> Vec<&str> {
    let spans = prose.split('`').skip(1).step_by(2);
    let words = spans.flat_map(str::split_whitespace).map(|word| word.trim_end_matches(['.', ',', ';', ')', '/']));
    words.filter(|word| FOLDERS.iter().any(|folder| word.starts_with(folder))).collect()
}

/// The targets of links, without those that lead out of the repository or stay on the page.
fn linked(prose: &str) -> Vec<&str> {
    let targets = prose.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let targets = targets.map(|target| target.split('#').next().unwrap_or(target));
    targets.filter(|target| !target.is_empty() && !target.contains(':')).collect()
}

/// Whether there is such a path; `*` stands for any part of one name, and what follows a `<` is the reader's choice.
fn exists(named: &str) -> anyhow::Result<bool> {
    let mut candidates = vec![root().to_owned()];
    for part in named.split('/') {
        if part.contains('<') {
            return Ok(!candidates.is_empty());
        }
        let mut next = Vec::new();
        for folder in candidates.iter().filter(|candidate| candidate.is_dir()) {
            for entry in folder.read_dir()? {
                let entry = entry?;
                if matches(part, &entry.file_name().to_string_lossy()) {
                    next.push(entry.path());
                }
            }
        }
        candidates = next;
    }
    Ok(!candidates.is_empty())
}

fn matches(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((start, end)) => name.len() >= start.len() + end.len() && name.starts_with(start) && name.ends_with(end),
    }
}

#[test]
fn every_path_named_in_a_document_exists() -> anyhow::Result<()> {
    for document in documents()? {
        let prose = prose(&read(&document)?);
        for named in paths_in_code(&prose) {
            assert!(exists(named)?, "{} names `{named}`", shown(&document));
        }
    }
    Ok(())
}

#[test]
fn every_link_between_documents_leads_somewhere() -> anyhow::Result<()> {
    for document in documents()? {
        let folder = document.parent().context("a document lies in a folder")?;
        let prose = prose(&read(&document)?);
        for target in linked(&prose) {
            let is_there = folder.join(Path::new(target)).exists();
            assert!(is_there, "{} links to {target}", shown(&document));
        }
    }
    Ok(())
}

#[test]
fn paths_and_links_are_found_in_a_document() {
    let prose =
        prose("see `crates/domain/src`, run `ls docs/adr`\n```\n`crates/none`\n```\n[a](docs/a.md#b) [c](https://d)");
    assert_eq!(paths_in_code(&prose), ["crates/domain/src", "docs/adr"]);
    assert_eq!(linked(&prose), ["docs/a.md"]);
    assert!(matches("store-*", "store-memory") && !matches("store-*", "domain"));
}
