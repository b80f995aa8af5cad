//! The laws bite: each is broken by the store that was made to break it, and kept by the same store without sabotage.

#[path = "../../store-memory/tests/memory/mod.rs"]
mod memory;

mod nothing {
    use parlour_store_contract::saboteur::{Nothing, Sabotaged};

    parlour_store_contract::each_law! { honesty_tests [Sabotaged<crate::memory::Memory, Nothing>] }
}

mod sabotaged {
    parlour_store_contract::each_law! { saboteur_tests [crate::memory::Memory] }
}

mod readers {
    use parlour_store_contract::saboteur::{ReadsMembershipsThenRooms, Sabotaged, ShowsEntriesBeforeTheirPredecessors};
    use parlour_store_contract::{Harness, laws};

    use crate::memory::Memory;

    #[tokio::test]
    async fn an_entry_that_is_seen_before_its_predecessor_breaks_the_law_of_density() {
        let store = Sabotaged::<Memory, ShowsEntriesBeforeTheirPredecessors>::fresh().await;
        let violation = laws::inboxes_stay_dense_under_concurrency(store).await.unwrap_err();
        assert_eq!(violation.when, "an inbox is read while others write");
    }

    #[tokio::test]
    async fn a_list_that_is_read_at_two_instants_breaks_the_law_of_who_lists_a_room() {
        let store = Sabotaged::<Memory, ReadsMembershipsThenRooms>::fresh().await;
        let violation = laws::a_change_of_people_changes_who_lists_the_room(store).await.unwrap_err();
        assert_eq!(violation.when, "somebody lists their rooms while they come and go; rooms without them");
    }
}

mod closing {
    use parlour_store_contract::saboteur::{Sabotaged, WritesRoomsWhenClosed, WritesUsersWhenClosed};
    use parlour_store_contract::{Harness, Violation, laws};

    use crate::memory::Memory;

    fn holds(verdict: Result<(), Violation>) {
        assert_eq!(verdict.map_err(|violation| violation.to_string()), Ok(()));
    }

    #[tokio::test]
    async fn users_that_are_written_when_the_store_is_closed_are_missed_after_a_crash_alone() {
        type Lazy = Sabotaged<Memory, WritesUsersWhenClosed>;
        holds(laws::users_and_sessions_are_there_after_reopening(Lazy::fresh().await).await);
        let violation = laws::users_and_sessions_are_there_after_a_crash(Lazy::fresh().await).await.unwrap_err();
        assert_eq!(violation.when, "the process was killed; the users");
    }

    #[tokio::test]
    async fn rooms_that_are_written_when_the_store_is_closed_are_missed_after_a_crash_alone() {
        type Lazy = Sabotaged<Memory, WritesRoomsWhenClosed>;
        holds(laws::rooms_and_inboxes_are_there_after_reopening(Lazy::fresh().await).await);
        let violation = laws::rooms_and_inboxes_are_there_after_a_crash(Lazy::fresh().await).await.unwrap_err();
        assert_eq!(violation.when, "the process was killed right after a commit; what is missing");
    }
}
