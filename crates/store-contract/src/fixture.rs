//! Values to test stores with: people, rooms and commits, made by the domain's own rules.

#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a value of the suite that does not parse is a fault of the suite"
)]

mod change;
mod passkey;

use std::sync::atomic::{AtomicU64, Ordering};

use parlour_domain::{
    Answer, CommitId, DisplayName, EventId, Fingerprint, IdempotencyClaim, IdempotencyKey, IdempotencyRecord, Invitees,
    Opening, Removal, Room, RoomCommit, RoomId, RoomKind, RoomName, RoomParts, RoomPlan, Session, SessionId,
    SessionToken, Timestamp, Ttl, User, UserId, Username,
};
use uuid::Uuid;

pub use change::{joined, left, owner, promoted, removed, renamed, retold};
pub use passkey::{ceremony, credential, passkey, passkey_use, used};

/// The first instant that can be stored.
pub const FIRST_INSTANT: i64 = -62_167_219_200_000_000;
/// The last instant that can be stored.
pub const LAST_INSTANT: i64 = 253_402_300_799_999_999;

static MINTED: AtomicU64 = AtomicU64::new(1);

/// A UUIDv7 that no other call answered, higher than all before.
#[must_use]
pub fn uuid() -> Uuid {
    const YEAR_2026: u64 = 1_795_000_000_000;
    let n = MINTED.fetch_add(1, Ordering::Relaxed);
    let mut tail = [0x5a; 10];
    tail[2..].copy_from_slice(&n.to_be_bytes());
    uuid::Builder::from_unix_timestamp_millis(YEAR_2026 + n, &tail).into_uuid()
}

/// The instant `micros` after 1970.
#[must_use]
pub fn micros(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros).expect("an instant between the years 0000 and 9999")
}

/// The instant `seconds` after an afternoon in 2026, with a fraction that a coarser clock would lose.
#[must_use]
pub fn at(seconds: i64) -> Timestamp {
    micros(1_795_370_400_123_457 + seconds * 1_000_000)
}

/// A name that can be registered.
#[must_use]
pub fn username(text: &str) -> Username {
    Username::parse(text).expect("a username")
}

/// A name to be shown.
#[must_use]
pub fn display_name(text: &str) -> DisplayName {
    DisplayName::parse(text).expect("a display name")
}

/// The name of a room.
#[must_use]
pub fn room_name(text: &str) -> RoomName {
    RoomName::parse(text).expect("a room name")
}

/// What a client calls a request.
#[must_use]
pub fn key(text: &str) -> IdempotencyKey {
    IdempotencyKey::parse(text).expect("an idempotency key")
}

/// A user whom nobody has met.
#[must_use]
pub fn user() -> User {
    let id = UserId::from_uuid(uuid());
    let n = MINTED.fetch_add(1, Ordering::Relaxed);
    User {
        id,
        username: username(&format!("user-{n}")),
        display_name: display_name(&format!("User {n}")),
        is_active: true,
        is_verified: false,
        created_at: at(0),
    }
}

/// So many users, in the order of their ids.
#[must_use]
pub fn people<const N: usize>() -> [User; N] {
    std::array::from_fn(|_| user())
}

/// So many users with the longest names there are, in the order of their ids.
#[must_use]
pub fn crowd(size: usize) -> Vec<User> {
    let long_named = |n| User { display_name: display_name(&format!("{n:03}{}", "🦊".repeat(97))), ..user() };
    (0..size).map(long_named).collect()
}

/// A session of `user` that begins at `now`.
#[must_use]
pub fn session(user: &User, now: Timestamp) -> Session {
    let id = SessionId::from_uuid(uuid());
    let mut secret = [0xc3; 32];
    secret[..16].copy_from_slice(uuid().as_bytes());
    Session::issue(id, user.id, &SessionToken::from_random_bytes(secret), now)
}

/// The creation of one room; each [`commit`](Self::commit) is another attempt at it.
#[derive(Debug, Clone)]
pub struct Creation {
    room_id: RoomId,
    creator: User,
    invited: Vec<User>,
    plan: RoomPlan,
    at: Timestamp,
    claim: Option<IdempotencyClaim>,
}

impl Creation {
    /// The direct room of two people.
    #[must_use]
    pub fn direct(creator: &User, peer: &User) -> Self {
        let invited = vec![peer.clone()];
        let plan = RoomPlan::direct(invite(creator, &invited)).expect("two people");
        Self::of(creator, invited, plan)
    }

