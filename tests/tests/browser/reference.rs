//! The reference that the program serves at `/docs`.

use parlour_tests::eventually;

use crate::page::Page;

#[tokio::test]
async fn the_reference_shows_every_route_and_its_policy_lets_it() -> anyhow::Result<()> {
    let page = Page::open().await?;
    page.browser.open(&format!("{}/docs", page.api())).await?;
    let shown = eventually("the reference", async || {
        let title = page.browser.evaluate("document.querySelector('.swagger-ui .info .title')?.innerText").await?;
        Ok(title.as_str().map(str::to_owned))
    });
    assert!(shown.await?.starts_with("Parlour"));
    eventually("the routes", async || {
        let routes = page.browser.evaluate("document.querySelectorAll('.swagger-ui .opblock').length").await?;
        Ok(Some(()).filter(|()| routes.as_u64() > Some(20)))
    })
    .await?;
    let complaints = page.browser.complaints().await?;
    assert!(complaints.is_empty(), "{complaints:#?}");
    page.close().await
}
