//! A group changes: people come and go, rise and hand it over, and it gets another name.

use parlour_tests::{Installation, Person, Store};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::listener::Listener;
use crate::shapes::{direct, group, room_ids};

const NEWCOMERS: usize = 8;

fn seat(person: &Person, role: &str, joined_at: &Value) -> Value {
    let Person { id, username, display_name, .. } = person;
    json!({"user_id": id, "username": username, "display_name": display_name, "role": role, "joined_at": joined_at})
}

async fn a_group_changes(installation: Installation) -> anyhow::Result<()> {
    let server = installation.start().await?;
    let mut ann = Listener::enter(&installation, &server, "ann").await?;
    let mut ben = Listener::enter(&installation, &server, "ben").await?;
    let mut cleo = Listener::enter(&installation, &server, "cleo").await?;
    let room = ann.client.create_room(&group(None, &[&ben.person])).await?.expect(201)?;
    let path = format!("/rooms/{}", room["id"].as_str().unwrap_or_default());
    let seat_of = |person: &Person| format!("{path}/participants/{}", person.id);
    let other = ann.client.create_room(&direct(&cleo.person)).await?.expect(201)?;
    ann.hears("room_created").await?;
    ben.hears("room_created").await?;
    for listener in [&mut ann, &mut cleo] {
        assert_eq!(listener.hears("room_created").await?["room_id"], other["id"]);
    }

    // Cleo comes in: to her the room is new, and for everybody it is the last changed.
    let body = json!({"user_id": cleo.person.id});
    let joined = ann.client.post(&format!("{path}/participants"), &body).await?.expect(201)?;
    assert_eq!(joined, seat(&cleo.person, "member", &joined["joined_at"]));
    ann.hears_of("participant_joined", &joined).await?;
    ben.hears_of("participant_joined", &joined).await?;
    let created = cleo.hears("room_created").await?;
    let seen = cleo.client.get(&path).await?.expect(200)?;
    assert_eq!((&created["room_id"], &created["name"]), (&room["id"], &json!("ann, ben")));
    assert_eq!((&created["participants"], &created["updated_at"]), (&seen["participants"], &joined["joined_at"]));
    for listener in [&ann, &cleo] {
        let [first, second] = [&room["id"], &other["id"]].map(|id| id.as_str().unwrap_or_default());
        assert_eq!(room_ids(&listener.lists().await?), [first, second]);
    }
    let again = ann.client.post(&format!("{path}/participants"), &body).await?;
    again.expect_problem(409, "already-participant")?;

    // Ben rises and uses it; cleo may not.
    ben.patch(&path, &json!({"name": "Tea"})).await?.expect_problem(403, "forbidden")?;
    let risen = ann.patch(&seat_of(&ben.person), &json!({"role": "admin"})).await?.expect(200)?;
    assert_eq!(risen, seat(&ben.person, "admin", &room["created_at"]));
    for listener in [&mut ann, &mut ben, &mut cleo] {
        listener.hears_of("participant_changed", &risen).await?;
    }
    let renamed = ben.patch(&path, &json!({"name": " Tea "})).await?.expect(200)?;
    assert_eq!(renamed["name"], "Tea");
    for listener in [&mut ann, &mut ben, &mut cleo] {
        let updated = listener.hears("room_updated").await?;
        assert_eq!((&updated["name"], &updated["participants"]), (&json!("Tea"), &renamed["participants"]));
    }
    cleo.client.delete(&seat_of(&ann.person)).await?.expect_problem(403, "forbidden")?;

    // Cleo is removed: she hears it, and the room is gone for her alone.
    ben.client.delete(&seat_of(&cleo.person)).await?.expect(204)?;
    for listener in [&mut ann, &mut ben, &mut cleo] {
        listener.hears_of("participant_left", &joined).await?;
    }
    cleo.client.get(&path).await?.expect_problem(404, "room-not-found")?;
    assert_eq!(room_ids(&cleo.lists().await?), [other["id"].as_str().unwrap_or_default()]);

    // Ann leaves and ben follows her; when he leaves too, the room is gone.
    ann.client.delete(&seat_of(&ann.person)).await?.expect(204)?;
    let left = seat(&ann.person, "owner", &room["created_at"]);
    ann.hears_of("participant_left", &left).await?;
    ben.hears_of("participant_left", &left).await?;
    let heir = seat(&ben.person, "owner", &room["created_at"]);
    ben.hears_of("participant_changed", &heir).await?;
    assert_eq!(ben.client.get(&path).await?.expect(200)?["participants"], json!([heir]));
    ben.client.delete(&seat_of(&ben.person)).await?.expect(204)?;
    ben.hears_of("participant_left", &heir).await?;
    ben.client.get(&path).await?.expect_problem(404, "room-not-found")?;
    for listener in [&ann, &ben, &cleo] {
        assert_eq!(listener.client.inbox(0).await?, listener.heard, "{}", listener.person.username);
    }
    server.stop().await?;

    let server = installation.start().await?;
    for listener in [&ann, &ben, &cleo] {
        let client = server.client(&listener.person);
        assert_eq!(client.inbox(0).await?, listener.heard, "{}", listener.person.username);
        let listed = client.rooms(10).await?;
        assert_eq!(listed.len(), usize::from(listener.person.id != ben.person.id), "{listed:?}");
    }
    Ok(())
}

