//! The page of the tests, shown by a browser and served from an origin that the program knows.

use anyhow::ensure;
use parlour_tests::{Browser, Installation, Server, Store};
use serde_json::{Value, json};

use crate::site::Site;

/// Somebody's browser on our page, with the program behind it.
pub(crate) struct Page {
    pub(crate) browser: Browser,
    pub(crate) authenticator: String,
    pub(crate) installation: Installation,
    pub(crate) server: Server,
    site: Site,
}

impl Page {
    pub(crate) async fn open() -> anyhow::Result<Self> {
        let browser = Browser::start().await?;
        let authenticator = browser.add_authenticator().await?;
        let site = Site::start().await?;
        let installation = Installation::with_one_store(Store::Sqlite)?;
        let origin = site.origin();
        let flags = ["--cors-origin", origin, "--rp-origin", origin, "--insecure-cookies"];
        let server = installation.start_with(&flags).await?;
        let page = Self { browser, authenticator, installation, server, site };
        page.show(&page.site).await?;
        Ok(page)
    }

    /// Shows the page of a site.
    pub(crate) async fn show(&self, site: &Site) -> anyhow::Result<()> {
        self.browser.open(&format!("{}/?api={}", site.origin(), self.api())).await
    }

    /// Where the page finds the program. Its host is the page's, or the two would be different sites and the cookie of
    /// one would not go to the other.
    pub(crate) fn api(&self) -> String {
        self.server.url().replace("127.0.0.1", "localhost")
    }

    pub(crate) async fn close(self) -> anyhow::Result<()> {
        self.browser.close().await
    }

    /// Shows our own page again.
    pub(crate) async fn come_back(&self) -> anyhow::Result<()> {
        self.show(&self.site).await
    }

    /// What the page answers that must come with this status.
    pub(crate) async fn expect(&self, status: u16, function: &str, arguments: &[Value]) -> anyhow::Result<Value> {
        let mut answer = self.browser.call(function, arguments).await?;
        ensure!(answer["status"] == status, "{function}: {status} expected, not {answer}");
        Ok(answer["body"].take())
    }

    /// Asks the program from the page.
    pub(crate) async fn ask(&self, status: u16, method: &str, path: &str) -> anyhow::Result<Value> {
        self.expect(status, "ask", &[json!(method), json!(path)]).await
    }
}
