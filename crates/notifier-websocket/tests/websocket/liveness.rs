//! Peers that do not answer, do not read, or say too much.

use std::time::{Duration, Instant};

use parlour_notifier_websocket::Limits;
use serde_json::json;
use tokio::io::AsyncWriteExt;

use crate::chat::{Chat, Person, eventually};
use crate::client::Client;
use crate::raw::{self, CLOSE, FIN, PING, PONG, Raw, TEXT};

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_answers_no_ping_is_closed() {
    let chat = Chat::start_with(Limits { ping_interval: Duration::from_millis(30), ..Limits::default() });
    let mut peer = Raw::open(&chat, &chat.person("Alice").await).await;
    assert_eq!(peer.close_code().await, 1008);
    chat.until_connected(0).await;
    peer.until_ended().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_answers_pings_stays() {
    let chat = Chat::start_with(Limits { ping_interval: Duration::from_secs(1), ..Limits::default() });
    let mut peer = Raw::open(&chat, &chat.person("Alice").await).await;
    // More often than pongs may be missing.
    for _ in 0..5 {
        assert_eq!(peer.receive_any().await, (FIN | PING, Vec::new()));
        peer.send(&raw::frame(FIN | PONG, b"")).await;
    }
    assert_eq!(chat.hub.connected(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_whose_connection_is_dropped_is_gone() {
    let chat = Chat::start();
    let peer = Raw::open(&chat, &chat.person("Alice").await).await;
    assert_eq!(chat.hub.connected(), 1);
    drop(peer);
    chat.until_connected(0).await;
}

/// Fills the peer's windows with events that it does not read, until the server gives up on it.
async fn stall(chat: &Chat, bob: &Person) -> u64 {
    let alice = chat.user("Alice").await;
    let mut others = vec![bob.id];
    for n in 0..254 {
        others.push(chat.user(&format!("member{n}")).await);
    }
    let filling = async {
        let mut rooms = 0;
        while chat.hub.connected() > 0 {
            chat.group(alice, others.clone(), None).await;
            rooms += 1;
            tokio::task::yield_now().await;
        }
        rooms
    };
    tokio::time::timeout(Duration::from_secs(60), filling).await.expect("the peer takes everything")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_does_not_read_is_given_up_and_loses_nothing() {
    let chat = Chat::start_with(Limits { send_timeout: Duration::from_millis(100), ..Limits::default() });
    let bob = chat.person("Bob").await;
    let stalled = Raw::open(&chat, &bob).await;
    let rooms = stall(&chat, &bob).await;
    let mut client = Client::resume(&chat, &bob, 0).await;
    assert_eq!(client.frame().await, json!({ "type": "resumed", "since": 0, "head": rooms }));
    for seq in 1..=rooms {
        client.event(seq).await;
    }
    drop(stalled);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_never_reads_loses_its_connection_too() {
    let chat = Chat::start_with(Limits { send_timeout: Duration::from_millis(100), ..Limits::default() });
    let bob = chat.person("Bob").await;
    let mut stalled = Raw::open(&chat, &bob).await;
    stall(&chat, &bob).await;
    let deadline = Instant::now() + Duration::from_secs(20);
    while stalled.stream.write_all(&raw::frame(FIN | PONG, b"")).await.is_ok() {
        assert!(Instant::now() < deadline, "the server holds on to the connection");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_reads_again_in_time_hears_that_it_was_too_slow() {
    let chat = Chat::start_with(Limits { send_timeout: Duration::from_secs(2), ..Limits::default() });
    let bob = chat.person("Bob").await;
    let mut slow = Raw::open(&chat, &bob).await;
    stall(&chat, &bob).await;
    let code = loop {
        let (first, payload) = slow.receive().await;
        if first == FIN | CLOSE {
            break u16::from_be_bytes([payload[0], payload[1]]);
        }
    };
    assert_eq!(code, 4409);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_frames_that_nobody_reads_the_answers_to_ends_the_socket() {
    let chat = Chat::start_with(Limits { send_timeout: Duration::from_millis(100), ..Limits::default() });
    let mut peer = Raw::open(&chat, &chat.person("Alice").await).await;
    let text = json!({ "type": "nonsense", "temp_id": "x".repeat(60_000) }).to_string();
    let flood = raw::frame(FIN | TEXT, text.as_bytes());
    let sending = async {
        while peer.stream.write_all(&flood).await.is_ok() {}
        std::future::pending::<()>().await;
    };
    tokio::select! {
        () = sending => {}
        () = eventually(|| chat.hub.connected() == 0) => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_frames_does_not_hold_up_events() {
    let chat = Chat::start();
    let (alice, bob) = (chat.person("Alice").await, chat.person("Bob").await);
    let Raw { stream } = Raw::open(&chat, &bob).await;
    let (reader, mut writer) = stream.into_split();
    let flood = raw::frame(FIN | TEXT, br#"{"type":"heartbeat"}"#).repeat(1_000);
    let flooding = tokio::spawn(async move { while writer.write_all(&flood).await.is_ok() {} });
    chat.room(alice.id, bob.id).await;
    let mut reader = tokio::io::BufReader::new(reader);
    let frame = raw::read_frame(&mut reader).await;
    assert!(String::from_utf8(frame.1).unwrap().contains("room_created"));
    flooding.abort();
}
