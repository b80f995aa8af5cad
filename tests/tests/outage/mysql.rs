//! MySQL or MariaDB: its connections killed, cut off and silent. The server itself is shared and goes on.

use std::hash::{BuildHasher, RandomState};

use anyhow::Context;
use parlour_tests::{Proxy, eventually};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};

use crate::story::{Behind, Story};

const SERVER: &str = "PARLOUR_TEST_MYSQL";

/// A database that a test has for itself, on the server that the environment names.
struct Scratch {
    server: String,
    name: String,
    admin: DatabaseConnection,
}

impl Scratch {
    async fn make() -> anyhow::Result<Self> {
        let server = std::env::var(SERVER).with_context(|| format!("{SERVER} names a MySQL or MariaDB server"))?;
        let server = server.trim_end_matches('/').to_owned();
        let mut options = ConnectOptions::new(format!("{server}/mysql"));
        options.max_connections(1).sqlx_logging(false);
        let admin = Database::connect(options).await.with_context(|| format!("the server that {SERVER} names"))?;
        let name = format!("parlour_outage_{:016x}", RandomState::new().hash_one(std::process::id()));
        admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await?;
        Ok(Self { server, name, admin })
    }

    fn url(&self) -> String {
        format!("{}/{}", self.server, self.name)
    }

    /// `HOST:PORT` of the server.
    fn address(&self) -> String {
        let place = self.server.rsplit(['@', '/']).next().unwrap_or_default();
        if place.contains(':') { place.to_owned() } else { format!("{place}:3306") }
    }

    /// The same database through this port of this machine.
    fn url_behind(&self, port: u16) -> String {
        self.url().replace(self.server.rsplit(['@', '/']).next().unwrap_or_default(), &format!("127.0.0.1:{port}"))
    }

    /// Kills every connection to this database and answers how many they were.
    async fn kill_connections(&self) -> anyhow::Result<usize> {
        // Each engine reads its own of the comments. MySQL's older list fails on any statement that holds bytes.
        let list = "/*M! information_schema */ /*!80022 performance_schema */ .processlist";
        let question = format!("SELECT CAST(id AS SIGNED) FROM {list} WHERE db = '{}'", self.name);
        let connections = self.admin.query_all_raw(Statement::from_string(DbBackend::MySql, question)).await?;
        for connection in &connections {
            let id: i64 = connection.try_get_by_index(0)?;
            // It may have gone by itself meanwhile.
            let _ = self.admin.execute_unprepared(&format!("KILL {id}")).await;
        }
        Ok(connections.len())
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let (admin, statement) = (self.admin.clone(), format!("DROP DATABASE {}", self.name));
        // The tests of this target run on several threads.
        let dropped = tokio::task::block_in_place(|| {
            tokio::runtime::Handle::current().block_on(async move { admin.execute_unprepared(&statement).await })
        });
        if let Err(error) = dropped {
            println!("{} is left behind: {error}", self.name);
        }
    }
}

async fn survives_kills(behind: Behind) -> anyhow::Result<()> {
    const KILLS: usize = 6;
    let database = Scratch::make().await?;
    let mut story = Story::begin(behind.installation(&database.url())?, behind).await?;
    for _ in 0..KILLS {
        let kill = async || Ok(Some(database.kill_connections().await?).filter(|killed| *killed > 0));
        eventually("a connection to kill", kill).await?;
        story.heals().await?;
    }
    story.ends_well().await
}

#[tokio::test(flavor = "multi_thread")]
async fn users_survive_that_the_connections_to_mysql_are_killed() -> anyhow::Result<()> {
    survives_kills(Behind::Users).await
}

#[tokio::test(flavor = "multi_thread")]
async fn users_and_rooms_survive_that_the_connections_to_mysql_are_killed() -> anyhow::Result<()> {
    survives_kills(Behind::Both).await
}

#[tokio::test(flavor = "multi_thread")]
async fn rooms_survive_a_network_that_breaks_and_one_that_swallows() -> anyhow::Result<()> {
    let database = Scratch::make().await?;
    let proxy = Proxy::to(&database.address()).await?;
    let installation = Behind::Rooms.installation(&database.url_behind(proxy.port()))?;
    let mut story = Story::begin(installation, Behind::Rooms).await?;
    story.survives_a_bad_network(&proxy).await?;
    story.ends_well().await
}
