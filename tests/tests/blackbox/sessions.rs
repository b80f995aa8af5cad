//! Who is calling, and for how long.

use parlour_tests::{Installation, Person, Server, Socket, Store, eventually};
use reqwest::Method;
use serde_json::json;

use crate::shapes::direct;

async fn two_people() -> anyhow::Result<(Installation, Server, Person, Person)> {
    let installation = Installation::with_one_store(Store::Sqlite)?;
    let server = installation.start().await?;
    let ann = installation.register("ann", "Ann").await?;
    let ben = installation.register("ben", "Ben").await?;
    Ok((installation, server, ann, ben))
}

#[tokio::test]
async fn revoking_a_session_closes_its_sockets_alone_and_refuses_its_token() -> anyhow::Result<()> {
    let (installation, server, phone, ben) = two_people().await?;
    let tablet = phone.with_session(&installation.operate(&["session", "issue", "ann"]).await?)?;
    let mut of_phone = [Socket::open(&server, &phone).await?, Socket::open(&server, &phone).await?];
    let mut of_tablet = Socket::open(&server, &tablet).await?;

    installation.operate(&["session", "revoke", &phone.session_id]).await?;
    for socket in &mut of_phone {
        assert_eq!(socket.closed().await?, 4401);
    }
    server.client(&phone).get("/rooms").await?.expect_problem(401, "unauthenticated")?;
    let mut refused = Socket::open(&server, &phone).await?;
    assert_eq!(refused.next_of("error").await?["error_code"], "unauthorized");
    assert_eq!(refused.closed().await?, 4401);

    let room = server.client(&tablet).create_room(&direct(&ben)).await?.expect(201)?;
    assert_eq!(of_tablet.next_event().await?["room_id"], room["id"]);
    Ok(())
}

#[tokio::test]
async fn without_a_good_token_every_route_for_people_is_closed() -> anyhow::Result<()> {
    let (_installation, server, ann, _) = two_people().await?;
    let id = "0192f0c1-2345-7000-8000-00000000dead";
    let routes = [
        (Method::POST, "/rooms".to_owned()),
        (Method::GET, "/rooms".to_owned()),
        (Method::GET, format!("/rooms/{id}")),
        (Method::DELETE, format!("/rooms/{id}")),
        (Method::GET, "/inbox".to_owned()),
        (Method::GET, "/auth/sessions".to_owned()),
        (Method::DELETE, "/auth/sessions".to_owned()),
        (Method::DELETE, format!("/auth/sessions/{id}")),
    ];
    let nobody = server.stranger();
    let cut = &ann.token[1..];
    let turned: String = ann.token.chars().rev().collect();
    let tokens = ["", "Bearer", "Bearer ", "Bearer \t", "Basic YW5uOmFubg==", "Bearer ../../etc", "bearer"];
    let forged = [format!("Bearer {cut}"), format!("Bearer {turned}"), format!("Bearer {}x", ann.token)];
    for (method, path) in &routes {
        let body = json!({"participant_id": id});
        nobody.send(nobody.request(method.clone(), path).json(&body)).await?.expect_problem(401, "unauthenticated")?;
        for token in tokens.iter().copied().chain(forged.iter().map(String::as_str)) {
            let request = nobody.request(method.clone(), path).header("Authorization", token).json(&body);
            nobody.send(request).await?.expect_problem(401, "unauthenticated")?;
        }
    }
    for token in [None, Some("x"), Some(cut), Some(turned.as_str())] {
        let mut socket = Socket::open_at(&server, "/ws", token).await?;
        assert_eq!(socket.next_of("error").await?["error_code"], "unauthorized");
        assert_eq!(socket.closed().await?, 4401);
    }
    Ok(())
}

#[tokio::test]
async fn the_cookie_is_as_good_as_the_header_but_not_from_a_foreign_site() -> anyhow::Result<()> {
    let (_installation, server, ann, ben) = two_people().await?;
    let browser = server.stranger();
    let cookie = format!("theme=dark; chat_session={}; lang=en", ann.token);
    browser.send(browser.request(Method::GET, "/rooms").header("Cookie", &cookie)).await?.expect(200)?;
    let post = |name: &'static str, value: &str| {
        let request = browser.request(Method::POST, "/rooms").header("Cookie", &cookie).json(&direct(&ben));
        browser.send(request.header(name, value))
    };
    post("Origin", "https://evil.example").await?.expect_problem(403, "forbidden")?;
    post("Sec-Fetch-Site", "cross-site").await?.expect_problem(403, "forbidden")?;
    post("Origin", "null").await?.expect_problem(403, "forbidden")?;
    post("Sec-Fetch-Site", "same-origin").await?.expect(201)?;
    post("Origin", server.url()).await?.expect(200)?;
    Ok(())
}

