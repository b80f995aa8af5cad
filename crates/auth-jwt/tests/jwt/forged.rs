//! Tokens that the provider never signed, or not as what they pretend to be (RFC 8725, section 2).

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use parlour_domain::SignedToken;
use serde_json::json;

use crate::signer::{Signer, sign};
use crate::world::{World, claims, claims_with};

#[tokio::test]
async fn a_public_key_is_no_secret_of_an_hmac() {
    let signer = Signer::rsa("r");
    let world = World::with(&[&signer]).await;
    let jwk = signer.jwk();
    let modulus = URL_SAFE_NO_PAD.decode(jwk["n"].as_str().unwrap()).unwrap();
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(&modulus));
    for secret in [pem.into_bytes(), jwk.to_string().into_bytes(), modulus, Vec::new()] {
        for algorithm in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
            let header = json!({"alg": format!("{algorithm:?}"), "kid": "r", "typ": "JWT"}).to_string();
            let key = EncodingKey::from_secret(&secret);
            let token = sign(&header, &claims().to_string(), |message| crypto::sign(message, &key, algorithm).unwrap());
            world.assert_refused(&token, &header).await;
        }
    }
}

#[tokio::test]
async fn a_symmetric_key_in_the_set_verifies_nothing() {
    let secret = b"a secret that everybody can read";
    let world = World::with_keys(&[json!({"kty": "oct", "kid": "s", "k": URL_SAFE_NO_PAD.encode(secret)})]).await;
    let key = EncodingKey::from_secret(secret);
    let header = json!({"alg": "HS256", "kid": "s"}).to_string();
    let token = sign(&header, &claims().to_string(), |message| crypto::sign(message, &key, Algorithm::HS256).unwrap());
    world.assert_refused(&token, "symmetric").await;
}

#[tokio::test]
async fn an_unsigned_token_is_refused_in_every_spelling() {
    let signer = Signer::rsa("r");
    let world = World::with(&[&signer]).await;
    for alg in ["none", "None", "NONE", "nOnE", ""] {
        for header in [json!({"alg": alg}), json!({"alg": alg, "kid": "r"})] {
            let token = sign(&header.to_string(), &claims().to_string(), |_| String::new());
            world.assert_refused(&token, &header.to_string()).await;
        }
    }
    let good = signer.sign(&claims());
    let (message, _) = good.rsplit_once('.').unwrap();
    world.assert_refused(&format!("{message}."), "the signature was cut off").await;
    world.assert_refused(&sign("{\"kid\":\"r\"}", &claims().to_string(), |_| String::new()), "no algorithm").await;
}

#[tokio::test]
async fn a_changed_token_is_refused() {
    let signer = Signer::ed("d");
    let world = World::with(&[&signer]).await;
    let good = signer.sign(&claims());
    let parts: Vec<&str> = good.split('.').collect();
    let other = URL_SAFE_NO_PAD.encode(claims_with("sub", json!("7d0f2a5e-3f1b-4c0a-9d7e-5a1b2c3d4e60")).to_string());
    world.assert_refused(&format!("{}.{other}.{}", parts[0], parts[2]), "another subject").await;
    let header = URL_SAFE_NO_PAD.encode("{\"alg\":\"EdDSA\",\"kid\":\"d\"}");
    world.assert_refused(&format!("{header}.{}.{}", parts[1], parts[2]), "another header").await;
    world.assert_refused(&Signer::ed("d").sign(&claims()), "another key of the same name").await;
}

#[tokio::test]
async fn a_key_of_another_kind_or_purpose_is_not_used() {
    let (rsa, ec) = (Signer::rsa("r"), Signer::ec("e"));
    let world = World::with(&[&rsa, &ec]).await;
    let as_the_other = json!({"alg": "RS256", "kid": "e"});
    world.assert_refused(&rsa.sign_as(&as_the_other, &claims()), "the key id of another kind of key").await;
    for (member, value) in [
        ("alg", json!("RS512")),
        ("alg", json!("PS256")),
        ("alg", json!("RSA-OAEP")),
        ("use", json!("enc")),
        ("key_ops", json!(["sign", "encrypt"])),
    ] {
        let world = World::with_keys(&[rsa.jwk_with(member, value.clone())]).await;
        world.assert_refused(&rsa.sign(&claims()), &format!("{member} {value}")).await;
    }
    let world = World::with_keys(&[rsa.jwk_with("alg", json!(null))]).await;
    assert!(world.verify(&rsa.sign(&claims())).await.is_ok());
}

#[tokio::test]
async fn an_algorithm_that_is_not_allowed_is_refused_though_the_key_would_fit() {
    let rsa = Signer::rsa("r");
    let world = World::with_keys(&[rsa.jwk_with("alg", json!(null))]).await;
    for alg in ["RS384", "PS256", "ES384", "XX999"] {
        world.assert_refused(&rsa.sign_as(&json!({"alg": alg, "kid": "r"}), &claims()), alg).await;
    }
}

#[tokio::test]
async fn keys_and_places_of_keys_in_the_token_are_not_looked_at() {
    let (known, own) = (Signer::ed("d"), Signer::ed("own"));
    let world = World::with(&[&known]).await;
    for header in [
        json!({"alg": "EdDSA", "jwk": own.jwk()}),
        json!({"alg": "EdDSA", "kid": "own", "jwk": own.jwk()}),
        json!({"alg": "EdDSA", "kid": "own", "jku": "http://127.0.0.1:9/keys"}),
        json!({"alg": "EdDSA", "kid": "../../../dev/null"}),
    ] {
        world.assert_refused(&own.sign_as(&header, &claims()), &header.to_string()).await;
    }
}

#[tokio::test]
async fn critical_headers_and_other_types_of_token_are_refused() {
    let signer = Signer::ed("d");
    let world = World::with(&[&signer]).await;
    for (member, value) in [
        ("crit", json!(["b64"])),
        ("crit", json!([])),
        ("typ", json!("logout+jwt")),
        ("typ", json!("secevent+jwt")),
        ("typ", json!("dpop+jwt")),
        ("typ", json!("JWE")),
        ("typ", json!("")),
    ] {
        let mut header = signer.header();
        header[member] = value;
        world.assert_refused(&signer.sign_as(&header, &claims()), &header.to_string()).await;
    }
}

#[tokio::test]
async fn a_huge_token_is_none() {
    let signer = Signer::ed("d");
    let token = signer.sign(&claims_with("name", json!("x".repeat(SignedToken::MOST_BYTES))));
    assert!(token.parse::<SignedToken>().is_err());
}
