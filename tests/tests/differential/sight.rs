//! Everything that the ports of a store show.

use std::collections::BTreeSet;

use futures_util::future::BoxFuture;
use futures_util::stream::{self, StreamExt};
use parlour_domain::{
    ChallengeHash, CredentialId, DirectPair, IdempotencyKey, ParticipantChange, Room, RoomCommit, RoomId, SearchQuery,
    Seq, SessionId, Timestamp, UserId,
};

use crate::answer::{Answer, hex};
use crate::difference::Difference;
use crate::model::Model;
use crate::operation::said;
use crate::stage::{Ports, token_of};

/// Few enough that a list has several pages.
const ROOMS_A_PAGE: u32 = 3;
const MANY: u32 = 10_000;
const AT_ONCE: usize = 8;
/// They find those who were never renamed, those who were, and those who are gone.
const QUERIES: [&str; 4] = ["e 🦊", "zo", "al", "deleted"];

/// What to look at: whatever was ever written or tried to be written, according to the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Places {
    now: Timestamp,
    people: Vec<UserId>,
    rooms: BTreeSet<RoomId>,
    pairs: BTreeSet<DirectPair>,
    keys: BTreeSet<(UserId, IdempotencyKey)>,
    accounts: Accounts,
    /// It is looked at by taking it, so once.
    ceremonies: BTreeSet<ChallengeHash>,
}

/// What to look at that is said about people and by them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Accounts {
    people: Vec<UserId>,
    sessions: BTreeSet<SessionId>,
    passkeys: BTreeSet<CredentialId>,
}

impl Accounts {
    fn of(model: &Model) -> Self {
        Self {
            people: model.people.iter().map(|user| user.id).collect(),
            sessions: model.sessions().into_iter().map(|session| session.id).collect(),
            passkeys: model.passkeys().into_iter().collect(),
        }
    }
}

impl Places {
    pub(crate) fn of(model: &Model, now: Timestamp) -> Self {
        Self {
            now,
            people: model.people.iter().map(|user| user.id).collect(),
            rooms: model.rooms().into_iter().collect(),
            pairs: pairs_of(&model.commits()),
            keys: keys_of(&model.commits()),
            accounts: Accounts::of(model),
            ceremonies: BTreeSet::new(),
        }
    }

    pub(crate) fn with_accounts(self, model: &Model) -> Self {
        Self { accounts: Accounts::of(model), ..self }
    }

    /// Also the ceremonies, of which none is left afterwards.
    pub(crate) fn with_ceremonies(self, model: &Model) -> Self {
        Self { ceremonies: model.asked.ceremonies.iter().map(|ceremony| ceremony.challenge).collect(), ..self }
    }

    /// What all commits but the `first` ones are about.
    pub(crate) fn since(first: usize, model: &Model, now: Timestamp) -> Self {
        let commits = &model.commits()[first..];
        let changed = commits.iter().flat_map(|commit| {
            let leaving = commit.parts().participants.iter().map(|change| match change {
                ParticipantChange::Added(participant) => participant.user_id,
                ParticipantChange::Removed(user) => *user,
            });
            let staying = commit.parts().room.participants().iter().map(|participant| participant.user_id);
            leaving.chain(staying)
        });
        Self {
            now,
            people: changed.collect::<BTreeSet<_>>().into_iter().collect(),
            rooms: commits.iter().map(|commit| commit.parts().room.id()).collect(),
            pairs: pairs_of(commits),
            keys: keys_of(commits),
            accounts: Accounts::default(),
            ceremonies: BTreeSet::new(),
        }
    }
}

fn pairs_of(commits: &[RoomCommit]) -> BTreeSet<DirectPair> {
    commits.iter().filter_map(|commit| commit.parts().room.direct_pair()).collect()
}

fn keys_of(commits: &[RoomCommit]) -> BTreeSet<(UserId, IdempotencyKey)> {
    let records = commits.iter().filter_map(|commit| commit.parts().idempotency.as_ref());
    records.map(|record| (record.caller, record.key.clone())).collect()
}

/// Each thing that was looked at, and what was there.
#[derive(PartialEq)]
pub(crate) struct Sight(Vec<(String, Answer)>);

/// Looks at many things, several at a time.
#[derive(Default)]
struct Looking<'a>(Vec<BoxFuture<'a, (String, Answer)>>);

impl<'a> Looking<'a> {
    fn at(&mut self, what: impl Into<String>, look: impl Future<Output = Answer> + Send + 'a) {
        let what = what.into();
        self.0.push(Box::pin(async move { (what, look.await) }));
    }

