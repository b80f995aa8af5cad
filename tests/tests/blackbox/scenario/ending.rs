//! Deleting rooms.

use super::Scene;
use crate::shapes::{assert_tells_of, direct};

impl Scene {
    pub(super) async fn a_room_is_deleted_by_its_owner_alone(&mut self) -> anyhow::Result<()> {
        let Self { alice, bob, eve, tablet, .. } = self;
        let room = alice.client.create_room(&direct(&bob.person)).await?.expect(200)?;
        let path = format!("/rooms/{}", room["id"].as_str().unwrap_or_default());
        eve.client.delete(&path).await?.expect_problem(404, "room-not-found")?;
        bob.client.delete(&path).await?.expect_problem(403, "forbidden")?;
        alice.client.delete(&path).await?.expect(204)?;
        alice.client.delete(&path).await?.expect_problem(404, "room-not-found")?;
        for event in [alice.hears().await?, bob.hears().await?, tablet.next_event().await?] {
            assert_eq!((&event["type"], &event["room_id"]), (&"room_deleted".into(), &room["id"]), "{event}");
        }
        for character in [alice, bob] {
            character.client.get(&path).await?.expect_problem(404, "room-not-found")?;
            let listed = character.client.rooms(200).await?;
            assert!(listed.iter().all(|other| other["id"] != room["id"]));
        }
        Ok(())
    }

    pub(super) async fn a_pair_gets_a_new_room_after_the_deletion(&mut self) -> anyhow::Result<()> {
        let Self { alice, bob, tablet, .. } = self;
        let room = bob.client.create_room(&direct(&alice.person)).await?.expect(201)?;
        assert_eq!(room["created_by"], bob.person.id);
        assert_tells_of(&alice.hears().await?, &room, &bob.person.display_name);
        assert_tells_of(&tablet.next_event().await?, &room, &bob.person.display_name);
        assert_tells_of(&bob.hears().await?, &room, &alice.person.display_name);
        Ok(())
    }
}
