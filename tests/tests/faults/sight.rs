//! What the stores show of a world, read past the taps.

use std::collections::BTreeMap;

use parlour_domain::{
    Block, ContactPolicy, CredentialId, DirectPair, Fate, IdempotencyKey, IdempotencyRecord, InboxPage, Passkey, Room,
    RoomCommit, RoomId, Seq, Session, Timestamp, User, UserId,
};
use parlour_store_contract::fixture;

use crate::tap::Write;
use crate::world::World;

/// More than any request writes.
const ALL: u32 = 1_000;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sight {
    pub(crate) now: Timestamp,
    pub(crate) inboxes: BTreeMap<UserId, InboxPage>,
    pub(crate) heads: BTreeMap<UserId, Seq>,
    /// Everybody's rooms, also those whose time is over.
    pub(crate) lists: BTreeMap<UserId, Vec<Room>>,
    pub(crate) rooms: BTreeMap<RoomId, Option<Room>>,
    pub(crate) direct: BTreeMap<DirectPair, Option<Room>>,
    pub(crate) answers: BTreeMap<(UserId, IdempotencyKey), Option<IdempotencyRecord>>,
    /// Each registration by the user's id and by their name.
    pub(crate) users: Vec<(User, Option<User>, Option<User>)>,
    pub(crate) sessions: BTreeMap<UserId, Vec<Session>>,
    /// Each session by its token.
    pub(crate) tokens: Vec<(Session, Option<Session>)>,
    pub(crate) people: BTreeMap<UserId, User>,
    /// Those of the people and of whoever registered with one.
    pub(crate) passkeys: BTreeMap<UserId, Vec<Passkey>>,
    /// Each passkey that was written or removed, by its id.
    pub(crate) credentials: BTreeMap<CredentialId, Option<Passkey>>,
    pub(crate) policies: BTreeMap<UserId, ContactPolicy>,
    pub(crate) blocks: BTreeMap<UserId, Vec<Block>>,
}

/// Enough of a sight to see whether a commit has changed something.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Glance {
    heads: BTreeMap<UserId, Seq>,
    rooms: BTreeMap<RoomId, Option<Room>>,
    direct: BTreeMap<DirectPair, Option<Room>>,
    answers: BTreeMap<(UserId, IdempotencyKey), Option<IdempotencyRecord>>,
}

/// What there is of a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Effect {
    Whole,
    Absent,
    /// What is there and what is not.
    Half(String),
    /// All that would show it was forgotten since.
    Forgotten,
}

/// The sides of the stores that are looked at.
#[derive(Clone, Copy)]
struct Sides {
    rooms: bool,
    people: bool,
}

impl Sight {
    /// The sides that the writes so far are about. Looking takes longer than anything else here.
    pub(crate) async fn of(world: &World) -> Self {
        let writes = world.writes();
        let is_about_a_room = |write: &Write| matches!(write, Write::Commit(_));
        let sides = Sides { rooms: writes.iter().any(is_about_a_room), people: !writes.iter().all(is_about_a_room) };
        Self::from(world, sides).await
    }

    pub(crate) async fn of_all(world: &World) -> Self {
        Self::from(world, Sides { rooms: true, people: true }).await
    }

    /// The heads of all, and what the commit `write` is about.
    pub(crate) async fn glance(world: &World, write: &Write) -> Glance {
        let mut sight = Self::nothing(world.now());
        sight.look_at_heads(world).await;
        sight.look_at(world, write).await;
        let Self { heads, rooms, direct, answers, .. } = sight;
        Glance { heads, rooms, direct, answers }
    }

    fn nothing(now: Timestamp) -> Self {
        Self {
            now,
            inboxes: BTreeMap::new(),
            heads: BTreeMap::new(),
            lists: BTreeMap::new(),
            rooms: BTreeMap::new(),
            direct: BTreeMap::new(),
            answers: BTreeMap::new(),
            users: Vec::new(),
            sessions: BTreeMap::new(),
            tokens: Vec::new(),
            people: BTreeMap::new(),
            passkeys: BTreeMap::new(),
            credentials: BTreeMap::new(),
            policies: BTreeMap::new(),
            blocks: BTreeMap::new(),
        }
    }

    async fn from(world: &World, sides: Sides) -> Self {
        let mut sight = Self::nothing(world.now());
        if sides.rooms {
            sight.look_at_rooms(world).await;
        }
        if sides.people {
            sight.look_at_people(world).await;
        }
        for write in world.writes() {
            sight.look_at(world, &write).await;
        }
        sight
    }

    async fn look_at_heads(&mut self, world: &World) {
        let heads = world.engine.inboxes.heads(&world.people().map(|user| user.id)).await.unwrap();
        self.heads = heads.into_iter().collect();
    }

    async fn look_at_rooms(&mut self, world: &World) {
        self.look_at_heads(world).await;
        let (engine, beginning) = (&world.engine, fixture::micros(fixture::FIRST_INSTANT));
        for id in world.people().map(|user| user.id) {
            self.inboxes.insert(id, engine.inboxes.read(id, Seq::ZERO, ALL).await.unwrap());
            self.lists.insert(id, engine.rooms.list_of(id, beginning, None, ALL).await.unwrap());
        }
    }

    async fn look_at_people(&mut self, world: &World) {
        let (engine, ids) = (&world.engine, world.people().map(|user| user.id));
        let people = engine.users.find_many(&ids).await.unwrap();
        self.people = people.into_iter().map(|user| (user.id, user)).collect();
        for id in ids {
            self.sessions.insert(id, engine.sessions.list_of(id).await.unwrap());
            self.passkeys.insert(id, engine.passkeys.list_of(id).await.unwrap());
            self.policies.insert(id, engine.contacts.policy_of(id).await.unwrap());
            self.blocks.insert(id, engine.contacts.list_blocked(id, None, ALL).await.unwrap());
        }
    }

