//! Subjects who become users, in the reference store.

use std::sync::Arc;

use parlour_domain::mocks::MockIdSource;
use parlour_domain::port::{TokenVerifier, UserRepo};
use parlour_domain::usecase::{AdmitSubject, AuthenticateError, RegisterUser};
use parlour_store_memory::MemoryStore;
use serde_json::json;

use crate::signer::Signer;
use crate::world::{World, claims, claims_with};

fn admit(world: &World, store: &MemoryStore) -> AdmitSubject {
    let users: Arc<dyn UserRepo> = Arc::new(store.clone());
    let verifier: Arc<dyn TokenVerifier> = world.verifier.clone();
    let register = RegisterUser::new(users.clone(), world.clock.clone(), Arc::new(MockIdSource::new()));
    AdmitSubject::new(verifier, users).provisioning(register)
}

#[tokio::test(flavor = "multi_thread")]
async fn racing_requests_of_a_new_subject_make_one_user() {
    let signer = Signer::ed("d");
    let world = World::with(&[&signer]).await;
    let token: parlour_domain::SignedToken = signer.sign(&claims()).parse().unwrap();
    for _ in 0..20 {
        let store = MemoryStore::new();
        let admit = Arc::new(admit(&world, &store));
        let racers: Vec<_> = (0..8)
            .map(|_| {
                let (admit, token) = (admit.clone(), token.clone());
                tokio::spawn(async move { admit.execute(&token).await.map(|caller| caller.user_id) })
            })
            .collect();
        for racer in racers {
            racer.await.unwrap().unwrap();
        }
        let users = UserRepo::list(&store, None, 10).await.unwrap();
        assert_eq!(users.len(), 1);
        assert_eq!(users[0].username.to_string(), "alice");
    }
}

#[tokio::test]
async fn a_subject_whose_username_another_one_has_is_not_let_in_and_changes_nothing() {
    let signer = Signer::ed("d");
    let world = World::with(&[&signer]).await;
    let store = MemoryStore::new();
    let admit = admit(&world, &store);
    admit.execute(&signer.sign(&claims()).parse().unwrap()).await.unwrap();
    let other = claims_with("sub", json!("7d0f2a5e-3f1b-4c0a-9d7e-5a1b2c3d4e60"));
    let refused = admit.execute(&signer.sign(&other).parse().unwrap()).await;
    assert!(matches!(refused, Err(AuthenticateError::NotProvisioned(_))), "{refused:?}");
    assert_eq!(UserRepo::list(&store, None, 10).await.unwrap().len(), 1);
}
