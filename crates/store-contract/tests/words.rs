//! A law that is broken says which MUST it was, what a good store shows and what this one showed.

#[path = "../../store-memory/tests/memory/mod.rs"]
mod memory;

use memory::Memory;
use parlour_store_contract::saboteur::{ForgetsVerification, IgnoresRevisions, Sabotaged};
use parlour_store_contract::{Harness, laws};

#[tokio::test(flavor = "multi_thread")]
async fn a_violation_names_the_must_and_shows_what_was_expected_and_seen() {
    let store = Sabotaged::<Memory, IgnoresRevisions>::fresh().await;
    let violation = laws::a_stale_revision_conflicts(store).await.unwrap_err();
    assert_eq!(
        violation.to_string(),
        "RoomRepo::commit MUST answer Conflict when the room is not at the expected revision\n      \
         law: a_stale_revision_conflicts\n     \
         when: a room at revision 2 is changed as if at 1\n \
         expected: Conflict\n     \
         seen: Ok(Applied([]))"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_violation_shows_large_values_around_their_first_difference() {
    let store = Sabotaged::<Memory, ForgetsVerification>::fresh().await;
    let violation = laws::a_user_comes_back_as_it_went_in(store).await.unwrap_err();
    assert!(violation.expected.contains("is_verified: true"), "{violation}");
    assert!(violation.seen.contains("is_verified: false"), "{violation}");
    assert!(violation.seen.len() < 10_000, "{violation}");
}

#[tokio::test(flavor = "multi_thread")]
#[should_panic(expected = "UserRepo::insert MUST keep every field unchanged")]
async fn a_broken_law_stops_the_test_of_the_store() {
    type Broken = Sabotaged<Memory, ForgetsVerification>;
    parlour_store_contract::prove::<Broken, _>(laws::a_user_comes_back_as_it_went_in).await;
}
