//! Who may use a server, and how a start says that it cannot.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use parlour_domain::Seq;
use parlour_domain::port::{InboxRepo, RoomRepo};
use parlour_store_contract::fixture::people;
use parlour_store_surrealdb::SurrealStore;
use parlour_tests::{Doors, Kept, SurrealServer, eventually, within};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use crate::database::{PROGRAM, connect, operate, shared, unused_name};
use crate::outage::rooms_of;

const PASSWORD: &str = "s3cr%40t";
/// The same password with the least work that Argon2 allows, so that a sign-in is quick whatever the server's build.
const HASH: &str = "$argon2id$v=19$m=8,t=1,p=1$cGFybG91ci10ZXN0cw$5PYUVb0BXLE/H7DYL9R5QQ";

/// The line that a start ends with, which must come soon and must not have the password.
async fn refusal(url: &str) -> String {
    let Err(refused) = within("the start to fail", SurrealStore::connect(url)).await.unwrap() else {
        panic!("{url} was opened")
    };
    let line = refused.to_string();
    assert!(!line.contains('\n') && !line.contains("s3cr") && !line.contains("zoe"), "{line}");
    line
}

fn url_of(address: SocketAddr) -> String {
    format!("ws://zoe:{PASSWORD}@{address}/tests/{}", unused_name())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_one_clear_line() {
    let line = refusal(&url_of(shared().await)).await;
    assert!(line.starts_with("server refuses the sign-in: "), "{line}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_signs_in_where_somebody_has_to_is_one_clear_line() {
    let server = SurrealServer::start(PROGRAM, Kept::InMemory, Doors::Locked).await.unwrap();
    let nobody = format!("ws://{}/tests/{}", server.address(), unused_name());
    let line = refusal(&nobody).await;
    assert!(line.contains("cannot be used"), "{line}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_cannot_be_reached_is_one_clear_line() {
    let unused = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
    for url in [
        url_of(unused),
        format!("ws://zoe:{PASSWORD}@no-such-host.invalid/a/b"),
        format!("wss://zoe:{PASSWORD}@{}/a/b", shared().await),
    ] {
        let line = refusal(&url).await;
        assert!(line.starts_with("server cannot be reached: "), "{line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_no_surrealdb_is_one_clear_line() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (mut client, _) = listener.accept().await.unwrap();
            client.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n").await.unwrap();
        }
    });
    let line = refusal(&url_of(address)).await;
    assert!(line.starts_with("server cannot be reached: "), "{line}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_says_nothing_is_one_clear_line() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let line = refusal(&url_of(listener.local_addr().unwrap())).await;
    assert_eq!(line, "server does not answer within 5 s");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_of_a_namespace_or_of_a_database_is_enough() {
    let (server, database) = (shared().await, unused_name());
    let setting_up = format!(
        "DEFINE NAMESPACE IF NOT EXISTS tests; USE NS tests;
         DEFINE USER ann_{n} ON NAMESPACE PASSHASH '{HASH}' ROLES OWNER;
         DEFINE DATABASE `{database}`; USE DB `{database}`;
         DEFINE USER bea ON DATABASE PASSHASH '{HASH}' ROLES EDITOR;",
        n = database.replace('-', "_"),
    );
    operate(&setting_up).await;
    let [alice, bob] = people();
    let as_ann = format!("ws://ann_{}:{PASSWORD}@{server}/tests", database.replace('-', "_"));
    let as_bea = format!("ws://bea:{PASSWORD}@{server}/tests/{database}?auth=database");
    let new = unused_name();
    for url in [as_bea, format!("{as_ann}/{database}?auth=namespace"), format!("{as_ann}/{new}?auth=namespace")] {
        connect(&url).await.commit(rooms_of(&alice, &bob, 1).pop().unwrap()).await.unwrap();
    }
    // Neither is known at another level, nor where the database is another one.
    for url in [format!("{as_ann}/{database}?auth=database"), format!("{as_ann}/{database}")] {
        let line = SurrealStore::connect(&url).await.map(drop).unwrap_err().to_string();
        assert!(line.starts_with("server refuses the sign-in: "), "{line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_expires_is_made_anew_without_anybody_noticing() {
    const LASTS: Duration = Duration::from_secs(3);
    let (server, database) = (shared().await, unused_name());
    let setting_up = format!(
        "DEFINE NAMESPACE IF NOT EXISTS tests; USE NS tests; DEFINE DATABASE `{database}`; USE DB `{database}`;
         DEFINE USER bea ON DATABASE PASSHASH '{HASH}' ROLES OWNER DURATION FOR TOKEN 1s, FOR SESSION 3s;"
    );
    operate(&setting_up).await;
    let store = connect(&format!("ws://bea:{PASSWORD}@{server}/tests/{database}?auth=database")).await;
    let [alice, bob] = people();
    let since = Instant::now();
    let mut told = 0;
    let several_sessions = eventually("several sessions to expire", async || {
        store.commit(rooms_of(&alice, &bob, 1).pop().unwrap()).await?;
        told += 1;
        Ok((since.elapsed() > 3 * LASTS).then_some(()))
    });
    several_sessions.await.unwrap();
    assert_eq!(store.read(bob.id, Seq::ZERO, 1).await.unwrap().head.get(), told);
}
