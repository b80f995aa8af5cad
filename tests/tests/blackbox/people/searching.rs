//! Looking for people by what they are called.

use parlour_tests::Installation;
use serde_json::json;

use super::found;
use crate::listener::Listener;

pub(super) async fn story(installation: Installation) -> anyhow::Result<()> {
    let server = installation.start().await?;
    let finder = Listener::enter(&installation, &server, "alistair").await?;
    for (username, display_name) in [
        ("Ali", "Xenia"),
        ("salim", "Somebody"),
        ("bob", "Ali Baba"),
        ("carl", "Tom Málik"),
        ("alice", "Zoë A."),
        ("percy", "100%_sure"),
        ("dora", "back\\slash"),
    ] {
        installation.register(username, display_name).await?;
    }
    let gone = Listener::enter(&installation, &server, "alina").await?;
    assert_eq!(found(&finder, "alina").await?, ["alina"]);
    gone.client.delete("/auth/me").await?.expect(204)?;

    // The name itself, then what begins with it, then what has it anywhere: of the username before the display name.
    let ranked = ["Ali", "alice", "bob", "salim", "carl"];
    for query in ["ali", "ALI", " Álí ", "a\u{301}li", "ａｌｉ"] {
        assert_eq!(found(&finder, query).await?, ranked, "{query:?}");
    }
    assert_eq!(found(&finder, "ZOE").await?, ["alice"]);
    for nobody in ["alina", "deleted account", "alistair", "%%", "__", "a%e", "al_ce", ".*", "' OR 1=1 --"] {
        assert!(found(&finder, nobody).await?.is_empty(), "{nobody:?}");
    }
    for (literal, username) in [("0%_", "percy"), ("%_s", "percy"), ("k\\s", "dora")] {
        assert_eq!(found(&finder, literal).await?, [username], "{literal:?}");
    }
    let few = finder.client.post("/auth/users/search", &json!({"query": "ali", "limit": 2})).await?.expect(200)?;
    let first: Vec<_> = few["users"].as_array().into_iter().flatten().map(|user| &user["username"]).collect();
    assert_eq!(first, ranked[..2].iter().collect::<Vec<_>>());
    for bad in [json!({"query": " a "}), json!({"query": "a".repeat(51)}), json!({"query": "ali", "limit": 51})] {
        finder.client.post("/auth/users/search", &bad).await?.expect_problem(400, "malformed-request")?;
    }

    // Others find whom the finder does not, also by a name of a moment ago, also after a restart.
    let other = Listener::enter(&installation, &server, "zacharias").await?;
    assert_eq!(found(&other, "ali").await?, ["Ali", "alice", "alistair", "bob", "salim", "carl"]);
    finder.patch("/auth/me", &json!({"display_name": "Nobody Special"})).await?.expect(200)?;
    assert_eq!(found(&other, "speciál").await?, ["alistair"]);
    server.stop().await?;
    let server = installation.start().await?;
    let other = other.goes_to(&server).await?;
    assert_eq!(found(&other, "nobody").await?, ["alistair"]);
    assert!(found(&other, "alina").await?.is_empty());
    Ok(())
}
