//! The engine behind the store's back: damage, and its own word on what it is.

use parlour_domain::{CredentialId, RoomId, Seq, UserId};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, Statement};

/// One connection that knows nothing of the store.
pub(crate) async fn raw(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    Database::connect(options).await.expect("the database of the test")
}

/// What the engine answers under the name `version`.
pub(crate) async fn version(url: &str, question: &'static str) -> String {
    let db = raw(url).await;
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), question)).await.unwrap().unwrap();
    let version = row.try_get("", "version").unwrap();
    db.close().await.unwrap();
    version
}

/// A name that is too short.
pub(crate) async fn user(db: &DatabaseConnection, id: UserId) {
    set(db, "users", "username", "x".into(), Expr::col(Alias::new("id")).eq(id.as_uuid())).await;
}

/// A name that is too short.
pub(crate) async fn passkey(db: &DatabaseConnection, id: &CredentialId) {
    set(db, "passkeys", "name", " ".into(), Expr::col(Alias::new("id")).eq(id.as_bytes().to_vec())).await;
}

/// A kind that there is not.
pub(crate) async fn room(db: &DatabaseConnection, id: RoomId) {
    set(db, "rooms", "kind", "cellar".into(), Expr::col(Alias::new("id")).eq(id.as_uuid())).await;
}

/// An event of this entry alone, which is no event.
pub(crate) async fn entry(db: &DatabaseConnection, user: UserId, seq: Seq) {
    let event = Uuid::from_u128(user.as_uuid().as_u128() ^ u128::from(seq.get()));
    let junk = Query::insert()
        .into_table(Alias::new("events"))
        .columns(["id", "body", "kept_by"].map(Alias::new))
        .values_panic([event.into(), b"{\"v\":1}".to_vec().into(), 1.into()])
        .to_owned();
    db.execute(&junk).await.unwrap();
    let seq = i64::try_from(seq.get()).unwrap();
    let place = Expr::col(Alias::new("user_id")).eq(user.as_uuid()).and(Expr::col(Alias::new("seq")).eq(seq));
    set(db, "inbox_entries", "event_id", event.into(), place).await;
}

async fn set(db: &DatabaseConnection, table: &'static str, column: &'static str, value: Expr, place: Expr) {
    let poison = Query::update().table(Alias::new(table)).value(Alias::new(column), value).and_where(place).to_owned();
    assert_eq!(db.execute(&poison).await.unwrap().rows_affected(), 1, "{table}.{column}");
}
