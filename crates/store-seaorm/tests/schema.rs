//! Coming up: on a new database, beside another process, on a newer schema, on what is no database.
#![cfg(feature = "sqlite")]

use parlour_domain::port::{Archive, UserRepo};
use parlour_domain::{ImportMark, Side};
use parlour_store_seaorm::{ConnectError, SqlStore};
use sea_orm::{ConnectionTrait, Database};
use tempfile::TempDir;

fn url(directory: &TempDir) -> String {
    format!("sqlite://{}", directory.path().join("parlour.db").display())
}

#[tokio::test(flavor = "multi_thread")]
async fn many_that_open_a_new_database_at_once_all_succeed() {
    let directory = tempfile::tempdir().unwrap();
    let opening = (0..8).map(|_| {
        let url = url(&directory);
        tokio::spawn(async move { SqlStore::connect(&url).await })
    });
    for opened in opening.collect::<Vec<_>>() {
        let store = opened.await.unwrap().unwrap();
        assert!(store.list(None, 10).await.unwrap().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schema_that_is_newer_than_the_program_is_refused_by_name() {
    let directory = tempfile::tempdir().unwrap();
    SqlStore::connect(&url(&directory)).await.unwrap().close().await;
    let raw = Database::connect(url(&directory)).await.unwrap();
    raw.execute_unprepared("INSERT INTO seaql_migrations (version, applied_at) VALUES ('v9', 0)").await.unwrap();
    raw.close().await.unwrap();
    let refused = SqlStore::connect(&url(&directory)).await.unwrap_err();
    assert!(matches!(&refused, ConnectError::NewerSchema { version, .. } if version == "v9"));
    assert!(refused.to_string().contains("newer than this program"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_database_and_a_directory_that_is_missing_are_named() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("parlour.db"), "not a database, but long enough to be looked at".repeat(100))
        .unwrap();
    for url in [url(&directory), format!("sqlite://{}/absent/parlour.db", directory.path().display())] {
        let refused = SqlStore::connect(&url).await.unwrap_err();
        assert!(matches!(refused, ConnectError::Unreachable { .. }), "{refused:?}");
        let line = refused.to_string();
        assert!(line.contains(url.trim_start_matches("sqlite://")) && !line.contains('\n'), "{line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_in_use_is_not_opened_to_be_copied_and_one_that_is_being_copied_is_not_used() {
    let directory = tempfile::tempdir().unwrap();
    let url = url(&directory);
    let used = SqlStore::connect(&url).await.unwrap();
    let refused = SqlStore::connect_to_copy(&url).await.unwrap_err();
    assert!(matches!(refused, ConnectError::InUse { .. }), "{refused:?}");
    assert!(refused.to_string().ends_with("is in use by another process"), "{refused}");
    assert!(used.list(None, 1).await.unwrap().is_empty());
    used.close().await;
    let copied = SqlStore::connect_to_copy(&url).await.unwrap();
    assert!(matches!(SqlStore::connect(&url).await, Err(ConnectError::Unreachable { .. })));
    copied.close().await;
    SqlStore::connect(&url).await.unwrap().close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_target_of_a_copy_that_was_not_finished_is_opened_by_a_copy_alone() {
    let directory = tempfile::tempdir().unwrap();
    let url = url(&directory);
    let mark = ImportMark::new("surrealkv:///old".to_owned(), vec![Side::Users]);
    let target = SqlStore::connect_to_copy(&url).await.unwrap();
    target.begin_import(mark.clone()).await.unwrap();
    target.close().await;
    let refused = SqlStore::connect(&url).await.unwrap_err();
    assert!(matches!(&refused, ConnectError::UnfinishedCopy { copied_from, .. } if copied_from == &mark.source));
    assert!(refused.to_string().contains("is the unfinished target of a copy from surrealkv:///old"), "{refused}");
    let target = SqlStore::connect_to_copy(&url).await.unwrap();
    target.finish_import(mark).await.unwrap();
    target.close().await;
    SqlStore::connect(&url).await.unwrap().close().await;
}

#[tokio::test]
async fn a_url_that_nothing_answers_to_is_refused_without_its_password() {
    for (url, said) in [
        ("cassandra://user:secret@host/db", "unknown store url: cassandra:"),
        ("parlour.db", "unknown store url: parlour.db"),
        ("sqlite::memory:", "invalid store url for sqlite"),
        ("sqlite://", "invalid store url for sqlite"),
        #[cfg(feature = "postgres")]
        ("postgres://user:secret@127.0.0.1:1", "invalid store url for postgres"),
        #[cfg(feature = "postgres")]
        ("postgres://user:secret@127.0.0.1:1/parlour", "cannot open postgres database parlour at 127.0.0.1:1"),
        #[cfg(feature = "mysql")]
        ("mysql://user:secret@127.0.0.1:1/parlour", "cannot open mysql database parlour at 127.0.0.1:1"),
    ] {
        let refused = SqlStore::connect(url).await.unwrap_err().to_string();
        assert!(refused.starts_with(said) && !refused.contains("secret"), "{refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_path_is_taken_literally() {
    let directory = tempfile::tempdir().unwrap();
    let name = "a b%20c?mode=ro#ü.db";
    SqlStore::connect(&format!("sqlite://{}/{name}", directory.path().display())).await.unwrap().close().await;
    assert!(directory.path().join(name).exists());
}
