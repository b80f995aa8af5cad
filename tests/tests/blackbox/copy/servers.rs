//! Copies to and from database servers, each with a database that the test makes and drops.

use std::hash::{BuildHasher, RandomState};

use anyhow::Context;
use sea_orm::{ConnectOptions, ConnectionTrait, Database};

use super::{Place, moves};

struct Scratch {
    admin: String,
    drop: String,
}

async fn administer(url: &str, statement: &str) -> anyhow::Result<()> {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    let db = Database::connect(options).await?;
    db.execute_unprepared(statement).await?;
    Ok(db.close().await?)
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let (admin, statement) = (self.admin.clone(), self.drop.clone());
        // The runtime of the test may be going down: this takes its own.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(administer(&admin, &statement))
        });
        if let Ok(Err(error)) = dropped.join() {
            println!("a database was left behind: {error:#}");
        }
    }
}

async fn on_server(variable: &str, first: &str, force: &str) -> anyhow::Result<Place> {
    let server = std::env::var(variable).context(variable.to_owned())?;
    let server = server.trim_end_matches('/');
    let name = format!("parlour_test_{:016x}", RandomState::new().hash_one(std::process::id()));
    let admin = format!("{server}/{first}");
    administer(&admin, &format!("CREATE DATABASE {name}")).await.context(variable.to_owned())?;
    Ok(Place::new(format!("{server}/{name}"), Scratch { admin, drop: format!("DROP DATABASE {name}{force}") }))
}

async fn postgres() -> anyhow::Result<Place> {
    on_server("PARLOUR_TEST_POSTGRES", "postgres", " WITH (FORCE)").await
}

async fn mysql() -> anyhow::Result<Place> {
    on_server("PARLOUR_TEST_MYSQL", "mysql", "").await
}

#[tokio::test]
async fn from_sqlite_to_postgres_and_back() -> anyhow::Result<()> {
    moves(Place::sqlite()?, postgres().await?, Place::sqlite()?).await
}

#[tokio::test]
async fn from_postgres_to_sqlite_and_back() -> anyhow::Result<()> {
    moves(postgres().await?, Place::sqlite()?, postgres().await?).await
}

#[tokio::test]
async fn from_surrealkv_to_postgres_and_back() -> anyhow::Result<()> {
    moves(Place::surrealkv()?, postgres().await?, Place::surrealkv()?).await
}

#[tokio::test]
async fn from_postgres_to_surrealkv_and_back() -> anyhow::Result<()> {
    moves(postgres().await?, Place::surrealkv()?, postgres().await?).await
}

#[tokio::test]
async fn from_sqlite_to_mysql_and_back() -> anyhow::Result<()> {
    moves(Place::sqlite()?, mysql().await?, Place::sqlite()?).await
}

#[tokio::test]
async fn from_mysql_to_surrealkv_and_back() -> anyhow::Result<()> {
    moves(mysql().await?, Place::surrealkv()?, mysql().await?).await
}

#[tokio::test]
async fn from_mysql_to_postgres_and_back() -> anyhow::Result<()> {
    moves(mysql().await?, postgres().await?, mysql().await?).await
}

#[tokio::test]
async fn from_postgres_to_mysql_and_back() -> anyhow::Result<()> {
    moves(postgres().await?, mysql().await?, postgres().await?).await
}
