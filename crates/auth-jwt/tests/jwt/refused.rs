//! Tokens of the provider that are not for us, not now, or nobody's (RFC 7519, section 4.1).

use serde_json::{Value, json};

use crate::signer::Signer;
use crate::world::{ALICE, AUDIENCE, ISSUER, NOW, World, claims, claims_with};

async fn assert_all_refused(wrong: &[(&str, Value)]) {
    let signer = Signer::ed("d");
    let world = World::with(&[&signer]).await;
    assert!(world.verify(&signer.sign(&claims())).await.is_ok());
    for (claim, value) in wrong {
        world.assert_refused(&signer.sign(&claims_with(claim, value.clone())), &format!("{claim} {value}")).await;
    }
}

#[tokio::test]
async fn a_required_claim_that_is_missing_is_a_refusal() {
    assert_all_refused(&["iss", "aud", "sub", "exp"].map(|claim| (claim, Value::Null))).await;
}

#[tokio::test]
async fn another_issuer_is_refused() {
    let almost = [format!("{ISSUER}/"), ISSUER.to_uppercase(), String::new(), format!(" {ISSUER}")];
    let mut wrong: Vec<_> = almost.iter().map(|issuer| ("iss", json!(issuer))).collect();
    wrong.extend([("iss", json!([ISSUER])), ("iss", json!([ISSUER, "https://evil.example"])), ("iss", json!(7))]);
    assert_all_refused(&wrong).await;
}

#[tokio::test]
async fn a_token_for_somebody_else_is_refused() {
    let others = [json!("other"), json!(["other", "another"]), json!([]), json!(""), json!(7), json!([AUDIENCE, 7])];
    assert_all_refused(&others.map(|audience| ("aud", audience))).await;
}

#[tokio::test]
async fn a_token_that_is_over_or_not_valid_yet_is_refused() {
    assert_all_refused(&[
        ("exp", json!(NOW - 60)),
        ("exp", json!(0)),
        ("exp", json!(-1)),
        ("exp", json!(1e30)),
        ("exp", json!((NOW + 300).to_string())),
        ("exp", json!(true)),
        ("nbf", json!(NOW + 61)),
        ("nbf", json!("now")),
        ("nbf", json!(1e30)),
    ])
    .await;
}

#[tokio::test]
async fn a_subject_that_is_no_hyphenated_uuid_is_refused() {
    let bare = ALICE.replace('-', "");
    let subjects =
        ["alice", "", bare.as_str(), "{7d0f2a5e-3f1b-4c0a-9d7e-5a1b2c3d4e5f}"].map(|sub| ("sub", json!(sub)));
    assert_all_refused(&subjects).await;
    assert_all_refused(&[("sub", json!(7))]).await;
}

#[tokio::test]
async fn a_claim_that_is_there_twice_is_refused() {
    let signer = Signer::ed("d");
    let world = World::with(&[&signer]).await;
    let twice = claims().to_string().replacen('{', &format!("{{\"sub\":\"{ALICE}\","), 1);
    world.assert_refused(&signer.sign_text(&signer.header().to_string(), &twice), "sub twice").await;
    for claims in ["[]", "7", "{", "\"\"", "null"] {
        world.assert_refused(&signer.sign_text(&signer.header().to_string(), claims), claims).await;
    }
}
