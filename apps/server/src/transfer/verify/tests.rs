//! A whole store has no finding, and each kind of damage is one.

use std::sync::Arc;

use async_trait::async_trait;
use parlour_domain::port::{CommitError, Committed, IdSource, RoomRepo, WriteError};
use parlour_domain::{
    DirectPair, IdempotencyKey, IdempotencyRecord, Room, RoomCommit, RoomCursor, RoomId, Session, SessionId, Side,
    Timestamp, User, UserId,
};

use super::*;
use crate::system::SystemIds;
use crate::transfer::filled::{Fault, at, empty, filled, user, with_fault};

async fn check(store: &Store) -> Findings {
    verify(store, None, &Progress::to_stderr()).await.unwrap()
}

fn texts(found: &Findings) -> Vec<String> {
    let text = |finding: &Finding| format!("{}: {}", finding.unit, finding.what);
    found.findings.iter().map(text).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_store_has_no_finding() {
    let store = filled().await;
    let found = verify(&store, Some(&*store.users), &Progress::to_stderr()).await.unwrap();
    assert_eq!(found.findings, []);
    assert_eq!(found.records.iter().map(|(unit, _)| *unit).collect::<Vec<_>>(), Unit::ALL);
    assert_eq!(found.records[5], (Unit::Rooms, 252));
    assert_eq!(check(&empty().await).await.findings, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_does_not_parse_is_one_finding_and_the_rest_is_checked() {
    let store = filled().await;
    for unit in Side::ALL.into_iter().flat_map(Side::units).copied() {
        let found = check(&with_fault(&store, Fault::IsCorrupt(unit))).await;
        let texts = texts(&found);
        assert!(texts.contains(&format!("{unit}: does not parse: it was bent")), "{texts:?}");
        assert_eq!(found.records.len(), Unit::ALL.len(), "{texts:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_no_key_leads_to_and_a_gap_in_an_inbox_are_found() {
    let store = filled().await;
    let found = texts(&check(&with_fault(&store, Fault::Hides(Unit::Users))).await);
    assert_eq!(found, ["users: there are 3 records, of which 2 are found by their keys"]);
    let found = texts(&check(&with_fault(&store, Fault::Hides(Unit::InboxEntries))).await);
    let expected = "inbox_entries: there are 755 records, of which 754 are found by their keys";
    assert_eq!(found[1..], [expected.to_owned()], "{found:?}");
    assert_eq!(found[0], "inbox_entries: follows place 1");
    let found = texts(&check(&with_fault(&store, Fault::Hides(Unit::InboxHeads))).await);
    assert!(found.contains(&"inbox_entries: is in an inbox without a head".to_owned()), "{found:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn people_who_are_not_there_are_found() {
    let store = filled().await;
    let found = verify(&store, Some(&*empty().await.users), &Progress::to_stderr()).await.unwrap();
    let participants: usize = 2 + 251 * 3;
    assert_eq!(found.findings.len(), participants);
    assert!(texts(&found).iter().all(|text| text.starts_with("rooms: participant ")));
    let mut lonely = store.clone();
    lonely.users = empty().await.users;
    let found = texts(&check(&lonely).await);
    assert!(found.iter().any(|text| text.starts_with("sessions: session ")), "{found:?}");
    assert_eq!(found.iter().filter(|text| text.starts_with("passkeys: is of user ")).count(), 3, "{found:?}");
    assert!(found.contains(&"users: name alice leads to nobody".to_owned()), "{found:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_that_is_found_nowhere_is_named() {
    let mut store = filled().await;
    store.passkeys = empty().await.passkeys;
    let found = texts(&check(&store).await);
    let of = |what: &str| found.iter().filter(|text| text.starts_with(what)).count();
    assert_eq!((of("passkeys: is not what is found by its id"), of("passkeys: is not among those of user ")), (3, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_of_an_inactive_user_is_whole_though_it_is_not_found() {
    let store = filled().await;
    let user = User { is_active: false, ..user("dave") };
    store.users.insert(user.clone()).await.unwrap();
    let id = SessionId::from_uuid(SystemIds.uuid());
    let session = Session::issue(id, user.id, &SystemIds.session_token(), at(0));
    store.sessions.insert(session).await.unwrap();
    assert_eq!(check(&store).await.findings, []);
}

/// Rooms that nothing leads to.
struct Lost(Arc<dyn RoomRepo>);

#[async_trait]
impl RoomRepo for Lost {
    async fn commit(&self, commit: RoomCommit) -> Result<Committed, CommitError> {
        self.0.commit(commit).await
    }
    async fn find(&self, id: RoomId) -> Result<Option<Room>, ReadError> {
        self.0.find(id).await
    }
    async fn find_direct(&self, _: DirectPair) -> Result<Option<Room>, ReadError> {
        Ok(None)
    }
    async fn list_of(&self, _: UserId, _: Timestamp, _: Option<RoomCursor>, _: u32) -> Result<Vec<Room>, ReadError> {
        Ok(Vec::new())
    }
    async fn share_a_room(&self, _: UserId, _: &[UserId], _: Timestamp) -> Result<Vec<UserId>, ReadError> {
        Ok(Vec::new())
    }
    async fn list_expired(&self, now: Timestamp, limit: u32) -> Result<Vec<Room>, ReadError> {
        self.0.list_expired(now, limit).await
    }
    async fn find_answer(&self, _: UserId, _: &IdempotencyKey) -> Result<Option<IdempotencyRecord>, ReadError> {
        Ok(None)
    }
    async fn forget_answers(&self, now: Timestamp) -> Result<u64, WriteError> {
        self.0.forget_answers(now).await
    }
    async fn ping(&self) -> Result<(), ReadError> {
        self.0.ping().await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_that_is_not_found_by_its_pair_or_in_a_list_is_named() {
    let mut store = filled().await;
    store.rooms = Arc::new(Lost(store.rooms));
    let found = texts(&check(&store).await);
    let of = |what: &str| found.iter().filter(|text| text.starts_with(what)).count();
    assert_eq!(of("rooms: is not found by its pair"), 1);
    assert_eq!(of("rooms: is not in the list of participant"), 2 + 251 * 3);
    assert_eq!(of("answers: is not what is found by its caller and key"), 252);
}
