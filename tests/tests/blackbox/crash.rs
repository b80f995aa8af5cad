//! A server that is killed at random moments while its clients write: what it has acknowledged is there afterwards,
//! whole, and nothing is half there.

use std::time::Duration;

use parlour_tests::{Crowd, Installation, Ledger, Random, Store};

const KILLS: u64 = 26;

async fn killed_again_and_again(installation: Installation) -> anyhow::Result<()> {
    let seed = Random::seed();
    println!("PARLOUR_TEST_SEED={seed}");
    let mut random = Random::from_seed(seed);
    let server = installation.start().await?;
    let crowd = Crowd::gather(&installation, 6).await?;
    let mut ledger = Ledger::default();
    server.kill().await?;

    for kill in 1..=KILLS {
        let server = installation.start().await?;
        ledger.ask_again(&crowd, &server).await?;
        crowd.check(&server, &ledger).await?;

        let mut writing = crowd.write(&server, kill, &mut random);
        let enough = 1 + random.below(20);
        while writing.acknowledged() < enough {
            writing.progress().await?;
        }
        // At times it is killed while it stops, when its stores write what they would otherwise keep in memory.
        let is_stopping = random.below(3) == 0;
        if is_stopping {
            server.ask_to_stop()?;
        }
        let longest = if is_stopping { 100_000 } else { 5_000 };
        tokio::time::sleep(Duration::from_micros(random.below(longest))).await;
        server.kill().await?;
        writing.end(&mut ledger).await?;
    }
    let server = installation.start().await?;
    ledger.ask_again(&crowd, &server).await?;
    crowd.check(&server, &ledger).await?;
    println!("{KILLS} kills, {ledger}");
    assert!(ledger.created() > usize::try_from(KILLS)?, "{ledger}");
    Ok(())
}

#[tokio::test]
async fn nothing_acknowledged_is_lost_and_nothing_is_half_there_by_default() -> anyhow::Result<()> {
    killed_again_and_again(Installation::new()?).await
}

#[tokio::test]
async fn nothing_acknowledged_is_lost_and_nothing_is_half_there_in_sqlite() -> anyhow::Result<()> {
    killed_again_and_again(Installation::with_stores(Store::Sqlite, Store::Sqlite)?).await
}