    /// A group without a name.
    #[must_use]
    pub fn group(creator: &User, invited: &[User]) -> Self {
        Self::of(creator, invited.to_vec(), RoomPlan::group(invite(creator, invited), None))
    }

    /// A group with a name of its own.
    #[must_use]
    pub fn named_group(creator: &User, invited: &[User], name: &str) -> Self {
        Self::of(creator, invited.to_vec(), RoomPlan::group(invite(creator, invited), Some(room_name(name))))
    }

    /// A room that lives for `seconds`, at least 60.
    #[must_use]
    pub fn ephemeral(creator: &User, invited: &[User], name: Option<&str>, seconds: i64) -> Self {
        let ttl = Ttl::parse(seconds).expect("a lifetime of a room");
        let plan = RoomPlan::ephemeral(invite(creator, invited), name.map(room_name), ttl);
        Self::of(creator, invited.to_vec(), plan)
    }

    fn of(creator: &User, invited: Vec<User>, plan: RoomPlan) -> Self {
        Self { room_id: RoomId::from_uuid(uuid()), creator: creator.clone(), invited, plan, at: at(0), claim: None }
    }

    /// The same at another instant.
    #[must_use]
    pub fn at(self, at: Timestamp) -> Self {
        Self { at, ..self }
    }

    /// The same under an idempotency key.
    #[must_use]
    pub fn keyed(self, key: &IdempotencyKey) -> Self {
        Self { claim: Some(claim(key)), ..self }
    }

    /// The same under another room's id.
    #[must_use]
    pub fn with_id(self, room_id: RoomId) -> Self {
        Self { room_id, ..self }
    }

    /// Those who are invited.
    #[must_use]
    pub fn invited(&self) -> &[User] {
        &self.invited
    }

    /// What to write, with a commit id and an event id of its own.
    pub fn commit(&self) -> RoomCommit {
        let Self { room_id, creator, invited, plan, at, claim } = self;
        let opening = Opening {
            room_id: *room_id,
            event_id: EventId::from_uuid(uuid()),
            commit_id: CommitId::from_uuid(uuid()),
            now: *at,
        };
        let users: Vec<User> = [creator.clone()].into_iter().chain(invited.clone()).collect();
        Room::open(opening, creator.id, plan, &users, claim.clone()).expect("everyone is active")
    }
}

fn invite(creator: &User, invited: &[User]) -> Invitees {
    Invitees::parse(creator.id, invited.iter().map(|user| user.id).collect()).expect("other people, each once")
}

fn claim(key: &IdempotencyKey) -> IdempotencyClaim {
    let mut fingerprint = [0xff; 32];
    fingerprint[..16].copy_from_slice(uuid().as_bytes());
    IdempotencyClaim { key: key.clone(), fingerprint: Fingerprint::from_bytes(fingerprint) }
}

/// The deletion of a room by its owner.
pub fn deletion(room: &Room, at: Timestamp) -> RoomCommit {
    room.delete(removal(at), owner(room)).expect("a living room")
}

/// The end of an ephemeral room whose time is over at `at`.
pub fn expiry(room: &Room, at: Timestamp) -> RoomCommit {
    room.expire(removal(at)).expect("a room whose time is over")
}

fn removal(now: Timestamp) -> Removal {
    Removal { event_id: EventId::from_uuid(uuid()), commit_id: CommitId::from_uuid(uuid()), now }
}

/// A commit on a room that changes nothing of it and tells nobody: its creator asked for it again under a key.
pub fn answered(room: &Room, key: &IdempotencyKey, at: Timestamp) -> RoomCommit {
    let answer = Answer { created: false, room: room.snapshot(&[]) };
    let record = IdempotencyRecord::new(room.created_by(), claim(key), answer, at);
    room.answer_again(CommitId::from_uuid(uuid()), record)
}

/// A change that also moves the room's activity to `at`, and renames a room that may have a name. No rule writes it
/// like that, nor without a new revision, but a store has to keep whatever room a commit holds.
pub fn moved(room: &Room, key: &IdempotencyKey, at: Timestamp) -> RoomCommit {
    let parts = RoomParts {
        id: room.id(),
        kind: room.kind(),
        name: (room.kind() != RoomKind::Direct).then(|| room_name("Renamed")),
        participants: room.participants().to_vec(),
        created_by: room.created_by(),
        created_at: room.created_at(),
        updated_at: at,
        revision: room.revision(),
    };
    answered(&Room::restore(parts).expect("the parts of a room"), key, at)
}
