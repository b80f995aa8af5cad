//! Somebody is called something else.

use parlour_tests::Installation;
use serde_json::{Value, json};

use super::names;
use crate::listener::Listener;
use crate::shapes::{direct, group};

/// The seat of a user in a room that they are in from its beginning.
fn seat(user: &Value, room: &Value, role: &str) -> Value {
    let [id, username, display_name] = ["id", "username", "display_name"].map(|field| &user[field]);
    let joined_at = &room["created_at"];
    json!({"user_id": id, "username": username, "display_name": display_name, "role": role, "joined_at": joined_at})
}

pub(super) async fn story(installation: Installation) -> anyhow::Result<()> {
    let server = installation.start().await?;
    let mut ann = Listener::enter(&installation, &server, "ann").await?;
    let mut ben = Listener::enter(&installation, &server, "ben").await?;
    let mut cleo = Listener::enter(&installation, &server, "cleo").await?;
    let pair = ann.client.create_room(&direct(&ben.person)).await?.expect(201)?;
    let tea = ben.client.create_room(&group(Some("Tea"), &[&ann.person])).await?.expect(201)?;
    ben.client.create_room(&direct(&cleo.person)).await?.expect(201)?;
    for _ in [&pair, &tea] {
        ann.hears("room_created").await?;
        ben.hears("room_created").await?;
    }
    ben.hears("room_created").await?;
    cleo.hears("room_created").await?;

    // Ben hears of it in every room that they share, and so does ann; the order of activity stays.
    let order: Vec<Value> = ben.lists().await?.iter().map(|room| room["id"].clone()).collect();
    let renamed = ann.patch("/auth/me", &json!({"display_name": "  Ann of Green Gables 🦆 "})).await?.expect(200)?;
    let called = "Ann of Green Gables 🦆";
    assert_eq!((&renamed["display_name"], &renamed["username"]), (&json!(called), &json!("ann")));
    for listener in [&mut ann, &mut ben] {
        for (room, role) in [(&tea, "member"), (&pair, "owner")] {
            let event = listener.hears("participant_changed").await?;
            assert_eq!((&event["room_id"], &event["participant"]), (&room["id"], &seat(&renamed, room, role)));
        }
    }
    let listed = ben.lists().await?;
    assert_eq!(listed.iter().map(|room| room["id"].clone()).collect::<Vec<_>>(), order);
    let everybody = [("ann", called), ("ben", "ben")];
    for room in [&tea, &pair] {
        let seen = listed.iter().find(|one| one["id"] == room["id"]).cloned().unwrap_or_default();
        assert_eq!(names(&seen), everybody, "{seen}");
        assert_eq!(seen["updated_at"], room["updated_at"], "{seen}");
    }
    let seen = ben.client.create_room(&direct(&ann.person)).await?.expect(200)?;
    assert_eq!((&seen["id"], &seen["name"]), (&pair["id"], &json!(called)));

    // The name that she has is no news, and neither is one that is refused. Cleo heard of none.
    ann.patch("/auth/me", &json!({"display_name": called})).await?.expect(200)?;
    for bad in ["", "  ", "a\u{7}", &"a".repeat(101)] {
        let refused = ann.patch("/auth/me", &json!({"display_name": bad})).await?;
        refused.expect_problem(400, "malformed-request")?;
    }
    let next = cleo.client.create_room(&group(Some("All"), &[&ann.person, &ben.person])).await?.expect(201)?;
    for listener in [&mut ann, &mut ben, &mut cleo] {
        let event = listener.hears("room_created").await?;
        assert_eq!(event["room_id"], next["id"]);
        assert_eq!(names(&event), [("ann", called), ("ben", "ben"), ("cleo", "cleo")]);
    }
    for listener in [&ann, &ben, &cleo] {
        assert_eq!(listener.client.inbox(0).await?, listener.heard, "{}", listener.person.username);
    }
    server.stop().await?;

    let server = installation.start().await?;
    let [ann, ben] = [ann.goes_to(&server).await?, ben.goes_to(&server).await?];
    assert_eq!(ann.client.get("/auth/me").await?.expect(200)?, renamed);
    let seen = ben.client.create_room(&direct(&ann.person)).await?.expect(200)?;
    assert_eq!((&seen["id"], &seen["name"]), (&pair["id"], &json!(called)));
    Ok(())
}
