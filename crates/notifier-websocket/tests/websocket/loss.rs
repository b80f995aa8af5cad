//! A room store that comes back older than what live sockets were sent.

use std::sync::atomic::Ordering;

use serde_json::json;

use crate::chat::{Chat, Person};
use crate::client::Client;

/// A socket of the other that was sent three events.
async fn sent_three() -> (Chat, Person, Person, Client) {
    let chat = Chat::start();
    let (alice, bob) = (chat.person("Alice").await, chat.person("Bob").await);
    let mut client = Client::open(&chat, &bob).await;
    for seq in 1..=3 {
        chat.group(alice.id, vec![bob.id], None).await;
        client.event(seq).await;
    }
    (chat, alice, bob, client)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resync_resets_a_socket_that_is_beyond_its_inbox() {
    for left in [0, 2] {
        let (chat, alice, bob, mut client) = sent_three().await;
        chat.store.lose_rooms();
        chat.untold_groups(alice.id, bob.id, left).await;
        chat.hub.resync(&chat.inbox).await.unwrap();
        assert_eq!(client.frame().await, json!({ "type": "reset", "head": left }));

        let reads = chat.store.inbox_reads.load(Ordering::SeqCst);
        chat.hub.resync(&chat.inbox).await.unwrap();
        client.assert_nothing_waits().await;
        assert_eq!(chat.store.inbox_reads.load(Ordering::SeqCst), reads, "once is enough");
        chat.group(alice.id, vec![bob.id], None).await;
        client.event(left as u64 + 1).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_at_a_place_that_was_sent_resets_the_socket() {
    for untold in [0, 1, 2] {
        let (chat, alice, bob, mut client) = sent_three().await;
        chat.store.lose_rooms();
        chat.untold_groups(alice.id, bob.id, untold).await;
        chat.group(alice.id, vec![bob.id], None).await;
        assert_eq!(client.frame().await, json!({ "type": "reset", "head": untold + 1 }));
        client.assert_nothing_waits().await;
        chat.group(alice.id, vec![bob.id], None).await;
        client.event(untold as u64 + 2).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_before_the_place_where_a_socket_began_makes_it_look() {
    let (chat, alice, bob, _client) = sent_three().await;
    let mut fresh = Client::open(&chat, &bob).await;
    chat.store.lose_rooms();
    chat.group(alice.id, vec![bob.id], None).await;
    assert_eq!(fresh.frame().await, json!({ "type": "reset", "head": 1 }));
    fresh.assert_nothing_waits().await;
}
