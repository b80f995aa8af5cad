//! What people have said of themselves is what is said of them.

use std::collections::BTreeSet;

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use super::ledger::{About, Ledger};
use super::{Crowd, Hermit, LIVE, NOT_BLOCKED};
use crate::Server;

pub(super) async fn what_was_said(crowd: &Crowd, server: &Server, ledger: &Ledger) -> anyhow::Result<()> {
    for (at, hermit) in crowd.hermits.iter().enumerate() {
        let client = server.client(&hermit.person);
        let name = text(&client.get("/auth/me").await?.expect(200)?, "display_name")?;
        assert_is_known(ledger, at, &About::Name, &hermit.person.display_name, &name)?;
        is_found(crowd, server, hermit, &name).await?;

        let blocks = client.get("/auth/blocks").await?.expect(200)?;
        let blocked = all(&blocks["blocks"], "user_id")?;
        for person in &crowd.people {
            let is = if blocked.contains(&person.id) { "blocked" } else { NOT_BLOCKED };
            assert_is_known(ledger, at, &About::Block(person.id.clone()), NOT_BLOCKED, is)?;
        }
        let live = all(&client.get("/auth/sessions").await?.expect(200)?["sessions"], "id")?;
        for session in &hermit.sessions {
            let is = if live.contains(session) { LIVE.to_owned() } else { format!("not {LIVE}") };
            assert_is_known(ledger, at, &About::Session(session.clone()), LIVE, &is)?;
        }
    }
    Ok(())
}

/// What is there was acknowledged last, or is in doubt.
fn assert_is_known(ledger: &Ledger, by: usize, about: &About, at_first: &str, found: &str) -> anyhow::Result<()> {
    let (known, doubted) = ledger.said(by, about);
    let known = known.unwrap_or(at_first);
    let is_known = found == known || doubted.is_some_and(|doubted| doubted.contains(found));
    ensure!(is_known, "{about:?} was acknowledged as {known:?}, and is {found:?}; in doubt were {doubted:?}");
    Ok(())
}

/// The name that is shown is the name that is searched.
async fn is_found(crowd: &Crowd, server: &Server, hermit: &Hermit, name: &str) -> anyhow::Result<()> {
    let found = crowd.client(server, 0).post("/auth/users/search", &json!({"query": name})).await?.expect(200)?;
    let ids = all(&found["users"], "id")?;
    ensure!(ids.contains(&hermit.person.id), "{name:?} does not find {}: {found}", hermit.person.username);
    Ok(())
}

fn all(list: &Value, field: &str) -> anyhow::Result<BTreeSet<String>> {
    list.as_array().context("a list")?.iter().map(|one| text(one, field)).collect()
}

fn text(of: &Value, field: &str) -> anyhow::Result<String> {
    of[field].as_str().map(str::to_owned).with_context(|| format!("{field} of {of}"))
}
