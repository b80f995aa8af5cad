//! Repeating a request under its idempotency key.

use super::Scene;
use crate::shapes::{assert_tells_of, direct, group};

impl Scene {
    pub(super) async fn a_request_is_repeated_under_its_key(&mut self) -> anyhow::Result<()> {
        let Self { alice, bob, carol, tablet, .. } = self;
        let wanted = group(Some("Once"), &[&bob.person]);
        let first = alice.client.create_room_as("key-1", &wanted).await?;
        assert_eq!(first.header("idempotency-replayed"), "");
        let room = first.expect(201)?;

        let again = alice.client.create_room_as("key-1", &wanted).await?;
        assert_eq!(again.header("idempotency-replayed"), "true");
        assert_eq!(again.expect(201)?, room);
        let other = group(Some("Twice"), &[&bob.person]);
        alice.client.create_room_as("key-1", &other).await?.expect_problem(422, "idempotency-key-reused")?;

        let existing = alice.client.create_room_as("key-2", &direct(&bob.person)).await?.expect(200)?;
        let repeated = alice.client.create_room_as("key-2", &direct(&bob.person)).await?;
        assert_eq!(repeated.header("idempotency-replayed"), "true");
        assert_eq!(repeated.expect(200)?, existing);

        let of_carol = carol.client.create_room_as("key-1", &wanted).await?.expect(201)?;
        assert_ne!(of_carol["id"], room["id"], "a key is its caller's own");

        assert_tells_of(&alice.hears().await?, &room, "Once");
        assert_tells_of(&tablet.next_event().await?, &room, "Once");
        assert_tells_of(&bob.hears().await?, &room, "Once");
        assert_tells_of(&bob.hears().await?, &of_carol, "Once");
        assert_tells_of(&carol.hears().await?, &of_carol, "Once");
        Ok(())
    }
}
