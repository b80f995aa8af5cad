//! Going on from where a client was.

use std::time::Duration;

use parlour_domain::port::InboxRepo;
use parlour_notifier_websocket::Limits;
use serde_json::json;

use crate::chat::Chat;
use crate::client::Client;

#[tokio::test(flavor = "multi_thread")]
async fn what_was_missed_comes_first_and_in_order_over_many_pages_and_then_what_is_new() {
    let chat = Chat::start_with(Limits { page: 3, ..Limits::default() });
    let (alice, bob) = (chat.person("Alice").await, chat.person("Bob").await);
    chat.untold_groups(alice.id, bob.id, 20).await;
    let mut client = Client::resume(&chat, &bob, 2).await;
    assert_eq!(client.frame().await, json!({ "type": "resumed", "since": 2, "head": 20 }));
    for seq in 3..=20 {
        client.event(seq).await;
    }
    chat.room(alice.id, bob.id).await;
    client.event(21).await;
    client.assert_nothing_waits().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_missed_nothing_is_told_so() {
    let chat = Chat::start();
    let (alice, bob) = (chat.person("Alice").await, chat.person("Bob").await);
    let mut fresh = Client::resume(&chat, &bob, 0).await;
    assert_eq!(fresh.frame().await, json!({ "type": "resumed", "since": 0, "head": 0 }));
    chat.room(alice.id, bob.id).await;
    fresh.event(1).await;
    let mut client = Client::resume(&chat, &bob, 1).await;
    assert_eq!(client.frame().await, json!({ "type": "resumed", "since": 1, "head": 1 }));
    client.assert_nothing_waits().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_beyond_the_head_is_reset() {
    let chat = Chat::start();
    let (alice, bob) = (chat.person("Alice").await, chat.person("Bob").await);
    chat.untold_groups(alice.id, bob.id, 2).await;
    for since in [3, u64::MAX] {
        let mut client = Client::resume(&chat, &bob, since).await;
        assert_eq!(client.frame().await, json!({ "type": "reset", "head": 2 }));
        client.assert_nothing_waits().await;
    }
    let mut client = Client::resume(&chat, &bob, 3).await;
    client.frame().await;
    chat.room(alice.id, bob.id).await;
    client.event(3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_before_what_is_kept_is_reset() {
    let chat = Chat::start();
    let (alice, bob) = (chat.person("Alice").await, chat.person("Bob").await);
    chat.untold_groups(alice.id, bob.id, 4).await;
    chat.clock.put_forward(Duration::from_secs(60));
    let now = parlour_domain::port::Clock::now(&*chat.clock);
    chat.store.forget(now).await.unwrap();

    let mut before = Client::resume(&chat, &bob, 2).await;
    assert_eq!(before.frame().await, json!({ "type": "reset", "head": 4 }));
    let mut kept = Client::resume(&chat, &bob, 3).await;
    assert_eq!(kept.frame().await, json!({ "type": "resumed", "since": 3, "head": 4 }));
    kept.event(4).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backlog_does_not_keep_a_socket_from_answering() {
    let chat = Chat::start_with(Limits { page: 10, ..Limits::default() });
    let (alice, bob) = (chat.person("Alice").await, chat.person("Bob").await);
    chat.untold_groups(alice.id, bob.id, 3_000).await;
    let mut client = Client::resume(&chat, &bob, 0).await;
    client.frame().await;
    client.say(json!({ "type": "nonsense", "temp_id": "meanwhile" })).await;
    let mut next = 1;
    let mut answered_after = None;
    while next <= 3_000 {
        let frame = client.frame().await;
        if frame["type"] == json!("error") {
            answered_after = Some(next - 1);
        } else {
            assert_eq!(frame["seq"], json!(next));
            next += 1;
        }
    }
    assert!(answered_after.is_some_and(|after| after < 3_000), "{answered_after:?}");
}
