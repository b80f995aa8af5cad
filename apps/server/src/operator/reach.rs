//! Finds the desk: the running server's, or one on a store that this process opens.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use tokio::net::UnixStream;

use super::socket::SocketPath;
use super::{Desk, RemoteDesk};
use crate::compose::open_desk;
use crate::config::Settings;
use crate::data_dir::{DataDir, DataDirError};
use crate::store::Store;

/// How long a server that holds the directory may take until it answers: it may be starting or stopping.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(50);

/// A desk, and what has to be closed after it was used.
pub(crate) struct Reached {
    /// The desk.
    pub(crate) desk: Box<dyn Desk>,
    opened: Option<(Store, DataDir)>,
}

impl Reached {
    /// Closes what was opened.
    pub(crate) async fn close(self) {
        if let Some((store, data_dir)) = self.opened {
            store.close().await;
            drop(data_dir);
        }
    }
}

/// Speaks to the server that runs on the data directory, or opens the user store while none does. A running server knows
/// itself how long sessions live.
///
/// # Errors
/// When the directory is held by something that does not answer, or the store cannot be opened.
pub(crate) async fn reach(settings: &Settings) -> anyhow::Result<Reached> {
    let begun = Instant::now();
    loop {
        if let Some(desk) = running_server(&settings.data.data_dir).await? {
            return Ok(Reached { desk: Box::new(desk), opened: None });
        }
        match DataDir::hold(&settings.data.data_dir) {
            Ok(data_dir) => return open(settings, data_dir).await,
            Err(DataDirError::InUse { .. }) if begun.elapsed() < PATIENCE => tokio::time::sleep(PAUSE).await,
            Err(error @ DataDirError::InUse { .. }) => {
                return Err(error).context("operator socket does not answer");
            }
            Err(error) => return Err(error.into()),
        }
    }
}

async fn running_server(directory: &Path) -> anyhow::Result<Option<RemoteDesk>> {
    if !directory.is_dir() {
        return Ok(None);
    }
    let socket = SocketPath::of(directory)?;
    match UnixStream::connect(socket.short()).await {
        Ok(_) => RemoteDesk::new(socket).map(Some),
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
            Err(error).context(format!("operator socket in {} belongs to another user", directory.display()))
        }
        Err(_) => Ok(None),
    }
}

async fn open(settings: &Settings, data_dir: DataDir) -> anyhow::Result<Reached> {
    let url = settings.data.user_store_url(data_dir.path())?;
    if url.is_volatile() {
        let directory = settings.data.data_dir.display();
        bail!("user store {url} lives in a running server only, and none runs on data directory {directory}");
    }
    let (desk, store) = open_desk(&url, settings.sessions.lifetime()?).await?;
    Ok(Reached { desk: Box::new(desk), opened: Some((store, data_dir)) })
}