#[tokio::test]
async fn a_sixth_socket_of_one_user_is_refused_and_the_five_live_on() -> anyhow::Result<()> {
    let (installation, server, ann, ben) = two_people().await?;
    let other = ann.with_session(&installation.operate(&["session", "issue", "ann"]).await?)?;
    let mut sockets = Vec::new();
    for person in [&ann, &other, &ann, &other, &ann] {
        sockets.push(Socket::open(&server, person).await?);
    }
    let mut sixth = Socket::open(&server, &other).await?;
    assert_eq!(sixth.next_of("error").await?["error_code"], "max_connections");
    assert_eq!(sixth.closed().await?, 4408);
    Socket::open(&server, &ben).await?.say(&json!({"type": "heartbeat"})).await?;

    let room = server.client(&ben).create_room(&direct(&ann)).await?.expect(201)?;
    for socket in &mut sockets {
        assert_eq!(socket.next_event().await?["room_id"], room["id"]);
    }
    Ok(())
}

#[tokio::test]
async fn people_see_and_revoke_their_own_sessions_and_nobody_elses() -> anyhow::Result<()> {
    let (installation, server, phone, ben) = two_people().await?;
    let tablet = phone.with_session(&installation.operate(&["session", "issue", "ann"]).await?)?;
    let laptop = phone.with_session(&installation.operate(&["session", "issue", "ann"]).await?)?;
    let client = server.client(&phone);
    let listed = client.get("/auth/sessions").await?.expect(200)?;
    let of = |person: &Person, is_current: bool| json!([person.session_id, is_current]);
    let shown: Vec<_> = listed["sessions"].as_array().into_iter().flatten().collect();
    let shown: Vec<_> = shown.iter().map(|session| json!([session["id"], session["is_current"]])).collect();
    assert_eq!(shown, [of(&phone, true), of(&tablet, false), of(&laptop, false)]);

    let mut of_tablet = Socket::open(&server, &tablet).await?;
    let mut of_laptop = Socket::open(&server, &laptop).await?;
    let path = format!("/auth/sessions/{}", tablet.session_id);
    server.client(&ben).delete(&path).await?.expect_problem(404, "not-found")?;
    client.delete(&path).await?.expect(204)?;
    assert_eq!(of_tablet.closed().await?, 4401);
    client.delete(&path).await?.expect_problem(404, "not-found")?;

    client.delete("/auth/sessions").await?.expect(204)?;
    assert_eq!(of_laptop.next_of("error").await?["error_code"], "unauthorized");
    assert_eq!(of_laptop.closed().await?, 4401);
    client.get("/auth/me").await?.expect(200)?;
    server.client(&ben).get("/auth/me").await?.expect(200)?;
    Ok(())
}

#[tokio::test]
async fn a_session_lives_as_long_as_the_server_was_told_and_takes_its_socket_with_it() -> anyhow::Result<()> {
    let installation = Installation::with_one_store(Store::Sqlite)?;
    let server = installation.start_with(&["--session-lifetime", "4s"]).await?;
    let ann = installation.register("ann", "Ann").await?;
    let mut socket = Socket::open(&server, &ann).await?;
    assert_eq!(socket.next_of("error").await?["error_code"], "unauthorized");
    assert_eq!(socket.closed().await?, 4401);
    server.client(&ann).get("/auth/me").await?.expect_problem(401, "unauthenticated")?;
    Ok(())
}

#[tokio::test]
async fn a_sliding_session_that_is_used_gets_its_cookie_again_with_a_later_end() -> anyhow::Result<()> {
    let installation = Installation::with_one_store(Store::Sqlite)?;
    let flags = ["--session-lifetime", "30s", "--session-renewal", "sliding", "--session-max-lifetime", "1h"];
    let server = installation.start_with(&flags).await?;
    let ann = installation.register("ann", "Ann").await?;
    let client = server.client(&ann);
    let first = client.get("/auth/sessions").await?.expect(200)?["sessions"][0].clone();
    let browser = server.stranger();
    let cookie = format!("chat_session={}", ann.token);
    let renewed = eventually("a later end", async || {
        let reply = browser.send(browser.request(Method::GET, "/auth/me").header("Cookie", &cookie)).await?;
        let session = client.get("/auth/sessions").await?.expect(200)?["sessions"][0].clone();
        assert_eq!(session["id"], first["id"]);
        Ok((session["expires_at"] != first["expires_at"]).then(|| reply.header("set-cookie").to_owned()))
    });
    let renewed = renewed.await?;
    assert!(renewed.starts_with(&cookie) && renewed.contains("Max-Age="), "{renewed}");
    Ok(())
}
