//! Where keys come from.

use parlour_auth_jwt::JwtVerifier;
use parlour_domain::port::{TokenVerifier, VerifyTokenError};

use crate::provider::Provider;
use crate::signer::{Signer, set};
use crate::world::{World, claims, clock, config};

#[tokio::test]
async fn strangers_who_make_up_key_ids_do_not_flood_the_provider() {
    let (known, unknown) = (Signer::ed("d"), Signer::ed("made-up"));
    let world = World::with(&[&known]).await;
    world.clock.advance(std::time::Duration::from_secs(10));
    for _ in 0..50 {
        world.assert_refused(&unknown.sign(&claims()), "unknown key").await;
    }
    assert_eq!(world.provider.asked(), 2, "once at the start, once for the unknown key");
    assert!(world.verify(&known.sign(&claims())).await.is_ok());
}

#[tokio::test]
async fn a_provider_that_is_away_at_the_start_is_asked_again() {
    let signer = Signer::ed("d");
    let (clock, provider) = (clock(), Provider::start(&set(&[signer.jwk()])).await);
    provider.answer_with(503, Vec::new());
    let verifier = JwtVerifier::open(config(&provider.url), clock.clone()).await.unwrap();
    let token = signer.sign(&claims()).parse().unwrap();
    assert!(matches!(verifier.verify(&token).await, Err(VerifyTokenError::Unavailable(_))));
    provider.publish(&set(&[signer.jwk()]));
    clock.advance(std::time::Duration::from_secs(10));
    assert!(verifier.verify(&token).await.is_ok());
}

#[tokio::test]
async fn answers_that_are_no_key_set_are_not_taken() {
    let signer = Signer::ed("d");
    let good = set(&[signer.jwk()]).to_string();
    let huge = format!("{good}{}", " ".repeat(256 * 1024));
    for (status, body) in
        [(200, "{}".to_owned()), (200, "<html>".to_owned()), (404, good.clone()), (302, good), (200, huge)]
    {
        let (clock, provider) = (clock(), Provider::start(&set(&[])).await);
        provider.answer_with(status, body.into_bytes());
        let verifier = JwtVerifier::open(config(&provider.url), clock).await.unwrap();
        let outcome = verifier.verify(&signer.sign(&claims()).parse().unwrap()).await;
        assert!(matches!(outcome, Err(VerifyTokenError::Unavailable(_))), "{status}: {outcome:?}");
        assert_eq!(provider.asked(), 1, "a redirect is not followed, and nobody asks twice at once");
    }
}
