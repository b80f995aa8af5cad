//! The routes that are for machines and for readers.

use parlour_tests::{Installation, Store};
use reqwest::Method;
use serde_json::Value;

#[tokio::test]
async fn health_readiness_and_the_reference_are_served_to_everyone() -> anyhow::Result<()> {
    let server = Installation::with_one_store(Store::Memory)?;
    let server = server.start().await?;
    let nobody = server.stranger();
    nobody.get("/health").await?.expect(200)?;
    nobody.get("/ready").await?.expect(200)?;
    let openapi = nobody.get("/openapi.json").await?.expect(200)?;
    assert!(openapi["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")), "{}", openapi["openapi"]);
    for path in ["/rooms", "/rooms/{id}", "/inbox", "/health", "/ready"] {
        assert!(is_described(&openapi, path), "{path} is described");
    }
    let page = reqwest::get(format!("{}/docs/", server.url())).await?.error_for_status()?.text().await?;
    assert!(page.contains("<html"), "{page}");
    assert!(!page.contains("https://"), "the page needs nothing from elsewhere");
    Ok(())
}

/// A path parameter may have any name.
fn is_described(openapi: &Value, path: &str) -> bool {
    let unnamed = |path: &str| path.split('{').next().unwrap_or_default().to_owned();
    let paths = openapi["paths"].as_object().into_iter().flatten();
    paths.map(|(known, _)| known).any(|known| unnamed(known) == unnamed(path))
}

#[tokio::test]
async fn absent_routes_and_wrong_methods_are_problems() -> anyhow::Result<()> {
    let installation = Installation::with_one_store(Store::Memory)?;
    let server = installation.start().await?;
    let ann = server.client(&installation.register("ann", "Ann").await?);
    for path in ["/", "/room", "/rooms/x/y/z", "/.env", "/rooms/..%2f..%2fetc", "/%00", "/%F0%28%8C%28"] {
        let reply = ann.get(path).await?;
        assert!([400, 404].contains(&reply.status), "{path}: {}", reply.status);
    }
    for (method, path, allowed) in [
        (Method::PUT, "/rooms", ["GET", "POST"]),
        (Method::DELETE, "/rooms", ["GET", "POST"]),
        (Method::POST, "/rooms/0192f0c1-2345-7000-8000-00000000dead", ["GET", "DELETE"]),
    ] {
        let reply = ann.send(ann.request(method, path)).await?;
        let allow = reply.header("allow").to_owned();
        assert!(allowed.iter().all(|method| allow.contains(method)), "{path} allows {allow:?}");
        reply.expect_problem(405, "method-not-allowed")?;
    }
    Ok(())
}
