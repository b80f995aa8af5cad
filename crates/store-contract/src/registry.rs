//! The one list of the laws. The tests of a store, their number and the tests of the saboteurs are all made from it.

use crate::{Harness, Violation};

/// Calls the macro `$target` of this crate with every law: its module here, its name, and the saboteur that breaks it.
#[doc(hidden)]
#[macro_export]
macro_rules! each_law {
    ($target:ident [$($argument:tt)*]) => {
        $crate::$target! { [$($argument)*]
            users::a_user_comes_back_as_it_went_in => ForgetsVerification,
            users::inserting_the_same_user_again_has_one_effect => RefusesTheSameUserAgain,
            users::a_taken_username_changes_nothing => KeepsRefusedUsers,
            users::a_user_is_found_by_a_name_in_any_case => MindsTheCase,
            users::many_users_are_found_at_once => BindsAFewThousandIds,
            users::users_are_listed_in_pages => RepeatsTheLastUser,
            users::users_and_sessions_are_there_after_reopening => WritesUsersLater,
            sessions::a_session_comes_back_as_it_went_in => KeepsWholeSeconds,
            sessions::inserting_the_same_session_again_has_one_effect => RefusesTheSameSessionAgain,
            sessions::a_users_sessions_are_listed => ListsEverybodysSessions,
            sessions::a_removed_session_is_not_found => CachesTokens,
            sessions::only_expired_sessions_are_removed => RemovesSessionsTooEarly,
            fidelity::a_room_comes_back_as_it_went_in => CutsMicroseconds,
            fidelity::every_kind_of_event_comes_back_as_it_went_in => CallsTheExpiredDeleted,
            fidelity::an_answer_is_remembered_per_caller => IgnoresTheCaseOfKeys,
            rooms::a_direct_room_is_found_by_its_pair => MindsWhoCreated,
            rooms::rooms_are_listed_in_pages => SkipsEqualInstants,
            rooms::pages_are_stable_under_inserts => PagesByOffset,
            rooms::only_ones_own_living_rooms_are_listed => ListsExpiredRooms,
            rooms::expired_rooms_are_found_for_the_sweep => SweepsTooEarly,
            rooms::only_expired_answers_are_forgotten => ForgetsAnswersTooEarly,
            commit::a_commit_answers_the_entries_it_wrote => AnswersNoEntries,
            commit::the_same_commit_twice_has_one_effect => ForgetsCommits,
            commit::a_pair_may_have_a_new_direct_room_after_deletion => NeverFreesPairs,
            commit::an_expired_key_is_replaced => NeverReplacesKeys,
            commit::rooms_and_inboxes_are_there_after_reopening => WritesRoomsLater,
            refusal::a_room_is_created_once => OverwritesRooms,
            refusal::a_stale_revision_conflicts => IgnoresRevisions,
            refusal::a_pair_has_one_direct_room => IgnoresPairs,
            refusal::a_remembered_key_conflicts => IgnoresKeys,
            refusal::a_refused_commit_writes_nothing => WritesTheAnswerFirst,
            dropped::a_dropped_commit_is_whole_or_absent => WritesTheRoomBeforeItWaits,
            concurrency::of_racing_registrations_of_one_name_exactly_one_wins => ChecksNamesThenInserts,
            concurrency::of_racing_direct_rooms_of_one_pair_exactly_one_wins => ChecksPairsThenCreates,
            concurrency::of_racing_changes_of_one_room_exactly_one_wins => ChecksRevisionsThenChanges,
            density::inboxes_stay_dense_under_concurrency => CountsThenWrites,
            inbox::an_inbox_is_read_from_a_place_on => ReadsThePlaceAgain,
            inbox::heads_of_many_inboxes_are_read_at_once => BindsAThousandUsers,
            inbox::forgetting_leaves_no_gap_and_keeps_the_head => ForgetsWhateverIsOld,
            corruption::a_poisoned_user_is_corrupt => LeavesOutBadUsers,
            corruption::a_poisoned_room_is_corrupt => CallsBadRoomsAbsent,
            corruption::a_poisoned_entry_is_corrupt => SkipsBadEntries,
        }
    };
}

/// Makes one test per law for a store, given its [`Harness`](crate::Harness), and one test that no law was left out.
///
/// The crate that calls it needs tokio with `macros` and `rt-multi-thread` among its dev-dependencies.
#[macro_export]
macro_rules! contract_tests {
    ($harness:ty) => {
        $crate::each_law! { law_tests [$harness] }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! law_tests {
    ([$harness:ty] $($module:ident::$law:ident => $saboteur:ident,)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $law() {
                $crate::prove::<$harness, _>($crate::laws::$law).await;
            }
        )*

        #[test]
        fn no_law_is_left_out() {
            let proved = [$(stringify!($law)),*];
            assert_eq!(proved.len(), $crate::NUMBER_OF_LAWS, "{proved:?}");
        }
    };
}

/// Makes one test per law for a harness: that the law is broken by the store that its saboteur makes of it.
#[doc(hidden)]
#[macro_export]
macro_rules! saboteur_tests {
    ([$harness:ty] $($module:ident::$law:ident => $saboteur:ident,)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $law() {
                type Broken = $crate::saboteur::Sabotaged<$harness, $crate::saboteur::$saboteur>;
                let verdict = $crate::laws::$law(<Broken as $crate::Harness>::fresh().await).await;
                assert_eq!(verdict.map_err(|violation| violation.law), Err(stringify!($law)));
            }
        )*
    };
}

macro_rules! law_list {
    ([] $($module:ident::$law:ident => $saboteur:ident,)*) => {
        /// The laws, as functions that take a fresh store.
        pub mod laws {
            $(pub use crate::$module::$law;)*
        }

        /// The names of the laws.
        pub const LAWS: &[&str] = &[$(stringify!($law)),*];
    };
}
pub(crate) use law_list;

each_law! { law_list [] }

/// How many laws there are; a law that gets lost fails the build here and a test in every store.
pub const NUMBER_OF_LAWS: usize = 42;

const _: () = assert!(LAWS.len() == NUMBER_OF_LAWS);

/// Runs one law on a fresh store.
///
/// # Panics
/// When the law is broken, with the words of the [`Violation`].
pub async fn prove<H: Harness, F>(law: impl FnOnce(H) -> F)
where
    F: Future<Output = Result<(), Violation>>,
{
    let verdict = law(H::fresh().await).await.map_err(|violation| violation.to_string());
    assert_eq!(verdict.err().unwrap_or_default(), "", "a law of the contract is broken");
}
