//! What an operator does on the command line, with a server running and without one.

use std::os::unix::fs::PermissionsExt;

use parlour_tests::{Installation, Store};
use serde_json::Value;

async fn people_and_sessions(installation: &Installation) -> anyhow::Result<()> {
    let ann = installation.register("ann", "Ann").await?;
    let user = installation.operate(&["user", "add", "Zoë", "--display-name", "  Zoë  "]).await?;
    assert_eq!((&user["username"], &user["display_name"]), (&"Zoë".into(), &"Zoë".into()));
    assert_eq!((&user["is_active"], &user["is_verified"]), (&true.into(), &false.into()));
    assert!(user["created_at"].is_string() && user["id"].is_string(), "{user}");

    let second = installation.operate(&["session", "issue", "ANN"]).await?;
    assert_eq!(second["user_id"], ann.id);
    assert!(second["expires_at"].is_string(), "{second}");
    assert_ne!(second["token"], ann.token);
    assert_eq!(sessions_of(installation, "ann").await?, 2);
    assert_eq!(sessions_of(installation, "zoë").await?, 0);
    installation.operate(&["session", "revoke", &ann.session_id]).await?;
    assert_eq!(sessions_of(installation, "ann").await?, 1);

    let gone = installation.operate(&["user", "deactivate", "ZOË"]).await?;
    assert_eq!((&gone["username"], &gone["is_active"]), (&"Zoë".into(), &false.into()));
    assert_ne!(gone["display_name"], "Zoë");

    for arguments in [
        &["user", "deactivate", "zoë"][..],
        &["user", "deactivate", "nobody"],
        &["session", "issue", "zoë"],
        &["user", "add", "ANN", "--display-name", "Other"],
        &["user", "add", "a b", "--display-name", "Other"],
        &["user", "add", "al", "--display-name", "Other"],
        &["user", "add", "other", "--display-name", " "],
        &["session", "issue", "nobody"],
        &["session", "list", "nobody"],
        &["session", "revoke", &ann.session_id],
        &["session", "revoke", "x"],
    ] {
        let output = installation.run(arguments).await?;
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success(), "{arguments:?} succeeded");
        assert_eq!(complaint.lines().count(), 1, "{arguments:?}: {complaint}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
    }
    let users = installation.operate(&["user", "list"]).await?;
    let names = |users: &Value| -> Vec<Value> {
        users.as_array().into_iter().flatten().map(|user| user["username"].clone()).collect()
    };
    assert_eq!(names(&users), ["ann", "Zoë"]);
    Ok(())
}

async fn sessions_of(installation: &Installation, username: &str) -> anyhow::Result<usize> {
    let sessions = installation.operate(&["session", "list", username]).await?;
    assert!(!sessions.to_string().contains("token"), "a token is shown once: {sessions}");
    Ok(sessions.as_array().map(Vec::len).unwrap_or_default())
}

#[tokio::test]
async fn people_and_sessions_are_kept_through_the_running_server() -> anyhow::Result<()> {
    let installation = Installation::with_one_store(Store::Memory)?;
    let server = installation.start().await?;
    let socket = std::fs::metadata(installation.data_dir().join("operator.sock"))?;
    assert_eq!(socket.permissions().mode() & 0o777, 0o600);
    people_and_sessions(&installation).await?;
    assert!(server.stop().await?.success());
    assert!(!installation.data_dir().join("operator.sock").exists(), "the socket goes with the server");
    Ok(())
}

#[tokio::test]
async fn people_and_sessions_are_kept_in_the_store_when_no_server_runs() -> anyhow::Result<()> {
    let installation = Installation::new()?;
    people_and_sessions(&installation).await?;
    let ben = installation.register("ben", "Ben").await?;
    let server = installation.start().await?;
    server.client(&ben).get("/rooms").await?.expect(200)?;
    Ok(())
}

/// The socket of a server that was killed is still there.
#[tokio::test]
async fn the_store_is_opened_when_the_server_was_killed() -> anyhow::Result<()> {
    let installation = Installation::new()?;
    let server = installation.start().await?;
    let ann = installation.register("ann", "Ann").await?;
    server.kill().await?;
    let ben = installation.register("ben", "Ben").await?;
    let server = installation.start().await?;
    for person in [&ann, &ben] {
        server.client(person).get("/rooms").await?.expect(200)?;
    }
    Ok(())
}
