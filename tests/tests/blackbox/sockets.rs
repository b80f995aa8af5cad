//! What a client may say on its socket, and what it is told when it should not have.

use parlour_tests::{Installation, Person, Server, Socket, Store};
use serde_json::json;

use crate::shapes::direct;

async fn two_people() -> anyhow::Result<(Installation, Server, Person, Person)> {
    let installation = Installation::with_one_store(Store::Memory)?;
    let server = installation.start().await?;
    let ann = installation.register("ann", "Ann").await?;
    let ben = installation.register("ben", "Ben").await?;
    Ok((installation, server, ann, ben))
}

#[tokio::test]
async fn every_refused_frame_is_answered_and_the_socket_lives_on() -> anyhow::Result<()> {
    let (_installation, server, ann, ben) = two_people().await?;
    let mut socket = Socket::open(&server, &ann).await?;
    for (said, code) in [
        ("{", "invalid_json"),
        ("", "invalid_json"),
        ("{\"type\": \"heartbeat\"}}", "invalid_json"),
        ("{}", "missing_type"),
        ("{\"type\": \"room_created\"}", "unknown_type"),
        ("{\"type\": \"\"}", "unknown_type"),
        ("{\"type\": \"ack\"}", "invalid_field"),
        ("{\"type\": \"ack\", \"seq\": -1}", "invalid_field"),
        ("{\"type\": \"ack\", \"seq\": \"1\"}", "invalid_field"),
    ] {
        socket.say_raw(said).await?;
        let answer = socket.next_of("error").await?;
        assert_eq!(answer["error_code"], code, "{said}: {answer}");
        assert!(answer["error_message"].is_string(), "{answer}");
    }
    socket.say(&json!({"type": "no_such_type", "temp_id": "t-1"})).await?;
    assert_eq!(socket.next_of("error").await?["temp_id"], "t-1");

    socket.say(&json!({"type": "heartbeat", "timestamp": "2026-11-22T18:00:00Z", "more": [1]})).await?;
    let room = server.client(&ben).create_room(&direct(&ann)).await?.expect(201)?;
    let event = socket.next_event().await?;
    assert_eq!(event["room_id"], room["id"]);
    socket.say(&json!({"type": "ack", "seq": event["seq"]})).await?;
    socket.say_raw("{").await?;
    assert_eq!(socket.next_of("error").await?["error_code"], "invalid_json", "ack and heartbeat are not refused");
    Ok(())
}

#[tokio::test]
async fn a_frame_that_is_too_large_closes_the_socket_with_1009() -> anyhow::Result<()> {
    let (_installation, server, ann, _) = two_people().await?;
    let mut socket = Socket::open(&server, &ann).await?;
    let padded = |length: usize| json!({"type": "heartbeat", "padding": "x".repeat(length)}).to_string();
    socket.say_raw(&padded(60 * 1024)).await?;
    socket.say_raw("{").await?;
    assert_eq!(socket.next_of("error").await?["error_code"], "invalid_json", "60 KiB are not too large");
    socket.say_raw(&padded(70 * 1024)).await?;
    assert_eq!(socket.closed().await?, 1009);
    Ok(())
}

#[tokio::test]
async fn a_request_that_is_no_handshake_is_a_problem() -> anyhow::Result<()> {
    let (_installation, server, ann, _) = two_people().await?;
    let client = server.client(&ann);
    client.get("/ws").await?.expect_problem(400, "malformed-request")?;
    for since in ["x", "-1", "1.5", "", "18446744073709551616"] {
        let problem = client.get(&format!("/ws?since={since}")).await?.expect_problem(400, "malformed-request")?;
        assert_eq!(problem["errors"][0]["field"], "since", "{problem}");
        assert!(Socket::open_at(&server, &format!("/ws?since={since}"), Some(&ann.token)).await.is_err(), "{since}");
    }
    Ok(())
}

#[tokio::test]
async fn a_fresh_socket_hears_only_what_is_new() -> anyhow::Result<()> {
    let (_installation, server, ann, ben) = two_people().await?;
    let first = server.client(&ben).create_room(&direct(&ann)).await?.expect(201)?;
    let mut fresh = Socket::open(&server, &ann).await?;
    let path = format!("/rooms/{}", first["id"].as_str().unwrap_or_default());
    server.client(&ben).delete(&path).await?.expect(204)?;
    let event = fresh.next_event().await?;
    assert_eq!((&event["type"], &event["seq"]), (&"room_deleted".into(), &2.into()));
    Ok(())
}

/// Every event reaches a socket that is being opened while others write, or can be resumed to: none is lost between
/// the two.
#[tokio::test]
async fn a_socket_that_opens_amid_events_misses_none() -> anyhow::Result<()> {
    let (_installation, server, ann, ben) = two_people().await?;
    let writer = server.client(&ben);
    let writing = tokio::spawn(async move {
        for n in 0..40 {
            let wanted = json!({"room_type": "group", "participant_ids": [ann.id], "name": format!("room {n}")});
            writer.create_room(&wanted).await?.expect(201)?;
        }
        anyhow::Ok(ann)
    });
    let mut seen = 0;
    while !writing.is_finished() || seen < 40 {
        let mut socket = Socket::open_since(&server, &ben, seen).await?;
        for _ in 0..3 {
            if seen < 40 {
                seen += 1;
                assert_eq!(socket.next_event().await?["seq"], seen);
            }
        }
    }
    writing.await??;
    Ok(())
}
