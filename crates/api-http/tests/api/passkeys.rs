//! Registering, signing in, and what one signs in with.

use std::time::Duration;

use actix_web::test::TestRequest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use parlour_domain::Passkey;
use serde_json::{Value, json};

use crate::authenticator::{Device, bearer, post, token_of};
use crate::world::{RP_ID, World};

fn bytes(value: &Value) -> usize {
    URL_SAFE_NO_PAD.decode(value.as_str().unwrap()).unwrap().len()
}

#[actix_web::test]
async fn the_options_of_a_registration_ask_for_a_discoverable_passkey_and_a_verified_user() {
    let world = World::new();
    let options = world.begin_registration("alice").await;
    assert_eq!((bytes(&options["challenge"]), bytes(&options["user"]["id"])), (32, 64));
    assert_eq!(options["rp"], json!({"id": RP_ID, "name": "Parlour"}));
    assert_eq!((&options["user"]["name"], &options["user"]["displayName"]), (&json!("alice"), &json!("alice")));
    let selection = &options["authenticatorSelection"];
    assert_eq!((&selection["residentKey"], &selection["userVerification"]), (&json!("required"), &json!("required")));
    assert_eq!((&options["attestation"], &options["timeout"]), (&json!("none"), &json!(60_000)));
    let algorithms = options["pubKeyCredParams"].as_array().unwrap();
    let algorithms: Vec<_> = algorithms.iter().map(|one| one["alg"].as_i64().unwrap()).collect();
    assert_eq!(algorithms, [-7, -8, -35, -257]);
    assert_eq!(options.get("excludeCredentials"), None);
}

#[actix_web::test]
async fn the_options_of_a_sign_in_are_alike_for_everybody() {
    let world = World::new();
    world.register("alice", &mut Device::new()).await;
    let mut shapes = Vec::new();
    for body in [json!({}), json!({"username": "alice"}), json!({"username": "nobody"})] {
        let mut options = world.begin("/auth/authenticate/begin", &body).await;
        let challenge = options.as_object_mut().unwrap().remove("challenge").unwrap();
        assert_eq!(bytes(&challenge), 32);
        shapes.push(options);
    }
    assert!(shapes.iter().all(|shape| *shape == shapes[0]), "{shapes:?}");
    assert_eq!(shapes[0], json!({"rpId": RP_ID, "timeout": 60_000, "userVerification": "required"}));
}

