//! The same story on every pairing of stores.

mod creating;
mod ending;
mod reading;
mod repeating;

use parlour_tests::{Client, Installation, Person, Server, Socket};
use serde_json::Value;

/// Somebody with a client and a live socket, and every event that it got.
struct Character {
    person: Person,
    client: Client,
    socket: Socket,
    heard: Vec<Value>,
}

impl Character {
    async fn enter(installation: &Installation, server: &Server, username: &str, shown: &str) -> anyhow::Result<Self> {
        let person = installation.register(username, shown).await?;
        let (client, socket) = (server.client(&person), Socket::open(server, &person).await?);
        Ok(Self { person, client, socket, heard: Vec::new() })
    }

    /// The next event on the socket; events have no gap.
    async fn hears(&mut self) -> anyhow::Result<Value> {
        let event = self.socket.next_event().await?;
        self.heard.push(event.clone());
        assert_eq!(event["seq"], self.heard.len(), "{event}");
        Ok(event)
    }
}

struct Scene {
    server: Server,
    alice: Character,
    bob: Character,
    carol: Character,
    /// Who is in no room.
    eve: Character,
    /// Alice's other device.
    tablet: Socket,
}

impl Scene {
    async fn open(installation: &Installation) -> anyhow::Result<Self> {
        let server = installation.start().await?;
        let alice = Character::enter(installation, &server, "alice", "Alice Liddell").await?;
        let bob = Character::enter(installation, &server, "Bob.Sprocket", "Bób  🦆").await?;
        let carol = Character::enter(installation, &server, "carol", "Каролина").await?;
        let eve = Character::enter(installation, &server, "eve", "Eve").await?;
        let tablet = Socket::open(&server, &alice.person).await?;
        Ok(Self { server, alice, bob, carol, eve, tablet })
    }
}

/// Plays the whole story on a fresh installation.
pub(crate) async fn play(installation: Installation) -> anyhow::Result<()> {
    let mut scene = Scene::open(&installation).await?;
    scene.a_direct_room_is_opened_once().await?;
    scene.a_group_is_opened().await?;
    scene.a_room_for_a_time_is_opened().await?;
    scene.rooms_are_listed_in_pages().await?;
    scene.a_room_is_read_by_those_in_it_alone().await?;
    scene.a_request_is_repeated_under_its_key().await?;
    scene.a_room_is_deleted_by_its_owner_alone().await?;
    scene.a_pair_gets_a_new_room_after_the_deletion().await?;
    scene.inboxes_hold_what_the_sockets_heard().await?;
    scene.a_socket_resumes_where_it_was().await?;
    scene.who_was_never_invited_heard_nothing().await?;
    scene.server.stop().await?;
    Ok(())
}