    async fn look_at(&mut self, world: &World, write: &Write) {
        let engine = &world.engine;
        match write {
            Write::Commit(commit) => {
                let parts = commit.parts();
                let id = parts.room.id();
                self.rooms.insert(id, engine.rooms.find(id).await.unwrap());
                if let Some(pair) = parts.room.direct_pair() {
                    self.direct.insert(pair, engine.rooms.find_direct(pair).await.unwrap());
                }
                if let Some(record) = &parts.idempotency {
                    let found = engine.rooms.find_answer(record.caller, &record.key).await.unwrap();
                    self.answers.insert((record.caller, record.key.clone()), found);
                }
            }
            Write::User(user) => self.look_at_user(world, user).await,
            Write::Registration(user, passkey) => {
                self.look_at_user(world, user).await;
                self.sessions.insert(user.id, engine.sessions.list_of(user.id).await.unwrap());
                self.passkeys.insert(user.id, engine.passkeys.list_of(user.id).await.unwrap());
                self.look_at_passkey(world, &passkey.id).await;
            }
            Write::Passkey(passkey) => self.look_at_passkey(world, &passkey.id).await,
            Write::PasskeyRemoval(_, id) => self.look_at_passkey(world, id).await,
            Write::Session(session) => {
                let found = engine.sessions.find_by_token(&session.token_hash).await.unwrap();
                self.tokens.push((session.clone(), found));
            }
            Write::Removal(_)
            | Write::Renaming(..)
            | Write::Deactivation(_)
            | Write::Policy(..)
            | Write::Block(_)
            | Write::Unblocking(..) => {}
        }
    }

    async fn look_at_user(&mut self, world: &World, user: &User) {
        let by_id = world.engine.users.find_many(&[user.id]).await.unwrap().pop();
        let by_name = world.engine.users.find_by_username(&user.username).await.unwrap();
        self.users.push((user.clone(), by_id, by_name));
    }

    async fn look_at_passkey(&mut self, world: &World, id: &CredentialId) {
        self.credentials.insert(id.clone(), world.engine.passkeys.find(id).await.unwrap());
    }

    fn has(&self, passkey: &Passkey) -> bool {
        self.credentials.get(&passkey.id).and_then(Option::as_ref) == Some(passkey)
    }

    fn is_blocked(&self, user: UserId, blocked: UserId) -> bool {
        self.blocks.get(&user).into_iter().flatten().any(|block| block.blocked == blocked)
    }

    pub(crate) fn effect_of(&self, write: &Write) -> Effect {
        let is_whole = match write {
            Write::Commit(commit) => return self.effect_of_commit(commit),
            Write::User(user) => self.users.iter().any(|(_, by_id, _)| by_id.as_ref() == Some(user)),
            Write::Session(session) => self.tokens.iter().any(|(_, found)| found.as_ref() == Some(session)),
            Write::Removal(id) => !self.sessions.values().flatten().any(|session| session.id == *id),
            Write::Registration(user, passkey) => {
                let is_there = self.users.iter().any(|(_, by_id, _)| by_id.as_ref() == Some(user));
                match (is_there, self.has(passkey)) {
                    (true, false) => return Effect::Half("a user without their passkey".to_owned()),
                    (false, true) => return Effect::Half("a passkey without its user".to_owned()),
                    (is_there, _) => is_there,
                }
            }
            Write::Passkey(passkey) => self.has(passkey),
            Write::PasskeyRemoval(_, id) => self.credentials.get(id).is_some_and(Option::is_none),
            Write::Renaming(user, name) => self.people.get(user).is_some_and(|user| user.display_name == *name),
            Write::Deactivation(user) => self.people.get(user).is_some_and(|user| !user.is_active),
            Write::Policy(user, policy) => self.policies.get(user) == Some(policy),
            Write::Block(Block { user, blocked, at: _ }) => self.is_blocked(*user, *blocked),
            Write::Unblocking(user, blocked) => !self.is_blocked(*user, *blocked),
        };
        if is_whole { Effect::Whole } else { Effect::Absent }
    }

    /// Everyone's inbox keeps what a commit told, and the answer what it answered, whatever became of the room since.
    fn effect_of_commit(&self, commit: &RoomCommit) -> Effect {
        let parts = commit.parts();
        let mut traces = Vec::new();
        for outgoing in &parts.events {
            for user in &outgoing.recipients {
                let Some(page) = self.inboxes.get(user) else { continue };
                let is_told = page.entries.iter().any(|entry| entry.event == outgoing.event);
                if is_told || page.forgotten == Seq::ZERO {
                    traces.push((format!("event in the inbox of {user}"), is_told));
                }
            }
        }
        if let Some(record) = &parts.idempotency
            && record.expires_at > self.now
        {
            let found = self.answers.get(&(record.caller, record.key.clone())).and_then(Option::as_ref);
            traces.push((format!("answer to {}", record.key), found == Some(record)));
        }
        if traces.is_empty() {
            return Effect::Forgotten;
        }
        let found = self.rooms.get(&parts.room.id()).and_then(Option::as_ref);
        let there = traces.iter().filter(|(_, is_there)| *is_there).count();
        // Later changes may have ended the room, but none brings back one that is gone.
        if there > 0 && parts.fate == Fate::Gone {
            traces.push((format!("end of room {}", parts.room.id()), found.is_none()));
        }
        match traces.iter().filter(|(_, is_there)| *is_there).count() {
            0 => Effect::Absent,
            all if all == traces.len() => Effect::Whole,
            _ => Effect::Half(format!("{traces:?}")),
        }
    }
}
