//! Stores with something in them, for the tests of this module.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use parlour_domain::port::{Archive, ArchivePage, CorruptRecord, IdSource, ImportError, ReadError};
use parlour_domain::{
    ArchiveKey, ArchiveRecord, Block, CommitId, ContactPolicy, CredentialId, DisplayName, EventId, Fingerprint,
    IdempotencyClaim, IdempotencyKey, ImportMark, ImportStep, Invitees, Opening, Passkey, PasskeyName, Room, RoomId,
    RoomPlan, Session, SessionId, Timestamp, Ttl, Unit, User, UserHandle, UserId, Username,
};

use crate::compose::open_alone;
use crate::store::Store;
use crate::store_url::StoreUrl;
use crate::system::SystemIds;

pub(super) async fn empty() -> Store {
    open_alone(&StoreUrl::Memory).await.unwrap()
}

pub(super) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(1_795_370_400_000_000 + seconds * 1_000_000).unwrap()
}

/// Three users with a session, a passkey and a policy each, who block each other, more rooms than a page holds, and answered requests.
pub(super) async fn filled() -> Store {
    let store = empty().await;
    let people: Vec<User> = ["alice", "bob", "carol"].map(user).into();
    for user in &people {
        store.users.insert(user.clone()).await.unwrap();
        let session =
            Session::issue(SessionId::from_uuid(SystemIds.uuid()), user.id, &SystemIds.session_token(), at(0));
        store.sessions.insert(session).await.unwrap();
        store.passkeys.add(passkey(user)).await.unwrap();
    }
    for (user, blocked) in people.iter().zip(people.iter().cycle().skip(1)) {
        store.contacts.set_policy(user.id, ContactPolicy::SharedRooms).await.unwrap();
        store.contacts.block(Block { user: user.id, blocked: blocked.id, at: at(0) }).await.unwrap();
    }
    let (alice, others) = (people[0].id, vec![people[1].id, people[2].id]);
    let plans = [
        RoomPlan::direct(Invitees::parse(alice, others[..1].to_vec()).unwrap()).unwrap(),
        RoomPlan::ephemeral(Invitees::parse(alice, others.clone()).unwrap(), None, Ttl::parse(60).unwrap()),
    ];
    let groups = (0..250).map(|_| RoomPlan::group(Invitees::parse(alice, others.clone()).unwrap(), None));
    for (second, plan) in (0..).zip(plans.into_iter().chain(groups)) {
        let opening = Opening {
            room_id: RoomId::from_uuid(SystemIds.uuid()),
            event_id: EventId::from_uuid(SystemIds.uuid()),
            commit_id: CommitId::from_uuid(SystemIds.uuid()),
            now: at(second),
        };
        let key = IdempotencyKey::parse(&format!("key-{second}")).unwrap();
        let claim = IdempotencyClaim { key, fingerprint: Fingerprint::from_bytes([7; 32]) };
        let commit = Room::open(opening, alice, &plan, &people, Some(claim)).unwrap();
        let _ = store.rooms.commit(commit).await.unwrap();
    }
    store
}

fn passkey(user: &User) -> Passkey {
    Passkey {
        id: CredentialId::from_bytes(SystemIds.uuid().as_bytes().to_vec()).unwrap(),
        user_id: user.id,
        user_handle: UserHandle::from_random_bytes([7; 64]),
        name: PasskeyName::default(),
        material: vec![0xff; 77],
        counter: 7,
        created_at: at(0),
        last_used_at: Some(at(1)),
    }
}

pub(super) fn user(name: &str) -> User {
    User {
        id: UserId::from_uuid(SystemIds.uuid()),
        username: Username::parse(name).unwrap(),
        display_name: DisplayName::parse(name).unwrap(),
        is_active: true,
        is_verified: false,
        created_at: at(0),
    }
}

/// What goes wrong with an archive.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// After so many pages nothing is imported any more.
    EndsAfter(usize),
    /// The second record of that unit does not parse.
    IsCorrupt(Unit),
    /// The second record of that unit is missing, from the second reading on.
    Shrinks(Unit),
    /// The second record of that unit is never shown.
    Hides(Unit),
}

/// Makes a store go wrong.
pub(super) fn with_fault(store: &Store, fault: Fault) -> Store {
    let mut store = store.clone();
    store.archive = Arc::new(Faulty { archive: store.archive, fault, calls: AtomicUsize::new(0) });
    store
}

struct Faulty {
    archive: Arc<dyn Archive>,
    fault: Fault,
    /// Pages imported, or first pages of the unit read.
    calls: AtomicUsize,
}

#[async_trait]
impl Archive for Faulty {
    async fn count(&self, unit: Unit) -> Result<u64, ReadError> {
        self.archive.count(unit).await
    }

    async fn export(&self, unit: Unit, after: Option<ArchiveKey>, limit: u32) -> Result<ArchivePage, ReadError> {
        let is_first = after.is_none() && limit > 1;
        let mut page = self.archive.export(unit, after, limit).await?;
        if !is_first || page.len() < 2 {
            return Ok(page);
        }
        match self.fault {
            Fault::IsCorrupt(bad) if bad == unit => {
                let key = page[1].as_ref().map(ArchiveRecord::key).unwrap();
                page[1] = Err(CorruptRecord { key, cause: "it was bent".into() });
            }
            Fault::Shrinks(bad) if bad == unit && self.calls.fetch_add(1, Ordering::Relaxed) > 0 => {
                drop(page.remove(1));
            }
            Fault::Hides(bad) if bad == unit => {
                drop(page.remove(1));
            }
            _ => {}
        }
        Ok(page)
    }

    async fn unfinished_import(&self) -> Result<Option<ImportMark>, ReadError> {
        self.archive.unfinished_import().await
    }

    async fn begin_import(&self, mark: ImportMark) -> Result<(), ImportError> {
        self.archive.begin_import(mark).await
    }

    async fn import(&self, step: ImportStep) -> Result<(), ImportError> {
        match self.fault {
            Fault::EndsAfter(pages) if self.calls.fetch_add(1, Ordering::Relaxed) >= pages => {
                Err(ImportError::Unavailable("the engine is gone".into()))
            }
            _ => self.archive.import(step).await,
        }
    }

    async fn finish_import(&self, mark: ImportMark) -> Result<(), ImportError> {
        self.archive.finish_import(mark).await
    }
}
