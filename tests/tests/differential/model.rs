//! The model: the memory store, with a memory of all that was done to it.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use futures_util::FutureExt;
use parlour_domain::port::{CommitError, Committed, ReadError, RoomRepo, SessionRepo, UserRepo, WriteError};
use parlour_domain::usecase::CreateRoomCommand;
use parlour_domain::{
    Ceremony, ContactPolicy, CredentialId, DirectPair, DisplayName, Expected, Fate, IdempotencyKey, IdempotencyRecord,
    Passkey, Room, RoomCommit, RoomCursor, RoomId, Session, SessionId, Timestamp, TokenHash, User, UserId, Username,
};
use parlour_store_memory::MemoryStore;

use crate::answer::{Answer, Call};
use crate::stage::{Moment, Ports};

/// Those who are there from the beginning; the last one is not active.
const POPULATION: [&str; 5] = ["alice", "bobby", "carol", "David", "frank"];

/// The memory store and what happened to it so far.
pub(crate) struct Model {
    pub(crate) ports: Ports,
    history: Vec<Call>,
    seen: Arc<Seen>,
    /// The users in the order of their ids.
    pub(crate) people: Vec<User>,
    pub(crate) asked: Asked,
}

/// What was asked for, the oldest first, whatever came of it.
#[derive(Clone, Default)]
pub(crate) struct Asked {
    pub(crate) creations: Vec<CreateRoomCommand>,
    pub(crate) registrations: Vec<(User, Passkey)>,
    /// Those of registrations among them.
    pub(crate) passkeys: Vec<Passkey>,
    pub(crate) ceremonies: Vec<Ceremony>,
    pub(crate) blocks: Vec<(UserId, UserId)>,
}

/// What went through the ports of the model.
#[derive(Default)]
struct Seen {
    commits: Mutex<Vec<(RoomCommit, bool)>>,
    sessions: Mutex<Vec<Session>>,
}

/// Those who are there before the first operation.
pub(crate) fn population() -> Vec<User> {
    let moment = Moment { number: 0, racer: 0, now: Moment::beginning(), backwards: false };
    let user = |(n, name): (u64, &&str)| User {
        id: UserId::from_uuid(moment.uuid(n)),
        username: Username::parse(name).unwrap(),
        display_name: DisplayName::parse(&format!("{name} 🦊")).unwrap(),
        is_active: *name != "frank",
        is_verified: n == 1,
        created_at: moment.now,
    };
    (0..).zip(&POPULATION).map(user).collect()
}

impl Model {
    /// A model of an empty store to which all of `history` was done.
    pub(crate) async fn after(history: &[Call], asked: Asked) -> Self {
        let seen = Arc::new(Seen::default());
        let store = MemoryStore::new();
        let mut ports = Ports::of(&store);
        let watched = Arc::new(Watched { store: store.clone(), seen: Arc::clone(&seen) });
        (ports.rooms, ports.sessions) = (watched.clone(), watched);
        for user in population() {
            UserRepo::insert(&store, user).await.unwrap();
        }
        let mut model = Self { ports, history: Vec::new(), seen, people: population(), asked };
        for call in history {
            model.perform(call).await;
        }
        model
    }

    pub(crate) async fn perform(&mut self, call: &Call) -> Answer {
        let answer = call.perform(&self.ports).await;
        self.history.push(call.clone());
        self.people = self.ports.users.list(None, u32::MAX).await.unwrap();
        answer
    }

    /// Models to each of which `calls` were done after all else, in each order there is, with what they answered.
    pub(crate) async fn in_every_order(&self, calls: &[Call]) -> Vec<(Self, Vec<Answer>)> {
        let mut outcomes = Vec::new();
        for order in orders(calls.len()) {
            let mut model = Self::after(&self.history, self.asked.clone()).await;
            let mut answers = vec![Answer::nothing(); calls.len()];
            for at in order {
                answers[at] = model.perform(&calls[at]).await;
            }
            outcomes.push((model, answers));
        }
        outcomes
    }

