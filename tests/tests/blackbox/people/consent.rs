//! Whoever wants no rooms from somebody gets none, and nobody learns why.

use parlour_tests::{Installation, Person};
use reqwest::Method;
use serde_json::{Value, json};

use crate::listener::Listener;
use crate::shapes::{direct, group, without_instance};

/// Every way in which somebody could bring another into a room; all of them have to be refused, with one answer.
async fn refusal(by: &Listener, whom: &Person, beside: &Person, room: &str) -> anyhow::Result<Value> {
    let ephemeral = json!({"room_type": "ephemeral", "participant_ids": [whom.id]});
    let mut answers = Vec::new();
    for body in [direct(whom), group(None, &[whom]), group(Some("Both"), &[beside, whom]), ephemeral] {
        answers.push(by.client.create_room(&body).await?);
    }
    for role in ["member", "admin"] {
        answers.push(by.client.post(room, &json!({"user_id": whom.id, "role": role})).await?);
    }
    let mut said: Vec<Value> = Vec::new();
    for answer in answers {
        said.push(without_instance(answer.expect_problem(403, "forbidden")?));
    }
    said.dedup();
    let [said] = <[Value; 1]>::try_from(said).map_err(|said| anyhow::anyhow!("several answers: {said:?}"))?;
    Ok(said)
}

async fn say(who: &Listener, policy: &str) -> anyhow::Result<()> {
    let request = who.client.request(Method::PUT, "/auth/contact-policy").json(&json!({"rooms_from": policy}));
    let said = who.client.send(request).await?.expect(200)?;
    assert_eq!(said, json!({"rooms_from": policy}));
    Ok(())
}

async fn block(who: &Listener, method: Method, whom: &Person, status: u16) -> anyhow::Result<()> {
    let request = who.client.request(method, &format!("/auth/blocks/{}", whom.id));
    who.client.send(request).await?.expect(status).map(drop)
}

pub(super) async fn story(installation: Installation) -> anyhow::Result<()> {
    let server = installation.start().await?;
    let mut ann = Listener::enter(&installation, &server, "ann").await?;
    let mut ben = Listener::enter(&installation, &server, "ben").await?;
    let mut cleo = Listener::enter(&installation, &server, "cleo").await?;
    let tea = ann.client.create_room(&group(Some("Tea"), &[&cleo.person])).await?.expect(201)?;
    let seats = format!("/rooms/{}/participants", tea["id"].as_str().unwrap_or_default());
    ann.hears("room_created").await?;
    cleo.hears("room_created").await?;

    // Each reason to refuse, alone and together.
    say(&ben, "nobody").await?;
    let refused = refusal(&ann, &ben.person, &cleo.person, &seats).await?;
    say(&ben, "shared_rooms").await?;
    assert_eq!(refusal(&ann, &ben.person, &cleo.person, &seats).await?, refused);
    block(&ben, Method::PUT, &ann.person, 204).await?;
    assert_eq!(refusal(&ann, &ben.person, &cleo.person, &seats).await?, refused);
    say(&ben, "everyone").await?;
    assert_eq!(refusal(&ann, &ben.person, &cleo.person, &seats).await?, refused);
    // A block is about one person alone, and binds the other one only.
    let by_cleo = cleo.client.create_room(&direct(&ben.person)).await?.expect(201)?;
    for listener in [&mut cleo, &mut ben] {
        assert_eq!(listener.hears("room_created").await?["room_id"], by_cleo["id"]);
    }
    let by_ben = ben.client.create_room(&group(Some("Ours"), &[&ann.person])).await?.expect(201)?;
    for listener in [&mut ann, &mut ben] {
        assert_eq!(listener.hears("room_created").await?["room_id"], by_ben["id"]);
    }
    assert_eq!(refusal(&ann, &ben.person, &cleo.person, &seats).await?, refused);
    say(&ben, "shared_rooms").await?;
    assert_eq!(refusal(&ann, &ben.person, &cleo.person, &seats).await?, refused);
    say(&cleo, "nobody").await?;
    server.stop().await?;

    // After a restart both still mean it.
    let server = installation.start().await?;
    let mut ann = ann.goes_to(&server).await?;
    let mut ben = ben.goes_to(&server).await?;
    let mut cleo = cleo.goes_to(&server).await?;
    let blocked = ben.client.get("/auth/blocks").await?.expect(200)?;
    assert_eq!(blocked["blocks"].as_array().map(Vec::len), Some(1), "{blocked}");
    assert_eq!(blocked["blocks"][0]["user_id"], ann.person.id, "{blocked}");
    assert_eq!(ben.client.get("/auth/contact-policy").await?.expect(200)?, json!({"rooms_from": "shared_rooms"}));
    let both = ann.client.create_room(&group(None, &[&cleo.person, &ben.person])).await?;
    let both = both.expect_problem(403, "forbidden")?["detail"].to_string();
    assert!(both.contains(&cleo.person.id) && both.contains(&ben.person.id), "{both}");
    say(&cleo, "shared_rooms").await?;
    assert_eq!(refusal(&ann, &ben.person, &cleo.person, &seats).await?, refused);
    for listener in [&ann, &ben, &cleo] {
        assert_eq!(listener.client.inbox(0).await?, listener.heard, "{}", listener.person.username);
    }

    // Without the block ann is in: the two share the room that ben opened. The next that ben hears is of her rooms.
    block(&ben, Method::DELETE, &ann.person, 204).await?;
    block(&ben, Method::DELETE, &ann.person, 404).await?;
    let pair = ann.client.create_room(&direct(&ben.person)).await?.expect(201)?;
    for listener in [&mut ann, &mut ben] {
        assert_eq!(listener.hears("room_created").await?["room_id"], pair["id"]);
    }
    let joined = ann.client.post(&seats, &json!({"user_id": ben.person.id})).await?.expect(201)?;
    ann.hears_of("participant_joined", &joined).await?;
    cleo.hears_of("participant_joined", &joined).await?;
    assert_eq!(ben.hears("room_created").await?["room_id"], tea["id"]);

    // Whatever is said later, the direct room that exists is answered and stays as it is.
    say(&ben, "nobody").await?;
    block(&ben, Method::PUT, &ann.person, 204).await?;
    let again = ann.client.create_room(&direct(&ben.person)).await?.expect(200)?;
    assert_eq!(again["id"], pair["id"]);
    Ok(())
}
