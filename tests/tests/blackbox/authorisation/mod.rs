//! Every route with every caller.

mod stage;
mod table;

use std::collections::BTreeSet;

use stage::Stage;
use table::{CALLERS, ROWS, Row};

#[test]
fn the_table_has_every_route_and_no_other() {
    let served = [parlour_api_http::route_table(), parlour_notifier_websocket::route_table()].concat();
    let served: BTreeSet<_> = served.iter().map(|(method, path)| (method.as_str(), *path)).collect();
    let listed: BTreeSet<_> = ROWS.iter().map(|Row(method, path, ..)| (*method, *path)).collect();
    let forgotten: Vec<_> = served.difference(&listed).collect();
    assert!(forgotten.is_empty(), "these routes have no row: {forgotten:?}");
    let gone: Vec<_> = listed.difference(&served).collect();
    assert!(gone.is_empty(), "these rows have no route: {gone:?}");
}

#[tokio::test]
async fn every_caller_gets_from_every_route_what_the_table_says() -> anyhow::Result<()> {
    let stage = Stage::set().await?;
    let mut wrong = Vec::new();
    for row in ROWS {
        let Row(method, path, about, expected) = row;
        for (caller, expected) in CALLERS.into_iter().zip(expected) {
            let status = stage.play(row, caller).await?;
            if status != *expected {
                wrong.push(format!("{method} {path} about {about:?} by {caller:?}: {expected} expected, not {status}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}
