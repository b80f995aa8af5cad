//! People with passkeys.

use anyhow::Context;
use serde_json::json;

use crate::page::Page;

#[tokio::test]
async fn somebody_registers_listens_goes_and_comes_back_by_name_and_without_one() -> anyhow::Result<()> {
    let page = Page::open().await?;
    let ben = page.installation.register("ben", "Ben").await?;
    let ann = page.expect(201, "register", &[json!("ann")]).await?;
    assert_eq!(page.ask(200, "GET", "/auth/me").await?, ann);
    assert_eq!(page.browser.evaluate("document.cookie").await?, "", "no script can read the session");

    assert_eq!(page.browser.call("listen", &[]).await?, true);
    let body = json!({"participant_id": ann["id"]});
    let room = page.server.client(&ben).create_room(&body).await?.expect(201)?;
    let told = page.browser.call("hear", &[]).await?;
    assert_eq!((&told["type"], &told["room_id"]), (&json!("room_created"), &room["id"]));
    page.ask(204, "POST", "/auth/logout").await?;
    assert_eq!(page.browser.call("hear", &[]).await?["error_code"], "unauthorized");
    assert_eq!(page.browser.call("hear", &[]).await?, json!({"closed": 4401}));
    page.ask(401, "GET", "/auth/me").await?;

    for name in [json!({"username": "Ann"}), json!({})] {
        assert_eq!(page.expect(200, "signIn", &[name]).await?, ann);
        assert_eq!(page.ask(200, "GET", "/auth/me").await?, ann);
        let passkeys = page.ask(200, "GET", "/auth/passkeys").await?["passkeys"].take();
        assert_eq!((passkeys.as_array().map(Vec::len), &passkeys[0]["name"]), (Some(1), &json!("Built in")));
        assert!(passkeys[0]["last_used_at"].is_string(), "{passkeys}");
        page.ask(204, "POST", "/auth/logout").await?;
    }
    page.close().await
}

#[tokio::test]
async fn who_is_not_recognised_by_the_device_does_not_get_in() -> anyhow::Result<()> {
    let page = Page::open().await?;
    let ann = page.expect(201, "register", &[json!("ann")]).await?;
    page.ask(204, "POST", "/auth/logout").await?;
    page.browser.set_user_verified(&page.authenticator, false).await?;
    let refused = page.browser.call("signIn", &[json!({})]).await.err().context("the device refuses")?;
    assert!(refused.to_string().contains("NotAllowedError"), "{refused:#}");

    // A page can talk the device out of asking, but not the program.
    let careless = json!({"userVerification": "discouraged"});
    page.expect(401, "signIn", &[json!({}), careless.clone()]).await?;
    page.ask(401, "GET", "/auth/me").await?;
    page.browser.set_user_verified(&page.authenticator, true).await?;
    assert_eq!(page.expect(200, "signIn", &[json!({})]).await?, ann);
    page.close().await
}

#[tokio::test]
async fn a_device_signs_with_any_algorithm_that_both_sides_know() -> anyhow::Result<()> {
    for (algorithm, name) in [(-7, "es256"), (-8, "eddsa"), (-257, "rs256")] {
        let page = Page::open().await?;
        let only = json!({"pubKeyCredParams": [{"type": "public-key", "alg": algorithm}]});
        let person = page.expect(201, "register", &[json!(name), only]).await?;
        page.ask(204, "POST", "/auth/logout").await?;
        assert_eq!(page.expect(200, "signIn", &[json!({})]).await?, person);
        page.close().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_device_gets_no_second_passkey_of_one_person() -> anyhow::Result<()> {
    let page = Page::open().await?;
    page.expect(201, "register", &[json!("ann")]).await?;
    let refused = page.browser.call("addPasskey", &[]).await.err().context("the device refuses")?;
    assert!(refused.to_string().contains("InvalidStateError"), "{refused:#}");
    let passkeys = page.ask(200, "GET", "/auth/passkeys").await?["passkeys"].take();
    assert_eq!(passkeys.as_array().map(Vec::len), Some(1));
    let only = passkeys[0]["id"].as_str().context("a passkey has an id")?;
    page.ask(409, "DELETE", &format!("/auth/passkeys/{only}")).await?;
    page.close().await
}
