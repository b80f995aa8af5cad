//! Who is connected.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use parlour_domain::port::ReadError;
use parlour_domain::usecase::ReadInbox;
use parlour_domain::{Caller, Seq, SessionId, UserId};
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

use crate::Limits;
use crate::farewell::Farewell;
use crate::mailbox::Mailbox;

/// How many inboxes a store is asked about at a time, see `InboxRepo::heads`.
const HEADS_AT_ONCE: usize = 1_000;

/// The live sockets of this process; clones are the same hub.
///
/// It implements [`Notifier`](parlour_domain::port::Notifier) and [`Disconnector`](parlour_domain::port::Disconnector).
/// It knows no room and no frame: it puts what it is given into the mailboxes of a user's sockets and never waits.
#[derive(Debug, Clone)]
pub struct Hub {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    limits: Limits,
    directory: Mutex<Directory>,
    /// Counts the sockets that have not said farewell yet, also those that no notice reaches any more.
    sockets: TaskTracker,
}

#[derive(Debug, Default)]
struct Directory {
    by_user: HashMap<UserId, Vec<Arc<Mailbox>>>,
    by_session: HashMap<SessionId, Vec<Arc<Mailbox>>>,
    is_closed: bool,
}

impl Hub {
    /// A hub without sockets, whose sockets will keep to `limits`.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self { shared: Arc::new(Shared { limits, directory: Mutex::default(), sockets: TaskTracker::new() }) }
    }

    /// How many sockets are registered now.
    #[must_use]
    pub fn connected(&self) -> usize {
        self.directory().by_user.values().map(Vec::len).sum()
    }

    /// Asks for the heads of the inboxes of everyone who is connected, one question per 1,000 users, and makes the
    /// sockets that are elsewhere read their inbox. A hint that was lost heals by this, and a socket that was sent more
    /// than the store has learns that the store has lost events.
    ///
    /// # Errors
    /// [`ReadError`] when the store does not answer or is corrupt; the next time may heal what this one did not.
    pub async fn resync(&self, inbox: &ReadInbox) -> Result<(), ReadError> {
        let users: Vec<UserId> = self.directory().by_user.keys().copied().collect();
        for some in users.chunks(HEADS_AT_ONCE) {
            let heads: HashMap<UserId, Seq> = inbox.heads(some).await?.into_iter().collect();
            self.wake_those_elsewhere(some, &heads);
        }
        Ok(())
    }

    /// Closes every socket with 1001, refuses new ones, and waits until all have said farewell or `deadline` has
    /// passed.
    pub async fn close_all(&self, deadline: Duration) {
        {
            let mut directory = self.directory();
            directory.is_closed = true;
            for mailbox in directory.by_user.values().flatten() {
                mailbox.close(Farewell::ShuttingDown);
            }
        }
        self.shared.sockets.close();
        if tokio::time::timeout(deadline, self.shared.sockets.wait()).await.is_err() {
            tracing::warn!(left = self.shared.sockets.len(), "sockets did not close in time");
        }
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.shared.limits
    }

    /// Adds a socket, until the registration is dropped.
    pub(crate) fn register(&self, caller: Caller) -> Result<Registration, Farewell> {
        let mut directory = self.directory();
        if directory.is_closed {
            return Err(Farewell::ShuttingDown);
        }
        let most = self.shared.limits.sockets_per_user;
        if directory.by_user.get(&caller.user_id).is_some_and(|sockets| sockets.len() >= most) {
            return Err(Farewell::TooManySockets);
        }
        let mailbox = Arc::new(Mailbox::new(caller, self.shared.limits.queued_events));
        directory.by_user.entry(caller.user_id).or_default().push(Arc::clone(&mailbox));
        if let Some(session) = caller.session_id {
            directory.by_session.entry(session).or_default().push(Arc::clone(&mailbox));
        }
        drop(directory);
        Ok(Registration { hub: self.clone(), mailbox })
    }

    /// Keeps [`close_all`](Self::close_all) waiting until it is dropped.
    pub(crate) fn attend(&self) -> TaskTrackerToken {
        self.shared.sockets.token()
    }

    /// Does something with the mailboxes of a user's sockets; `act` must not wait.
    pub(crate) fn each_of(&self, user: UserId, act: impl FnMut(&Arc<Mailbox>)) {
        self.directory().by_user.get(&user).into_iter().flatten().for_each(act);
    }

    pub(crate) fn disconnect_session(&self, session: SessionId) {
        for mailbox in self.directory().by_session.get(&session).into_iter().flatten() {
            mailbox.close(Farewell::Unauthorized);
        }
    }

    pub(crate) fn disconnect_all_of(&self, user: UserId) {
        self.each_of(user, |mailbox| mailbox.close(Farewell::Unauthorized));
    }

    /// The heads may be older than what was sent meanwhile; such a socket reads once and finds nothing new.
    fn wake_those_elsewhere(&self, users: &[UserId], heads: &HashMap<UserId, Seq>) {
        for user in users {
            // Whoever never had an entry has no head; whoever was sent some had one, until the store lost it.
            let head = heads.get(user).copied().unwrap_or(Seq::ZERO);
            self.each_of(*user, |mailbox| {
                if mailbox.sent() != head {
                    mailbox.wake();
                }
            });
        }
    }

    fn directory(&self) -> MutexGuard<'_, Directory> {
        self.shared.directory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A socket's place in the hub; dropping it takes the socket out.
#[derive(Debug)]
pub(crate) struct Registration {
    hub: Hub,
    mailbox: Arc<Mailbox>,
}