    /// Every commit that was tried, the oldest first.
    pub(crate) fn commits(&self) -> Vec<RoomCommit> {
        self.seen.commits.lock().unwrap().iter().map(|(commit, _)| commit.clone()).collect()
    }

    /// Those that may be tried again, the oldest first: a creation that was refused because its id was taken might
    /// succeed once that room is gone, and a store may rely on it that nobody mints an id twice.
    pub(crate) fn repeatable_commits(&self) -> Vec<RoomCommit> {
        let commits = self.seen.commits.lock().unwrap();
        let is_stored = |id| commits.iter().any(|(other, is_applied)| *is_applied && other.parts().room.id() == id);
        let is_repeatable = |commit: &RoomCommit, is_applied: bool| {
            is_applied || commit.parts().expected != Expected::Absent || !is_stored(commit.parts().room.id())
        };
        let repeatable = commits.iter().filter(|(commit, is_applied)| is_repeatable(commit, *is_applied));
        repeatable.map(|(commit, _)| commit.clone()).collect()
    }

    /// The rooms that are there now, the oldest first.
    pub(crate) fn stored_rooms(&self) -> Vec<RoomId> {
        let mut rooms = Vec::new();
        for (commit, _) in self.seen.commits.lock().unwrap().iter().filter(|(_, is_applied)| *is_applied) {
            let id = commit.parts().room.id();
            rooms.retain(|room| *room != id);
            if commit.parts().fate == Fate::Kept {
                rooms.push(id);
            }
        }
        rooms
    }

    /// Every room in every state in which it was ever stored, the oldest first.
    pub(crate) fn versions(&self) -> Vec<Room> {
        let commits = self.seen.commits.lock().unwrap();
        let kept = commits.iter().filter(|(commit, is_applied)| *is_applied && commit.parts().fate == Fate::Kept);
        kept.map(|(commit, _)| commit.parts().room.clone()).collect()
    }

    /// Every room that was ever tried to be written, the oldest first.
    pub(crate) fn rooms(&self) -> Vec<RoomId> {
        let mut rooms = Vec::new();
        for (commit, _) in &*self.seen.commits.lock().unwrap() {
            let id = commit.parts().room.id();
            if !rooms.contains(&id) {
                rooms.push(id);
            }
        }
        rooms
    }

    /// The ids of all passkeys that were ever tried to be added, the oldest first.
    pub(crate) fn passkeys(&self) -> Vec<CredentialId> {
        let mut ids: Vec<CredentialId> = self.asked.passkeys.iter().map(|passkey| passkey.id.clone()).collect();
        let mut seen = std::collections::BTreeSet::new();
        ids.retain(|id| seen.insert(id.clone()));
        ids
    }

    /// Every session that was ever issued, the oldest first.
    pub(crate) fn sessions(&self) -> Vec<Session> {
        self.seen.sessions.lock().unwrap().clone()
    }

    /// A session that was issued, as it is now; `None` when it is not there any more.
    pub(crate) fn stored_session(&self, issued: &Session) -> Option<Session> {
        let sessions = at_once(self.ports.sessions.list_of(issued.user_id)).unwrap();
        sessions.into_iter().find(|session| session.id == issued.id)
    }

    /// Whether anybody accepts rooms only from those who share one with them.
    pub(crate) fn is_anybody_choosy(&self) -> bool {
        let policy = |user: &User| at_once(self.ports.contacts.policy_of(user.id)).unwrap();
        self.people.iter().any(|user| policy(user) == ContactPolicy::SharedRooms)
    }

    pub(crate) fn stored_passkey(&self, id: &CredentialId) -> Option<Passkey> {
        at_once(self.ports.passkeys.find(id)).unwrap()
    }

