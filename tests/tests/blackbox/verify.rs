//! A store is checked, and what is wrong with it is named.

use parlour_tests::Installation;
use sea_orm::{ConnectOptions, ConnectionTrait, Database};
use serde_json::Value;

use crate::copy::{Place, Story, assert_is_well};

async fn damage(store: &Place, statements: &[&str]) -> anyhow::Result<()> {
    let mut options = ConnectOptions::new(store.url());
    options.max_connections(1).sqlx_logging(false);
    let db = Database::connect(options).await?;
    for statement in statements {
        db.execute_unprepared(statement).await?;
    }
    Ok(db.close().await?)
}

#[tokio::test]
async fn each_thing_that_is_wrong_is_a_line_and_the_rest_is_checked() -> anyhow::Result<()> {
    let store = Place::sqlite()?;
    Story::begin(&Installation::with_urls(store.url(), store.url())?).await?;
    assert_is_well(store.url(), &["--users", store.url()]).await?;
    damage(
        &store,
        &[
            "UPDATE users SET username = 'x' WHERE username_key = 'ann'",
            "DELETE FROM inbox_entries WHERE seq = 2 AND user_id = (SELECT id FROM users WHERE username_key = 'ann')",
            "UPDATE rooms SET kind = 'cellar' WHERE name = 'Kept'",
            "UPDATE participants SET role = 'member' WHERE room_id IN (SELECT id FROM rooms WHERE kind = 'ephemeral')",
            "UPDATE rooms SET direct_low = zeroblob(16) WHERE kind = 'direct'",
            "UPDATE answers SET body = x'7b7d'",
        ],
    )
    .await?;
    let operator = Installation::new()?;
    let output = operator.run(&["verify", store.url(), "--json"]).await?;
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let found: Value = serde_json::from_slice(&output.stdout)?;
    let findings: Vec<String> = found["findings"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|finding| format!("{}: {}", finding["unit"], finding["what"]).replace('"', ""))
        .collect();
    for (unit, what) in [
        ("users", "does not parse"),
        ("rooms", "does not parse"),
        ("rooms", "has 0 owners"),
        ("rooms", "is not found by its pair"),
        ("inbox_entries", "follows place 1"),
        ("answers", "does not parse"),
    ] {
        let is_found = findings.iter().any(|finding| finding.starts_with(unit) && finding.contains(what));
        assert!(is_found, "{unit} {what}: {findings:#?}");
    }
    assert_eq!(found["units"].as_array().map(Vec::len), Some(10), "{found}");

    let lines = operator.run(&["verify", store.url()]).await?;
    let printed = String::from_utf8_lossy(&lines.stdout);
    assert!(printed.ends_with(&format!("{} findings\n", findings.len())), "{printed}");

    let refused = operator.run(&["copy", "--from", store.url(), "--to", Place::surrealkv()?.url()]).await?;
    let complaint = String::from_utf8_lossy(&refused.stderr);
    let last = complaint.lines().last().unwrap_or_default();
    assert!(
        !refused.status.success() && last.contains("3 records that do not parse, nothing was copied"),
        "{complaint}"
    );
    Ok(())
}

#[tokio::test]
async fn a_store_that_cannot_be_read_ends_with_2() -> anyhow::Result<()> {
    let operator = Installation::new()?;
    for (store, words) in [
        (Place::sqlite()?.url(), "does not exist"),
        ("memory:", "one process only"),
        ("redis://x/1", "unknown"),
        ("postgres://ann:s3cret@127.0.0.1:1/parlour", "cannot open"),
    ] {
        let output = operator.run(&["verify", store]).await?;
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{store}: {complaint}");
        assert!(complaint.contains(words) && !complaint.contains("s3cret"), "{store}: {complaint}");
        assert!(output.stdout.is_empty() && complaint.lines().count() == 1, "{store}: {complaint}");
    }
    Ok(())
}
