//! What takes more than a session: a sign-in of the last ten minutes.

use std::sync::Arc;
use std::time::Duration;

use parlour_domain::mocks::MockTokenVerifier;
use parlour_domain::{SIGN_IN_IS_FRESH_FOR, Subject, UserId};
use serde_json::{Value, json};

use crate::authenticator::{Device, bearer, post, token_of};
use crate::world::{Answer, Person, World};

const SIGN_IN_AGAIN: &str = "This takes a sign-in of the last 10 minutes: sign in again";
const NO_SESSION: &str = "This takes a session: sign in with a passkey";

#[track_caller]
fn assert_refused(answer: &Answer, detail: &str) {
    assert_eq!(answer.problem(403, "forbidden")["detail"], detail);
    assert_eq!(answer.header("set-cookie"), None);
}

/// A world in which the signed token `a.b.c` is that of the first user; until then of nobody.
async fn world_with_a_provider() -> (World, Person) {
    let of_whom = Arc::new(std::sync::OnceLock::<UserId>::new());
    let known = Arc::clone(&of_whom);
    let mut verifier = MockTokenVerifier::new();
    verifier.expect_verify().returning(move |_| {
        let expires_at = parlour_domain::Timestamp::from_micros(i64::MAX / 64).unwrap();
        Ok(Subject { user_id: *known.get().unwrap(), expires_at, username: None, display_name: None })
    });
    let world = World::with(|ports| ports.verifier = Some(Arc::new(verifier)));
    let alice = world.person("alice").await;
    of_whom.set(alice.id).unwrap();
    (world, alice)
}

async fn begin(world: &World, token: &str) -> Answer {
    world.send(post("/auth/passkeys/begin", &json!({})).insert_header(bearer(token))).await
}

#[actix_web::test]
async fn an_old_session_adds_and_removes_no_passkey_and_ends_no_account() {
    let world = World::new();
    let mut device = Device::new();
    let registered = world.register("alice", &mut device).await;
    let old = token_of(&registered);
    world.clock.advance(SIGN_IN_IS_FRESH_FOR - Duration::from_secs(1));
    let made = Device::new().create(&world.begin_addition(&old).await).await.unwrap();
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(begin(&world, &old).await.status, 200, "ten minutes, not less");

    world.clock.advance(Duration::from_micros(1));
    let first = world.passkeys(&old).await[0]["id"].clone();
    assert_refused(&begin(&world, &old).await, SIGN_IN_AGAIN);
    assert_refused(&world.complete_addition(&old, &made, "thief's").await, SIGN_IN_AGAIN);
    assert_refused(&world.remove_passkey(&old, &first).await, SIGN_IN_AGAIN);
    let leave = |token: &str| actix_web::test::TestRequest::delete().uri("/auth/me").insert_header(bearer(token));
    assert_refused(&world.send(leave(&old)).await, SIGN_IN_AGAIN);
    assert_eq!(world.passkeys(&old).await.len(), 1, "the session goes on for all the rest");

    let fresh = token_of(&world.sign_in(&mut device).await);
    let added = world.complete_addition(&fresh, &made, "phone").await;
    assert_eq!(added.status, 201, "the refusal has not used the challenge up: {}", added.text);
    assert_eq!(world.remove_passkey(&fresh, &first).await.status, 204);
    assert_eq!(world.send(leave(&fresh)).await.status, 204);
}

#[actix_web::test]
async fn a_session_that_is_prolonged_by_its_use_is_not_fresh_for_that() {
    let an_hour = Duration::from_secs(3_600);
    let sliding = parlour_domain::SessionLifetime::sliding(an_hour, an_hour * 10);
    let world = World::with(|ports| ports.lifetime = sliding);
    let token = token_of(&world.register("alice", &mut Device::new()).await);
    world.clock.advance(SIGN_IN_IS_FRESH_FOR * 2);
    assert_refused(&begin(&world, &token).await, SIGN_IN_AGAIN);
}

#[actix_web::test]
async fn a_token_of_a_provider_is_exchanged_for_no_passkey() {
    let (world, alice) = world_with_a_provider().await;
    let vouched_for = alice.with_token("a.b.c");
    let mut device = Device::new();
    let made = device.create(&world.begin_addition(&alice.token).await).await.unwrap();
    assert_refused(&begin(&world, &vouched_for.token).await, NO_SESSION);
    assert_refused(&world.complete_addition(&vouched_for.token, &made, "for ever").await, NO_SESSION);
    assert_eq!(world.passkeys(&vouched_for.token).await, [Value::Null; 0], "nothing was added, and reading goes on");

    assert_eq!(world.complete_addition(&alice.token, &made, "phone").await.status, 201);
    let id = world.passkeys(&alice.token).await[0]["id"].clone();
    assert_refused(&world.remove_passkey(&vouched_for.token, &id).await, NO_SESSION);
    assert_eq!(world.passkeys(&alice.token).await.len(), 1);
}

#[actix_web::test]
async fn whom_a_provider_vouches_for_may_leave() {
    let (world, alice) = world_with_a_provider().await;
    world.clock.advance(SIGN_IN_IS_FRESH_FOR * 2);
    assert_refused(&world.send(alice.delete("/auth/me")).await, SIGN_IN_AGAIN);
    assert_eq!(world.send(alice.with_token("a.b.c").delete("/auth/me")).await.status, 204);
}