    /// A text with names instead of ids, where those are known.
    pub(crate) fn in_words(&self, text: &str) -> String {
        let people = self.people.iter().zip(0..).map(|(user, n)| (user.id.to_string(), format!("user {n}")));
        let rooms = self.rooms().into_iter().zip(1..).map(|(room, n)| (room.to_string(), format!("room {n}")));
        let passkeys = self.passkeys().into_iter().zip(1..).map(|(id, n)| (id.to_string(), format!("passkey {n}")));
        let mut names: Vec<(String, String)> = people.chain(rooms).chain(passkeys).collect();
        // Some begin with others.
        names.sort_by_key(|(id, _)| std::cmp::Reverse(id.len()));
        names.into_iter().fold(text.to_owned(), |text, (id, name)| text.replace(&id, &name))
    }
}

/// What the memory store answers, which never waits.
fn at_once<T>(asked: impl Future<Output = T>) -> T {
    asked.now_or_never().unwrap()
}

/// All orders of so many things.
fn orders(of: usize) -> Vec<Vec<usize>> {
    let mut orders = vec![Vec::new()];
    for next in 0..of {
        let with_next = |order: Vec<usize>| {
            (0..=order.len()).rev().map(move |at| {
                let mut longer = order.clone();
                longer.insert(at, next);
                longer
            })
        };
        orders = orders.into_iter().flat_map(with_next).collect();
    }
    orders
}

/// The memory store with somebody who takes notes.
struct Watched {
    store: MemoryStore,
    seen: Arc<Seen>,
}

#[async_trait]
impl RoomRepo for Watched {
    async fn commit(&self, commit: RoomCommit) -> Result<Committed, CommitError> {
        let committed = RoomRepo::commit(&self.store, commit.clone()).await;
        let is_applied = matches!(committed, Ok(Committed::Applied(_)));
        self.seen.commits.lock().unwrap().push((commit, is_applied));
        committed
    }

    async fn find(&self, id: RoomId) -> Result<Option<Room>, ReadError> {
        self.store.find(id).await
    }

    async fn find_direct(&self, pair: DirectPair) -> Result<Option<Room>, ReadError> {
        self.store.find_direct(pair).await
    }

    async fn list_of(
        &self,
        user: UserId,
        now: Timestamp,
        after: Option<RoomCursor>,
        limit: u32,
    ) -> Result<Vec<Room>, ReadError> {
        RoomRepo::list_of(&self.store, user, now, after, limit).await
    }

    async fn share_a_room(&self, user: UserId, others: &[UserId], now: Timestamp) -> Result<Vec<UserId>, ReadError> {
        self.store.share_a_room(user, others, now).await
    }

    async fn list_expired(&self, now: Timestamp, limit: u32) -> Result<Vec<Room>, ReadError> {
        self.store.list_expired(now, limit).await
    }

    async fn find_answer(&self, caller: UserId, key: &IdempotencyKey) -> Result<Option<IdempotencyRecord>, ReadError> {
        self.store.find_answer(caller, key).await
    }

    async fn forget_answers(&self, now: Timestamp) -> Result<u64, WriteError> {
        self.store.forget_answers(now).await
    }

    async fn ping(&self) -> Result<(), ReadError> {
        RoomRepo::ping(&self.store).await
    }
}

#[async_trait]
impl SessionRepo for Watched {
    async fn insert(&self, session: Session) -> Result<(), WriteError> {
        self.seen.sessions.lock().unwrap().push(session.clone());
        SessionRepo::insert(&self.store, session).await
    }

    async fn find_by_token(&self, hash: &TokenHash) -> Result<Option<Session>, ReadError> {
        self.store.find_by_token(hash).await
    }

    async fn list_of(&self, user: UserId) -> Result<Vec<Session>, ReadError> {
        SessionRepo::list_of(&self.store, user).await
    }

    async fn extend(&self, id: SessionId, expires_at: Timestamp) -> Result<bool, WriteError> {
        self.store.extend(id, expires_at).await
    }

    async fn remove(&self, id: SessionId) -> Result<bool, WriteError> {
        self.store.remove(id).await
    }

    async fn remove_expired(&self, now: Timestamp) -> Result<u64, WriteError> {
        self.store.remove_expired(now).await
    }
}
