//! Every MUST of a port names the law that proves it, that law exists, and the page of stores shows where it holds.

use std::collections::BTreeSet;

use parlour_store_contract::{LAWS, NUMBER_OF_LAWS};
use parlour_tests::stores_page::{
    Column, PortLaws, Table, differences, documentation, engines, laws_by_port, laws_named_in, rules_without_a_law,
    with_columns,
};
use parlour_tests::workspace::{files_under, read, root, shown};

fn page() -> anyhow::Result<String> {
    read(&root().join("docs/stores.md"))
}

#[test]
fn the_ports_name_every_law_of_the_contract_and_no_other() -> anyhow::Result<()> {
    let named: BTreeSet<String> = laws_by_port()?.into_iter().flat_map(|port| port.laws).collect();
    assert_eq!(named, LAWS.iter().map(ToString::to_string).collect());
    Ok(())
}

#[test]
fn laws_are_found_in_documentation() {
    let documentation = documentation(
        "/// - MUST write all\n    ///   or nothing: laws `one`, `two`; also dropped: law\n    ///   `three`.\n/// See `other`.",
    );
    assert_eq!(laws_named_in(&documentation), ["one", "two", "three"]);
}

#[test]
fn every_rule_of_a_port_names_the_law_that_proves_it() -> anyhow::Result<()> {
    for path in files_under(&root().join("crates/domain/src/port"), "rs")? {
        assert_eq!(rules_without_a_law(&read(&path)?), [""; 0], "{}", shown(&path));
    }
    Ok(())
}

#[test]
fn a_rule_without_a_law_is_found() {
    let source = "/// Writes.\n///\n/// - MUST write all\n///   or nothing: law `one`.\n/// - MUST not wait.\n\
        /// - MUST, and MUST again: laws `two`, `three`; afterwards it MUST\n///   rest.\nfn write();\n/// MUST be law.\n";
    let found = rules_without_a_law(source);
    let expected =
        ["- MUST not wait.", "- MUST, and MUST again: laws `two`, `three`; afterwards it MUST rest.", "MUST be law."];
    assert_eq!(found.iter().map(|rule| rule.trim()).collect::<Vec<_>>(), expected);
}

#[test]
fn the_page_of_stores_has_every_law_under_its_port() -> anyhow::Result<()> {
    assert_eq!(Table::parse(&page()?)?.ports, laws_by_port()?, "make the table anew, as docs/stores.md says");
    Ok(())
}

#[test]
fn every_engine_of_the_page_of_stores_obeys_every_law_or_was_not_run() -> anyhow::Result<()> {
    let page = page()?;
    let Table { ports: _, columns, not_run } = Table::parse(&page)?;
    let mut told_of: Vec<String> = columns.iter().map(|column| column.engine.clone()).collect();
    for Column { engine, version: _, laws } in columns {
        assert_eq!(laws.len(), NUMBER_OF_LAWS, "{engine}");
    }
    told_of.extend(not_run);
    told_of.sort_unstable();
    let mut engines = engines(&page)?;
    engines.sort_unstable();
    assert_eq!(told_of, engines);
    Ok(())
}

fn column(engine: &str, laws: &[&str]) -> Column {
    let laws = laws.iter().map(ToString::to_string).collect();
    Column { engine: engine.to_owned(), version: "1.2".to_owned(), laws }
}

fn table() -> Table {
    let laws = vec!["one_holds".to_owned(), "two_hold".to_owned()];
    let columns = vec![column("MariaDB", &["one_holds", "two_hold"]), column("Tin can", &["one_holds", "two_hold"])];
    Table { ports: vec![PortLaws { port: "Port".to_owned(), laws }], columns, not_run: vec!["MySQL".to_owned()] }
}

#[test]
fn a_table_of_laws_is_read_as_it_was_printed() -> anyhow::Result<()> {
    let page = format!("<!-- laws: made by stores-page, not typed -->\n{}<!-- laws: end -->", table().print());
    assert_eq!(Table::parse(&page)?, table());
    Ok(())
}

#[test]
fn a_page_differs_from_a_run_in_laws_and_engines_but_not_in_versions() {
    let compare = |columns: &[Column], without: &[&str]| {
        differences(&table(), columns, &without.iter().map(ToString::to_string).collect::<Vec<_>>())
    };
    let both = ["one_holds", "two_hold"];
    let newer = Column { version: "9".to_owned(), ..column("Tin can", &both) };
    let mariadb = column("MariaDB", &both);
    assert_eq!(compare(&[mariadb.clone(), newer.clone()], &[]), [""; 0]);
    assert_eq!(compare(&[column("MySQL", &both), newer.clone()], &[]), [""; 0]);
    assert_eq!(compare(std::slice::from_ref(&mariadb), &["Tin can"]), [""; 0]);
    assert_eq!(compare(std::slice::from_ref(&mariadb), &[]), ["the page shows Tin can, on which nothing ran"]);
    assert_eq!(
        compare(&[mariadb.clone(), column("Tin can", &["one_holds"])], &[]),
        ["on Tin can the law two_hold did not hold, or did not run"]
    );
    assert_eq!(
        compare(&[column("MariaDB", &["one_holds", "two_hold", "three"]), newer.clone()], &[]),
        ["the page lacks the law three on MariaDB"]
    );
    assert_eq!(compare(&[column("MySQL", &["one_holds"]), mariadb, newer], &[]).len(), 1);
}

#[test]
fn an_engine_that_ran_has_to_be_told_of() -> anyhow::Result<()> {
    let page = page()?;
    assert!(with_columns(&page, vec![column("Tin can", &[])]).is_err());
    assert!(with_columns(&page, vec![column("SQLite", &[])])?.contains("| law | SQLite 1.2 |\n"));
    Ok(())
}