#[tokio::test]
async fn people_come_and_go_and_everyone_hears_of_it_by_default() -> anyhow::Result<()> {
    a_group_changes(Installation::new()?).await
}

#[tokio::test]
async fn people_come_and_go_and_everyone_hears_of_it_in_sqlite() -> anyhow::Result<()> {
    a_group_changes(Installation::with_one_store(Store::Sqlite)?).await
}

/// Two admins bring the same people in at the same time, one after the other: each of them is brought in once.
async fn two_admins_race(installation: Installation) -> anyhow::Result<()> {
    let server = installation.start().await?;
    let [ann, ben] = [installation.register("ann", "Ann").await?, installation.register("ben", "Ben").await?];
    let of_ann = server.client(&ann);
    let room = of_ann.create_room(&group(Some("Tea"), &[&ben])).await?.expect(201)?;
    let path = format!("/rooms/{}/participants", room["id"].as_str().unwrap_or_default());
    let bens = of_ann.request(Method::PATCH, &format!("{path}/{}", ben.id)).json(&json!({"role": "admin"}));
    of_ann.send(bens).await?.expect(200)?;
    for n in 0..NEWCOMERS {
        let newcomer = installation.register(&format!("user{n}"), "User").await?;
        let mut racing = JoinSet::new();
        for admin in [&ann, &ben] {
            // A connection of its own: the server may be ending one that was idle meanwhile.
            let client = server.client(admin);
            let (path, body) = (path.clone(), json!({"user_id": newcomer.id}));
            racing.spawn(async move { client.post(&path, &body).await });
        }
        let mut replies = racing.join_all().await.into_iter().collect::<anyhow::Result<Vec<_>>>()?;
        replies.sort_by_key(|reply| reply.status);
        let [won, lost] = <[_; 2]>::try_from(replies).map_err(|replies| anyhow::anyhow!("{replies:?}"))?;
        assert_eq!(won.expect(201)?["user_id"], newcomer.id);
        lost.expect_problem(409, "already-participant")?;
        let told = server.client(&newcomer).inbox(0).await?;
        assert_eq!((told.len(), &told[0]["type"]), (1, &json!("room_created")), "{told:?}");
    }
    for admin in [&ann, &ben] {
        let told = server.client(admin).inbox(0).await?;
        let joined = told.iter().filter(|event| event["type"] == "participant_joined");
        assert_eq!(joined.count(), NEWCOMERS, "{told:?}");
    }
    Ok(())
}

#[tokio::test]
async fn of_two_admins_who_bring_the_same_person_in_one_wins_by_default() -> anyhow::Result<()> {
    two_admins_race(Installation::new()?).await
}

#[tokio::test]
async fn of_two_admins_who_bring_the_same_person_in_one_wins_in_sqlite() -> anyhow::Result<()> {
    two_admins_race(Installation::with_one_store(Store::Sqlite)?).await
}
