//! How a server starts, and how it says that it cannot.

use std::net::TcpListener;

use parlour_tests::{Installation, Store};

/// Runs the program, which must end with one line that says all of `words`, and nothing on its output.
async fn assert_refuses(installation: &Installation, arguments: &[&str], words: &[&str]) -> anyhow::Result<()> {
    let output = installation.run(arguments).await?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "{arguments:?} succeeded");
    assert_eq!(complaint.lines().count(), 1, "{arguments:?}: {complaint}");
    assert!(output.stdout.is_empty(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stdout));
    for word in words {
        assert!(complaint.contains(word), "{arguments:?} names {word}: {complaint}");
    }
    Ok(())
}

#[tokio::test]
async fn a_port_in_use_is_one_clear_line() -> anyhow::Result<()> {
    let installation = Installation::new()?;
    let taken = TcpListener::bind("127.0.0.1:0")?;
    let address = taken.local_addr()?.to_string();
    assert_refuses(&installation, &["serve", "--bind", &address], &[&address]).await
}

#[tokio::test]
async fn a_directory_that_another_server_holds_is_one_clear_line() -> anyhow::Result<()> {
    for installation in [Installation::new()?, Installation::with_one_store(Store::Memory)?] {
        let server = installation.start().await?;
        let directory = installation.data_dir().display().to_string();
        assert_refuses(&installation, &["serve"], &[&directory]).await?;
        server.stranger().get("/ready").await?.expect(200)?;
    }
    Ok(())
}

/// Two directories, one store: the engine or the server must notice.
#[tokio::test]
async fn a_store_that_another_server_holds_is_one_clear_line() -> anyhow::Result<()> {
    let installation = Installation::with_one_store(Store::SurrealKv)?;
    let _server = installation.start().await?;
    let elsewhere = installation.data_dir().with_file_name("elsewhere").display().to_string();
    assert_refuses(&installation, &["serve", "--data-dir", &elsewhere], &["surrealkv"]).await
}

#[tokio::test]
async fn an_unknown_scheme_is_one_clear_line() -> anyhow::Result<()> {
    let installation = Installation::new()?;
    for side in ["--user-store", "--room-store"] {
        for (url, scheme) in [("mongodb://localhost/x", "mongodb"), ("rooms.db", "sqlite")] {
            assert_refuses(&installation, &["serve", side, url], &[scheme]).await?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn an_engine_that_does_not_answer_is_one_clear_line_without_its_password() -> anyhow::Result<()> {
    let installation = Installation::new()?;
    let unused = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    for (scheme, place) in [("postgres", "parlour"), ("mysql", "parlour"), ("ws", "chat/rooms"), ("wss", "chat/rooms")]
    {
        let url = format!("{scheme}://ann:s3cret@{unused}/{place}");
        let output = installation.run(&["serve", "--user-store", &url, "--log-level", "error"]).await?;
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success());
        assert_eq!(complaint.lines().count(), 1, "{complaint}");
        assert!(!complaint.contains("s3cret"), "{complaint}");
    }
    Ok(())
}

#[tokio::test]
async fn a_data_directory_that_is_a_file_is_one_clear_line() -> anyhow::Result<()> {
    let installation = Installation::new()?;
    std::fs::write(installation.data_dir(), "not a directory")?;
    let directory = installation.data_dir().display().to_string();
    assert_refuses(&installation, &["serve"], &[&directory]).await
}

#[tokio::test]
async fn a_server_says_where_it_listens_and_what_it_stores_where() -> anyhow::Result<()> {
    for (users, rooms, named) in [
        (Store::Default, Store::Default, ["sqlite://", "surrealkv://"]),
        (Store::Memory, Store::Sqlite, ["memory:", "sqlite://"]),
    ] {
        let installation = Installation::with_stores(users, rooms)?;
        let server = installation.start().await?;
        let banner = server.banner();
        assert!(named.iter().all(|name| banner.contains(name)), "{banner}");
        server.stranger().get("/ready").await?.expect(200)?;
    }
    Ok(())
}
