//! The one test that waits for a clock: a room's shortest life is a minute. Its name lets it start first.

use std::time::Duration;

use parlour_tests::{Installation, Socket};
use serde_json::json;

/// A minute of life, and patience.
const END: Duration = Duration::from_secs(120);

#[tokio::test]
async fn after_a_restart_it_is_gone_for_every_read_and_write_and_its_people_are_told() -> anyhow::Result<()> {
    let installation = Installation::new()?;
    let server = installation.start().await?;
    let ann = installation.register("ann", "Ann").await?;
    let ben = installation.register("ben", "Ben").await?;
    let wanted = json!({"room_type": "ephemeral", "ttl_seconds": 60, "participant_id": ben.id, "name": "Brief"});
    let room = server.client(&ann).create_room(&wanted).await?.expect(201)?;
    let path = format!("/rooms/{}", room["id"].as_str().unwrap_or_default());
    server.client(&ben).get(&path).await?.expect(200)?;
    server.kill().await?;

    let server = installation.start().await?;
    let clients = [server.client(&ann), server.client(&ben)];
    let its_end = async {
        while clients[0].get(&path).await?.status == 200 {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        anyhow::Ok(())
    };
    tokio::time::timeout(END, its_end).await??;
    for client in &clients {
        client.get(&path).await?.expect_problem(404, "room-not-found")?;
        client.delete(&path).await?.expect_problem(404, "room-not-found")?;
        assert!(client.rooms(10).await?.is_empty());
    }

    for person in [&ann, &ben] {
        let mut socket = Socket::open_since(&server, person, 1).await?;
        let told = socket.next_of("room_expired").await?;
        assert_eq!((&told["room_id"], &told["seq"]), (&room["id"], &2.into()));
    }
    for client in &clients {
        let told = client.inbox(0).await?;
        assert_eq!((told.len(), &told[1]["type"]), (2, &"room_expired".into()));
    }
    Ok(())
}
