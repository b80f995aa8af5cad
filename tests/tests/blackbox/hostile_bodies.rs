//! Every field of a creation, given wrongly in every way: one answer each, a problem that names the field.

use parlour_tests::{Client, Installation, Person, Server, Store};
use reqwest::Method;
use serde_json::{Value, json};

struct Target {
    _installation: Installation,
    server: Server,
    ann: Person,
    ben: Person,
}

impl Target {
    async fn new() -> anyhow::Result<Self> {
        let installation = Installation::with_one_store(Store::Sqlite)?;
        let server = installation.start().await?;
        let ann = installation.register("ann", "Ann").await?;
        let ben = installation.register("ben", "Ben").await?;
        Ok(Self { _installation: installation, server, ann, ben })
    }

    fn client(&self) -> Client {
        self.server.client(&self.ann)
    }

    /// Whatever was refused left nothing behind.
    async fn assert_unchanged(&self) -> anyhow::Result<()> {
        for person in [&self.ann, &self.ben] {
            let client = self.server.client(person);
            assert!(client.rooms(10).await?.is_empty());
            assert!(client.inbox(0).await?.is_empty());
        }
        Ok(())
    }
}

/// Whether a problem blames a field, or one of its elements.
fn blames(problem: &Value, field: &str) -> bool {
    let errors = problem["errors"].as_array().into_iter().flatten();
    let blamed = errors.filter_map(|error| error["field"].as_str());
    let names_it = |name: &str| name.strip_prefix(field).is_some_and(|rest| rest.is_empty() || !rest.starts_with('_'));
    blamed.into_iter().any(names_it)
}

/// One request for each wrong value of each field.
fn wrong_fields(ann: &str, ben: &str) -> Vec<(&'static str, Value)> {
    let group = |field: &str, value: Value| {
        let mut body = json!({"room_type": "group", "participant_ids": [ben]});
        body[field] = value;
        body
    };
    let direct = |field: &str, value: Value| {
        let mut body = json!({"participant_id": ben});
        body[field] = value;
        body
    };
    let many: Vec<String> = (0..256).map(|n| format!("0192f0c1-2345-7000-8000-{n:012x}")).collect();
    let wrong_ids = [
        json!(""),
        json!("x"),
        json!(7),
        json!(true),
        json!({}),
        json!([ben]),
        json!(format!("{ben}0")),
        json!(&ben[1..]),
        json!(format!(" {ben}")),
        json!(format!("{ben}\u{0}")),
        json!("0192f0c1-2345-7000-8000-00000000000g"),
        json!("x".repeat(10_000)),
        json!("\u{202e}\u{1f986}"),
    ];
    let mut wrong = Vec::new();
    for id in wrong_ids {
        wrong.push(("participant_id", json!({"participant_id": id})));
        wrong.push(("creator_id", direct("creator_id", id.clone())));
        wrong.push(("participant_ids", group("participant_ids", json!([ben, id]))));
    }
    for list in
        [json!([]), json!(ben), json!({}), json!([ben, ben]), json!([ann]), json!(many), json!([null]), json!(1)]
    {
        wrong.push(("participant_ids", group("participant_ids", list)));
    }
    wrong.push(("participant_id", json!({"participant_id": ann})));
    wrong.push(("participant_id", direct("participant_ids", json!([ben]))));
    wrong.push(("participant_id", json!({})));
    wrong.push(("participant_id", json!({"participant_id": null})));
    wrong.push(("participant_ids", json!({"room_type": "direct", "participant_ids": [ben, many[0]]})));
    for kind in
        [json!(""), json!("Direct"), json!("room"), json!(1), json!([]), json!("group\u{0}"), json!("x".repeat(9_999))]
    {
        wrong.push(("room_type", group("room_type", kind)));
    }
    let names = [
        json!(""),
        json!(" \u{a0}"),
        json!("x".repeat(101)),
        json!("a\nb"),
        json!("a\u{0}b"),
        json!(5),
        json!(["a"]),
        json!({}),
    ];
    for name in names {
        wrong.push(("name", group("name", name)));
    }
    wrong.push(("name", direct("name", json!("Tea"))));
    let lives = [
        json!(0),
        json!(-1),
        json!(59),
        json!(2_592_001),
        json!(60.5),
        json!(1e300),
        json!("60"),
        json!(u64::MAX),
        json!(i64::MIN),
        json!([60]),
    ];
    for life in lives {
        let body = json!({"room_type": "ephemeral", "participant_id": ben, "ttl_seconds": life});
        wrong.push(("ttl_seconds", body));
    }
    wrong.push(("ttl_seconds", group("ttl_seconds", json!(60))));
    wrong.push(("ttl_seconds", direct("ttl_seconds", json!(60))));
    wrong
}

