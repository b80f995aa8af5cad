//! What is believed.

use parlour_domain::Timestamp;
use serde_json::{Value, json};

use crate::signer::{Signer, set};
use crate::world::{ALICE, AUDIENCE, NOW, World, claims, claims_with};

#[tokio::test]
async fn a_token_of_each_allowed_algorithm_says_who_it_is_about_and_until_when() {
    let signers = [Signer::rsa("r"), Signer::ec("e"), Signer::ed("d")];
    let world = World::with(&signers.iter().collect::<Vec<_>>()).await;
    for signer in &signers {
        let subject = world.verify(&signer.sign(&claims())).await.unwrap();
        assert_eq!(subject.user_id.to_string(), ALICE);
        assert_eq!(subject.expires_at, Timestamp::from_micros((NOW + 300) * 1_000_000).unwrap());
        assert_eq!((subject.username.as_deref(), subject.display_name.as_deref()), (Some("alice"), Some("Alice")));
    }
}

#[tokio::test]
async fn an_audience_may_be_one_of_many() {
    let signer = Signer::ed("d");
    let world = World::with(&[&signer]).await;
    let token = signer.sign(&claims_with("aud", json!(["other", AUDIENCE])));
    assert!(world.verify(&token).await.is_ok());
}

#[tokio::test]
async fn names_may_be_absent_and_anything_else_than_text_is_none() {
    let signer = Signer::ed("d");
    let world = World::with(&[&signer]).await;
    for name in [Value::Null, json!(7), json!(["x"])] {
        let token = signer.sign(&claims_with("preferred_username", name));
        assert_eq!(world.verify(&token).await.unwrap().username, None);
    }
}

#[tokio::test]
async fn the_types_of_access_tokens_are_known_in_any_case() {
    let signer = Signer::ed("d");
    let world = World::with(&[&signer]).await;
    for typ in ["JWT", "jwt", "at+jwt", "AT+JWT", "application/at+jwt"] {
        let header = json!({"alg": "EdDSA", "kid": "d", "typ": typ});
        assert!(world.verify(&signer.sign_as(&header, &claims())).await.is_ok(), "{typ}");
    }
    assert!(world.verify(&signer.sign_as(&json!({"alg": "EdDSA", "kid": "d"}), &claims())).await.is_ok());
}

#[tokio::test]
async fn times_may_have_a_fraction_and_clocks_may_differ_by_the_leeway() {
    let signer = Signer::ed("d");
    let world = World::with(&[&signer]).await;
    for (claim, value) in [
        ("exp", json!(NOW - 59)),
        ("exp", json!(NOW as f64 + 0.5)),
        ("exp", json!(1e15)),
        ("nbf", json!(NOW + 60)),
        ("nbf", json!(NOW)),
    ] {
        let token = signer.sign(&claims_with(claim, value.clone()));
        assert!(world.verify(&token).await.is_ok(), "{claim} {value}");
    }
}

#[tokio::test]
async fn a_token_that_names_no_key_is_taken_when_there_is_one_to_choose() {
    let (one, other, ec) = (Signer::ed("d"), Signer::ed("o"), Signer::ec("e"));
    let world = World::with(&[&one, &ec]).await;
    let token = one.sign_as(&json!({"alg": "EdDSA"}), &claims());
    assert!(world.verify(&token).await.is_ok());
    let world = World::with(&[&one, &other]).await;
    world.assert_refused(&token, "two keys fit").await;
}

#[tokio::test]
async fn keys_of_unknown_kinds_do_not_hide_the_known_ones() {
    let signer = Signer::ed("d");
    let strange = [json!({"kty": "PQC", "kid": "p"}), json!({"kid": "no kind"}), json!(7), signer.jwk()];
    let world = World::with_keys(&strange).await;
    assert!(world.verify(&signer.sign(&claims())).await.is_ok());
    assert!(set(&strange)["keys"].is_array());
}
