//! The table of laws in `docs/stores.md`: made of what the suite wrote down, never typed.

mod column;
mod ports;

use std::collections::BTreeSet;

use anyhow::Context;

pub use column::Column;
pub use ports::{PortLaws, documentation, laws_by_port, laws_named_in, rules_without_a_law};

const BEGIN: &str = "<!-- laws: made by stores-page, not typed -->";
const END: &str = "<!-- laws: end -->";
const MATRIX: &str = "<!-- engines -->";
const NOT_RUN: &str = "Not run for this page: ";
const HOLDS: &str = "✓";

/// A server of this protocol is one or the other; a run has met one of them.
const EITHER: [&str; 2] = ["MariaDB", "MySQL"];

/// The table as the page has it.
#[derive(Debug, PartialEq, Eq)]
pub struct Table {
    /// The laws of each port, as the rows have them.
    pub ports: Vec<PortLaws>,
    /// The engines on which they ran.
    pub columns: Vec<Column>,
    /// The engines of which the page says that nothing ran on them.
    pub not_run: Vec<String>,
}

/// The engines of the page's first table, in its order.
pub fn engines(page: &str) -> anyhow::Result<Vec<String>> {
    let (_, rest) = page.split_once(MATRIX).with_context(|| format!("the page has no {MATRIX}"))?;
    let rows = rest.lines().skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|'));
    Ok(rows.skip(2).filter_map(|row| cells(row).next().map(str::to_owned)).collect())
}

/// The page with the table of these columns in place of the old one.
///
/// # Errors
/// When something ran on an engine that the page does not tell of.
pub fn with_columns(page: &str, columns: Vec<Column>) -> anyhow::Result<String> {
    let engines = engines(page)?;
    for column in &columns {
        let is_told_of = engines.contains(&column.engine);
        anyhow::ensure!(is_told_of, "laws ran on {}, which has no row in the table of engines", column.engine);
    }
    let mut table = Table { ports: laws_by_port()?, columns, not_run: Vec::new() };
    table.columns.sort_by_key(|column| engines.iter().position(|engine| *engine == column.engine));
    table.not_run = engines.into_iter().filter(|engine| table.columns.iter().all(|c| c.engine != *engine)).collect();
    let (before, rest) = page.split_once(BEGIN).with_context(|| format!("the page has no {BEGIN}"))?;
    let (_, after) = rest.split_once(END).with_context(|| format!("the page has no {END}"))?;
    Ok(format!("{before}{BEGIN}\n\n{}\n{END}{after}", table.print()))
}

/// What is wrong with a page's table, given what a run has written down; the versions may differ.
///
/// `without` are engines of the page that the run could not have met.
pub fn differences(table: &Table, recorded: &[Column], without: &[String]) -> Vec<String> {
    let mut wrong = Vec::new();
    for column in recorded {
        let all: BTreeSet<String> = table.ports.iter().flat_map(|port| port.laws.iter().cloned()).collect();
        match table.columns.iter().find(|shown| shown.engine == column.engine) {
            Some(shown) if shown.laws == column.laws => {}
            None if table.not_run.contains(&column.engine) && column.laws == all => {}
            Some(shown) => wrong.extend(differing(&column.engine, &shown.laws, &column.laws)),
            None => wrong.extend(differing(&column.engine, &all, &column.laws)),
        }
    }
    for shown in &table.columns {
        let met = |engine: &str| recorded.iter().any(|column| column.engine == engine);
        let is_either = EITHER.contains(&shown.engine.as_str()) && EITHER.into_iter().any(met);
        if !met(&shown.engine) && !is_either && !without.contains(&shown.engine) {
            wrong.push(format!("the page shows {}, on which nothing ran", shown.engine));
        }
    }
    wrong
}

fn differing(engine: &str, shown: &BTreeSet<String>, ran: &BTreeSet<String>) -> Vec<String> {
    let missing = shown.difference(ran).map(|law| format!("on {engine} the law {law} did not hold, or did not run"));
    missing.chain(ran.difference(shown).map(|law| format!("the page lacks the law {law} on {engine}"))).collect()
}

fn cells(row: &str) -> impl Iterator<Item = &str> {
    row.trim().trim_matches('|').split('|').map(|cell| cell.trim().trim_matches('`'))
}

impl Table {
    /// Reads the table of a page.
    pub fn parse(page: &str) -> anyhow::Result<Self> {
        let (_, rest) = page.split_once(BEGIN).with_context(|| format!("the page has no {BEGIN}"))?;
        let (text, _) = rest.split_once(END).with_context(|| format!("the page has no {END}"))?;
        let mut rows = text.lines().filter(|line| line.starts_with('|'));
        let heads = cells(rows.next().context("the page has no table of laws")?).skip(1);
        let mut columns: Vec<Column> = heads.map(Column::headed).collect::<anyhow::Result<_>>()?;
        let mut ports: Vec<PortLaws> = Vec::new();
        for row in rows.skip(1) {
            let mut cells = cells(row);
            let name = cells.next().unwrap_or_default();
            if let Some(port) = name.strip_prefix("**").and_then(|name| name.strip_suffix("**")) {
                ports.push(PortLaws { port: port.to_owned(), laws: Vec::new() });
                continue;
            }
            ports.last_mut().with_context(|| format!("{name} is a law of no port"))?.laws.push(name.to_owned());
            for (column, cell) in columns.iter_mut().zip(cells) {
                if cell == HOLDS {
                    column.laws.insert(name.to_owned());
                }
            }
        }
        let not_run = text.lines().find_map(|line| line.strip_prefix(NOT_RUN)?.strip_suffix('.'));
        let not_run = not_run.map(|names| names.split(", ").map(str::to_owned).collect()).unwrap_or_default();
        Ok(Self { ports, columns, not_run })
    }

    /// The table as it stands between its two marks.
    #[must_use]
    pub fn print(&self) -> String {
        let row = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
        let heads = self.columns.iter().map(|column| format!("{} {}", column.engine, column.version));
        let mut text = row(["law".to_owned()].into_iter().chain(heads).collect());
        text.push_str(&format!("|---|{}\n", ":-:|".repeat(self.columns.len())));
        for PortLaws { port, laws } in &self.ports {
            let empty = self.columns.iter().map(|_| String::new());
            text.push_str(&row([format!("**{port}**")].into_iter().chain(empty).collect()));
            for law in laws {
                let holds = |column: &Column| if column.laws.contains(law) { HOLDS.to_owned() } else { String::new() };
                text.push_str(&row([format!("`{law}`")].into_iter().chain(self.columns.iter().map(holds)).collect()));
            }
        }
        if !self.not_run.is_empty() {
            text.push_str(&format!("\n{NOT_RUN}{}.\n", self.not_run.join(", ")));
        }
        text
    }
}
