//! Reading rooms, inboxes and missed events.

use parlour_tests::Socket;
use serde_json::Value;

use super::Scene;
use crate::shapes::{direct, room_ids, without_instance};

impl Scene {
    /// Newest first, each once, whatever the size of a page.
    pub(super) async fn rooms_are_listed_in_pages(&mut self) -> anyhow::Result<()> {
        let all = self.alice.client.rooms(200).await?;
        let mut created: Vec<&str> = self.alice.heard.iter().filter_map(|event| event["room_id"].as_str()).collect();
        created.reverse();
        assert_eq!(room_ids(&all), created);
        for page in [1, 2, 3, 4] {
            assert_eq!(self.alice.client.rooms(page).await?, all, "pages of {page}");
        }
        assert_eq!(self.carol.client.rooms(200).await?.len(), self.carol.heard.len());
        assert!(self.eve.client.rooms(200).await?.is_empty());
        Ok(())
    }

    /// To a stranger the room is as absent as one that never was.
    pub(super) async fn a_room_is_read_by_those_in_it_alone(&mut self) -> anyhow::Result<()> {
        let Self { alice, bob, eve, .. } = self;
        for room in alice.client.rooms(200).await? {
            let path = format!("/rooms/{}", room["id"].as_str().unwrap_or_default());
            assert_eq!(alice.client.get(&path).await?.expect(200)?, room);
            let refused = eve.client.get(&path).await?.expect_problem(404, "room-not-found")?;
            let absent = "/rooms/0192f0c1-2345-7000-8000-00000000dead";
            let absent = eve.client.get(absent).await?.expect_problem(404, "room-not-found")?;
            assert_eq!(without_instance(refused), without_instance(absent));
        }
        let room = bob.client.create_room(&direct(&alice.person)).await?.expect(200)?;
        let escaped = room["id"].as_str().unwrap_or_default().replace('-', "%2D");
        assert_eq!(bob.client.get(&format!("/rooms/{escaped}")).await?.expect(200)?, room);
        Ok(())
    }

    pub(super) async fn inboxes_hold_what_the_sockets_heard(&mut self) -> anyhow::Result<()> {
        for character in [&self.alice, &self.bob, &self.carol, &self.eve] {
            assert_eq!(character.client.inbox(0).await?, character.heard, "{}", character.person.username);
        }
        Ok(())
    }

    pub(super) async fn a_socket_resumes_where_it_was(&mut self) -> anyhow::Result<()> {
        let Self { server, alice, .. } = self;
        let head = alice.heard.len();
        for since in [0, 1, head - 1, head] {
            let mut socket = Socket::open_since(server, &alice.person, since as u64).await?;
            let (mut missed, mut resumed) = (Vec::new(), None);
            while missed.len() < head - since || resumed.is_none() {
                let frame = socket.next_frame().await?;
                match frame["type"].as_str() {
                    Some("resumed") => resumed = Some(frame),
                    _ if frame["seq"].is_u64() => missed.push(frame),
                    _ => {}
                }
            }
            assert_eq!(missed, alice.heard[since..], "since {since}");
            let resumed = resumed.unwrap_or_default();
            assert_eq!((&resumed["since"], &resumed["head"]), (&Value::from(since), &Value::from(head)));
        }
        let mut ahead = Socket::open_since(server, &alice.person, head as u64 + 1).await?;
        assert_eq!(ahead.next_of("reset").await?["head"], head);
        let inbox = alice.client.get(&format!("/inbox?since={}", head + 1)).await?.expect(200)?;
        assert_eq!(inbox, serde_json::json!({"events": [], "head": head, "reset": true}));
        Ok(())
    }

    /// The last thing that Eve hears is the first: a room of her own.
    pub(super) async fn who_was_never_invited_heard_nothing(&mut self) -> anyhow::Result<()> {
        let room = self.eve.client.create_room(&direct(&self.carol.person)).await?.expect(201)?;
        assert_eq!(self.eve.hears().await?["room_id"], room["id"]);
        Ok(())
    }
}
