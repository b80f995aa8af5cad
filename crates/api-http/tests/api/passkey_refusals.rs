//! What no passkey and no page gets through.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use parlour_domain::CEREMONY_LIFETIME;
use serde_json::{Value, json};

use crate::authenticator::{Device, token_of};
use crate::world::{Answer, PAGE, World};

/// Flips a bit of a member in base64url.
fn tamper(value: &mut Value) {
    let mut bytes = URL_SAFE_NO_PAD.decode(value.as_str().unwrap()).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    *value = URL_SAFE_NO_PAD.encode(bytes).into();
}

#[track_caller]
fn assert_refused(answer: &Answer) {
    let document = answer.problem(401, "unauthenticated");
    assert_eq!(document["detail"], "The passkey was not accepted");
    assert_eq!(answer.header("set-cookie"), None);
}

#[actix_web::test]
async fn a_page_of_another_origin_gets_nobody_in() {
    let world = World::new();
    let mut device = Device::new();
    world.register("alice", &mut device).await;
    for page in ["https://chat.example", "https://web.chat.example:8443", "https://evil.web.chat.example"] {
        device.show(page);
        assert_refused(&world.sign_in(&mut device).await);
        let mut other = Device::new();
        other.show(page);
        let made = other.create(&world.begin_registration("bob").await).await.unwrap();
        assert_refused(&world.complete_registration("bob", &made).await);
    }
    device.show(PAGE);
    assert_eq!(world.sign_in(&mut device).await.status, 200);
}

#[actix_web::test]
async fn a_passkey_of_another_relying_party_gets_nobody_in() {
    let world = World::new();
    let mut device = Device::new();
    let mut options = world.begin_registration("alice").await;
    options["rp"]["id"] = json!("web.chat.example");
    let made = device.create(&options).await.unwrap();
    assert_refused(&world.complete_registration("alice", &made).await);

    let mut device = Device::new();
    world.register("alice", &mut device).await;
    let mut options = world.begin_sign_in().await;
    options["rpId"] = json!("web.chat.example");
    assert_refused(&world.complete_sign_in(&device.get(&options).await).await);
}

#[actix_web::test]
async fn without_a_verified_user_nobody_registers_or_signs_in() {
    let world = World::new();
    let mut device = Device::new();
    let mut options = world.begin_registration("alice").await;
    options["authenticatorSelection"]["userVerification"] = json!("discouraged");
    let made = device.create(&options).await.unwrap();
    assert_refused(&world.complete_registration("alice", &made).await);

    let mut device = Device::new();
    world.register("alice", &mut device).await;
    let mut options = world.begin_sign_in().await;
    options["userVerification"] = json!("discouraged");
    assert_refused(&world.complete_sign_in(&device.get(&options).await).await);
}

#[actix_web::test]
async fn a_passkey_that_a_browser_calls_not_discoverable_is_refused() {
    let world = World::new();
    let mut made = Device::new().create(&world.begin_registration("alice").await).await.unwrap();
    made["clientExtensionResults"] = json!({"credProps": {"rk": false}});
    assert_refused(&world.complete_registration("alice", &made).await);
}

#[actix_web::test]
async fn a_challenge_is_answered_once() {
    let world = World::new();
    let mut device = Device::new();
    let options = world.begin_registration("alice").await;
    let made = device.create(&options).await.unwrap();
    assert_eq!(world.complete_registration("alice", &made).await.status, 201);
    assert_refused(&world.complete_registration("alice", &made).await);

    let signed = device.get(&world.begin_sign_in().await).await;
    assert_eq!(world.complete_sign_in(&signed).await.status, 200);
    assert_refused(&world.complete_sign_in(&signed).await);
}

#[actix_web::test]
async fn a_refused_answer_uses_its_challenge_up() {
    let world = World::new();
    let mut device = Device::new();
    world.register("alice", &mut device).await;
    let signed = device.get(&world.begin_sign_in().await).await;
    let mut tampered = signed.clone();
    tamper(&mut tampered["response"]["signature"]);
    assert_refused(&world.complete_sign_in(&tampered).await);
    assert_refused(&world.complete_sign_in(&signed).await);
}

#[actix_web::test]
async fn a_challenge_that_nobody_gave_out_counts_for_nothing() {
    let world = World::new();
    let mut device = Device::new();
    world.register("alice", &mut device).await;
    let mut options = world.begin_sign_in().await;
    tamper(&mut options["challenge"]);
    assert_refused(&world.complete_sign_in(&device.get(&options).await).await);
}

