//! A page of an origin that is not configured, in the browser of somebody who is signed in.
//!
//! It is on the same host, so the browser does send it along with the cookie: only the program tells it from ours.

use anyhow::Context;
use parlour_tests::eventually;
use serde_json::{Value, json};

use crate::page::Page;
use crate::site::Site;

async fn assert_blocked(page: &Page, arguments: &[Value]) -> anyhow::Result<()> {
    let blocked = page.browser.call("ask", arguments).await.err().context("the browser tells the page nothing")?;
    assert!(blocked.to_string().contains("TypeError: Failed to fetch"), "{arguments:?}: {blocked:#}");
    Ok(())
}

#[tokio::test]
async fn a_foreign_page_reads_changes_and_hears_nothing() -> anyhow::Result<()> {
    let page = Page::open().await?;
    let ann = page.expect(201, "register", &[json!("ann")]).await?;
    let foreign = Site::start().await?;
    page.show(&foreign).await?;
    for path in ["/auth/me", "/auth/passkeys", "/auth/sessions", "/rooms", "/inbox"] {
        assert_blocked(&page, &[json!("GET"), json!(path)]).await?;
    }
    assert_blocked(&page, &[json!("POST"), json!("/auth/register/begin"), json!({"username": "eve"})]).await?;
    assert_blocked(&page, &[json!("DELETE"), json!("/auth/sessions")]).await?;
    // A socket is accepted before it is refused, so that the page learns why.
    page.browser.call("listen", &[]).await?;
    assert_eq!(page.browser.call("hear", &[]).await?["error_code"], "unauthorized");
    assert_eq!(page.browser.call("hear", &[]).await?, json!({"closed": 4401}));
    // This one arrives, with the cookie.
    page.browser.call("submit", &[json!("/auth/logout")]).await?;
    eventually("the refusal", async || {
        let shown = page.browser.evaluate("document.body?.innerText").await?;
        Ok(Some(()).filter(|()| shown.as_str().is_some_and(|text| text.contains("/problems/forbidden"))))
    })
    .await?;

    page.come_back().await?;
    assert_eq!(page.ask(200, "GET", "/auth/me").await?, ann);
    assert_eq!(page.browser.call("listen", &[]).await?, true);
    page.close().await
}

/// Who makes the page show a challenge of ours gets an answer that names their own page.
#[tokio::test]
async fn what_a_passkey_signs_for_a_foreign_page_lets_nobody_in() -> anyhow::Result<()> {
    let page = Page::open().await?;
    let ann = page.expect(201, "register", &[json!("ann")]).await?;
    let thief = page.server.stranger();
    let foreign = Site::start().await?;
    page.show(&foreign).await?;
    let options = thief.post("/auth/authenticate/begin", &json!({"username": "ann"})).await?.expect(200)?;
    let signed = page.browser.call("get", &[options]).await?;
    let body = json!({ "credential": signed });
    thief.post("/auth/authenticate/complete", &body).await?.expect_problem(401, "unauthenticated")?;

    page.come_back().await?;
    let options = thief.post("/auth/authenticate/begin", &json!({"username": "ann"})).await?.expect(200)?;
    let signed = page.browser.call("get", &[options]).await?;
    let body = json!({ "credential": signed });
    assert_eq!(thief.post("/auth/authenticate/complete", &body).await?.expect(200)?, ann);
    page.close().await
}
