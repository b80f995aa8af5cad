//! Tables with thousands of rows, as commits would have left them.

use std::collections::{BTreeMap, BTreeSet};

use parlour_domain::{
    Block, ContactPolicy, InboxEntry, ParticipantChange, RoomId, Seq, SetPolicy, Timestamp, User, UserId,
};
use parlour_store_contract::fixture::{Creation, at, ceremony, passkey, session, user};
use sea_orm::{ActiveModelTrait, EntityTrait, Insert, IntoActiveModel};

use crate::connect::Db;
use crate::row::{
    answer, block, ceremony as ceremony_row, contact_policy, event, inbox_entry, inbox_head, participant,
};
use crate::row::{passkey as passkey_row, room, session as session_row, signed, user as user_row};

const USERS: usize = 2_000;
const ROOMS: usize = 4_000;
/// With fewer a planner may well prefer to read all of a small table.
const PEOPLE_OF_A_ROOM: usize = 10;
/// All with the first user.
const DIRECT_ROOMS: usize = 400;
/// A tenth of what has an end has ended then.
pub(super) const LATER: i64 = 400;

pub(super) struct Filled {
    pub(super) somebody: User,
    /// Has a direct room with them.
    pub(super) another: User,
    pub(super) room: RoomId,
}

pub(super) async fn fill(db: &Db) -> Filled {
    let users: Vec<User> = (0..USERS).map(|_| user()).collect();
    insert(db, users.iter().map(user_row::Model::from)).await;
    let sessions = (0..ROOMS).map(|n| session_row::Model {
        expires_at: micros(n),
        ..session_row::Model::from(&session(&users[n % USERS], at(0)))
    });
    insert(db, sessions).await;
    insert(db, (0..ROOMS).map(|n| passkey_row::Model::from(&passkey(&users[n % USERS], instant(n))))).await;
    insert(db, (0..ROOMS).map(|n| ceremony_row::Model::from(&ceremony(instant(n))))).await;
    let answers = (0..ROOMS).map(|n| answer::Model {
        caller: users[n % USERS].id.as_uuid(),
        request_key: format!("key-{n}"),
        fingerprint: vec![0; 32],
        body: vec![0; 200],
        created_at: 0,
        expires_at: micros(n),
    });
    insert(db, answers).await;
    let pairs = || (0..ROOMS).map(|n| (users[n % USERS].id, users[(n * 7 + 1) % USERS].id));
    let policies = users.iter().map(|user| SetPolicy { user: user.id, policy: ContactPolicy::SharedRooms });
    insert(db, policies.map(|set| contact_policy::Model::from(&set))).await;
    let blocks: BTreeSet<_> = pairs().collect();
    let block = |(user, blocked)| block::Model::from(&Block { user, blocked, at: at(0) });
    insert(db, blocks.into_iter().map(block)).await;
    let room = fill_rooms(db, &users).await;
    Filled { somebody: users[0].clone(), another: users[1].clone(), room }
}

async fn fill_rooms(db: &Db, users: &[User]) -> RoomId {
    let commits: Vec<_> = (0..ROOMS).map(|n| creation(users, n).at(instant(n)).commit()).collect();
    let mut heads = BTreeMap::<UserId, Seq>::new();
    let (mut participants, mut entries) = (Vec::new(), Vec::new());
    for commit in &commits {
        let parts = commit.parts();
        for change in &parts.participants {
            if let ParticipantChange::Added(added) = change {
                participants.push(participant::Model::of(&parts.room, *added));
            }
        }
        for outgoing in &parts.events {
            for &recipient in &outgoing.recipients {
                let seq = heads.entry(recipient).or_default();
                *seq = seq.next();
                let entry = InboxEntry { recipient, seq: *seq, event: outgoing.event.clone() };
                entries.push(inbox_entry::Model::from(&entry));
            }
        }
    }
    insert(db, commits.iter().map(|commit| room::Model::from(&commit.parts().room))).await;
    insert(db, commits.iter().flat_map(|commit| &commit.parts().events).map(event::Model::from)).await;
    insert(db, participants).await;
    insert(db, entries).await;
    let head = |(user, head): (&UserId, &Seq)| inbox_head::Model {
        user_id: user.as_uuid(),
        head: signed(head.get()),
        forgotten: 0,
    };
    insert(db, heads.iter().map(head)).await;
    commits[0].parts().room.id()
}

fn creation(users: &[User], n: usize) -> Creation {
    let creator = &users[n % USERS];
    let invited: Vec<User> = (1..PEOPLE_OF_A_ROOM).map(|m| users[(n + m * m) % USERS].clone()).collect();
    match n {
        direct if direct < DIRECT_ROOMS => Creation::direct(&users[0], &users[direct + 1]),
        ephemeral if ephemeral % 2 == 0 => Creation::ephemeral(creator, &invited, None, 60),
        _ => Creation::group(creator, &invited),
    }
}

fn instant(n: usize) -> Timestamp {
    at(i64::try_from(n).unwrap())
}

fn micros(n: usize) -> i64 {
    instant(n).as_micros()
}

async fn insert<M>(db: &Db, rows: impl IntoIterator<Item = M>)
where
    M: IntoActiveModel<<M::Entity as EntityTrait>::ActiveModel> + sea_orm::ModelTrait,
    <M::Entity as EntityTrait>::ActiveModel: ActiveModelTrait<Entity = M::Entity> + Send,
{
    let rows: Vec<_> = rows.into_iter().map(IntoActiveModel::into_active_model).collect();
    for rows in rows.chunks(500) {
        Insert::many(rows.to_vec()).exec_without_returning(db).await.unwrap();
    }
}
