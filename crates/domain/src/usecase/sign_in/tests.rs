use super::super::testing::{NOW, at, counted_ids, engine_says, stopped_clock, user, user_id};
use super::super::{IssueSession, RevokeSession};
use super::*;
use crate::mocks::{
    MockCeremonyRepo, MockDisconnector, MockPasskeyRepo, MockRelyingParty, MockSessionRepo, MockUserRepo,
};
use crate::port::{CredentialClaim, VerifyError, WriteError};
use crate::{Ceremony, ChallengeHash, CredentialId, PasskeyName, UserHandle};

fn passkey() -> Passkey {
    Passkey {
        id: CredentialId::from_bytes(vec![1]).unwrap(),
        user_id: user_id(1),
        user_handle: UserHandle::from_random_bytes([2; 64]),
        name: PasskeyName::default(),
        material: vec![3],
        counter: 4,
        created_at: at(0),
        last_used_at: None,
    }
}

/// A sign-in that was begun for that name and is answered with the passkey of [`passkey`].
async fn complete(
    begun_for: &'static str,
    holder: Option<User>,
    verify: fn() -> Result<VerifiedUse, VerifyError>,
    record: fn(PasskeyUse) -> Result<bool, WriteError>,
) -> Result<SignedIn, PasskeyError> {
    let mut relying_party = MockRelyingParty::new();
    relying_party.expect_read().returning(|_, _| {
        let (challenge, credential) = (ChallengeHash::of(b"challenge"), passkey().id);
        Ok(CredentialClaim { challenge, credential, user_handle: Some(vec![2; 64]) })
    });
    relying_party.expect_finish_authentication().returning(move |state, _, _| {
        assert_eq!(state, b"state");
        verify()
    });
    let mut kept = MockCeremonyRepo::new();
    kept.expect_take().once().returning(move |challenge| {
        let state = format!("{begun_for}\nstate").into_bytes();
        let (kind, expires_at) = (CeremonyKind::Authentication, at(NOW + 1));
        Ok(Some(Ceremony { challenge: *challenge, kind, state, expires_at }))
    });
    let mut passkeys = MockPasskeyRepo::new();
    passkeys.expect_find().returning(|_| Ok(Some(passkey())));
    passkeys.expect_record_use().returning(record);
    let mut users = MockUserRepo::new();
    users.expect_find_many().returning(move |_| Ok(holder.clone().into_iter().collect()));
    let mut sessions = MockSessionRepo::new();
    sessions.expect_insert().returning(|_| Ok(()));
    let (users, sessions) = (Arc::new(users), Arc::new(sessions));
    let issue = IssueSession::new(users.clone(), sessions.clone(), stopped_clock(), counted_ids());
    let rotate =
        RotateSession::new(Arc::new(issue), Arc::new(RevokeSession::new(sessions, Arc::new(MockDisconnector::new()))));
    let ceremonies = Ceremonies::new(Arc::new(relying_party), Arc::new(kept), stopped_clock());
    let sign_in = SignIn::new(users, Arc::new(passkeys), ceremonies, rotate, stopped_clock());
    sign_in.complete(&CredentialResponse::from_json("{}".to_owned()), None).await
}

fn verified() -> Result<VerifiedUse, VerifyError> {
    Ok(VerifiedUse { counter: 5, material: vec![6] })
}

#[tokio::test]
async fn the_use_is_recorded_against_the_counter_that_was_read() {
    let signed_in = complete("", Some(user(1, "alice")), verified, |used| {
        let expected = PasskeyUse { id: passkey().id, expected: 4, counter: 5, material: vec![6], at: at(NOW) };
        assert_eq!(used, expected);
        Ok(true)
    });
    assert_eq!(signed_in.await.unwrap().user, user(1, "alice"));
}

#[tokio::test]
async fn of_two_uses_at_once_the_one_that_the_store_does_not_count_is_refused() {
    let refused = complete("", Some(user(1, "alice")), verified, |_| Ok(false)).await;
    assert!(matches!(refused, Err(PasskeyError::Refused)));
}

#[tokio::test]
async fn a_name_binds_who_may_complete_it() {
    assert!(complete("ALICE", Some(user(1, "alice")), verified, |_| Ok(true)).await.is_ok());
    let other = complete("bobby", Some(user(1, "alice")), verified, |_| unreachable!()).await;
    assert!(matches!(other, Err(PasskeyError::Refused)));
}

#[tokio::test]
async fn an_account_that_is_not_active_is_told_only_after_the_proof() {
    let asleep = || Some(User { is_active: false, ..user(1, "alice") });
    let proven = complete("", asleep(), verified, |_| unreachable!()).await;
    assert!(matches!(proven, Err(PasskeyError::NotActive)));
    assert!(matches!(complete("", None, verified, |_| unreachable!()).await, Err(PasskeyError::NotActive)));
    let bad = || Err(VerifyError::Refused(engine_says()));
    assert!(matches!(complete("", asleep(), bad, |_| unreachable!()).await, Err(PasskeyError::Refused)));
}

#[tokio::test]
async fn what_the_relying_party_and_the_store_say_is_passed_on() {
    let back = || Err(VerifyError::CounterWentBack);
    let alice = || Some(user(1, "alice"));
    assert!(matches!(complete("", alice(), back, |_| unreachable!()).await, Err(PasskeyError::Refused)));
    let corrupt = || Err(VerifyError::Corrupt(engine_says()));
    assert!(matches!(complete("", alice(), corrupt, |_| unreachable!()).await, Err(PasskeyError::Corrupt(_))));
    let away = complete("", alice(), verified, |_| Err(WriteError::Unavailable(engine_says()))).await;
    assert!(matches!(away, Err(PasskeyError::Unavailable(_))));
}
