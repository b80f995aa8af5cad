//! Where a store may be.

use tempfile::TempDir;

/// A place for one store, which goes with it.
pub(crate) struct Place {
    url: String,
    _kept: Box<dyn std::any::Any + Send + Sync>,
}

impl Place {
    pub(crate) fn new(url: String, kept: impl std::any::Any + Send + Sync) -> Self {
        Self { url, _kept: Box::new(kept) }
    }

    pub(crate) fn sqlite() -> anyhow::Result<Self> {
        let folder = TempDir::with_prefix("parlour-")?;
        Ok(Self::new(format!("sqlite://{}/store.db", folder.path().display()), folder))
    }

    pub(crate) fn surrealkv() -> anyhow::Result<Self> {
        let folder = TempDir::with_prefix("parlour-")?;
        Ok(Self::new(format!("surrealkv://{}/store", folder.path().display()), folder))
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}