    async fn done(self) -> Sight {
        Sight(stream::iter(self.0).buffered(AT_ONCE).collect().await)
    }
}

impl Sight {
    pub(crate) async fn of(ports: &Ports, places: &Places) -> Self {
        let Ports { users, profiles: _, passkeys: _, sessions: _, ceremonies, contacts: _, rooms, inboxes } = ports;
        let Places { now, people, rooms: known, pairs, keys, accounts, ceremonies: begun } = places;
        let mut looking = Looking::default();
        looking.at("the users", async { Answer::from(users.list(None, MANY).await) });
        looking.at("the heads of the inboxes", async {
            Answer::from(inboxes.heads(people).await.map(|heads| heads.into_iter().collect::<BTreeSet<_>>()))
        });
        for &user in people {
            looking.at(format!("the rooms of {user}"), rooms_of(ports, user, *now));
            looking.at(format!("the inbox of {user}"), async move {
                Answer::from(inboxes.read(user, Seq::ZERO, MANY).await)
            });
        }
        for &room in known {
            looking.at(format!("the room {room}"), async move { Answer::from(rooms.find(room).await) });
        }
        for &pair in pairs {
            let what = format!("the direct room of {} and {}", pair.low(), pair.high());
            looking.at(what, async move { Answer::from(rooms.find_direct(pair).await) });
        }
        for (caller, key) in keys {
            let what = format!("the answer to {caller} under {key}");
            looking.at(what, async move { Answer::from(rooms.find_answer(*caller, key).await) });
        }
        looking.at("the expired rooms", async { Answer::from(rooms.list_expired(*now, MANY).await) });
        look_at_accounts(&mut looking, ports, accounts);
        for challenge in begun {
            let what = format!("the ceremony {}", hex(&challenge.as_bytes()[..4]));
            looking.at(what, async move { Answer::from(ceremonies.take(challenge).await) });
        }
        looking.done().await
    }

    /// The first thing in which a store differs from the model.
    pub(crate) fn difference(model: &Self, store: &Self) -> Option<Difference> {
        let mut both = model.0.iter().zip(&store.0);
        let ((what, expected), (_, seen)) = both.find(|((_, expected), (_, seen))| expected != seen)?;
        Some(Difference::new(what, expected, seen))
    }
}

fn look_at_accounts<'a>(looking: &mut Looking<'a>, ports: &'a Ports, accounts: &'a Accounts) {
    let Ports { users: _, profiles, passkeys, sessions, ceremonies: _, contacts, rooms: _, inboxes: _ } = ports;
    for &session in &accounts.sessions {
        looking.at(format!("the session {session} by its token"), async move {
            let found = sessions.find_by_token(&token_of(session).hash()).await;
            Answer::sessions(found.map(|session| session.into_iter().collect()))
        });
    }
    for id in &accounts.passkeys {
        looking.at(format!("the passkey {id}"), async move {
            Answer::passkeys(passkeys.find(id).await.map(|found| found.into_iter().collect()))
        });
    }
    for &user in &accounts.people {
        looking.at(format!("the sessions of {user}"), async move { Answer::sessions(sessions.list_of(user).await) });
        looking.at(format!("the passkeys of {user}"), async move { Answer::passkeys(passkeys.list_of(user).await) });
        looking.at(format!("the policy of {user}"), async move { Answer::from(contacts.policy_of(user).await) });
        looking.at(format!("the blocks of {user}"), async move {
            Answer::from(contacts.list_blocked(user, None, MANY).await)
        });
        looking.at(format!("how others stand towards {user}"), async move {
            Answer::from(contacts.stances(&accounts.people, user).await.map(said))
        });
    }
    let Some(&somebody) = accounts.people.first() else { return };
    for what in QUERIES {
        let query = SearchQuery::parse(what).unwrap();
        looking.at(format!("who is found by {what:?}"), async move {
            Answer::from(profiles.search(&query, somebody, MANY).await)
        });
    }
}

/// All pages of a user's list.
async fn rooms_of(ports: &Ports, user: UserId, now: Timestamp) -> Answer {
    let mut all: Vec<Room> = Vec::new();
    loop {
        let after = all.last().map(Room::cursor);
        match ports.rooms.list_of(user, now, after, ROOMS_A_PAGE).await {
            Err(error) => return Answer::refused(&error),
            // A store that pages in circles must not hang the test.
            Ok(page) if page.is_empty() || all.len() > 1_000 => return Answer::of(&all),
            Ok(page) => all.extend(page),
        }
    }
}
