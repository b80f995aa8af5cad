//! A real browser with an authenticator of its own: headless Chromium, driven through WebDriver.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::process::{Process, first_line_that};
use crate::within;

/// What keeps the browser to itself: no window, no news from outside, no sandbox, which a container has no room for, and a
/// pipe to its driver, whose end is the browser's own.
const ARGUMENTS: [&str; 10] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-pipe",
];

/// A Chromium with one page and nothing from an earlier run.
#[derive(Debug)]
pub struct Browser {
    http: reqwest::Client,
    /// Where the commands go: `http://127.0.0.1:PORT/session/ID`.
    session: String,
    _driver: Process,
    _folder: TempDir,
}

impl Browser {
    /// Starts the browser and its driver, of Debian's packages `chromium` and `chromium-driver`.
    pub async fn start() -> anyhow::Result<Self> {
        let chromium = installed("chromium", "chromium")?;
        let chromedriver = installed("chromedriver", "chromium-driver")?;
        let folder = TempDir::with_prefix("parlour-chromium-")?;
        let mut command = Command::new(chromedriver);
        command.arg("--port=0").env("HOME", folder.path()).env("TMPDIR", folder.path());
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut driver = Process::start(&mut command)?;
        let sign = "started successfully on port ";
        let stdout = driver.take_stdout()?;
        let line = within("chromedriver to listen", first_line_that(stdout, move |line| line.contains(sign))).await?;
        let line = line.context("chromedriver ended at its start")?;
        let port = line.split(sign).nth(1).map(|port| port.trim_end_matches('.')).context("a port")?;

        let mut arguments: Vec<_> = ARGUMENTS.map(str::to_owned).to_vec();
        arguments.push(format!("--user-data-dir={}", folder.path().join("profile").display()));
        let wanted = json!({
            "timeouts": {"script": 50_000},
            "goog:chromeOptions": {"binary": chromium, "args": arguments},
            "goog:loggingPrefs": {"browser": "ALL"},
        });
        let http = reqwest::Client::builder().no_proxy().build()?;
        let url = format!("http://127.0.0.1:{port}/session");
        let mut browser = Self { http, session: url, _driver: driver, _folder: folder };
        let made = browser.command(Method::POST, "", &json!({"capabilities": {"alwaysMatch": wanted}})).await?;
        let id = made["sessionId"].as_str().context("a WebDriver session has an id")?;
        browser.session = format!("{}/{id}", browser.session);
        Ok(browser)
    }

    /// Ends the browser, and waits until it has. One that is dropped ends a little later than its value, since its driver does
    /// not tell it to.
    pub async fn close(self) -> anyhow::Result<()> {
        self.command(Method::DELETE, "", &json!({})).await.map(drop)
    }

    /// Shows a page, and waits until it has loaded.
    pub async fn open(&self, url: &str) -> anyhow::Result<()> {
        self.command(Method::POST, "/url", &json!({ "url": url })).await.map(drop)
    }

    /// Calls a global function of the page and waits for what it promises; an exception is an error with its name.
    pub async fn call(&self, function: &str, arguments: &[Value]) -> anyhow::Result<Value> {
        let script = "const [name, given, done] = arguments; Promise.resolve().then(() => window[name](...given))
            .then((value) => done({ value }), (error) => done({ thrown: `${error.name}: ${error.message}` }))";
        let body = json!({"script": script, "args": [function, arguments]});
        let mut outcome = self.command(Method::POST, "/execute/async", &body).await?;
        ensure!(outcome["thrown"].is_null(), "{function}: {}", outcome["thrown"]);
        Ok(outcome["value"].take())
    }

    /// What an expression is worth in the page.
    pub async fn evaluate(&self, expression: &str) -> anyhow::Result<Value> {
        let body = json!({"script": format!("return {expression}"), "args": []});
        self.command(Method::POST, "/execute/sync", &body).await
    }

    /// What the page and the browser have complained of since this was asked last.
    pub async fn complaints(&self) -> anyhow::Result<Vec<Value>> {
        let mut logged = self.command(Method::POST, "/se/log", &json!({"type": "browser"})).await?;
        let entries = logged.as_array_mut().map(std::mem::take).context("a log")?;
        Ok(entries.into_iter().filter(|entry| entry["level"] == "SEVERE").collect())
    }

    /// Builds an authenticator into the machine: with room for passkeys, and one finger that it knows (Web
    /// Authentication Level 3, section 11).
    pub async fn add_authenticator(&self) -> anyhow::Result<String> {
        let kind = json!({
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": true,
            "hasUserVerification": true,
            "isUserVerified": true,
        });
        let id = self.command(Method::POST, "/webauthn/authenticator", &kind).await?;
        id.as_str().map(str::to_owned).context("an authenticator has an id")
    }

    /// Whether the authenticator recognises the finger from now on.
    pub async fn set_user_verified(&self, authenticator: &str, is_verified: bool) -> anyhow::Result<()> {
        let path = format!("/webauthn/authenticator/{authenticator}/uv");
        self.command(Method::POST, &path, &json!({"isUserVerified": is_verified})).await.map(drop)
    }

    /// The value that a WebDriver command answers (WebDriver, section 6).
    async fn command(&self, method: Method, path: &str, body: &Value) -> anyhow::Result<Value> {
        let request = self.http.request(method, format!("{}{path}", self.session)).json(body);
        let answer = within("the browser", async { request.send().await?.json::<Value>().await }).await?;
        let mut answer = answer.with_context(|| format!("the command {path}"))?;
        let value = answer["value"].take();
        ensure!(value["error"].is_null(), "the command {path}: {}: {}", value["error"], value["message"]);
        Ok(value)
    }
}

/// Where a program is that Debian has in that package.
fn installed(program: &str, package: &str) -> anyhow::Result<PathBuf> {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&folders).map(|folder| folder.join(program)).find(|path| path.is_file());
    found.with_context(|| format!("{program} is not installed; it is in Debian's package {package}"))
}
