//! The one list of the laws. The tests of a store, their number and the tests of the saboteurs are all made from it.

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
            emptiness::an_empty_store_answers_everything_with_nothing => CallsAbsenceAnError,
            emptiness::a_store_that_is_open_answers_a_ping => LosesItsPings,
            bounds::pages_are_as_long_as_asked_for => CapsPages,
            bounds::a_page_goes_on_from_a_place_where_nothing_is => LooksForTheLastRoom,
            users::users_and_sessions_are_there_after_reopening => WritesUsersLater,
            crash::users_and_sessions_are_there_after_a_crash => WritesUsersWhenClosed,
            sessions::a_session_comes_back_as_it_went_in => KeepsWholeSeconds,
            sessions::a_session_is_found_by_its_whole_token => ComparesHalfOfTheHash,
            sessions::inserting_the_same_session_again_has_one_effect => RefusesTheSameSessionAgain,
            sessions::a_users_sessions_are_listed => ListsEverybodysSessions,
            sessions::a_removed_session_is_not_found => CachesTokens,
            sessions::only_expired_sessions_are_removed => RemovesSessionsTooEarly,
            session_ends::a_session_is_only_ever_extended => SetsTheEndsOfSessions,
            durability::a_later_end_is_there_after_reopening => ExtendsLater,
            session_ends::a_session_of_an_inactive_user_is_not_found => LetsTheInactiveIn,
            passkeys::a_passkey_comes_back_as_it_went_in => CutsCounters,
            passkeys::a_passkey_is_found_by_its_whole_id => ComparesIdsWithoutTheirZeros,
            passkeys::adding_the_same_passkey_again_has_one_effect => RefusesTheSamePasskeyAgain,
            passkeys::nobody_adds_a_passkey_for_a_user_who_is_not_active => AddsForAnybody,
            passkeys::a_users_passkeys_are_listed => ListsPasskeysByTheirIds,
            passkeys::nobody_removes_a_passkey_of_somebody_else => RemovesAnybodysPasskeys,
            passkeys::passkeys_and_ceremonies_are_there_after_reopening => WritesPasskeysLater,
            registrations::a_registration_is_whole_or_absent => AddsTheUserFirst,
            registrations::the_same_registration_again_has_one_effect => RefusesTheSameRegistrationAgain,
            registrations::of_racing_registrations_with_passkeys_one_name_has_one_winner => ChecksNamesThenRegisters,
            keys_at_once::a_credential_belongs_to_one_user => ChecksCredentialsThenAdds,
            keys_at_once::all_passkeys_of_a_user_have_one_handle => ChecksHandlesThenAdds,
            keys_at_once::of_racing_uses_of_one_counter_one_counts => ChecksCountersThenRecords,
            keys_at_once::the_last_passkey_is_never_removed => CountsPasskeysThenRemoves,
            ceremonies::a_ceremony_comes_back_as_it_went_in => TakesAdditionsForRegistrations,
            ceremonies::inserting_the_same_ceremony_again_has_one_effect => RefusesTheSameCeremonyAgain,
            ceremonies::a_ceremony_is_taken_once => ReadsCeremoniesThenDeletes,
            ceremonies::only_expired_ceremonies_are_removed => RemovesCeremoniesTooEarly,
            profiles::a_search_finds_and_orders_like_the_rank => TakesWildcardsForWild,
            profiles::a_search_sees_the_newest_names => SearchesOldNames,
            profiles::a_new_display_name_is_all_that_changes => ForgetsVerificationWithTheName,
            durability::a_new_display_name_is_there_after_reopening => RenamesLater,
            profiles::a_deactivated_user_keeps_only_the_name => LeavesASession,
            going::a_dropped_deactivation_is_whole_or_absent => RemovesSessionsFirst,
            profiles::nothing_is_left_of_a_deactivated_user_under_races => TrustsTokens,
            profiles::the_username_of_a_deactivated_user_stays_taken => FreesUsernames,
            profiles::deactivating_twice_has_one_effect => DeactivatesOnce,
            contacts::a_contact_policy_comes_back_as_it_was_set => KeepsTheFirstPolicy,
            contacts::policies_and_blocks_are_there_after_reopening => WritesPoliciesLater,
            contacts::blocking_again_has_one_effect => ReplacesBlocks,
            contacts::a_block_holds_for_one_direction => UnblocksBothWays,
            contacts::blocks_are_listed_in_pages => RepeatsTheLastBlock,
            contacts::stances_are_those_of_policies_and_blocks => AsksTheOtherWay,
            fidelity::a_room_comes_back_as_it_went_in => CutsMicroseconds,
            fidelity::every_kind_of_event_comes_back_as_it_went_in => CallsTheExpiredDeleted,
            fidelity::an_answer_is_remembered_per_caller => IgnoresTheCaseOfKeys,
            rooms::a_direct_room_is_found_by_its_pair => MindsWhoCreated,
            rooms::rooms_are_listed_in_pages => SkipsEqualInstants,
            rooms::pages_are_stable_under_inserts => PagesByOffset,
            rooms::only_ones_own_living_rooms_are_listed => ListsExpiredRooms,
            shared::those_who_share_a_live_room_are_found => CountsExpiredRooms,
            rooms::expired_rooms_are_found_for_the_sweep => SweepsTooEarly,
            rooms::only_expired_answers_are_forgotten => ForgetsAnswersTooEarly,
            commit::a_commit_answers_the_entries_it_wrote => AnswersNoEntries,
            bounds::a_commit_reaches_everyone_in_the_largest_room => AnswersHalfOfTheEntries,
            commit::the_same_commit_twice_has_one_effect => ForgetsCommits,
            commit::a_pair_may_have_a_new_direct_room_after_deletion => NeverFreesPairs,
            commit::an_expired_key_is_replaced => NeverReplacesKeys,
            commit::rooms_and_inboxes_are_there_after_reopening => WritesRoomsLater,
            crash::rooms_and_inboxes_are_there_after_a_crash => WritesRoomsWhenClosed,
            changes::a_change_of_people_changes_who_lists_the_room => KeepsListingRoomsToThoseWhoLeft,
            changes::a_changed_participant_is_replaced_and_the_others_stay => AddsBeforeItRemoves,
            refusal::a_room_is_created_once => OverwritesRooms,
            refusal::a_stale_revision_conflicts => IgnoresRevisions,
            refusal::a_pair_has_one_direct_room => IgnoresPairs,
            refusal::a_remembered_key_conflicts => IgnoresKeys,
            refusal::a_refused_commit_writes_nothing => WritesTheAnswerFirst,
            dropped::a_dropped_commit_is_whole_or_absent => WritesTheRoomBeforeItWaits,
            concurrency::of_racing_registrations_of_one_name_exactly_one_wins => ChecksNamesThenInserts,
            concurrency::of_racing_direct_rooms_of_one_pair_exactly_one_wins => ChecksPairsThenCreates,
            concurrency::of_racing_commits_under_one_key_exactly_one_wins => ChecksKeysThenWrites,
            concurrency::of_racing_changes_of_one_room_exactly_one_wins => ChecksRevisionsThenChanges,
            contest::a_rename_brings_nobody_back => WritesUsersBack,
            contest::an_extension_brings_no_session_back => WritesSessionsBack,
            contest::a_session_that_was_extended_is_never_swept => LooksThenSweeps,
            contest::a_use_brings_no_passkey_back => WritesPasskeysBack,
            wholeness::a_deactivation_is_seen_as_a_whole => CleansUpAfterwards,
            wholeness::a_commit_is_seen_as_a_whole => TellsAfterwards,
            contest_of_rooms::a_place_is_never_used_again_while_others_are_forgotten => WritesHeadsBack,
            contest_of_rooms::an_answer_that_replaces_another_is_never_forgotten => LooksThenForgets,
            density::inboxes_stay_dense_under_concurrency => CountsThenWrites,
            inbox::an_inbox_is_read_from_a_place_on => ReadsThePlaceAgain,
            bounds::a_place_of_any_number_is_answered => TakesPlacesForSigned,
            inbox::heads_of_many_inboxes_are_read_at_once => BindsAThousandUsers,
            inbox::forgetting_leaves_no_gap_and_keeps_the_head => ForgetsWhateverIsOld,
            inbox::what_was_forgotten_is_known_after_reopening => ForgetsWhatItForgot,
            corruption::a_poisoned_user_is_corrupt => LeavesOutBadUsers,
            corruption::a_poisoned_passkey_is_corrupt => CallsBadPasskeysAbsent,
            corruption::a_poisoned_room_is_corrupt => CallsBadRoomsAbsent,
            corruption::a_poisoned_entry_is_corrupt => SkipsBadEntries,
            archive::every_record_is_exported_once_in_the_order_of_keys => SkipsOneBetweenPages,
            archive::text_keys_are_exported_in_the_order_of_their_bytes => ExportsWithoutCase,
            archive::a_poisoned_record_is_exported_as_corrupt_in_its_place => ExportsOnlyGoodRecords,
            import::an_import_begins_only_where_nothing_is => BeginsAnywhere,
            import::what_was_imported_is_exported_unchanged => ImportsNothingForgotten,
            import::a_refused_page_imports_nothing => ImportsOneByOne,
            import::the_same_page_imported_twice_has_one_effect => RefusesThePageAgain,
            import::a_page_that_does_not_follow_the_mark_is_refused => IgnoresTheMark,
            import::an_unfinished_import_goes_on_after_reopening => KeepsTheMarkInMemory,
            imported::what_was_imported_is_read_by_every_port => ImportsNoMemberships,
            imported::commits_go_on_after_an_import => ImportsNoCommits,
        }
    };
}

