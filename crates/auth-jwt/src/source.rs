//! Where the keys are.

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;
use std::time::Duration;

use reqwest::Client;
use reqwest::redirect::Policy;
use url::{Host, Url};

use crate::config::InvalidJwtConfig;

/// A key set of any provider has a few KiB.
const MOST_BYTES: usize = 256 * 1024;

/// How long a provider may take to answer; callers wait for it.
const ANSWERS_WITHIN: Duration = Duration::from_secs(4);

/// Where the keys are.
#[derive(Debug, Clone)]
pub(crate) enum KeySource {
    File(PathBuf),
    Url(Box<Url>),
}

/// Why the keys could not be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unreadable {
    #[error("key set has more than {MOST_BYTES} bytes")]
    TooLarge,
    #[error("key set was answered with status {0}")]
    Status(u16),
    #[error("key set cannot be fetched")]
    Http(#[from] reqwest::Error),
    #[error("key set cannot be read")]
    File(#[from] std::io::Error),
    #[error("reading of the key set was given up")]
    GivenUp(#[from] tokio::task::JoinError),
}

impl KeySource {
    pub(crate) fn parse(place: &str) -> Result<Self, InvalidJwtConfig> {
        let refused = |why| Err(InvalidJwtConfig::Place { place: place.to_owned(), why });
        if place.is_empty() {
            return refused("must be a path or a URL");
        }
        if !place.contains("://") {
            return Ok(Self::File(place.into()));
        }
        let Ok(url) = Url::parse(place) else { return refused("is no URL") };
        if !url.username().is_empty() || url.password().is_some() {
            return refused("must not name a user");
        }
        match url.scheme() {
            "https" => Ok(Self::Url(Box::new(url))),
            "http" if is_loopback(&url) => Ok(Self::Url(Box::new(url))),
            "http" => refused("must be https:// unless it is on this machine"),
            _ => refused("must be a path or begin with https://"),
        }
    }

    /// The bytes of the key set as they are now.
    pub(crate) async fn read(&self) -> Result<Vec<u8>, Unreadable> {
        match self {
            Self::File(path) => {
                let path = path.clone();
                let reading = tokio::task::spawn_blocking(move || {
                    let mut bytes = Vec::new();
                    File::open(path)?.take(MOST_BYTES as u64 + 1).read_to_end(&mut bytes)?;
                    Ok::<_, std::io::Error>(bytes)
                });
                let bytes = reading.await??;
                if bytes.len() > MOST_BYTES { Err(Unreadable::TooLarge) } else { Ok(bytes) }
            }
            Self::Url(url) => fetch(url).await,
        }
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// A connection is used once: the next fetch is minutes away, and may be made by another thread's runtime. A redirect is
/// not followed, since it could lead to where nobody vouches for the keys.
async fn fetch(url: &Url) -> Result<Vec<u8>, Unreadable> {
    let client = Client::builder().timeout(ANSWERS_WITHIN).redirect(Policy::none()).pool_max_idle_per_host(0);
    let client = if is_loopback(url) { client.no_proxy() } else { client };
    let mut response = client.build()?.get(url.clone()).send().await?;
    if response.status() != reqwest::StatusCode::OK {
        return Err(Unreadable::Status(response.status().as_u16()));
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if bytes.len() + chunk.len() > MOST_BYTES {
            return Err(Unreadable::TooLarge);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}
