//! A SurrealDB server: stopped, killed and started again, cut off and silent.

use parlour_tests::{Doors, Kept, Proxy, SurrealServer, surreal_url};

use crate::story::{Behind, Story};

const PROGRAM: &str = env!("CARGO_BIN_EXE_surrealdb-server");

#[tokio::test(flavor = "multi_thread")]
async fn users_and_rooms_survive_that_the_surrealdb_server_is_stopped_and_killed() -> anyhow::Result<()> {
    let mut surrealdb = SurrealServer::start(PROGRAM, Kept::OnDisk, Doors::Open).await?;
    let mut story = Story::begin(Behind::Both.installation(&surrealdb.url("parlour"))?, Behind::Both).await?;
    surrealdb.stop().await?;
    story.is_refused().await?;
    surrealdb.start_again().await?;
    story.heals().await?;

    surrealdb.kill().await?;
    surrealdb.start_again().await?;
    story.heals().await?;
    story.ends_well().await
}

#[tokio::test(flavor = "multi_thread")]
async fn rooms_survive_a_network_to_surrealdb_that_breaks_and_one_that_swallows() -> anyhow::Result<()> {
    let surrealdb = SurrealServer::start(PROGRAM, Kept::InMemory, Doors::Open).await?;
    let proxy = Proxy::to(&surrealdb.address().to_string()).await?;
    let url = surreal_url(([127, 0, 0, 1], proxy.port()).into(), "rooms");
    let mut story = Story::begin(Behind::Rooms.installation(&url)?, Behind::Rooms).await?;
    story.survives_a_bad_network(&proxy).await?;
    story.ends_well().await
}
