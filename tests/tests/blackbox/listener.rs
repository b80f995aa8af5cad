//! Somebody with a live socket, and every event that it got.

use parlour_tests::{Client, Installation, Person, Reply, Server, Socket};
use reqwest::Method;
use serde_json::{Value, json};

pub(crate) struct Listener {
    pub(crate) person: Person,
    pub(crate) client: Client,
    pub(crate) socket: Socket,
    pub(crate) heard: Vec<Value>,
}

impl Listener {
    /// Registers somebody who is called like their username.
    pub(crate) async fn enter(installation: &Installation, server: &Server, username: &str) -> anyhow::Result<Self> {
        let person = installation.register(username, username).await?;
        Self::of(server, person, Vec::new()).await
    }

    /// The same person on another server of the same installation.
    pub(crate) async fn goes_to(self, server: &Server) -> anyhow::Result<Self> {
        Self::of(server, self.person, self.heard).await
    }

    async fn of(server: &Server, person: Person, heard: Vec<Value>) -> anyhow::Result<Self> {
        let (client, socket) = (server.client(&person), Socket::open(server, &person).await?);
        Ok(Self { person, client, socket, heard })
    }

    /// The next event, of that kind and without a gap.
    pub(crate) async fn hears(&mut self, kind: &str) -> anyhow::Result<Value> {
        let event = self.socket.next_event().await?;
        self.heard.push(event.clone());
        assert_eq!((&event["type"], &event["seq"]), (&json!(kind), &json!(self.heard.len())), "{event}");
        Ok(event)
    }

    /// The next event is of that kind and says this of a participant.
    pub(crate) async fn hears_of(&mut self, kind: &str, participant: &Value) -> anyhow::Result<()> {
        assert_eq!(&self.hears(kind).await?["participant"], participant);
        Ok(())
    }

    pub(crate) async fn patch(&self, path: &str, body: &Value) -> anyhow::Result<Reply> {
        self.client.send(self.client.request(Method::PATCH, path).json(body)).await
    }

    /// The rooms listed to them, of which the last changed comes first.
    pub(crate) async fn lists(&self) -> anyhow::Result<Vec<Value>> {
        self.client.rooms(2).await
    }
}