/// Makes one test per law for a store, given its [`Harness`](crate::Harness), and one test that no law was left out.
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
            #[test]
            fn $law() {
                $crate::prove_law::<$harness, _>(stringify!($law), $crate::laws::$law);
            }
        )*

        #[test]
        fn no_law_is_left_out() {
            let proved = [$(stringify!($law)),*];
            assert_eq!(proved.len(), $crate::NUMBER_OF_LAWS, "{proved:?}");
        }
    };
}

/// Makes one test per law for a harness: that the law is broken by the store that its saboteur makes of it. On one thread all
/// take turns at each `await`; on several a busy machine might not let anybody look while a saboteur leaves a gap.
#[doc(hidden)]
#[macro_export]
macro_rules! saboteur_tests {
    ([$harness:ty] $($module:ident::$law:ident => $saboteur:ident,)*) => {
        $(
            #[tokio::test]
            async fn $law() {
                type Broken = $crate::saboteur::Sabotaged<$harness, $crate::saboteur::$saboteur>;
                let verdict = $crate::examine::<Broken, _>($crate::laws::$law).await;
                assert_eq!(verdict.map_err(|violation| violation.law), Err(stringify!($law)));
            }
        )*
    };
}

/// Makes one test per law for a harness, none of which is written down: that the law is kept.
#[doc(hidden)]
#[macro_export]
macro_rules! honesty_tests {
    ([$harness:ty] $($module:ident::$law:ident => $saboteur:ident,)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $law() {
                $crate::prove::<$harness, _>($crate::laws::$law).await;
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
pub const NUMBER_OF_LAWS: usize = 112;

const _: () = assert!(LAWS.len() == NUMBER_OF_LAWS);
