//! What live sockets are told: everything, once, in order, whatever happens to the notices.

use std::sync::atomic::Ordering;
use std::time::Duration;

use parlour_domain::port::{Notice, Notifier};
use parlour_notifier_websocket::Limits;
use serde_json::json;

use crate::chat::{Chat, eventually};
use crate::client::Client;

#[tokio::test(flavor = "multi_thread")]
async fn a_direct_room_is_told_to_both_with_the_others_name() {
    let chat = Chat::start();
    let (alice, bob) = (chat.person("Alice").await, chat.person("Bob").await);
    let (mut alices, mut bobs) = (Client::open(&chat, &alice).await, Client::open(&chat, &bob).await);
    let room = chat.room(alice.id, bob.id).await;

    let entry = chat.entries(bob.id).await.remove(0);
    let at = entry.event.at.to_string();
    assert!(at.ends_with('Z') && at.contains('T'), "{at}");
    let expected = json!({
        "type": "room_created",
        "seq": 1,
        "event_id": entry.event.id.to_string(),
        "room_id": room.to_string(),
        "room_type": "direct",
        "name": "Alice of Parlour",
        "participants": [
            { "user_id": alice.id.to_string(), "username": "Alice", "display_name": "Alice of Parlour",
              "role": "owner", "joined_at": at },
            { "user_id": bob.id.to_string(), "username": "Bob", "display_name": "Bob of Parlour",
              "role": "member", "joined_at": at },
        ],
        "is_encrypted": true,
        "created_at": at,
        "updated_at": at,
        "expires_at": null,
    });
    assert_eq!(bobs.frame().await, expected);
    let seen_by_alice = alices.frame().await;
    assert_eq!(seen_by_alice["name"], json!("Bob of Parlour"));
    assert_eq!(seen_by_alice["event_id"], expected["event_id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_a_room_is_told() {
    let chat = Chat::start();
    let (alice, bob) = (chat.person("Alice").await, chat.person("Bob").await);
    let mut bobs = Client::open(&chat, &bob).await;

    let deleted = chat.group(alice.id, vec![bob.id], Some("Chess")).await;
    assert_eq!(bobs.event(1).await["name"], json!("Chess"));
    chat.delete(alice.id, deleted).await;
    let id = |entries: &[parlour_domain::InboxEntry], at: usize| entries[at].event.id.to_string();
    let told = bobs.frame().await;
    let event = id(&chat.entries(bob.id).await, 1);
    assert_eq!(told, json!({ "type": "room_deleted", "seq": 2, "event_id": event, "room_id": deleted.to_string() }));

    let expired = chat.ephemeral(alice.id, bob.id).await;
    let created = bobs.event(3).await;
    assert_eq!(created["room_type"], json!("ephemeral"));
    assert!(created["expires_at"].as_str().unwrap() > created["created_at"].as_str().unwrap());
    chat.clock.put_forward(Duration::from_secs(60));
    chat.sweep().await;
    let told = bobs.frame().await;
    let event = id(&chat.entries(bob.id).await, 3);
    assert_eq!(told, json!({ "type": "room_expired", "seq": 4, "event_id": event, "room_id": expired.to_string() }));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_socket_of_the_recipients_hears_and_nobody_elses() {
    let chat = Chat::start();
    let (alice, bob) = (chat.person("Alice").await, chat.person("Bob").await);
    let mut outsider = Client::open(&chat, &chat.person("Carol").await).await;
    let mut sockets = Vec::new();
    for _ in 0..3 {
        sockets.push(Client::open(&chat, &alice).await);
        sockets.push(Client::open(&chat, &bob).await);
    }
    chat.room(alice.id, bob.id).await;
    for socket in &mut sockets {
        assert_eq!(socket.event(1).await["type"], json!("room_created"));
    }
    outsider.assert_nothing_waits().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_since_nothing_is_replayed() {
    let chat = Chat::start();
    let (alice, bob) = (chat.person("Alice").await, chat.person("Bob").await);
    chat.untold_groups(alice.id, bob.id, 3).await;
    let mut client = Client::open(&chat, &bob).await;
    client.assert_nothing_waits().await;
    chat.room(alice.id, bob.id).await;
    client.event(4).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn notices_that_come_twice_or_in_disorder_change_nothing() {
    let chat = Chat::start();
    let (alice, bob) = (chat.person("Alice").await, chat.person("Bob").await);
    let mut client = Client::open(&chat, &bob).await;
    chat.untold_groups(alice.id, bob.id, 5).await;
    let entries = chat.entries(bob.id).await;
    for at in [2, 0, 0, 1, 4, 2, 3, 1] {
        chat.hub.notify(vec![Notice::Entry(entries[at].clone())]).await.unwrap();
    }
    for seq in 1..=5 {
        client.event(seq).await;
    }
    let reads = chat.store.inbox_reads.load(Ordering::SeqCst);
    chat.hub.notify(entries.into_iter().map(Notice::Entry).collect()).await.unwrap();
    client.assert_nothing_waits().await;
    assert_eq!(chat.store.inbox_reads.load(Ordering::SeqCst), reads, "what was sent is not asked about");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_notice_is_made_up_for_by_the_next_one() {
    let chat = Chat::start();
    let (alice, bob) = (chat.person("Alice").await, chat.person("Bob").await);
    let mut client = Client::open(&chat, &bob).await;
    chat.untold_groups(alice.id, bob.id, 7).await;
    chat.room(alice.id, bob.id).await;
    for seq in 1..=8 {
        client.event(seq).await;
    }
    client.assert_nothing_waits().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_notice_is_made_up_for_by_a_wake_or_a_resync() {
    let chat = Chat::start();
    let (alice, bob) = (chat.person("Alice").await, chat.person("Bob").await);
    let mut client = Client::open(&chat, &bob).await;
    chat.untold_groups(alice.id, bob.id, 1).await;
    chat.hub.notify(vec![Notice::Wake(bob.id)]).await.unwrap();
    client.event(1).await;

    chat.untold_groups(alice.id, bob.id, 2).await;
    chat.hub.resync(&chat.inbox).await.unwrap();
    client.event(2).await;
    client.event(3).await;

    let reads = chat.store.inbox_reads.load(Ordering::SeqCst);
    chat.hub.resync(&chat.inbox).await.unwrap();
    client.assert_nothing_waits().await;
    assert_eq!(chat.store.inbox_reads.load(Ordering::SeqCst), reads, "who is not behind does not read");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inbox_that_cannot_be_read_is_read_again_until_it_can() {
    let limits = Limits { retry_first: Duration::from_millis(2), ..Limits::default() };
    let chat = Chat::start_with(limits);
    let (alice, bob) = (chat.person("Alice").await, chat.person("Bob").await);
    let mut client = Client::open(&chat, &bob).await;
    chat.store.inboxes_fail.store(true, Ordering::SeqCst);
    chat.untold_groups(alice.id, bob.id, 2).await;
    chat.hub.notify(vec![Notice::Wake(bob.id)]).await.unwrap();
    eventually(|| chat.store.inbox_reads.load(Ordering::SeqCst) > 3).await;
    client.assert_nothing_waits().await;
    chat.store.inboxes_fail.store(false, Ordering::SeqCst);
    client.event(1).await;
    client.event(2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inbox_that_never_answers_is_asked_again_and_the_socket_lives_on() {
    let limits = Limits {
        retry_first: Duration::from_millis(2),
        // Not shorter, or a busy machine would be too slow for the handshake.
        stores_answer_within: Duration::from_secs(1),
        ..Limits::default()
    };
    let chat = Chat::start_with(limits);
    let (alice, bob) = (chat.person("Alice").await, chat.person("Bob").await);
    let mut client = Client::open(&chat, &bob).await;
    chat.store.inboxes_hang.store(true, Ordering::SeqCst);
    chat.untold_groups(alice.id, bob.id, 2).await;
    chat.hub.notify(vec![Notice::Wake(bob.id)]).await.unwrap();
    eventually(|| chat.store.inbox_reads.load(Ordering::SeqCst) > 3).await;
    client.assert_nothing_waits().await;
    chat.store.inboxes_hang.store(false, Ordering::SeqCst);
    client.event(1).await;
    client.event(2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resync_says_when_the_store_does_not_answer() {
    let chat = Chat::start();
    let bob = chat.person("Bob").await;
    let _client = Client::open(&chat, &bob).await;
    chat.store.inboxes_fail.store(true, Ordering::SeqCst);
    assert!(chat.hub.resync(&chat.inbox).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hint_cuts_the_wait_for_an_inbox_short() {
    let hour = Duration::from_secs(3_600);
    let chat = Chat::start_with(Limits { retry_first: hour, retry_longest: hour, ..Limits::default() });
    let (alice, bob) = (chat.person("Alice").await, chat.person("Bob").await);
    let mut client = Client::open(&chat, &bob).await;
    chat.store.inboxes_fail.store(true, Ordering::SeqCst);
    chat.untold_groups(alice.id, bob.id, 1).await;
    chat.hub.notify(vec![Notice::Wake(bob.id)]).await.unwrap();
    eventually(|| chat.store.inbox_reads.load(Ordering::SeqCst) > 0).await;
    chat.store.inboxes_fail.store(false, Ordering::SeqCst);
    chat.room(alice.id, bob.id).await;
    client.event(1).await;
    client.event(2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_that_overflows_costs_no_event() {
    let chat = Chat::start_with(Limits { queued_events: 1, page: 3, ..Limits::default() });
    let (alice, bob) = (chat.person("Alice").await, chat.person("Bob").await);
    let mut client = Client::open(&chat, &bob).await;
    chat.untold_groups(alice.id, bob.id, 500).await;
    let notices = chat.entries(bob.id).await.into_iter().map(Notice::Entry).collect();
    chat.hub.notify(notices).await.unwrap();
    for seq in 1..=500 {
        client.event(seq).await;
    }
    client.assert_nothing_waits().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sockets_that_come_and_go_under_load_see_everything_once_and_in_order() {
    const ROOMS: u64 = 200;
    let chat = Chat::start_with(Limits { queued_events: 4, page: 7, ..Limits::default() });
    let (alice, bob) = (chat.person("Alice").await, chat.person("Bob").await);
    let create = async {
        for _ in 0..ROOMS {
            chat.group(alice.id, vec![bob.id], None).await;
        }
    };
    let listen = async {
        let mut seen = 0;
        while seen < ROOMS {
            let mut client = Client::resume(&chat, &bob, seen).await;
            assert_eq!(client.frame().await["since"], json!(seen));
            let stop = (seen + 17).min(ROOMS);
            while seen < stop {
                seen += 1;
                client.event(seen).await;
            }
        }
    };
    tokio::join!(create, listen);
}
