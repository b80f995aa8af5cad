//! The laws bite: each is broken by the store that was made to break it, and kept by the same store without sabotage.

#[path = "../../store-memory/tests/memory/mod.rs"]
mod memory;

mod nothing {
    use parlour_store_contract::saboteur::{Nothing, Sabotaged};

    parlour_store_contract::contract_tests!(Sabotaged<crate::memory::Memory, Nothing>);
}

mod sabotaged {
    parlour_store_contract::each_law! { saboteur_tests [crate::memory::Memory] }
}

mod readers {
    use parlour_store_contract::saboteur::{Sabotaged, ShowsEntriesBeforeTheirPredecessors};
    use parlour_store_contract::{Harness, laws};

    use crate::memory::Memory;

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn an_entry_that_is_seen_before_its_predecessor_breaks_the_law_of_density() {
        let store = Sabotaged::<Memory, ShowsEntriesBeforeTheirPredecessors>::fresh().await;
        let violation = laws::inboxes_stay_dense_under_concurrency(store).await.unwrap_err();
        assert_eq!(violation.when, "an inbox is read while others write");
    }
}
