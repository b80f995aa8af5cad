//! How sockets end from the server's side, and that nothing of them is left.

use std::time::Duration;

use parlour_domain::port::Disconnector;
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
