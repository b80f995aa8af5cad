//! Opening rooms of each kind.

use serde_json::json;

use super::Scene;
use crate::shapes::{assert_room, assert_tells_of, direct, group, ids};

impl Scene {
    /// Both are told, each under the other's name; asked again, from either side, it is the same room and nobody is
    /// told: the next part hears its own event next.
    pub(super) async fn a_direct_room_is_opened_once(&mut self) -> anyhow::Result<()> {
        let Self { alice, bob, tablet, .. } = self;
        let room = alice.client.create_room(&direct(&bob.person)).await?.expect(201)?;
        assert_room(&room, "direct", &bob.person.display_name, &alice.person, &[&bob.person]);
        assert_tells_of(&alice.hears().await?, &room, &bob.person.display_name);
        assert_tells_of(&bob.hears().await?, &room, &alice.person.display_name);
        assert_tells_of(&tablet.next_event().await?, &room, &bob.person.display_name);

        let again = alice.client.create_room(&direct(&bob.person)).await?.expect(200)?;
        assert_eq!(again, room);
        let back = json!({"participant_ids": [alice.person.id], "creator_id": bob.person.id, "room_type": "direct"});
        let from_bob = bob.client.create_room(&back).await?.expect(200)?;
        assert_room(&from_bob, "direct", &alice.person.display_name, &alice.person, &[&bob.person]);
        assert_eq!(from_bob["id"], room["id"]);
        Ok(())
    }

    pub(super) async fn a_group_is_opened(&mut self) -> anyhow::Result<()> {
        let Self { alice, bob, carol, tablet, .. } = self;
        let named = group(Some("  Tea party 🫖 "), &[&bob.person, &carol.person]);
        let room = alice.client.create_room(&named).await?.expect(201)?;
        assert_room(&room, "group", "Tea party 🫖", &alice.person, &[&bob.person, &carol.person]);
        for character in [&mut *alice, bob, carol] {
            assert_tells_of(&character.hears().await?, &room, "Tea party 🫖");
        }
        assert_tells_of(&tablet.next_event().await?, &room, "Tea party 🫖");

        let unnamed = group(None, &[&alice.person, &bob.person]);
        let room = carol.client.create_room(&unnamed).await?.expect(201)?;
        let joined = |one: &str, other: &str| format!("{one}, {other}");
        let (a, b, c) = (&alice.person.display_name, &bob.person.display_name, &carol.person.display_name);
        assert_room(&room, "group", &joined(a, b), &carol.person, &[&alice.person, &bob.person]);
        let names = [joined(b, c), joined(a, c), joined(a, b)];
        for (character, name) in [&mut *alice, bob, carol].into_iter().zip(&names) {
            assert_tells_of(&character.hears().await?, &room, name);
        }
        assert_tells_of(&tablet.next_event().await?, &room, &names[0]);
        Ok(())
    }

    pub(super) async fn a_room_for_a_time_is_opened(&mut self) -> anyhow::Result<()> {
        let Self { alice, bob, tablet, .. } = self;
        let wanted = json!({"room_type": "ephemeral", "ttl_seconds": 3600, "participant_ids": ids(&[&alice.person])});
        let room = bob.client.create_room(&wanted).await?.expect(201)?;
        assert_room(&room, "ephemeral", &alice.person.display_name, &bob.person, &[&alice.person]);
        assert_tells_of(&bob.hears().await?, &room, &alice.person.display_name);
        assert_tells_of(&alice.hears().await?, &room, &bob.person.display_name);
        assert_tells_of(&tablet.next_event().await?, &room, &bob.person.display_name);
        Ok(())
    }
}
