//! How sockets end from the server's side, and that nothing of them is left.

use std::sync::atomic::Ordering;
use std::time::Duration;

use parlour_domain::SessionLifetime;
use parlour_domain::port::{Clock, Disconnector, SessionRepo};
use parlour_notifier_websocket::Limits;
use serde_json::json;

use crate::chat::{Chat, eventually};
use crate::client::Client;

#[tokio::test(flavor = "multi_thread")]
async fn revoking_a_session_closes_its_sockets_and_no_others() {
    let chat = Chat::start();
    let alice = chat.person("Alice").await;
    let other_session = chat.session_of(alice.id, Duration::from_secs(60)).await;
    let mut revoked = [Client::open(&chat, &alice).await, Client::open(&chat, &alice).await];
    let mut kept = Client::open(&chat, &other_session).await;
    chat.hub.disconnect(vec![alice.session]).await;
    for client in &mut revoked {
        assert_eq!(client.frame().await["error_code"], json!("unauthorized"));
        assert_eq!(client.close_code().await, 4401);
    }
    kept.assert_nothing_waits().await;
    assert_eq!(chat.hub.connected(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_expires_takes_its_socket_with_it() {
    let chat = Chat::start();
    let user = chat.user("Alice").await;
    let short = chat.session_of(user, Duration::from_secs(2)).await;
    let long = chat.session_of(user, Duration::from_secs(3_600)).await;
    let (mut ends, mut stays) = (Client::open(&chat, &short).await, Client::open(&chat, &long).await);
    ends.assert_nothing_waits().await;
    assert_eq!(ends.frame().await["error_code"], json!("unauthorized"));
    assert_eq!(ends.close_code().await, 4401);
    stays.assert_nothing_waits().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_node_has_ended_ends_here_too() {
    let limits = Limits { session_looked_at_every: Duration::from_millis(20), ..Limits::default() };
    let chat = Chat::start_with(limits);
    let (alice, bob) = (chat.person("Alice").await, chat.person("Bob").await);
    let (mut ends, mut stays) = (Client::open(&chat, &alice).await, Client::open(&chat, &bob).await);
    // In the store alone: this node's hub is not told.
    assert!(chat.store.remove(alice.session).await.unwrap());
    assert_eq!(ends.frame().await["error_code"], json!("unauthorized"));
    assert_eq!(ends.close_code().await, 4401);
    stays.assert_nothing_waits().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_fails_before_the_end_of_a_session_leaves_its_socket_open() {
    let limits = Limits { session_looked_at_every: Duration::from_millis(20), ..Limits::default() };
    let chat = Chat::start_with(limits);
    let alice = chat.person("Alice").await;
    let mut socket = Client::open(&chat, &alice).await;
    chat.store.sessions_fail.store(true, Ordering::SeqCst);
    let looked_up_before = chat.store.session_reads();
    eventually(|| chat.store.session_reads() > looked_up_before + 2).await;
    chat.store.sessions_fail.store(false, Ordering::SeqCst);
    socket.assert_nothing_waits().await;
    assert_eq!(chat.hub.connected(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_was_extended_meanwhile_keeps_its_socket() {
    let chat = Chat::start();
    let user = chat.user("Alice").await;
    let alice = chat.session_of(user, Duration::from_secs(2)).await;
    let mut socket = Client::open(&chat, &alice).await;
    let looked_up_before = chat.store.session_reads();
    let end = chat.clock.now().after(Duration::from_secs(3_600));
    assert!(chat.store.extend(alice.session, end).await.unwrap());
    eventually(|| chat.store.session_reads() > looked_up_before).await;
    socket.assert_nothing_waits().await;
    assert_eq!(chat.hub.connected(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_fails_at_the_end_of_a_session_does_not_look_like_its_end() {
    let chat = Chat::start();
    let user = chat.user("Alice").await;
    let alice = chat.session_of(user, Duration::from_secs(2)).await;
    let mut socket = Client::open(&chat, &alice).await;
    chat.store.sessions_fail.store(true, Ordering::SeqCst);
    assert_eq!(socket.frame().await["error_code"], json!("unavailable"));
    assert_eq!(socket.close_code().await, 1013);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_live_socket_keeps_a_sliding_session_alive_to_its_longest_life() {
    let (length, at_most) = (Duration::from_secs(2), Duration::from_secs(5));
    let chat = Chat::start_with_lifetime(Limits::default(), SessionLifetime::sliding(length, at_most));
    let user = chat.user("Alice").await;
    let alice = chat.session_of(user, length).await;
    let issued = SessionRepo::list_of(&*chat.store, user).await.unwrap().remove(0);
    let mut socket = Client::open(&chat, &alice).await;
    assert_eq!(socket.frame().await["error_code"], json!("unauthorized"));
    assert_eq!(socket.close_code().await, 4401);
    let ended = SessionRepo::list_of(&*chat.store, user).await.unwrap().remove(0);
    assert_eq!(ended.expires_at, issued.created_at.after(at_most));
    assert!(chat.clock.now() >= ended.expires_at);
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_the_hub_says_goodbye_to_everyone_and_lets_nobody_in() {
    let chat = Chat::start();
    let people = [chat.person("Alice").await, chat.person("Bob").await];
    let mut clients = Vec::new();
    for person in [&people[0], &people[0], &people[1]] {
        clients.push(Client::open(&chat, person).await);
    }
    chat.hub.close_all(Duration::from_secs(20)).await;
    assert_eq!(chat.hub.connected(), 0);
    for client in &mut clients {
        assert_eq!(client.close_code().await, 1001);
    }
    let mut late = Client::open(&chat, &people[0]).await;
    assert_eq!(late.close_code().await, 1001);
}

#[tokio::test(flavor = "multi_thread")]
async fn sockets_that_come_and_go_leave_nothing_behind() {
    let chat = Chat::start();
    let people = [chat.person("Alice").await, chat.person("Bob").await, chat.person("Carol").await];
    for round in 0..30 {
        let mut clients = Vec::new();
        for person in &people {
            clients.push(Client::open(&chat, person).await);
        }
        for (at, client) in clients.into_iter().enumerate() {
            if (at + round) % 2 == 0 {
                client.close().await;
            }
        }
        chat.until_connected(0).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_leaves_makes_room_before_it_hears_the_answer() {
    let chat = Chat::start();
    let alice = chat.person("Alice").await;
    let mut clients = Vec::new();
    for _ in 0..5 {
        clients.push(Client::open(&chat, &alice).await);
    }
    for _ in 0..50 {
        clients.remove(0).close().await;
        let mut client = Client::open(&chat, &alice).await;
        client.assert_nothing_waits().await;
        clients.push(client);
    }
    eventually(|| chat.hub.connected() == 5).await;
}
