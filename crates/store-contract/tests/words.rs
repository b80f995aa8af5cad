//! A law that is broken says which MUST it was, what a good store shows and what this one showed.

#![expect(clippy::panic, reason = "a store of these tests panics")]

#[path = "../../store-memory/tests/memory/mod.rs"]
mod memory;

use std::time::Duration;

use memory::Memory;
use parlour_store_contract::saboteur::{ForgetsVerification, IgnoresRevisions, Sabotaged};
use parlour_store_contract::{Harness, Violation, examine, examine_within, laws, prove_law};

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

/// A user store that does not know what to do with a name.
mod unfinished {
    use async_trait::async_trait;
    use parlour_domain::port::{InsertUserError, ReadError};
    use parlour_domain::{User, Username};
    use parlour_store_contract::saboteur::{Ports, Sabotage};

    #[derive(Debug, Default)]
    pub(super) struct Panics;

    #[async_trait]
    impl Sabotage for Panics {
        async fn find_username(&self, _: &Ports, _: &Username) -> Result<Option<User>, ReadError> {
            panic!("no index of names")
        }
    }

    #[derive(Debug, Default)]
    pub(super) struct WaitsForEver;

    #[async_trait]
    impl Sabotage for WaitsForEver {
        async fn find_username(&self, _: &Ports, _: &Username) -> Result<Option<User>, ReadError> {
            std::future::pending().await
        }
    }

    #[derive(Debug, Default)]
    pub(super) struct KeepsTheThread;

    #[async_trait]
    impl Sabotage for KeepsTheThread {
        async fn find_username(&self, _: &Ports, _: &Username) -> Result<Option<User>, ReadError> {
            loop {
                std::thread::park();
            }
        }
    }

    #[derive(Debug, Default)]
    pub(super) struct WritesNothing;

    #[async_trait]
    impl Sabotage for WritesNothing {
        async fn insert_user(&self, _: &Ports, _: User) -> Result<(), InsertUserError> {
            Ok(())
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_of_the_store_breaks_the_law_and_is_shown() {
    type Broken = Sabotaged<Memory, unfinished::Panics>;
    let violation = examine::<Broken, _>(laws::a_user_comes_back_as_it_went_in).await.unwrap_err();
    assert_eq!(
        violation.to_string(),
        "UserRepo::insert MUST keep every field unchanged\n      \
         law: a_user_comes_back_as_it_went_in\n     \
         when: the step after this one: the user is looked up by id\n \
         expected: an answer\n     \
         seen: a panic, in the store or in its harness: no index of names"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_does_not_come_breaks_the_law() {
    let store = Sabotaged::<Memory, unfinished::WaitsForEver>::fresh().await;
    let law = laws::a_user_comes_back_as_it_went_in(store);
    let violation = examine_within(Duration::from_millis(300), law).await.unwrap_err();
    assert_eq!(violation.when, "the step after this one: the user is looked up by id");
    assert_eq!(violation.expected, "an answer within 0 s");
    assert_eq!(violation.seen, "none: it was given up");
}

/// The thread is lost to the end of the process, but the test goes on.
#[test]
fn a_store_that_blocks_its_thread_is_given_up_too() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let verdict = runtime.block_on(async {
        let store = Sabotaged::<Memory, unfinished::KeepsTheThread>::fresh().await;
        examine_within(Duration::from_millis(300), laws::a_user_comes_back_as_it_went_in(store)).await
    });
    runtime.shutdown_background();
    assert_eq!(verdict.unwrap_err().seen, "none: it was given up");
}

#[test]
fn a_broken_law_names_a_simpler_one_that_is_broken_too() {
    type Broken = Sabotaged<Memory, unfinished::WritesNothing>;
    let told = |name, law: fn(Broken) -> Law| {
        let test = std::panic::catch_unwind(|| prove_law::<Broken, _>(name, law));
        *test.unwrap_err().downcast::<String>().unwrap()
    };
    let simpler = "\n    first: a_user_comes_back_as_it_went_in, a simpler law, is broken too\n";
    let text = told("users_are_listed_in_pages", |store| Box::pin(laws::users_are_listed_in_pages(store)));
    assert!(text.contains("law: users_are_listed_in_pages\n") && text.ends_with(simpler), "{text}");
    let text = told("a_user_comes_back_as_it_went_in", |store| Box::pin(laws::a_user_comes_back_as_it_went_in(store)));
    assert!(!text.contains("first:"), "{text}");
}

type Law = std::pin::Pin<Box<dyn Future<Output = Result<(), Violation>> + Send>>;
