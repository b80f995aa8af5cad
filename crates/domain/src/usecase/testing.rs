//! What the tests of the use cases share: people, a stopped clock, foreseeable ids, and engines' words.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use uuid::Uuid;

use crate::mocks::{MockClock, MockIdSource};
use crate::port::Source;
pub(super) use crate::room::open::tests::{at, direct_room, ephemeral_room, group_room, user, user_id};
use crate::{Caller, Session, SessionId, SessionToken, User, UserHandle};

pub(super) const NOW: i64 = 10;

pub(super) fn stopped_clock() -> Arc<MockClock> {
    clock_at(NOW)
}

pub(super) fn clock_at(micros: i64) -> Arc<MockClock> {
    let mut clock = MockClock::new();
    clock.expect_now().return_const(at(micros));
    Arc::new(clock)
}

pub(super) fn counted_ids() -> Arc<MockIdSource> {
    let next = AtomicU64::new(1_000);
    let mut ids = MockIdSource::new();
    ids.expect_uuid().returning(move || Uuid::from_u128(u128::from(next.fetch_add(1, Ordering::Relaxed))));
    ids.expect_session_token().returning(|| SessionToken::from_random_bytes([9; 32]));
    ids.expect_user_handle().returning(|| UserHandle::from_random_bytes([8; 64]));
    Arc::new(ids)
}

/// Somebody whose session was issued now.
pub(super) fn caller(n: u128) -> Caller {
    let token = SessionToken::from_random_bytes([9; 32]);
    let session = Session::issue(SessionId::from_uuid(Uuid::from_u128(n)), user_id(n), &token, at(NOW));
    session.caller(at(NOW)).unwrap()
}

pub(super) fn alice_and_bobby() -> Vec<User> {
    vec![user(1, "alice"), user(2, "bobby")]
}

pub(super) fn engine_says() -> Source {
    "engine says no".into()
}
