//! The names of users whom older versions wrote are found as those of new ones are.

use parlour_domain::port::{ProfileRepo, UserRepo};
use parlour_domain::{DisplayName, SearchQuery, User, Username};
use parlour_store_contract::fixture::{user, uuid};
use sea_orm::ActiveValue::NotSet;
use sea_orm::{DatabaseConnection, EntityTrait, IntoActiveModel, TransactionOptions};
use sea_orm_migration::{MigrationTrait, MigratorTrait};

use super::super::{V1, V2, V3, V4, bring_up_to_date};
use crate::SqlStore;
use crate::row::user;

/// A program that cannot search for users.
struct BeforeSearch;

impl MigratorTrait for BeforeSearch {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(V1), Box::new(V2), Box::new(V3)]
    }
}

/// A program that folds a sigma at the end of a word to another letter than elsewhere.
struct BeforeSigma;

impl MigratorTrait for BeforeSigma {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(V1), Box::new(V2), Box::new(V3), Box::new(V4)]
    }
}

/// More than are folded at once.
const USERS_BEFORE: usize = 1_100;

async fn insert(db: &DatabaseConnection, users: impl Iterator<Item = user::ActiveModel>) {
    for users in users.collect::<Vec<_>>().chunks(100) {
        user::Entity::insert_many(users.to_vec()).exec_without_returning(db).await.unwrap();
    }
}

/// As a version wrote it that could not search.
fn not_folded(row: user::Model) -> user::ActiveModel {
    user::ActiveModel { username_folded: NotSet, display_name_folded: NotSet, ..row.into_active_model() }
}

async fn names_of_before_are_found(url: &str, db: &DatabaseConnection, options: TransactionOptions) {
    bring_up_to_date::<BeforeSearch>(db, options, "the database").await.unwrap();
    let users: Vec<User> = (0..USERS_BEFORE)
        .map(|n| User { display_name: DisplayName::parse(&format!("Zo\u{eb} {n:04}")).unwrap(), ..user() })
        .collect();
    insert(db, users.iter().map(|user| not_folded(user::Model::from(user)))).await;
    let store = SqlStore::connect(url).await.unwrap();
    for (query, found) in [("zoe", USERS_BEFORE), ("ZOE 10", 100), ("zoe 0042", 1)] {
        assert_eq!(found_as(&store, query).await, found, "{query:?}");
    }
    store.close().await;
}

async fn found_as(store: &SqlStore, query: &str) -> usize {
    let nobody = parlour_domain::UserId::from_uuid(uuid());
    store.search(&SearchQuery::parse(query).unwrap(), nobody, u32::MAX).await.unwrap().len()
}

/// As the version before searches for a name.
const KOS_BEFORE: &str = "\u{3ba}\u{3c9}\u{3c2}";
const KOS: &str = "\u{39a}\u{3a9}\u{3a3}";

/// Somebody called Kos whose names the version before has folded.
fn kos(n: usize) -> user::Model {
    let username = Username::parse(&format!("{KOS}-{n}")).unwrap();
    let user = User { username, display_name: DisplayName::parse(KOS).unwrap(), ..user() };
    let folded = |rest: &str| Some(format!("{KOS_BEFORE}{rest}"));
    let row = user::Model::from(&user);
    user::Model { username_folded: folded(&format!("-{n}")), display_name_folded: folded(""), ..row }
}

async fn names_are_folded_anew(url: &str, db: &DatabaseConnection, options: TransactionOptions) {
    bring_up_to_date::<BeforeSigma>(db, options, "the database").await.unwrap();
    let others = (0..USERS_BEFORE).map(|_| user::Model::from(&user()));
    insert(db, others.chain([kos(1), kos(2)]).map(IntoActiveModel::into_active_model)).await;
    let store = SqlStore::connect(url).await.unwrap();
    for (query, found) in [(KOS, 2), (KOS_BEFORE, 2), ("\u{3ba}\u{3c9}\u{3c3}-2", 1)] {
        assert_eq!(found_as(&store, query).await, found, "{query:?}");
    }
    assert_eq!(store.list(None, u32::MAX).await.unwrap().len(), USERS_BEFORE + 2);
    store.close().await;
}

#[cfg(feature = "sqlite")]
mod sqlite {
    use super::super::sqlite::{IMMEDIATE, file};
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn names_of_an_older_version_are_found_on_sqlite() {
        let (_directory, url, db) = file().await;
        names_of_before_are_found(&url, &db, IMMEDIATE).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn names_that_an_older_version_folded_are_found_on_sqlite() {
        let (_directory, url, db) = file().await;
        names_are_folded_anew(&url, &db, IMMEDIATE).await;
    }
}

#[cfg(feature = "server-tests")]
mod server {
    use sea_orm::prelude::Uuid;
    use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, QueryFilter, QuerySelect, Statement};

    use super::super::super::fold_names::fold_names;
    use super::super::Current;
    use super::*;
    use crate::connect::server::for_migration;
    use crate::scratch::{Engine, MySql, Postgres, Scratch};