#[tokio::test]
async fn every_wrong_value_of_every_field_is_named_and_changes_nothing() -> anyhow::Result<()> {
    let target = Target::new().await?;
    let client = target.client();
    for (field, body) in wrong_fields(&target.ann.id, &target.ben.id) {
        let reply = client.create_room(&body).await?;
        assert_eq!(reply.status, 400, "{body}: {}", reply.body);
        let problem = reply.expect_problem(400, "malformed-request")?;
        assert!(blames(&problem, field), "{body} is wrong in {field}: {problem}");
    }
    target.assert_unchanged().await
}

#[tokio::test]
async fn people_who_are_absent_are_named_and_nothing_changes() -> anyhow::Result<()> {
    let target = Target::new().await?;
    let client = target.client();
    let absent = "0192f0c1-2345-7000-8000-00000000dead";
    for body in [
        json!({"participant_id": absent}),
        json!({"participant_id": absent.to_uppercase()}),
        json!({"room_type": "group", "participant_ids": [target.ben.id, absent]}),
        json!({"room_type": "ephemeral", "participant_ids": [absent, target.ben.id]}),
    ] {
        let problem = client.create_room(&body).await?.expect_problem(404, "participant-not-found")?;
        assert!(problem.to_string().contains(absent), "{problem}");
    }
    let body = json!({"participant_id": target.ben.id, "creator_id": target.ben.id});
    client.create_room(&body).await?.expect_problem(403, "forbidden")?;
    let body = json!({"participant_id": target.ben.id, "creator_id": absent});
    client.create_room(&body).await?.expect_problem(403, "forbidden")?;
    target.assert_unchanged().await
}

#[tokio::test]
async fn a_body_that_is_no_object_is_a_problem_and_changes_nothing() -> anyhow::Result<()> {
    let target = Target::new().await?;
    let client = target.client();
    let good = json!({"participant_id": target.ben.id}).to_string();
    let bodies: Vec<Vec<u8>> = vec![
        b"".to_vec(),
        b" ".to_vec(),
        b"{".to_vec(),
        b"null".to_vec(),
        b"[]".to_vec(),
        b"7".to_vec(),
        b"\"{}\"".to_vec(),
        b"{\"participant_id\"}".to_vec(),
        b"{'participant_id': 1}".to_vec(),
        b"\xff\xfe{}".to_vec(),
        b"{\"participant_id\": \"\xc3\x28\"}".to_vec(),
        b"{\"participant_id\": \"\\ud800\"}".to_vec(),
        b"{\"ttl_seconds\": 1e99999}".to_vec(),
        format!("{good}{good}").into_bytes(),
        format!("\u{feff}{good}").into_bytes(),
        good.as_bytes()[..good.len() - 1].to_vec(),
        format!("{{\"participant_id\": 1, {}", &good[1..]).into_bytes(),
        "[".repeat(30_000).into_bytes(),
        "{\"a\":".repeat(10_000).into_bytes(),
    ];
    for body in bodies {
        let shown = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
        let request = client.request(Method::POST, "/rooms").header("Content-Type", "application/json").body(body);
        let reply = client.send(request).await?;
        assert_eq!(reply.status, 400, "{shown}: {}", reply.body);
        reply.expect_problem(400, "malformed-request")?;
    }
    target.assert_unchanged().await
}

#[tokio::test]
async fn a_body_of_another_type_or_size_is_a_problem_and_changes_nothing() -> anyhow::Result<()> {
    let target = Target::new().await?;
    let client = target.client();
    let good = json!({"participant_id": target.ben.id}).to_string();
    let post = || client.request(Method::POST, "/rooms");
    for media_type in
        ["text/plain", "application/x-www-form-urlencoded", "application/xml", "multipart/form-data", "json"]
    {
        let request = post().header("Content-Type", media_type).body(good.clone());
        client.send(request).await?.expect_problem(415, "unsupported-media-type")?;
    }
    client.send(post().body(good.clone())).await?.expect_problem(415, "unsupported-media-type")?;
    for length in [65 * 1024, 1024 * 1024] {
        let large = json!({"participant_id": target.ben.id, "padding": "x".repeat(length)});
        client.create_room(&large).await?.expect_problem(413, "payload-too-large")?;
    }
    target.assert_unchanged().await?;

    let request = post().header("Content-Type", "application/json; charset=utf-8").body(good);
    client.send(request).await?.expect(201)?;
    let unknown_field = json!({"participant_id": target.ben.id, "padding": "x".repeat(60 * 1024), "a": {"b": [null]}});
    client.create_room(&unknown_field).await?.expect(200)?;
    Ok(())
}
