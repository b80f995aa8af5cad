//! Who gets in, and what those hear who do not.

use std::sync::atomic::Ordering;
use std::time::Duration;

use parlour_domain::SessionToken;
use parlour_domain::port::{Disconnector, SessionRepo};
use parlour_notifier_websocket::Limits;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Error;

use crate::chat::Chat;
use crate::client::Client;

async fn refused(chat: &Chat, token: Option<&SessionToken>) -> (String, u16) {
    let mut client = Client::open_at(chat, "", token).await.unwrap();
    let frame = client.frame().await;
    assert_eq!(frame["type"], json!("error"));
    assert!(frame["error_message"].is_string());
    (frame["error_code"].as_str().unwrap().to_owned(), client.close_code().await)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_unknown_or_expired_session_is_accepted_told_and_closed_with_4401() {
    let chat = Chat::start();
    let expired = chat.session_of(chat.user("Alice").await, Duration::from_secs(5)).await;
    chat.clock.put_forward(Duration::from_secs(5));
    let unknown = SessionToken::from_random_bytes([9; 32]);
    for token in [None, Some(&unknown), Some(&expired.token)] {
        assert_eq!(refused(&chat, token).await, ("unauthorized".to_owned(), 4401));
    }
    assert_eq!(chat.hub.connected(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_store_that_fails_does_not_look_like_a_bad_session() {
    let chat = Chat::start();
    let alice = chat.person("Alice").await;
    chat.store.sessions_fail.store(true, Ordering::SeqCst);
    assert_eq!(refused(&chat, Some(&alice.token)).await, ("unavailable".to_owned(), 1013));
    chat.store.sessions_fail.store(false, Ordering::SeqCst);
    Client::open(&chat, &alice).await.assert_nothing_waits().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inbox_that_fails_at_the_handshake_is_unavailable_and_leaves_no_socket_behind() {
    let chat = Chat::start();
    let alice = chat.person("Alice").await;
    chat.store.inboxes_fail.store(true, Ordering::SeqCst);
    assert_eq!(refused(&chat, Some(&alice.token)).await, ("unavailable".to_owned(), 1013));
    let mut resuming = Client::resume(&chat, &alice, 0).await;
    assert_eq!(resuming.frame().await["error_code"], json!("unavailable"));
    assert_eq!(resuming.close_code().await, 1013);
    assert_eq!(chat.hub.connected(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_never_answers_at_the_handshake_is_unavailable_in_time() {
    // Not shorter, or a busy machine would be too slow for the handshake that succeeds.
    let limits = Limits { stores_answer_within: Duration::from_secs(1), ..Limits::default() };
    let chat = Chat::start_with(limits);
    let alice = chat.person("Alice").await;
    for hangs in [&chat.store.inboxes_hang, &chat.store.sessions_hang] {
        hangs.store(true, Ordering::SeqCst);
        assert_eq!(refused(&chat, Some(&alice.token)).await, ("unavailable".to_owned(), 1013));
        assert_eq!(chat.hub.connected(), 0);
        hangs.store(false, Ordering::SeqCst);
    }
    Client::open(&chat, &alice).await.assert_nothing_waits().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_revoked_during_the_handshake_gets_no_socket() {
    let chat = Chat::start();
    let alice = chat.person("Alice").await;
    chat.store.sessions_known_for.store(1, Ordering::SeqCst);
    assert_eq!(refused(&chat, Some(&alice.token)).await, ("unauthorized".to_owned(), 4401));
    assert_eq!(chat.hub.connected(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sixth_socket_of_a_user_is_refused_until_one_is_gone() {
    let chat = Chat::start();
    let (alice, bob) = (chat.person("Alice").await, chat.person("Bob").await);
    let mut sockets = Vec::new();
    for _ in 0..Limits::default().sockets_per_user {
        sockets.push(Client::open(&chat, &alice).await);
    }
    let another_session = chat.session_of(alice.id, Duration::from_secs(60)).await;
    assert_eq!(refused(&chat, Some(&another_session.token)).await, ("max_connections".to_owned(), 4408));
    Client::open(&chat, &bob).await.assert_nothing_waits().await;

    sockets.pop().unwrap().close().await;
    Client::open(&chat, &alice).await.assert_nothing_waits().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_since_that_is_no_place_is_refused_before_the_upgrade_by_the_apps_own_mapper() {
    let chat = Chat::start();
    let alice = chat.person("Alice").await;
    for since in ["", "-1", "%2B1", "1.5", "abc", "0x1", "18446744073709551616", "1&since=2"] {
        let refused = Client::open_at(&chat, &format!("?since={since}"), Some(&alice.token)).await;
        let Err(Error::Http(response)) = refused else { panic!("{since} was not refused") };
        assert_eq!(response.status().as_u16(), 400, "{since}");
        let body = String::from_utf8(response.body().clone().unwrap_or_default()).unwrap();
        assert!(body.starts_with("mapped: ") && body.contains("since"), "{since}: {body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plain_request_is_refused_and_registers_nothing() {
    let chat = Chat::start();
    for (request, status) in [("GET", "400"), ("POST", "405")] {
        let mut stream = TcpStream::connect(chat.address).await.unwrap();
        let head = format!("{request} /ws HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{answer}");
        assert_eq!(status == "405", answer.to_ascii_lowercase().contains("\r\nallow: get\r\n"), "{answer}");
    }
    assert_eq!(chat.hub.connected(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_saw_the_handshake_misses_no_event_after_it() {
    let chat = Chat::start();
    let (alice, bob) = (chat.person("Alice").await, chat.person("Bob").await);
    chat.untold_groups(alice.id, bob.id, 1).await;
    for seq in 2..=21 {
        let mut client = Client::open(&chat, &bob).await;
        chat.group(alice.id, vec![bob.id], None).await;
        client.event(seq).await;
        client.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_session_cannot_open_a_socket_again() {
    let chat = Chat::start();
    let alice = chat.person("Alice").await;
    let mut client = Client::open(&chat, &alice).await;
    SessionRepo::remove(&chat.store.store, alice.session).await.unwrap();
    chat.hub.disconnect(vec![alice.session]).await;
    assert_eq!(client.frame().await["error_code"], json!("unauthorized"));
    assert_eq!(client.close_code().await, 4401);
    assert_eq!(refused(&chat, Some(&alice.token)).await, ("unauthorized".to_owned(), 4401));
}
