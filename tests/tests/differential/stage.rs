//! What an operation is performed on: the ports of one store, and a clock, ids and a notifier that are the same for both.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use parlour_domain::port::{
    CeremonyRepo, Clock, ContactRepo, Disconnector, IdSource, InboxRepo, Notice, Notifier, NotifyError, PasskeyRepo,
    ProfileRepo, RoomRepo, SessionRepo, UserRepo,
};
use parlour_domain::{Caller, SessionId, SessionToken, Timestamp, UserHandle, UserId};
use uuid::Uuid;

/// An afternoon in 2026, with a fraction that a coarser clock would lose.
const START: i64 = 1_795_370_400_123_457;
const START_MILLIS: u64 = 1_795_370_400_123;

/// The ports of one store.
#[derive(Clone)]
pub(crate) struct Ports {
    pub(crate) users: Arc<dyn UserRepo>,
    pub(crate) profiles: Arc<dyn ProfileRepo>,
    pub(crate) passkeys: Arc<dyn PasskeyRepo>,
    pub(crate) sessions: Arc<dyn SessionRepo>,
    pub(crate) ceremonies: Arc<dyn CeremonyRepo>,
    pub(crate) contacts: Arc<dyn ContactRepo>,
    pub(crate) rooms: Arc<dyn RoomRepo>,
    pub(crate) inboxes: Arc<dyn InboxRepo>,
}

impl Ports {
    pub(crate) fn of<S>(store: &S) -> Self
    where
        S: UserRepo + ProfileRepo + PasskeyRepo + SessionRepo + CeremonyRepo + ContactRepo,
        S: RoomRepo + InboxRepo + Clone + 'static,
    {
        Self {
            users: Arc::new(store.clone()),
            profiles: Arc::new(store.clone()),
            passkeys: Arc::new(store.clone()),
            sessions: Arc::new(store.clone()),
            ceremonies: Arc::new(store.clone()),
            contacts: Arc::new(store.clone()),
            rooms: Arc::new(store.clone()),
            inboxes: Arc::new(store.clone()),
        }
    }
}

/// When an operation happens, and what its ids are made of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment {
    /// The number of the operation in its script.
    pub(crate) number: u64,
    /// Which of the racers, when several operations happen at once.
    pub(crate) racer: u64,
    pub(crate) now: Timestamp,
    /// Ids get lower with time instead of higher, as those of a node whose clock runs behind.
    pub(crate) backwards: bool,
}

impl Moment {
    pub(crate) fn beginning() -> Timestamp {
        Timestamp::from_micros(START).unwrap()
    }

    /// The `n`th id of the operation.
    pub(crate) fn uuid(self, n: u64) -> Uuid {
        let place = (self.number << 20) | (self.racer << 16) | n;
        let millis = if self.backwards { START_MILLIS - place } else { START_MILLIS + place };
        uuid::Builder::from_unix_timestamp_millis(millis, &[0x5a; 10]).into_uuid()
    }
}

/// The secret of the session with that id.
pub(crate) fn token_of(session: SessionId) -> SessionToken {
    let mut bytes = [0; 32];
    bytes[..16].copy_from_slice(session.as_uuid().as_bytes());
    SessionToken::from_random_bytes(bytes)
}

/// The surroundings of one operation.
pub(crate) struct Stage {
    pub(crate) ports: Ports,
    pub(crate) moment: Moment,
    minted: AtomicU64,
    /// Ids begin anew whenever the time is asked for, which a use case does once for each decision: one that has to
    /// decide again because of a race then writes the ids that it would have written without.
    anew: bool,
    told: Mutex<Vec<Notice>>,
}

impl Stage {
    pub(crate) fn new(ports: &Ports, moment: Moment, anew: bool) -> Arc<Self> {
        Arc::new(Self { ports: ports.clone(), moment, minted: AtomicU64::new(0), anew, told: Mutex::default() })
    }

    /// That user, as somebody who has signed in at this very moment.
    pub(crate) fn just_signed_in(&self, user_id: UserId) -> Caller {
        let session_id = Some(SessionId::from_uuid(user_id.as_uuid()));
        let now = self.moment.now;
        Caller { user_id, session_id, signed_in_at: Some(now), expires_at: now, slides_for: None }
    }

    /// Everything that the operation told people, in the order of recipients.
    pub(crate) fn told(&self) -> Vec<Notice> {
        let mut told = self.told.lock().unwrap().clone();
        told.sort_by_key(|notice| match notice {
            Notice::Entry(entry) => (entry.recipient, entry.seq),
            Notice::Wake(user) => (*user, parlour_domain::Seq::ZERO),
        });
        told
    }
}

impl Clock for Stage {
    fn now(&self) -> Timestamp {
        if self.anew {
            self.minted.store(0, Ordering::Relaxed);
        }
        self.moment.now
    }
}

impl IdSource for Stage {
    fn uuid(&self) -> Uuid {
        self.moment.uuid(self.minted.fetch_add(1, Ordering::Relaxed))
    }

    fn session_token(&self) -> SessionToken {
        token_of(SessionId::from_uuid(self.moment.uuid(0)))
    }

    fn user_handle(&self) -> UserHandle {
        let mut handle = [0; 64];
        handle[..16].copy_from_slice(self.moment.uuid(0).as_bytes());
        UserHandle::from_random_bytes(handle)
    }
}

#[async_trait]
impl Notifier for Stage {
    async fn notify(&self, notices: Vec<Notice>) -> Result<(), NotifyError> {
        self.told.lock().unwrap().extend(notices);
        Ok(())
    }
}

#[async_trait]
impl Disconnector for Stage {
    async fn disconnect(&self, _: Vec<SessionId>) {}
    async fn disconnect_user(&self, _: UserId) {}
}
