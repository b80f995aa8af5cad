//! What survives a proper stop, and how a stop goes.

use parlour_tests::{Installation, Socket, Store};
use serde_json::Value;

use crate::shapes::{direct, group};

async fn everything_survives(installation: Installation) -> anyhow::Result<()> {
    let server = installation.start().await?;
    let ann = installation.register("ann", "Ann").await?;
    let ben = installation.register("ben", "Ben").await?;
    let client = server.client(&ann);
    client.create_room(&direct(&ben)).await?.expect(201)?;
    let kept = client.create_room_as("key", &group(Some("Kept"), &[&ben])).await?.expect(201)?;
    let gone = client.create_room(&group(Some("Gone"), &[&ben])).await?.expect(201)?;
    client.delete(&format!("/rooms/{}", gone["id"].as_str().unwrap_or_default())).await?.expect(204)?;
    let (rooms, inbox) = (client.rooms(10).await?, client.inbox(0).await?);
    assert!(server.stop().await?.success());

    let server = installation.start().await?;
    let client = server.client(&ann);
    assert_eq!(client.rooms(10).await?, rooms);
    assert_eq!(client.inbox(0).await?, inbox);
    let replayed = client.create_room_as("key", &group(Some("Kept"), &[&ben])).await?;
    assert_eq!((replayed.header("idempotency-replayed"), &replayed.body), ("true", &kept));
    client.create_room(&direct(&ben)).await?.expect(200)?;

    let mut socket = Socket::open_since(&server, &ben, 1).await?;
    let head = inbox.len() as u64;
    for seq in 2..=head {
        assert_eq!(socket.next_event().await?["seq"], seq);
    }
    let next = client.create_room(&group(Some("Next"), &[&ben])).await?.expect(201)?;
    let event = socket.next_event().await?;
    assert_eq!((&event["seq"], &event["room_id"]), (&Value::from(head + 1), &next["id"]));
    assert!(server.stop().await?.success());
    Ok(())
}

#[tokio::test]
async fn sessions_rooms_inboxes_and_keys_survive_a_restart_by_default() -> anyhow::Result<()> {
    everything_survives(Installation::new()?).await
}

#[tokio::test]
async fn sessions_rooms_inboxes_and_keys_survive_a_restart_in_sqlite() -> anyhow::Result<()> {
    everything_survives(Installation::with_one_store(Store::Sqlite)?).await
}

#[tokio::test]
async fn sessions_rooms_inboxes_and_keys_survive_a_restart_with_users_in_surrealdb() -> anyhow::Result<()> {
    everything_survives(Installation::with_stores(Store::SurrealKv, Store::Sqlite)?).await
}

#[tokio::test]
async fn a_stop_closes_every_socket_with_1001_and_ends_well() -> anyhow::Result<()> {
    let installation = Installation::new()?;
    let mut server = installation.start().await?;
    let ann = installation.register("ann", "Ann").await?;
    let ben = installation.register("ben", "Ben").await?;
    let mut sockets = Vec::new();
    for person in [&ann, &ann, &ben] {
        sockets.push(Socket::open(&server, person).await?);
    }
    server.ask_to_stop()?;
    for socket in &mut sockets {
        assert_eq!(socket.closed().await?, 1001);
    }
    // The stop itself is bounded by 10 s, see the operations guide.
    let status = tokio::time::timeout(std::time::Duration::from_secs(10), server.exited()).await??;
    assert!(status.success(), "{status}");
    Ok(())
}

/// A socket that never reads what it is told must not hold the server up.
#[tokio::test]
async fn a_dead_peer_does_not_hold_up_a_stop() -> anyhow::Result<()> {
    let installation = Installation::with_one_store(Store::Memory)?;
    let mut server = installation.start().await?;
    let ann = installation.register("ann", "Ann").await?;
    let _never_read = Socket::open(&server, &ann).await?;
    let _half_a_request = tokio::net::TcpStream::connect(server.address()).await?;
    server.ask_to_stop()?;
    assert!(server.exited().await?.success());
    Ok(())
}
