//! Every pairing of the three stores tells the same story.

use parlour_tests::{Installation, Store, SurrealServer};

use crate::scenario::play;

macro_rules! pairings {
    ($($name:ident: $users:ident, $rooms:ident;)*) => {
        $(
            #[tokio::test]
            async fn $name() -> anyhow::Result<()> {
                play(Installation::with_stores(Store::$users, Store::$rooms)?).await
            }
        )*
    };
}

pairings! {
    users_in_memory_and_rooms_in_memory: Memory, Memory;
    users_in_memory_and_rooms_in_sqlite: Memory, Sqlite;
    users_in_memory_and_rooms_in_surrealdb: Memory, SurrealMem;
    users_in_sqlite_and_rooms_in_memory: Sqlite, Memory;
    users_in_sqlite_and_rooms_in_sqlite: Sqlite, Sqlite;
    users_in_sqlite_and_rooms_in_surrealdb: Sqlite, SurrealKv;
    users_in_surrealdb_and_rooms_in_memory: SurrealMem, Memory;
    users_in_surrealdb_and_rooms_in_sqlite: SurrealKv, Sqlite;
    users_in_surrealdb_and_rooms_in_surrealdb: SurrealKv, SurrealKv;
    users_and_rooms_where_they_are_by_default: Default, Default;
}

async fn surrealdb_server() -> anyhow::Result<Store> {
    Ok(Store::SurrealServer(SurrealServer::shared(env!("CARGO_BIN_EXE_surrealdb-server")).await?))
}

#[tokio::test]
async fn users_in_sqlite_and_rooms_on_a_surrealdb_server() -> anyhow::Result<()> {
    play(Installation::with_stores(Store::Sqlite, surrealdb_server().await?)?).await
}

#[tokio::test]
async fn users_on_a_surrealdb_server_and_rooms_in_sqlite() -> anyhow::Result<()> {
    play(Installation::with_stores(surrealdb_server().await?, Store::Sqlite)?).await
}

#[tokio::test]
async fn users_and_rooms_in_one_database_of_a_surrealdb_server() -> anyhow::Result<()> {
    play(Installation::with_one_store(surrealdb_server().await?)?).await
}

#[tokio::test]
async fn users_and_rooms_in_one_sqlite_file() -> anyhow::Result<()> {
    play(Installation::with_one_store(Store::Sqlite)?).await
}

#[tokio::test]
async fn users_and_rooms_in_one_surrealdb() -> anyhow::Result<()> {
    play(Installation::with_one_store(Store::SurrealKv)?).await
}
