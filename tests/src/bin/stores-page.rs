//! Makes the table of laws in `docs/stores.md` of what runs of the suite wrote down, or compares the two.
//!
//! `stores-page write DIRECTORY` replaces the table. `stores-page check DIRECTORY [ENGINE]...` fails when the table
//! differs from the directory in more than versions; the engines named at the end need not have run.

use std::fs;
use std::path::Path;

use parlour_tests::stores_page::{Column, Table, differences, with_columns};
use parlour_tests::workspace::{read, root};

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let path = root().join("docs/stores.md");
    let page = read(&path)?;
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["write", directory] => Ok(fs::write(path, with_columns(&page, Column::recorded(Path::new(directory))?)?)?),
        ["check", directory, ..] => {
            let wrong = differences(&Table::parse(&page)?, &Column::recorded(Path::new(directory))?, &arguments[2..]);
            anyhow::ensure!(wrong.is_empty(), "docs/stores.md is not what ran:\n{}", wrong.join("\n"));
            Ok(())
        }
        _ => anyhow::bail!("usage: stores-page write DIRECTORY | stores-page check DIRECTORY [ENGINE]..."),
    }
}