    async fn are_found<E: Engine>() {
        let database = Scratch::<E>::make().await;
        let db = for_migration(&database.url()).await.unwrap();
        names_of_before_are_found(&database.url(), &db, TransactionOptions::default()).await;
        db.close().await.unwrap();
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn names_of_an_older_version_are_found_on_postgres() {
        are_found::<Postgres>().await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn names_of_an_older_version_are_found_on_mysql() {
        are_found::<MySql>().await;
    }

    async fn are_folded_anew<E: Engine>() {
        let database = Scratch::<E>::make().await;
        let db = for_migration(&database.url()).await.unwrap();
        names_are_folded_anew(&database.url(), &db, TransactionOptions::default()).await;
        db.close().await.unwrap();
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn names_that_an_older_version_folded_are_found_on_postgres() {
        are_folded_anew::<Postgres>().await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn names_that_an_older_version_folded_are_found_on_mysql() {
        are_folded_anew::<MySql>().await;
    }

    /// Each brings a database with rows up to date, beside the others, and from each of the versions before.
    async fn many_bring_rows_up_at_once<E: Engine>() {
        for is_folded in [false, true] {
            let database = Scratch::<E>::make().await;
            let db = for_migration(&database.url()).await.unwrap();
            let (options, rows) = (TransactionOptions::default(), (0..USERS_BEFORE).map(kos));
            if is_folded {
                bring_up_to_date::<BeforeSigma>(&db, options, "the database").await.unwrap();
                insert(&db, rows.map(IntoActiveModel::into_active_model)).await;
            } else {
                bring_up_to_date::<BeforeSearch>(&db, options, "the database").await.unwrap();
                insert(&db, rows.map(not_folded)).await;
            }
            db.close().await.unwrap();
            let opening = (0..4).map(|_| {
                let url = database.url();
                tokio::spawn(async move { SqlStore::connect(&url).await })
            });
            for opened in opening.collect::<Vec<_>>() {
                let store = opened.await.unwrap().unwrap();
                assert_eq!(store.list(None, u32::MAX).await.unwrap().len(), USERS_BEFORE);
                assert_eq!(found_as(&store, KOS).await, USERS_BEFORE);
                store.close().await;
            }
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn many_nodes_may_bring_rows_up_on_postgres_at_once() {
        many_bring_rows_up_at_once::<Postgres>().await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn many_nodes_may_bring_rows_up_on_mysql_at_once() {
        many_bring_rows_up_at_once::<MySql>().await;
    }

    /// How many transactions a connection has committed, beside the statements that commit by themselves.
    async fn commits_of(connection: &DatabaseConnection) -> usize {
        let ask = Statement::from_string(DbBackend::MySql, "SHOW SESSION STATUS LIKE 'Com_commit'");
        let said = connection.query_one_raw(ask).await.unwrap().unwrap();
        said.try_get_by_index::<String>(1).unwrap().parse().unwrap()
    }

    /// MySQL waits for its disk at each commit.
    #[tokio::test(flavor = "multi_thread")]
    async fn names_are_folded_on_mysql_many_at_a_commit() {
        let database = Scratch::<MySql>::make().await;
        let db = for_migration(&database.url()).await.unwrap();
        bring_up_to_date::<BeforeSigma>(&db, TransactionOptions::default(), "the database").await.unwrap();
        insert(&db, (0..USERS_BEFORE).map(kos).map(IntoActiveModel::into_active_model)).await;
        db.close().await.unwrap();
        let raw = database.raw().await;
        let before = commits_of(&raw).await;
        fold_names(&raw).await.unwrap();
        let commits = commits_of(&raw).await - before;
        raw.close().await.unwrap();
        assert_eq!(commits, 11, "for {USERS_BEFORE} users");
        everyone_is_found(&database, USERS_BEFORE, "many at a commit").await;
    }

    async fn everyone_is_found(database: &Scratch<MySql>, everyone: usize, when: &str) {
        let store = SqlStore::connect(&database.url()).await.unwrap();
        assert_eq!(found_as(&store, KOS).await, everyone, "{when}");
        store.close().await;
        let raw = database.raw().await;
        assert_eq!(Current::get_migration_models(&raw).await.unwrap().len(), Current::migrations().len(), "{when}");
        raw.close().await.unwrap();
    }

    /// What a node has folded that died before it was done.
    async fn fold_one(db: &DatabaseConnection) {
        let one = user::Entity::find().select_only().column(user::Column::Id).into_tuple::<Uuid>().one(db).await;
        user::Entity::update_many()
            .col_expr(user::Column::UsernameFolded, user::folded(parlour_domain::fold(KOS)))
            .col_expr(user::Column::DisplayNameFolded, user::folded(parlour_domain::fold(KOS)))
            .filter(user::Column::Id.eq(one.unwrap().unwrap()))
            .exec(db)
            .await
            .unwrap();
    }

    /// As if the node had died before each statement of the versions that fold names, or half-way through the names.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_node_that_died_while_it_changed_rows_leaves_mysql_so_that_the_next_one_goes_on() {
        let options = TransactionOptions::default();
        let statements: Vec<_> = V4.0.statements(DbBackend::MySql).collect();
        for done in 0..=statements.len() {
            let database = Scratch::<MySql>::make().await;
            let db = for_migration(&database.url()).await.unwrap();
            bring_up_to_date::<BeforeSearch>(&db, options, "the database").await.unwrap();
            insert(&db, (0..3).map(|n| not_folded(kos(n)))).await;
            for statement in &statements[..done] {
                db.execute_unprepared(statement).await.unwrap();
            }
            if done == statements.len() {
                fold_one(&db).await;
            }
            db.close().await.unwrap();
            everyone_is_found(&database, 3, &format!("after {done} statements")).await;
        }
        let database = Scratch::<MySql>::make().await;
        let db = for_migration(&database.url()).await.unwrap();
        bring_up_to_date::<BeforeSigma>(&db, options, "the database").await.unwrap();
        insert(&db, (0..3).map(|n| kos(n).into_active_model())).await;
        fold_one(&db).await;
        db.close().await.unwrap();
        everyone_is_found(&database, 3, "half of the names are folded anew").await;
    }
}
