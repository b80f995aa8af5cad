//! A store is copied to another engine, and whoever used it goes on there.

mod interrupted;
mod place;
mod refused;
#[cfg(feature = "server-tests")]
mod servers;

use parlour_tests::{Installation, Person, Socket};
use serde_json::{Value, json};

pub(crate) use place::Place;

use crate::shapes::{direct, group};

/// Copies and answers the table, of which every unit must be the same.
pub(crate) async fn copy(from: &str, to: &str, more: &[&str]) -> anyhow::Result<Value> {
    let operator = Installation::new()?;
    let table = operator.operate(&[&["copy", "--from", from, "--to", to], more].concat()).await?;
    let units: Vec<&Value> = table.as_array().into_iter().flatten().collect();
    assert!(!units.is_empty() && units.iter().all(|unit| unit["ok"] == true), "{table}");
    Ok(table)
}

pub(crate) async fn assert_is_well(store: &str, more: &[&str]) -> anyhow::Result<()> {
    let found = Installation::new()?.operate(&[&["verify", store], more].concat()).await?;
    assert_eq!(found["findings"], json!([]), "{store}");
    Ok(())
}

/// Two people with rooms of every kind, one of them gone, and an answered request.
pub(crate) struct Story {
    ann: Person,
    ben: Person,
    rooms: Vec<Value>,
    inbox: Vec<Value>,
    answered: Value,
}

impl Story {
    pub(crate) async fn begin(installation: &Installation) -> anyhow::Result<Self> {
        let server = installation.start().await?;
        let ann = installation.register("ann", "Ann").await?;
        let ben = installation.register("Zoë", "Zoë 🦊").await?;
        let client = server.client(&ann);
        client.create_room(&direct(&ben)).await?.expect(201)?;
        let answered = client.create_room_as("key", &group(Some("Kept"), &[&ben])).await?.expect(201)?;
        let gone = client.create_room(&group(Some("Gone"), &[&ben])).await?.expect(201)?;
        client.delete(&format!("/rooms/{}", gone["id"].as_str().unwrap_or_default())).await?.expect(204)?;
        let brief = json!({"room_type": "ephemeral", "participant_ids": [ben.id], "ttl_seconds": 86_400});
        client.create_room(&brief).await?.expect(201)?;
        let (rooms, inbox) = (client.rooms(10).await?, client.inbox(0).await?);
        assert!(server.stop().await?.success());
        Ok(Self { ann, ben, rooms, inbox, answered })
    }

    /// The same people with the same tokens, on another store: nothing is missing, and the inbox goes on without a gap.
    pub(crate) async fn go_on(&self, installation: &Installation) -> anyhow::Result<()> {
        let server = installation.start().await?;
        let client = server.client(&self.ann);
        assert_eq!(client.rooms(10).await?, self.rooms);
        assert_eq!(client.inbox(0).await?, self.inbox);
        let replayed = client.create_room_as("key", &group(Some("Kept"), &[&self.ben])).await?;
        assert_eq!((replayed.header("idempotency-replayed"), &replayed.body), ("true", &self.answered));
        client.create_room(&direct(&self.ben)).await?.expect(200)?;
        let head = self.inbox.len() as u64;
        let mut socket = Socket::open_since(&server, &self.ben, head - 1).await?;
        assert_eq!(socket.next_event().await?["seq"], head);
        let next = client.create_room(&group(Some("Next"), &[&self.ben])).await?.expect(201)?;
        let event = socket.next_event().await?;
        assert_eq!((&event["seq"], &event["room_id"]), (&Value::from(head + 1), &next["id"]));
        assert!(server.stop().await?.success());
        Ok(())
    }
}

/// There and back again: all three hold the same, and the client goes on in the second.
pub(crate) async fn moves(first: Place, second: Place, third: Place) -> anyhow::Result<()> {
    let (first, second, third) = (first.url(), second.url(), third.url());
    let story = Story::begin(&Installation::with_urls(first, first)?).await?;
    let there = copy(first, second, &[]).await?;
    let back = copy(second, third, &[]).await?;
    assert_eq!(there, back);
    for store in [first, second, third] {
        assert_is_well(store, &["--users", store]).await?;
    }
    story.go_on(&Installation::with_urls(second, second)?).await?;
    assert_is_well(second, &["--users", second]).await
}

#[tokio::test]
async fn from_sqlite_to_surrealkv_and_back() -> anyhow::Result<()> {
    moves(Place::sqlite()?, Place::surrealkv()?, Place::sqlite()?).await
}

#[tokio::test]
async fn from_surrealkv_to_sqlite_and_back() -> anyhow::Result<()> {
    moves(Place::surrealkv()?, Place::sqlite()?, Place::surrealkv()?).await
}

#[tokio::test]
async fn from_one_file_or_directory_to_another_of_the_same_engine() -> anyhow::Result<()> {
    moves(Place::sqlite()?, Place::sqlite()?, Place::sqlite()?).await?;
    moves(Place::surrealkv()?, Place::surrealkv()?, Place::surrealkv()?).await
}

#[tokio::test]
async fn two_stores_become_one_side_by_side() -> anyhow::Result<()> {
    let (users, rooms, both) = (Place::sqlite()?, Place::surrealkv()?, Place::sqlite()?);
    let story = Story::begin(&Installation::with_urls(users.url(), rooms.url())?).await?;
    let table = copy(users.url(), both.url(), &[]).await?;
    assert_eq!(table.as_array().map(Vec::len), Some(5), "{table}");
    let table = copy(rooms.url(), both.url(), &["--rooms"]).await?;
    assert_eq!(table.as_array().map(Vec::len), Some(5), "{table}");
    assert_is_well(rooms.url(), &["--users", users.url()]).await?;
    story.go_on(&Installation::with_urls(both.url(), both.url())?).await
}

#[tokio::test]
async fn the_stores_of_a_data_directory_can_be_copied_once_its_server_has_stopped() -> anyhow::Result<()> {
    let installation = Installation::new()?;
    let story = Story::begin(&installation).await?;
    let (users, rooms) = (Place::surrealkv()?, Place::sqlite()?);
    let data = installation.data_dir();
    copy(&format!("sqlite://{}/users.db", data.display()), users.url(), &[]).await?;
    copy(&format!("surrealkv://{}/rooms.surrealkv", data.display()), rooms.url(), &[]).await?;
    story.go_on(&Installation::with_urls(users.url(), rooms.url())?).await
}