#[actix_web::test]
async fn who_registers_is_there_with_a_session() {
    let world = World::new();
    let registered = world.register("alice", &mut Device::new()).await;
    let cookie = registered.header("set-cookie").unwrap();
    for part in ["; HttpOnly", "; SameSite=Lax", "; Path=/", "; Max-Age=86400"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert_eq!(registered.json()["username"], "alice");
    let me = world.send(TestRequest::get().uri("/auth/me").insert_header(bearer(&token_of(&registered)))).await;
    assert_eq!((me.status, me.json()), (200, registered.json()));
}

#[actix_web::test]
async fn one_signs_in_by_name_and_without_one() {
    let world = World::new();
    for (name, mut device) in [("alice", Device::new()), ("bobby", Device::without_counter())] {
        let registered = world.register(name, &mut device).await.json();
        for body in [json!({}), json!({"username": name.to_uppercase()}), json!({})] {
            let options = world.begin("/auth/authenticate/begin", &body).await;
            let signed_in = world.complete_sign_in(&device.get(&options).await).await;
            assert_eq!((signed_in.status, signed_in.json()), (200, registered.clone()));
            let me = TestRequest::get().uri("/auth/me").insert_header(bearer(&token_of(&signed_in)));
            assert_eq!(world.send(me).await.status, 200);
        }
    }
}

#[actix_web::test]
async fn a_session_that_the_request_carried_is_revoked_at_sign_in() {
    let world = World::new();
    let mut device = Device::new();
    let first = token_of(&world.register("alice", &mut device).await);
    let signed = device.get(&world.begin_sign_in().await).await;
    let request = post("/auth/authenticate/complete", &json!({ "credential": signed }));
    let second = world.send(request.insert_header(("Cookie", format!("chat_session={first}")))).await;
    assert_eq!(second.status, 200, "{}", second.text);
    assert_ne!(token_of(&second), first);
    world.send(TestRequest::get().uri("/auth/me").insert_header(bearer(&first))).await.problem(401, "unauthenticated");
    assert_eq!(world.told.disconnected.lock().unwrap().len(), 1);
}

#[actix_web::test]
async fn a_foreign_page_cannot_use_the_cookie_to_change_who_is_signed_in() {
    let world = World::new();
    let mut device = Device::new();
    let first = token_of(&world.register("alice", &mut device).await);
    let signed = device.get(&world.begin_sign_in().await).await;
    let request = post("/auth/authenticate/complete", &json!({ "credential": signed }));
    let request = request.insert_header(("Cookie", format!("chat_session={first}")));
    world.send(request.insert_header(("Origin", "https://evil.example"))).await.problem(403, "forbidden");
}

#[actix_web::test]
async fn a_name_is_taken_once_also_when_two_register_at_the_same_time() {
    let world = World::new();
    let (early, late) = (world.begin_registration("alice").await, world.begin_registration("Alice").await);
    let (early, late) = (Device::new().create(&early).await.unwrap(), Device::new().create(&late).await.unwrap());
    assert_eq!(world.complete_registration("alice", &early).await.status, 201);
    world.complete_registration("Alice", &late).await.problem(409, "username-taken");
    let again = post("/auth/register/begin", &json!({"username": "ALICE", "display_name": "A"}));
    world.send(again).await.problem(409, "username-taken");
}

#[actix_web::test]
async fn passkeys_are_added_listed_and_removed_but_never_the_last() {
    let world = World::new();
    let (mut phone, mut laptop) = (Device::new(), Device::new());
    let token = token_of(&world.register("alice", &mut phone).await);
    let options = world.begin_addition(&token).await;
    let excluded = options["excludeCredentials"].as_array().unwrap();
    assert_eq!((excluded.len(), &excluded[0]["id"]), (1, &world.passkeys(&token).await[0]["id"]));

    world.clock.advance(Duration::from_secs(1));
    let made = laptop.create(&options).await.unwrap();
    let added = world.complete_addition(&token, &made, " work laptop ").await;
    assert_eq!(added.status, 201, "{}", added.text);
    assert_eq!((&added.json()["name"], &added.json()["last_used_at"]), (&json!("work laptop"), &Value::Null));
    let listed = world.passkeys(&token).await;
    assert_eq!((listed.len(), &listed[0]["name"], &listed[1]), (2, &json!("Passkey"), &added.json()));

    assert_eq!(world.sign_in(&mut laptop).await.status, 200);
    assert!(world.passkeys(&token).await[1]["last_used_at"].is_string());
    assert_eq!(world.remove_passkey(&token, &listed[0]["id"]).await.status, 204);
    world.sign_in(&mut phone).await.problem(401, "unauthenticated");
    world.remove_passkey(&token, &listed[0]["id"]).await.problem(404, "not-found");
    world.remove_passkey(&token, &listed[1]["id"]).await.problem(409, "conflict");
    assert_eq!(world.sign_in(&mut laptop).await.status, 200);
}

#[actix_web::test]
async fn nobody_has_more_than_twenty_passkeys() {
    let world = World::new();
    let token = token_of(&world.register("alice", &mut Device::new()).await);
    let mut made = Vec::new();
    for _ in 0..Passkey::MOST_OF_A_USER {
        made.push(Device::new().create(&world.begin_addition(&token).await).await.unwrap());
    }
    let late = made.pop().unwrap();
    for made in &made {
        assert_eq!(world.complete_addition(&token, made, "one more").await.status, 201);
    }
    for refused in [
        world.send(post("/auth/passkeys/begin", &json!({})).insert_header(bearer(&token))).await,
        world.complete_addition(&token, &late, "the 21st").await,
    ] {
        let document = refused.problem(409, "conflict");
        assert_eq!(document["detail"], "A user has at most 20 passkeys: remove one first");
    }
    let listed = world.passkeys(&token).await;
    assert_eq!(listed.len(), 20);
    assert_eq!(world.remove_passkey(&token, &listed[0]["id"]).await.status, 204);
    let added = world.complete_addition(&token, &late, "the 20th").await;
    assert_eq!(added.status, 201, "the refusal has not used the challenge up: {}", added.text);
}

#[actix_web::test]
async fn somebody_elses_passkey_cannot_be_removed() {
    let world = World::new();
    let alice = token_of(&world.register("alice", &mut Device::new()).await);
    let bob = token_of(&world.register("bob", &mut Device::new()).await);
    let id = world.passkeys(&alice).await[0]["id"].clone();
    let foreign = world.remove_passkey(&bob, &id).await;
    let absent = world.remove_passkey(&bob, &json!("AAAA")).await;
    let nonsense = world.remove_passkey(&bob, &json!("a+b")).await;
    foreign.problem(404, "not-found");
    assert_eq!(foreign.without_instance(), absent.without_instance());
    assert_eq!(foreign.without_instance(), nonsense.without_instance());
    assert_eq!(world.passkeys(&alice).await.len(), 1);
}

#[actix_web::test]
async fn whom_the_operator_registered_adds_a_first_passkey_and_signs_in_with_it() {
    let world = World::new();
    let alice = world.person("alice").await;
    let mut device = Device::new();
    let options = world.begin_addition(&alice.token).await;
    let made = device.create(&options).await.unwrap();
    assert_eq!(world.complete_addition(&alice.token, &made, "phone").await.status, 201);
    assert_eq!(world.sign_in(&mut device).await.json()["id"], alice.id.to_string());
}

#[actix_web::test]
async fn every_missing_or_invalid_field_is_named() {
    let world = World::new();
    let alice = world.person("alice").await;
    let fields = async |path: &str, body: Value| world.send(alice.post(path, &body)).await.fields();
    assert_eq!(fields("/auth/register/begin", json!({})).await, ["username", "display_name"]);
    assert_eq!(
        fields("/auth/register/begin", json!({"username": "a b", "display_name": 1})).await,
        ["username", "display_name"]
    );
    assert_eq!(
        fields("/auth/register/complete", json!({"credential": "x", "device_name": " "})).await,
        ["username", "credential", "device_name"]
    );
    assert_eq!(fields("/auth/authenticate/begin", json!({"username": "al"})).await, ["username"]);
    assert_eq!(fields("/auth/authenticate/complete", json!({})).await, ["credential"]);
    assert_eq!(fields("/auth/passkeys/complete", json!({"device_name": "a".repeat(101)})).await.len(), 2);
    for credential in [json!({}), json!({"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {}})] {
        assert_eq!(fields("/auth/authenticate/complete", json!({ "credential": credential })).await, ["credential"]);
        assert_eq!(fields("/auth/passkeys/complete", json!({ "credential": credential })).await, ["credential"]);
    }
}

#[actix_web::test]
async fn where_registration_is_closed_nobody_registers_and_who_is_there_may_sign_in() {
    let world = World::with(|ports| ports.config.registration_is_closed = true);
    let begin = json!({"username": "alice", "display_name": "Alice"});
    world.send(post("/auth/register/begin", &begin)).await.problem(403, "forbidden");
    let complete = json!({"username": "alice", "credential": {}});
    world.send(post("/auth/register/complete", &complete)).await.problem(403, "forbidden");
    world.begin("/auth/authenticate/begin", &json!({"username": "alice"})).await;
}
