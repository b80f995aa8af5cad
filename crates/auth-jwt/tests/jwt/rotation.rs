//! Keys that come and go.

use std::time::{Duration, Instant};

use parlour_domain::port::VerifyTokenError;

use crate::signer::{Signer, set};
use crate::world::{NOW, World, claims, claims_with};

const MINUTE: Duration = Duration::from_secs(60);

fn long_lived(signer: &Signer) -> String {
    signer.sign(&claims_with("exp", (NOW + 1_000_000).into()))
}

#[tokio::test]
async fn a_new_key_is_fetched_when_a_token_names_it_and_the_old_one_is_dropped_with_it() {
    let (old, new) = (Signer::ed("old"), Signer::ec("new"));
    let world = World::with(&[&old]).await;
    world.provider.publish(&set(&[new.jwk()]));
    world.assert_refused(&new.sign(&claims()), "asked for too soon after the start").await;
    world.clock.advance(Duration::from_secs(10));
    assert!(world.verify(&new.sign(&claims())).await.is_ok());
    world.assert_refused(&old.sign(&claims()), "a key that has left the set").await;
}

#[tokio::test]
async fn a_key_that_was_taken_back_is_believed_for_ten_minutes_at_most() {
    let (old, new) = (Signer::ed("old"), Signer::ed("new"));
    let world = World::with(&[&old]).await;
    world.provider.publish(&set(&[new.jwk()]));
    let token = long_lived(&old);
    world.clock.advance(4 * MINUTE);
    assert!(world.verify(&token).await.is_ok());
    world.clock.advance(6 * MINUTE);
    world.assert_refused(&token, "taken back").await;
}

#[tokio::test]
async fn a_key_that_was_taken_back_is_noticed_while_tokens_come_without_making_them_wait() {
    let (old, new) = (Signer::ed("old"), Signer::ed("new"));
    let world = World::with(&[&old]).await;
    world.provider.publish(&set(&[new.jwk()]));
    let token = long_lived(&old);
    world.clock.advance(5 * MINUTE);
    let deadline = Instant::now() + Duration::from_secs(20);
    while world.verify(&token).await.is_ok() {
        assert!(Instant::now() < deadline, "the key is believed for ever");
        tokio::task::yield_now().await;
    }
    assert_eq!(world.provider.asked(), 2);
}

#[tokio::test]
async fn the_known_keys_go_on_for_an_hour_while_the_provider_is_away() {
    let signer = Signer::ed("d");
    let world = World::with(&[&signer]).await;
    world.provider.answer_with(500, Vec::new());
    let token = long_lived(&signer);
    for _ in 0..5 {
        world.clock.advance(11 * MINUTE);
        assert!(world.verify(&token).await.is_ok());
    }
    world.clock.advance(5 * MINUTE);
    assert!(matches!(world.verify(&token).await, Err(VerifyTokenError::Unavailable(_))));
    world.provider.publish(&set(&[signer.jwk()]));
    world.clock.advance(MINUTE);
    assert!(world.verify(&token).await.is_ok());
}

#[tokio::test]
async fn nobody_waits_for_a_provider_that_did_not_answer_the_last_time() {
    let signer = Signer::ed("d");
    let world = World::with(&[&signer]).await;
    let token = long_lived(&signer);
    world.provider.answer_with(500, Vec::new());
    world.clock.advance(11 * MINUTE);
    assert!(world.verify(&token).await.is_ok());
    world.provider.say_nothing();
    for _ in 0..3 {
        world.clock.advance(MINUTE);
        let mut verified = Box::pin(world.verify(&token));
        let polled = std::future::poll_fn(|context| std::task::Poll::Ready(verified.as_mut().poll(context))).await;
        assert!(matches!(polled, std::task::Poll::Ready(Ok(_))), "{polled:?}");
    }
}

#[tokio::test]
async fn a_caller_who_goes_away_does_not_break_off_the_asking() {
    let (old, new) = (Signer::ed("old"), Signer::ed("new"));
    let world = World::with(&[&old]).await;
    world.provider.publish(&set(&[new.jwk()]));
    world.clock.advance(Duration::from_secs(10));
    let token = new.sign(&claims());
    {
        let mut gone = Box::pin(world.verify(&token));
        let polled = std::future::poll_fn(|context| std::task::Poll::Ready(gone.as_mut().poll(context))).await;
        assert!(polled.is_pending());
    }
    let deadline = Instant::now() + Duration::from_secs(20);
    while world.verify(&token).await.is_err() {
        assert!(Instant::now() < deadline, "the keys never come");
        tokio::task::yield_now().await;
    }
}
