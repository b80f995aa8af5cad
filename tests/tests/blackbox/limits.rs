//! How often one may ask, of the program as it is started.

use parlour_tests::{Installation, Store};
use serde_json::json;

#[tokio::test]
async fn limits_hold_by_default_change_by_name_and_can_be_turned_off() -> anyhow::Result<()> {
    for (chosen, allowed) in
        [("", Some(60)), ("create-room=3/h", Some(3)), ("search-users=1/h", Some(60)), ("off", None)]
    {
        let installation = Installation::with_one_store(Store::Memory)?;
        let server = installation.start_with(&["--rate-limits", chosen]).await?;
        let ann = installation.register("ann", "Ann").await?;
        let client = server.client(&ann);
        for _ in 0..allowed.unwrap_or(100) {
            client.create_room(&json!({})).await?.expect_problem(400, "malformed-request")?;
        }
        if allowed.is_some() {
            let refused = client.create_room(&json!({})).await?;
            let wait: u64 = refused.header("retry-after").parse()?;
            assert!((1..=1200).contains(&wait), "{chosen}: {wait}");
            refused.expect_problem(429, "rate-limited")?;
        }
        client.get("/auth/me").await?.expect(200)?;
    }
    Ok(())
}

#[tokio::test]
async fn limits_that_do_not_read_and_proxies_that_are_no_addresses_are_refused_at_the_start() -> anyhow::Result<()> {
    let installation = Installation::with_one_store(Store::Memory)?;
    for (arguments, word) in [
        (["--rate-limits", "create-room=often"], "N/min"),
        (["--rate-limits", "rooms=1/s"], "search-users, create-room"),
        (["--trusted-proxy", "proxy.example"], "10.0.0.0/8"),
        (["--proxy-header", "x-real-ip"], "x-forwarded-for"),
    ] {
        let output = installation.run(&[&["serve"], &arguments[..]].concat()).await?;
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(complaint.contains(word), "{complaint}");
    }
    Ok(())
}
