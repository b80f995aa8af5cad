//! SQLite, each store in a file of its own.

use parlour_store_seaorm::SqlStore;
use tempfile::TempDir;

use super::Engine;
use crate::stage::Ports;

pub(crate) struct Sqlite {
    directory: TempDir,
    stores: u32,
    open: Option<SqlStore>,
}

impl Sqlite {
    async fn close(&mut self) {
        if let Some(store) = self.open.take() {
            store.close().await;
        }
    }

    fn file(&self) -> std::path::PathBuf {
        self.directory.path().join(format!("{}.db", self.stores))
    }
}

impl Engine for Sqlite {
    async fn start() -> Self {
        Self { directory: tempfile::tempdir().unwrap(), stores: 0, open: None }
    }

    async fn empty(&mut self) -> Ports {
        self.close().await;
        if self.stores > 0 {
            std::fs::remove_file(self.file()).unwrap();
        }
        self.stores += 1;
        self.reopen().await
    }

    async fn reopen(&mut self) -> Ports {
        self.close().await;
        let store = SqlStore::connect(&format!("sqlite://{}", self.file().display())).await.unwrap();
        let ports = Ports::of(&store);
        self.open = Some(store);
        ports
    }

    async fn stop(mut self) {
        self.close().await;
    }
}
