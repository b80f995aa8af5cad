//! Every pairing of the three stores tells the same story.

use parlour_tests::{Installation, Store};

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

#[tokio::test]
async fn users_and_rooms_in_one_sqlite_file() -> anyhow::Result<()> {
    play(Installation::with_one_store(Store::Sqlite)?).await
}

#[tokio::test]
async fn users_and_rooms_in_one_surrealdb() -> anyhow::Result<()> {
    play(Installation::with_one_store(Store::SurrealKv)?).await
}
