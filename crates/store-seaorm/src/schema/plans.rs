//! What is asked on every request walks an index on SQLite, however much is stored.

use parlour_domain::{RoomCursor, RoomId, Seq, Timestamp, UserId};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::SelectStatement;
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryTrait, Statement};
use tempfile::TempDir;

use crate::row::{answer, session, user};
use crate::{SqlStore, inbox_repo, room_repo};

const SOMEBODY: UserId = UserId::from_uuid(Uuid::nil());

async fn store() -> (TempDir, SqlStore) {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", directory.path().join("parlour.db").display());
    let store = SqlStore::connect(&url).await.unwrap();
    (directory, store)
}

/// The steps of the engine's plan: each walks a table, and says by which index or that it scans.
async fn plan(store: &SqlStore, query: Statement) -> Vec<String> {
    let explain = Statement { sql: format!("EXPLAIN QUERY PLAN {}", query.sql), ..query };
    let steps = store.reading().query_all_raw(explain).await.unwrap();
    steps.iter().map(|step| step.try_get("", "detail").unwrap()).collect()
}

fn built(query: &SelectStatement) -> Statement {
    DbBackend::Sqlite.build(query)
}

#[tokio::test(flavor = "multi_thread")]
async fn no_hot_query_scans_a_table() {
    let (_directory, store) = store().await;
    let id = Uuid::nil();
    let now = Timestamp::from_micros(0).unwrap();
    let hot = [
        user::Entity::find().filter(user::Column::Id.is_in([id, id])).build(DbBackend::Sqlite),
        user::Entity::find().filter(user::Column::UsernameKey.eq("alice")).build(DbBackend::Sqlite),
        session::Entity::find().filter(session::Column::TokenHash.eq(vec![0_u8; 32])).build(DbBackend::Sqlite),
        session::Entity::find().filter(session::Column::UserId.eq(id)).build(DbBackend::Sqlite),
        answer::Entity::find_by_id((id, "key".to_owned())).build(DbBackend::Sqlite),
        built(&room_repo::room_of_id(RoomId::from_uuid(id))),
        built(&room_repo::room_of_pair(parlour_domain::DirectPair::new(SOMEBODY, SOMEBODY))),
        built(&room_repo::expired_rooms(now, 10)),
        built(&inbox_repo::page(SOMEBODY, Seq::ZERO, 10)),
    ];
    for query in hot {
        let steps = plan(&store, query.clone()).await;
        assert!(!steps.is_empty(), "{query}");
        // The rooms that were chosen by an index are walked once more beside their participants.
        let is_scan = |step: &&String| step.starts_with("SCAN") && !step.starts_with("SCAN chosen");
        assert_eq!(steps.iter().find(is_scan), None, "{query}\n{steps:#?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_rooms_is_read_off_the_index_of_activity_without_sorting_all_rooms() {
    let (_directory, store) = store().await;
    let now = Timestamp::from_micros(0).unwrap();
    let cursor = RoomCursor { updated_at: now, room_id: RoomId::from_uuid(Uuid::nil()) };
    for after in [None, Some(cursor)] {
        let steps = plan(&store, built(&room_repo::page_of(SOMEBODY, now, after, 10))).await;
        let walk = if after.is_some() { "(user_id=? AND room_updated_at<?)" } else { "(user_id=?)" };
        let is_walk = |step: &String| step.contains("participants_by_activity") && step.ends_with(walk);
        assert!(steps.iter().any(is_walk), "{steps:#?}");
        assert!(steps.iter().all(|step| !step.contains("TEMP B-TREE")), "{steps:#?}");
    }
}
