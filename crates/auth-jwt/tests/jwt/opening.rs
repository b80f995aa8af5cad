//! Keys from a file.

use parlour_auth_jwt::{InvalidJwtConfig, JwtVerifier};
use parlour_domain::port::TokenVerifier;

use crate::signer::{Signer, set};
use crate::world::{claims, clock, config};

#[tokio::test]
async fn keys_are_read_from_a_file_and_again_when_it_has_changed() {
    let (old, new) = (Signer::ed("old"), Signer::ed("new"));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.json");
    std::fs::write(&path, set(&[old.jwk()]).to_string()).unwrap();
    let clock = clock();
    let verifier = JwtVerifier::open(config(path.to_str().unwrap()), clock.clone()).await.unwrap();
    assert!(verifier.verify(&old.sign(&claims()).parse().unwrap()).await.is_ok());
    std::fs::write(&path, set(&[new.jwk()]).to_string()).unwrap();
    clock.advance(std::time::Duration::from_secs(10));
    assert!(verifier.verify(&new.sign(&claims()).parse().unwrap()).await.is_ok());
    assert!(verifier.verify(&old.sign(&claims()).parse().unwrap()).await.is_err());
}

#[tokio::test]
async fn a_file_that_is_absent_unreadable_or_without_a_usable_key_is_refused_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.json");
    let place = path.to_str().unwrap();
    let open = || JwtVerifier::open(config(place), clock());
    assert!(matches!(open().await, Err(InvalidJwtConfig::File { .. })));
    for content in
        ["", "{}", "[]", "{\"keys\": []}", "{\"keys\": [{\"kty\": \"oct\", \"k\": \"AAAA\", \"use\": \"enc\"}]}"]
    {
        std::fs::write(&path, content).unwrap();
        let Err(error) = open().await else { panic!("{content}") };
        assert!(error.to_string().contains("keys.json"), "{error}");
    }
}
