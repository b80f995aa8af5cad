//! PostgreSQL: restarted, stopped for a while, cut off and silent.

use parlour_tests::{Mood, Postgres, Proxy, Shutdown};

use crate::story::{Behind, Story};

/// Goes away twice, once in good order and once without, and comes back both times.
async fn survives_restarts(behind: Behind) -> anyhow::Result<()> {
    let mut postgres = Postgres::start(&["parlour"]).await?;
    let mut story = Story::begin(behind.installation(&postgres.url("parlour"))?, behind).await?;
    for how in [Shutdown::Fast, Shutdown::Immediate] {
        postgres.stop(how).await?;
        story.is_refused().await?;
        postgres.resume().await?;
        story.heals().await?;
    }
    for how in [Shutdown::Immediate, Shutdown::Fast, Shutdown::Immediate] {
        postgres.stop(how).await?;
        postgres.resume().await?;
        story.heals().await?;
    }
    story.ends_well().await
}

#[tokio::test(flavor = "multi_thread")]
async fn users_survive_restarts_of_postgres() -> anyhow::Result<()> {
    survives_restarts(Behind::Users).await
}

#[tokio::test(flavor = "multi_thread")]
async fn rooms_survive_restarts_of_postgres() -> anyhow::Result<()> {
    survives_restarts(Behind::Rooms).await
}

#[tokio::test(flavor = "multi_thread")]
async fn users_and_rooms_survive_restarts_of_postgres() -> anyhow::Result<()> {
    survives_restarts(Behind::Both).await
}

#[tokio::test(flavor = "multi_thread")]
async fn users_and_rooms_survive_a_network_that_breaks_and_one_that_swallows() -> anyhow::Result<()> {
    let postgres = Postgres::start(&["users", "rooms"]).await?;
    let proxy = Proxy::to(&format!("127.0.0.1:{}", postgres.port())).await?;
    let url = |database| postgres.url_behind(proxy.port(), database);
    let installation = parlour_tests::Installation::with_urls(url("users").as_str(), url("rooms").as_str())?;
    let mut story = Story::begin(installation, Behind::Both).await?;
    story.survives_a_bad_network(&proxy).await?;
    story.ends_well().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_stops_in_good_order_while_postgres_is_silent() -> anyhow::Result<()> {
    let postgres = Postgres::start(&["parlour"]).await?;
    let proxy = Proxy::to(&format!("127.0.0.1:{}", postgres.port())).await?;
    let installation = Behind::Rooms.installation(&postgres.url_behind(proxy.port(), "parlour"))?;
    let mut story = Story::begin(installation, Behind::Rooms).await?;
    proxy.set(Mood::Hold);
    story.is_refused().await?;
    story.stops().await
}
