//! Clients that go away in the middle of a request: the room is whole or absent, and asking again has one effect.

use std::collections::BTreeMap;
use std::time::Duration;

use parlour_tests::{Client, Installation, Person, Random, Reply, Server, Store, eventually};
use serde_json::Value;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::shapes::group;

const REQUESTS: usize = 40;

/// A request that its client does not see through.
struct Sent<'a> {
    key: &'a str,
    body: &'a Value,
    /// How many of its bytes are never sent.
    cut: usize,
    /// How long the client stays.
    stay: Duration,
}

/// Sends a request by hand, perhaps not all of it, and goes away without waiting for the answer.
async fn send_and_leave(server: &Server, person: &Person, sent: Sent<'_>) -> anyhow::Result<()> {
    let Sent { key, body, cut, stay } = sent;
    let body = body.to_string();
    let request = format!(
        "POST /rooms HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nIdempotency-Key: {key}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        server.address(),
        person.token,
        body.len(),
    );
    let mut stream = TcpStream::connect(server.address()).await?;
    let sent = request.len().saturating_sub(cut);
    stream.write_all(&request.as_bytes()[..sent]).await?;
    stream.flush().await?;
    tokio::time::sleep(stay).await;
    // Zero: the connection is reset at once, as by a phone that lost its network.
    stream.set_zero_linger()?;
    Ok(())
}

async fn ask_again(client: &Client, key: &str, body: &Value) -> anyhow::Result<Reply> {
    eventually("the request to be done", async || {
        let reply = client.create_room_as(key, body).await?;
        Ok((reply.status != 409).then_some(reply))
    })
    .await
}

async fn requests_are_cut_off(installation: Installation) -> anyhow::Result<()> {
    let seed = Random::seed();
    println!("PARLOUR_TEST_SEED={seed}");
    let mut random = Random::from_seed(seed);
    let server = installation.start().await?;
    let ann = installation.register("ann", "Ann").await?;
    let ben = installation.register("ben", "Ben").await?;
    let (client, of_ben) = (server.client(&ann), server.client(&ben));
    let request = |n: usize| (format!("key-{n}"), group(Some(&format!("room {n}")), &[&ben]));

    for n in 0..REQUESTS {
        let (key, body) = request(n);
        // One in four is not even whole.
        let cut = if n % 4 == 0 { usize::try_from(1 + random.below(60))? } else { 0 };
        let stay = Duration::from_micros(random.below(10_000));
        send_and_leave(&server, &ann, Sent { key: &key, body: &body, cut, stay }).await?;
    }
    let mut rooms = BTreeMap::new();
    for n in 0..REQUESTS {
        let (key, body) = request(n);
        let reply = ask_again(&client, &key, &body).await?;
        let is_replayed = reply.header("idempotency-replayed") == "true";
        assert!(!(n % 4 == 0 && is_replayed), "half a request was obeyed: {}", reply.body);
        let room = reply.expect(201)?;
        rooms.insert(room["id"].to_string(), room);
    }
    assert_eq!(rooms.len(), REQUESTS);
    for client in [&client, &of_ben] {
        let listed = client.rooms(200).await?;
        assert_eq!(listed.len(), REQUESTS);
        assert!(listed.iter().all(|room| rooms[&room["id"].to_string()]["participants"] == room["participants"]));
        let told = client.inbox(0).await?;
        assert_eq!(told.len(), REQUESTS);
        assert!(told.iter().all(|event| rooms.contains_key(&event["room_id"].to_string())));
    }
    Ok(())
}

#[tokio::test]
async fn a_request_whose_client_left_has_one_effect_or_none_by_default() -> anyhow::Result<()> {
    requests_are_cut_off(Installation::new()?).await
}

#[tokio::test]
async fn a_request_whose_client_left_has_one_effect_or_none_in_sqlite() -> anyhow::Result<()> {
    requests_are_cut_off(Installation::with_one_store(Store::Sqlite)?).await
}

#[tokio::test]
async fn a_request_whose_client_left_has_one_effect_or_none_in_memory() -> anyhow::Result<()> {
    requests_are_cut_off(Installation::with_one_store(Store::Memory)?).await
}
