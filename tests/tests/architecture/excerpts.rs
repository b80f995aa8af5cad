//! The code in the documents is code that is built: each block is an excerpt of a file that it names.

use std::path::PathBuf;

use parlour_tests::workspace::{files_under, read, root, shown};

/// What stands for lines that are left out of an excerpt.
const LEFT_OUT: &str = "// ...";

/// The fenced blocks of Rust, and of manifests, in a document.
fn blocks(document: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut lines = document.lines();
    while lines.by_ref().any(|line| line.starts_with("```rust") || line.starts_with("```toml")) {
        let block: Vec<&str> = lines.by_ref().take_while(|line| !line.starts_with("```")).collect();
        blocks.push(block.join("\n"));
    }
    blocks
}

/// The file that a block names in its first line, and its lines in runs without a gap.
fn excerpt(block: &str) -> Option<(PathBuf, Vec<String>)> {
    let (first, rest) = block.split_once('\n')?;
    let path = root().join(first.strip_prefix("// ").or_else(|| first.strip_prefix("# "))?);
    let lines: Vec<&str> = rest.lines().collect();
    let runs = lines.split(|line| line.trim() == LEFT_OUT).map(|run| run.join("\n"));
    Some((path, runs.filter(|run| !run.trim().is_empty()).collect()))
}

/// Whether the runs stand in the text, one after the other.
fn has_in_order(mut text: &str, runs: &[String]) -> bool {
    runs.iter().all(|run| match text.find(run.as_str()) {
        None => false,
        Some(at) => {
            text = &text[at + run.len()..];
            true
        }
    })
}

#[test]
fn every_block_of_rust_in_a_document_is_an_excerpt_of_the_file_it_names() -> anyhow::Result<()> {
    let mut documents = files_under(&root().join("docs"), "md")?;
    documents.push(root().join("README.md"));
    let mut total = 0;
    for document in documents {
        for block in blocks(&read(&document)?) {
            let Some((path, runs)) = excerpt(&block) else { panic!("{}: no file named:\n{block}", shown(&document)) };
            assert!(has_in_order(&read(&path)?, &runs), "{} is not in {}:\n{block}", shown(&document), shown(&path));
            total += 1;
        }
    }
    assert!(total > 0, "no document has an excerpt");
    Ok(())
}

#[test]
fn an_excerpt_may_leave_lines_out_but_not_change_them() {
    let found = blocks("a\n```rust\n// src/x.rs\nfn a() {\n    // ...\n}\n```\n```sh\nls\n```\n");
    assert_eq!(found, ["// src/x.rs\nfn a() {\n    // ...\n}"]);
    let (path, runs) = excerpt(&found[0]).unwrap();
    assert_eq!((path, runs.clone()), (root().join("src/x.rs"), vec!["fn a() {".to_owned(), "}".to_owned()]));
    assert!(has_in_order("fn a() {\n    b();\n}", &runs));
    assert!(!has_in_order("}\nfn a() {", &runs) && !has_in_order("fn b() {\n}", &runs));
}
