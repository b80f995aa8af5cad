//! A SurrealDB server: a database of its own for each store.

use parlour_store_surrealdb::SurrealStore;
use parlour_tests::{Doors, Kept, SurrealServer};

use super::Engine;
use crate::stage::Ports;

pub(crate) struct Remote {
    server: SurrealServer,
    made: u32,
    open: Option<SurrealStore>,
}

impl Engine for Remote {
    async fn start() -> Self {
        let program = env!("CARGO_BIN_EXE_surrealdb-server");
        let server = SurrealServer::start(program, Kept::InMemory, Doors::Open).await.unwrap();
        Self { server, made: 0, open: None }
    }

    async fn empty(&mut self) -> Ports {
        if let Some(store) = &self.open {
            // A thousand databases would fill the server's memory.
            store.run_raw(&format!("REMOVE DATABASE IF EXISTS `{}`", name(self.made))).await.unwrap();
        }
        self.made += 1;
        self.reopen().await
    }

    async fn reopen(&mut self) -> Ports {
        if let Some(store) = self.open.take() {
            store.close().await;
        }
        // A busy machine is no difference: what is answered late is answered.
        let url = format!("ws://{}/tests/{}?timeout=60", self.server.address(), name(self.made));
        let store = SurrealStore::connect(&url).await.unwrap();
        Ports::of(self.open.insert(store))
    }

    async fn stop(mut self) {
        if let Some(store) = self.open.take() {
            store.close().await;
        }
        self.server.stop().await.unwrap();
    }
}

fn name(number: u32) -> String {
    format!("script-{number}")
}
