//! People who create rooms with each other whatever happens, and what must hold of it afterwards.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use parlour_domain::port::{CommitError, Committed, InboxRepo, RoomRepo};
use parlour_domain::{RoomCommit, RoomId, Seq, User};
use parlour_store_contract::fixture::{Creation, people};
use parlour_store_seaorm::SqlStore;

const CREATORS: usize = 6;

pub(super) struct Load {
    store: SqlStore,
    everyone: [User; CREATORS],
    is_over: Arc<AtomicBool>,
    acknowledged: Arc<AtomicUsize>,
    creators: Vec<tokio::task::JoinHandle<Vec<(RoomCommit, Fate)>>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Acknowledged,
    /// It failed, and its creator did not try again.
    GivenUp,
}

impl Load {
    pub(super) fn begin(store: &SqlStore) -> Self {
        let everyone = people();
        let (is_over, acknowledged) = <(Arc<AtomicBool>, Arc<AtomicUsize>)>::default();
        let creators = (0..CREATORS).map(|me| {
            let (store, everyone) = (store.clone(), everyone.clone());
            let (is_over, acknowledged) = (Arc::clone(&is_over), Arc::clone(&acknowledged));
            tokio::spawn(async move {
                let mut done = Vec::new();
                while !is_over.load(Ordering::Relaxed) {
                    let others: Vec<User> =
                        everyone.iter().enumerate().filter(|(n, _)| *n != me).map(|(_, user)| user.clone()).collect();
                    let commit = Creation::group(&everyone[me], &others).commit();
                    let fate = create(&store, &commit, done.len() % 2 == 0).await;
                    if fate == Fate::Acknowledged {
                        acknowledged.fetch_add(1, Ordering::Relaxed);
                    }
                    done.push((commit, fate));
                }
                done
            })
        });
        let creators = creators.collect();
        Self { store: store.clone(), everyone, is_over, acknowledged, creators }
    }

    pub(super) fn acknowledged(&self) -> usize {
        self.acknowledged.load(Ordering::Relaxed)
    }

    /// Ends it. Answers how many rooms were acknowledged, and how many creators gave up.
    pub(super) async fn end(self) -> (usize, usize) {
        self.is_over.store(true, Ordering::Relaxed);
        let mut outcomes = Vec::new();
        for creator in self.creators {
            outcomes.extend(creator.await.unwrap());
        }
        let mut told = BTreeMap::<RoomId, usize>::new();
        for user in &self.everyone {
            let mut seen = Seq::ZERO;
            loop {
                let page = self.store.read(user.id, seen, 500).await.unwrap();
                for entry in &page.entries {
                    assert_eq!(entry.seq, seen.next(), "an inbox has no gap");
                    seen = entry.seq;
                    *told.entry(entry.event.room_id).or_default() += 1;
                }
                if page.entries.is_empty() {
                    assert_eq!(page.head, seen, "the head is the newest entry");
                    break;
                }
            }
        }
        for (commit, fate) in &outcomes {
            let room = &commit.parts().room;
            let stored = self.store.find(room.id()).await.unwrap();
            let told = told.remove(&room.id()).unwrap_or_default();
            assert_eq!(
                told,
                if stored.is_some() { CREATORS } else { 0 },
                "{fate:?} is whole or absent, and there once"
            );
            assert!(stored.is_none_or(|stored| stored == *room), "a room is as it was created");
            assert!(*fate == Fate::GivenUp || told > 0, "what was acknowledged is there");
        }
        assert!(told.is_empty(), "nobody is told of a room that nobody created");
        let given_up = outcomes.iter().filter(|(_, fate)| *fate == Fate::GivenUp).count();
        (outcomes.len() - given_up, given_up)
    }
}

async fn create(store: &SqlStore, commit: &RoomCommit, again: bool) -> Fate {
    loop {
        match store.commit(commit.clone()).await {
            Ok(Committed::Applied(_) | Committed::AlreadyApplied) => return Fate::Acknowledged,
            Err(CommitError::Conflict | CommitError::Unavailable(_) | CommitError::OutcomeUnknown(_)) if again => {
                tokio::task::yield_now().await;
            }
            Err(CommitError::Conflict | CommitError::Unavailable(_) | CommitError::OutcomeUnknown(_)) => {
                return Fate::GivenUp;
            }
            Err(error) => panic!("{error:?}"),
        }
    }
}