impl Registration {
    pub(crate) const fn mailbox(&self) -> &Arc<Mailbox> {
        &self.mailbox
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        let Caller { user_id, session_id, .. } = self.mailbox.caller();
        let mut directory = self.hub.directory();
        remove(&mut directory.by_user, user_id, &self.mailbox);
        if let Some(session) = session_id {
            remove(&mut directory.by_session, session, &self.mailbox);
        }
    }
}

fn remove<K: Eq + Hash>(index: &mut HashMap<K, Vec<Arc<Mailbox>>>, key: K, mailbox: &Arc<Mailbox>) {
    if let Entry::Occupied(mut sockets) = index.entry(key) {
        sockets.get_mut().retain(|other| !Arc::ptr_eq(other, mailbox));
        if sockets.get().is_empty() {
            sockets.remove();
        }
    }
}

#[cfg(test)]
mod tests {
    use async_trait::async_trait;
    use parlour_domain::port::{InboxRepo, WriteError};
    use parlour_domain::{InboxPage, Timestamp};
    use uuid::Uuid;

    use super::*;

    /// Every inbox has this head, or none ever had an entry; remembers how many it was asked about at a time.
    struct SameEach {
        head: Option<u64>,
        asked: Mutex<Vec<usize>>,
    }

    impl SameEach {
        fn new(head: Option<u64>) -> Arc<Self> {
            Arc::new(Self { head, asked: Mutex::default() })
        }
    }

    #[async_trait]
    impl InboxRepo for SameEach {
        async fn read(&self, _: UserId, since: Seq, _: u32) -> Result<InboxPage, ReadError> {
            Ok(InboxPage { entries: Vec::new(), head: since, forgotten: Seq::ZERO })
        }

        async fn heads(&self, users: &[UserId]) -> Result<Vec<(UserId, Seq)>, ReadError> {
            self.asked.lock().unwrap().push(users.len());
            Ok(users.iter().filter_map(|user| Some((*user, Seq::new(self.head?)))).collect())
        }

        async fn forget(&self, _: Timestamp) -> Result<u64, WriteError> {
            Ok(0)
        }
    }

    fn caller(user: u128, session: u128) -> Caller {
        Caller {
            user_id: UserId::from_uuid(Uuid::from_u128(user)),
            session_id: Some(SessionId::from_uuid(Uuid::from_u128(session))),
            signed_in_at: None,
            expires_at: Timestamp::from_micros(0).unwrap(),
            slides_for: None,
        }
    }

    #[tokio::test]
    async fn a_resync_asks_once_per_thousand_users_and_wakes_those_behind() {
        let hub = Hub::new(Limits::default());
        let sockets: Vec<_> = (0..2_500).map(|n| hub.register(caller(n, n)).unwrap()).collect();
        sockets[7].mailbox().set_sent(Seq::new(1));
        let inboxes = SameEach::new(Some(1));
        hub.resync(&ReadInbox::new(inboxes.clone())).await.unwrap();
        assert_eq!(*inboxes.asked.lock().unwrap(), [1_000, 1_000, 500]);
        let behind = sockets.iter().filter(|socket| socket.mailbox().is_behind()).count();
        assert_eq!(behind, 2_499);
        assert!(!sockets[7].mailbox().is_behind());
    }

    #[tokio::test]
    async fn a_resync_wakes_those_who_were_sent_more_than_the_store_has() {
        for (sent, head, is_woken) in [(5, Some(1), true), (5, None, true), (5, Some(5), false), (0, None, false)] {
            let hub = Hub::new(Limits::default());
            let socket = hub.register(caller(1, 1)).unwrap();
            socket.mailbox().set_sent(Seq::new(sent));
            hub.resync(&ReadInbox::new(SameEach::new(head))).await.unwrap();
            assert_eq!(socket.mailbox().is_behind(), is_woken, "sent {sent}, head {head:?}");
        }
    }

    #[test]
    fn the_sockets_of_a_user_are_counted_over_all_sessions() {
        let hub = Hub::new(Limits { sockets_per_user: 2, ..Limits::default() });
        let (first, _second) = (hub.register(caller(1, 1)).unwrap(), hub.register(caller(1, 2)).unwrap());
        assert_eq!(hub.register(caller(1, 3)).unwrap_err(), Farewell::TooManySockets);
        assert!(hub.register(caller(2, 4)).is_ok());
        drop(first);
        assert!(hub.register(caller(1, 3)).is_ok());
    }

    #[tokio::test]
    async fn the_first_farewell_is_the_one_that_counts() {
        let hub = Hub::new(Limits::default());
        let socket = hub.register(caller(1, 1)).unwrap();
        hub.disconnect_session(socket.mailbox().caller().session_id.unwrap());
        hub.close_all(Duration::ZERO).await;
        assert_eq!(socket.mailbox().closed().await, Farewell::Unauthorized);
    }

    #[tokio::test]
    async fn all_sockets_of_a_user_end_at_once_with_a_session_or_without() {
        let hub = Hub::new(Limits::default());
        let without = Caller { session_id: None, ..caller(1, 0) };
        let ended = [caller(1, 1), caller(1, 2), without].map(|caller| hub.register(caller).unwrap());
        let other = hub.register(caller(2, 3)).unwrap();
        hub.disconnect_all_of(UserId::from_uuid(Uuid::from_u128(1)));
        for socket in &ended {
            assert_eq!(socket.mailbox().closed().await, Farewell::Unauthorized);
        }
        assert!(!other.mailbox().is_closed());
    }

    #[test]
    fn a_socket_that_is_dropped_leaves_nothing_behind() {
        let hub = Hub::new(Limits::default());
        let without = Caller { session_id: None, ..caller(1, 1) };
        drop([caller(1, 1), caller(1, 1), without].map(|caller| hub.register(caller).unwrap()));
        let directory = hub.directory();
        assert!(directory.by_user.is_empty() && directory.by_session.is_empty());
    }
}
