//! Frames that are refused, and those that are not.

use parlour_notifier_websocket::Limits;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::chat::Chat;
use crate::client::Client;

async fn answer(client: &mut Client, text: &str) -> Value {
    client.send(Message::text(text.to_owned())).await;
    let frame = client.frame().await;
    assert_eq!(frame["type"], json!("error"));
    assert!(frame["error_message"].as_str().is_some_and(|text| !text.is_empty()));
    frame
}

#[tokio::test(flavor = "multi_thread")]
async fn every_refused_frame_is_answered_and_the_socket_goes_on() {
    let chat = Chat::start();
    let mut client = Client::open(&chat, &chat.person("Alice").await).await;
    for (text, code) in [
        ("no json", "invalid_json"),
        ("[1]", "invalid_json"),
        ("{}", "missing_type"),
        (r#"{"type":5}"#, "invalid_field"),
        (r#"{"type":"encrypted_message"}"#, "unknown_type"),
        (r#"{"type":"typing"}"#, "unknown_type"),
        (r#"{"type":"presence","status":"online"}"#, "unknown_type"),
        (r#"{"type":"receipt"}"#, "unknown_type"),
        (r#"{"type":"heartbeat","timestamp":[]}"#, "invalid_field"),
        (r#"{"type":"ack"}"#, "invalid_field"),
    ] {
        assert_eq!(answer(&mut client, text).await["error_code"], json!(code), "{text}");
    }
    client.send(Message::binary(vec![1, 2, 3])).await;
    assert_eq!(client.frame().await["error_code"], json!("invalid_json"));
    client.assert_nothing_waits().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_names_the_frame_and_the_field() {
    let chat = Chat::start();
    let mut client = Client::open(&chat, &chat.person("Alice").await).await;
    let told = answer(&mut client, r#"{"type":"ack","seq":1,"temp_id":"t é"}"#).await;
    assert_eq!(
        told,
        json!({
            "type": "error",
            "error_code": "invalid_field",
            "error_message": "must not be beyond what this socket was sent",
            "details": { "field": "seq" },
            "temp_id": "t é",
        })
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sent_can_be_acknowledged_and_no_more() {
    let chat = Chat::start();
    let (alice, bob) = (chat.person("Alice").await, chat.person("Bob").await);
    chat.untold_groups(alice.id, bob.id, 2).await;
    let mut client = Client::open(&chat, &bob).await;
    client.say(json!({ "type": "ack", "seq": 2 })).await;
    client.assert_nothing_waits().await;
    assert_eq!(answer(&mut client, r#"{"type":"ack","seq":3}"#).await["error_code"], json!("invalid_field"));
    chat.room(alice.id, bob.id).await;
    client.event(3).await;
    client.say(json!({ "type": "ack", "seq": 3 })).await;
    client.say(json!({ "type": "heartbeat", "timestamp": "2026-11-22T18:00:00Z" })).await;
    client.assert_nothing_waits().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_of_exactly_the_limit_is_taken_and_one_byte_more_closes_with_1009() {
    let chat = Chat::start();
    let mut client = Client::open(&chat, &chat.person("Alice").await).await;
    let limit = Limits::default().message_bytes;
    assert_eq!(answer(&mut client, &"x".repeat(limit)).await["error_code"], json!("invalid_json"));
    assert_eq!(answer(&mut client, &"x".repeat(limit + 1)).await["error_code"], json!("too_large"));
    assert_eq!(client.close_code().await, 1009);
    chat.until_connected(0).await;
}
