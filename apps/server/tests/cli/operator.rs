//! The operator's commands, with and without a running server.

use crate::support::{Place, mode, text};
use serde_json::{Value, json};

fn add(place: &Place, name: &str) -> Value {
    place.json(&["user", "add", name, "--display-name", "Somebody"])
}

#[test]
fn users_and_sessions_are_kept_without_a_server() {
    let place = Place::new();
    let user = place.json(&["user", "add", "alice", "--display-name", " Alice Liddell "]);
    assert_eq!(user["username"], "alice");
    assert_eq!(user["display_name"], "Alice Liddell");
    assert_eq!(user["is_active"], true);
    assert_eq!(user["is_verified"], false);
    assert!(user["created_at"].as_str().unwrap().ends_with('Z'));
    assert_eq!(place.json(&["user", "list"]), json!([user]));

    let issued = place.json(&["session", "issue", "ALICE"]);
    assert_eq!(issued["user_id"], user["id"]);
    assert_eq!(issued["token"].as_str().unwrap().len(), 64);
    let listed = place.json(&["session", "list", "alice"]);
    assert_eq!(listed[0]["session_id"], issued["session_id"]);
    assert_eq!(listed[0]["expires_at"], issued["expires_at"]);
    assert!(!listed.to_string().contains(issued["token"].as_str().unwrap()));

    place.json(&["session", "revoke", issued["session_id"].as_str().unwrap()]);
    assert_eq!(place.json(&["session", "list", "alice"]), json!([]));
}

#[test]
fn the_fields_of_a_user_and_of_a_session_are_those_of_the_wire() {
    let place = Place::with_store("memory:");
    let _server = place.serve();
    let keys = |value: Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let user = ["created_at", "display_name", "id", "is_active", "is_verified", "username"];
    let mut found = keys(add(&place, "alice"));
    found.sort();
    assert_eq!(found, user);
    let mut found = keys(place.json(&["session", "issue", "alice"]));
    found.sort();
    assert_eq!(found, ["expires_at", "session_id", "token", "user_id"]);
}

#[test]
fn a_refusal_names_the_field_with_and_without_a_server() {
    let place = Place::new();
    let refusals = |place: &Place| {
        add(place, "alice");
        let refused = |arguments: &[&str], expected: &str| {
            assert_eq!(place.refused(arguments), format!("parlour: {expected}"));
        };
        refused(&["user", "add", "al", "--display-name", "A"], "username must have at least 3 characters");
        refused(&["user", "add", ".", "--display-name", "A"], "username must have at least 3 characters");
        refused(&["user", "add", "Alice", "--display-name", "A"], "username Alice is taken");
        refused(&["session", "issue", "bob"], "there is no user bob");
        refused(&["user", "deactivate", "bob"], "there is no user bob");
        refused(&["session", "list", ".."], "username must have at least 3 characters");
        refused(&["session", "revoke", "x"], "session_id must be a hyphenated UUID");
        let absent = "0192f0c1-2345-7000-8000-00000000000a";
        refused(&["session", "revoke", absent], &format!("there is no session {absent}"));
        let refusal = place.refused(&["user", "add", "carol", "--display-name", " "]);
        assert!(refusal.starts_with("parlour: display_name must have at least 1 character"), "{refusal}");
    };
    refusals(&place);
    let other = Place::with_store("memory:");
    let _server = other.serve();
    refusals(&other);
}

#[test]
fn a_server_in_memory_is_reached_through_its_socket() {
    let place = Place::with_store("memory:");
    let _server = place.serve();
    assert_eq!(mode(&place.socket()), 0o600);
    assert_eq!(mode(&place.data_dir()), 0o700);
    for name in ["alice", "bob", "zoë/?#%2f"] {
        add(&place, name);
        place.json(&["session", "issue", name]);
        assert_eq!(place.json(&["session", "list", name]).as_array().unwrap().len(), 1);
    }
    assert_eq!(place.json(&["user", "list"]).as_array().unwrap().len(), 3);
}

#[test]
fn what_would_be_forgotten_at_once_is_refused() {
    let refusal = Place::with_store("memory:").refused(&["user", "add", "alice", "--display-name", "A"]);
    assert!(refusal.contains("memory: lives in a running server only"), "{refusal}");
}

#[test]
fn people_get_readable_lines() {
    let place = Place::new();
    let added = place.run(&["user", "add", "alice", "--display-name", "Alice Liddell"]);
    assert!(text(&added.stdout).ends_with("  alice  Alice Liddell\n"), "{}", text(&added.stdout));
    assert_eq!(place.run(&["user", "list"]).stdout, added.stdout);
    let issued = text(&place.run(&["session", "issue", "alice"]).stdout);
    assert_eq!(
        issued.lines().map(|line| line.split(' ').next().unwrap()).collect::<Vec<_>>(),
        ["session", "user", "expires", "token"]
    );
}

#[test]
fn more_users_than_fit_one_page_are_listed() {
    let place = Place::with_store("memory:");
    let _server = place.serve();
    let client = operator_client(&place);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        for n in 0..1_001 {
            let user = json!({ "username": format!("user{n}"), "display_name": "U" });
            let added = client.post("http://operator/users").json(&user).send().await.unwrap();
            assert!(added.status().is_success());
        }
    });
    let listed = place.json(&["user", "list"]);
    let names: Vec<String> =
        listed.as_array().unwrap().iter().map(|user| user["username"].as_str().unwrap().to_owned()).collect();
    assert_eq!(names, (0..1_001).map(|n| format!("user{n}")).collect::<Vec<_>>());
}

#[test]
fn the_operator_is_not_served_over_tcp() {
    let place = Place::with_store("memory:");
    let server = place.serve();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for path in ["users", "sessions"] {
        let url = format!("{}/{path}", server.url);
        let answer = runtime.block_on(async { reqwest::get(url).await.unwrap() });
        assert_eq!(answer.status(), 404);
    }
}

fn operator_client(place: &Place) -> reqwest::Client {
    reqwest::Client::builder().unix_socket(place.socket()).no_proxy().build().unwrap()
}