#[actix_web::test]
async fn a_challenge_counts_for_its_own_kind_of_ceremony_alone() {
    let world = World::new();
    let mut device = Device::new();
    let token = token_of(&world.register("alice", &mut device).await);

    let mut options = world.begin_sign_in().await;
    options["challenge"] = world.begin_registration("bob").await["challenge"].take();
    assert_refused(&world.complete_sign_in(&device.get(&options).await).await);

    let made = Device::new().create(&world.begin_addition(&token).await).await.unwrap();
    assert_refused(&world.complete_registration("alice", &made).await);

    let made = Device::new().create(&world.begin_registration("bob").await).await.unwrap();
    assert_refused(&world.complete_addition(&token, &made, "bob's").await);
}

#[actix_web::test]
async fn a_challenge_lives_ten_minutes() {
    let world = World::new();
    let mut device = Device::new();
    world.register("alice", &mut device).await;
    let [in_time, late] = [world.begin_sign_in().await, world.begin_sign_in().await];
    world.clock.advance(CEREMONY_LIFETIME - Duration::from_micros(1));
    assert_eq!(world.complete_sign_in(&device.get(&in_time).await).await.status, 200);
    world.clock.advance(Duration::from_micros(1));
    assert_refused(&world.complete_sign_in(&device.get(&late).await).await);
}

#[actix_web::test]
async fn a_counter_that_goes_back_or_stands_still_is_refused() {
    let world = World::new();
    let mut device = Device::new();
    world.register("alice", &mut device).await;
    assert_eq!(world.sign_in(&mut device).await.status, 200);
    let clone = device.held.clone();
    assert_eq!(world.sign_in(&mut device).await.status, 200);
    // The clone's next signature has the counter that the original has used already.
    device.held = clone;
    assert_refused(&world.sign_in(&mut device).await);
    if let Some(passkey) = &mut device.held {
        passkey.counter = Some(0);
    }
    assert_refused(&world.sign_in(&mut device).await);
    if let Some(passkey) = &mut device.held {
        passkey.counter = Some(7);
    }
    assert_eq!(world.sign_in(&mut device).await.status, 200);
}

#[actix_web::test]
async fn a_user_handle_has_to_be_there_and_to_be_the_passkeys_own() {
    let world = World::new();
    let (mut alices, mut bobs) = (Device::new(), Device::new());
    world.register("alice", &mut alices).await;
    world.register("bob", &mut bobs).await;
    let of_bob = bobs.get(&world.begin_sign_in().await).await["response"]["userHandle"].take();
    for handle in [of_bob, Value::Null, json!("AAAA")] {
        let mut signed = alices.get(&world.begin_sign_in().await).await;
        signed["response"]["userHandle"] = handle;
        assert_refused(&world.complete_sign_in(&signed).await);
    }
}

#[actix_web::test]
async fn a_sign_in_by_name_takes_no_passkey_of_somebody_else() {
    let world = World::new();
    let mut alices = Device::new();
    world.register("alice", &mut alices).await;
    world.register("bob", &mut Device::new()).await;
    for name in ["bob", "nobody"] {
        let options = world.begin("/auth/authenticate/begin", &json!({ "username": name })).await;
        assert_refused(&world.complete_sign_in(&alices.get(&options).await).await);
    }
}

#[actix_web::test]
async fn unknown_passkeys_and_bad_signatures_are_refused_in_the_same_words() {
    let world = World::new();
    let mut device = Device::new();
    world.register("alice", &mut device).await;
    let mut unknown = device.get(&world.begin_sign_in().await).await;
    unknown["rawId"] = json!("AAAA");
    unknown["id"] = json!("AAAA");
    let unknown = world.complete_sign_in(&unknown).await;
    assert_refused(&unknown);
    for member in ["signature", "authenticatorData"] {
        let mut signed = device.get(&world.begin_sign_in().await).await;
        tamper(&mut signed["response"][member]);
        let tampered = world.complete_sign_in(&signed).await;
        assert_eq!(tampered.without_instance(), unknown.without_instance(), "{member}");
    }
}

#[actix_web::test]
async fn a_registration_is_for_the_name_and_an_addition_for_the_user_it_was_begun_for() {
    let world = World::new();
    let made = Device::new().create(&world.begin_registration("alice").await).await.unwrap();
    assert_refused(&world.complete_registration("mallory", &made).await);

    let alice = token_of(&world.register("alice", &mut Device::new()).await);
    let mallory = token_of(&world.register("mallory", &mut Device::new()).await);
    let made = Device::new().create(&world.begin_addition(&alice).await).await.unwrap();
    assert_refused(&world.complete_addition(&mallory, &made, "mine").await);
    assert_eq!((world.passkeys(&alice).await.len(), world.passkeys(&mallory).await.len()), (1, 1));
}
