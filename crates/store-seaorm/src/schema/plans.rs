//! What is asked on every request walks an index on every engine, however much is stored: each call of a port is made
//! on tables with thousands of rows, and the engine explains the statements that it was really asked.

mod filled;
mod walk;

use std::collections::HashSet;

use parlour_domain::port::{
    CeremonyRepo, ContactRepo, InboxRepo, PasskeyRepo, ProfileRepo, RoomRepo, SessionRepo, UserRepo,
};
use parlour_domain::{Block, ContactPolicy, DirectPair, RoomCursor, SearchQuery, Seq};
use parlour_store_contract::fixture::{Creation, at, ceremony, deletion, key, passkey, passkey_use, people, session};
use sea_orm::{ConnectionTrait, Statement};

use self::filled::{Filled, LATER};
use self::walk::Explaining;
use crate::SqlStore;
use crate::connect::overheard::statements_of;

type Asked = Vec<(&'static str, Vec<Statement>)>;

async fn ask_one<T, E: std::fmt::Debug>(
    asked: &mut Asked,
    name: &'static str,
    call: impl Future<Output = Result<T, E>>,
) -> T {
    let (answer, statements) = statements_of(call).await;
    asked.push((name, statements));
    answer.unwrap()
}

/// The calls that requests and chores make, by name, with what each asks.
async fn asked(store: &SqlStore, filled: &Filled) -> Asked {
    let Filled { somebody, another, room } = filled;
    let (id, later, absent) = (somebody.id, at(LATER), key("absent"));
    let cursor = RoomCursor { updated_at: at(200), room_id: *room };
    let [alice, bob] = people();
    let token = session(&alice, at(0)).token_hash;
    let created = Creation::direct(&alice, &bob).keyed(&absent).commit();
    let deleted = deletion(&created.parts().room, at(1));
    let mut asked = Vec::new();
    macro_rules! ask {
        ($name:expr, $call:expr) => {
            ask_one(&mut asked, $name, $call).await
        };
    }
    ask!("users by id", store.find_many(&[id, another.id]));
    ask!("user by name", store.find_by_username(&somebody.username));
    ask!("users in pages", UserRepo::list(store, Some(id), 50));
    ask!("session by token", store.find_by_token(&token));
    ask!("sessions of a user", SessionRepo::list_of(store, id));
    ask!("session extended", store.extend(session(&alice, at(0)).id, later));
    ask!("session removed", SessionRepo::remove(store, session(&alice, at(0)).id));
    ask!("sessions swept", SessionRepo::remove_expired(store, later));
    ask_for_passkeys(store, filled, &mut asked).await;
    ask!("policy of a user", store.policy_of(id));
    ask!("policy set", store.set_policy(id, ContactPolicy::Nobody));
    ask!("user blocked", store.block(Block { user: id, blocked: another.id, at: at(0) }));
    ask!("blocks of a user", store.list_blocked(id, Some(another.id), 50));
    ask!("stances", store.stances(&[id, another.id], alice.id));
    ask!("user unblocked", store.unblock(id, another.id));
    ask!(SEARCHING, store.search(&SearchQuery::parse("ali").unwrap(), id, 20));
    ask!("user renamed", store.rename(id, somebody.display_name.clone()));
    ask!("user deactivated", store.deactivate(another.id));
    ask!("those who share a room", store.share_a_room(id, &[another.id, alice.id], at(0)));
    ask!("room by id", RoomRepo::find(store, *room));
    ask!("direct room by pair", store.find_direct(DirectPair::new(id, another.id)));
    ask!("first page of rooms", RoomRepo::list_of(store, id, at(0), None, 50));
    ask!("later page of rooms", RoomRepo::list_of(store, id, at(0), Some(cursor), 50));
    ask!("rooms whose time is over", store.list_expired(later, 50));
    ask!("answer by key", store.find_answer(id, &absent));
    ask!("answers swept", store.forget_answers(later));
    ask!("inbox from a place", store.read(id, Seq::new(3), 50));
    ask!("heads", store.heads(&[id, another.id]));
    ask!("room created", store.commit(created));
    ask!("room deleted", store.commit(deleted));
    ask!(FORGETTING, InboxRepo::forget(store, later));
    asked
}

async fn ask_for_passkeys(store: &SqlStore, filled: &Filled, asked: &mut Asked) {
    let Filled { somebody, another, .. } = filled;
    let [newcomer] = people();
    let (first, second, begun) = (passkey(&newcomer, at(0)), passkey(another, at(1)), ceremony(at(9)));
    macro_rules! ask {
        ($name:expr, $call:expr) => {
            ask_one(asked, $name, $call).await
        };
    }
    ask!("user registered with a passkey", store.register(newcomer, first.clone()));
    ask!("passkey added", store.add(second.clone()));
    ask!("passkey by id", PasskeyRepo::find(store, &second.id));
    ask!("passkeys of a user", PasskeyRepo::list_of(store, somebody.id));
    ask!("passkey used", store.record_use(passkey_use(&second, 1, at(2))));
    ask!("passkey removed", PasskeyRepo::remove(store, another.id, &second.id));
    ask!("ceremony begun", CeremonyRepo::insert(store, begun.clone()));
    ask!("ceremony taken", store.take(&begun.challenge));
    ask!("ceremonies swept", CeremonyRepo::remove_expired(store, at(LATER)));
}

const FORGETTING: &str = "inboxes forgotten";
const SEARCHING: &str = "users searched for";

/// The calls that walk all of a table, and which: the forgetting looks at each inbox once, and a search looks for a part of a
/// name, which is in no index (`docs/adr/0016-search-and-consent.md`).
const WALKING_ALL: [(&str, &str); 2] = [(FORGETTING, "inbox_heads"), (SEARCHING, "users")];

/// Every table is walked along an index, in every statement of every call.
async fn no_call_scans_a_table(store: &SqlStore, engine: &impl Explaining) {
    let filled = filled::fill(store.writing()).await;
    engine.analyze(store.writing()).await;
    let asked = asked(store, &filled).await;
    // SQLite's commits are written by another task.
    let silent = if store.group().is_some() { vec!["room created", "room deleted"] } else { Vec::new() };
    let mut scans = Vec::new();
    for (call, statements) in asked {
        assert_eq!(statements.is_empty(), silent.contains(&call), "{call}");
        let at_most = match call {
            "first page of rooms" | "later page of rooms" => 2,
            // The pairs, a page of the user's rooms and one of the others': one of the two asked for is in few rooms.
            "those who share a room" => 3,
            _ => usize::MAX,
        };
        assert!(statements.len() <= at_most, "{call} asks {} times", statements.len());
        let mut explained = HashSet::new();
        for statement in statements.into_iter().filter(|statement| explained.insert(statement.sql.clone())) {
            for step in engine.scans(store.writing(), &statement).await {
                let is_meant_to = |(name, table): &(&str, &str)| call == *name && step.contains(table);
                if WALKING_ALL.iter().any(is_meant_to) {
                    continue;
                }
                scans.push(format!("{call}: {step}\n  in {statement}"));
            }
        }
    }
    assert!(scans.is_empty(), "{}", scans.join("\n"));
    pages_are_read_off_an_index(store, &filled, engine).await;
}

/// A page of rooms comes in the order of the index of activity, from the place on where it begins, and a page of an inbox
/// is a part of its index: however long the list, no more of it is read.
async fn pages_are_read_off_an_index<E: Explaining>(store: &SqlStore, filled: &Filled, engine: &E) {
    let db = store.reading();
    let cursor = RoomCursor { updated_at: at(200), room_id: filled.room };
    for (after, expected) in [(None, E::BOUNDS.of_user), (Some(cursor), E::BOUNDS.from_a_place)] {
        let page = db.get_database_backend().build(&crate::room_repo::page_of(filled.somebody.id, at(0), after, 10));
        let bounds = engine.bounds(db, &page, "participants", "participants_by_activity").await;
        assert!(bounds.contains(expected), "{bounds}\n  in {page}");
        assert_eq!(engine.sorts(db, &page).await, [""; 0], "{page}");
    }
    let page = db.get_database_backend().build(&crate::inbox_repo::page(filled.somebody.id, Seq::new(3), 50));
    let bounds = engine.bounds(db, &page, "inbox_entries", E::ENTRIES).await;
    assert!(bounds.contains(E::BOUNDS.of_entries), "{bounds}\n  in {page}");
}

#[cfg(feature = "sqlite")]
mod sqlite {
    use sea_orm::{ConnectionTrait, DbBackend, Statement};

    use super::*;

    async fn store() -> (tempfile::TempDir, SqlStore) {
        let directory = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", directory.path().join("parlour.db").display());
        let store = SqlStore::connect(&url).await.unwrap();
        (directory, store)
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn no_call_scans_a_table_on_sqlite() {
        let (_directory, store) = store().await;
        no_call_scans_a_table(&store, &walk::Sqlite).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_thousand_users_are_one_question() {
        let (_directory, store) = store().await;
        let [asked] = people();
        let many: Vec<_> = (0..1_000).map(|_| parlour_store_contract::fixture::user().id).collect();
        assert_eq!(statements_of(store.find_many(&many)).await.1.len(), 1);
        assert_eq!(statements_of(store.heads(&many)).await.1.len(), 1);
        assert_eq!(statements_of(store.stances(&many, asked.id)).await.1.len(), 1);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_page_of_an_export_begins_at_an_index_and_sorts_nothing() {
        use parlour_domain::port::Archive;
        use parlour_domain::{ArchiveKey, TokenHash, Unit};

        let (_directory, store) = store().await;
        let [somebody] = people();
        let id = somebody.id.as_uuid();
        for (unit, after) in [
            (Unit::Users, ArchiveKey::Id(id)),
            (Unit::Sessions, ArchiveKey::Session(TokenHash::from_bytes([7; 32]))),
            (Unit::Passkeys, ArchiveKey::Passkey(passkey(&somebody, at(0)).id)),
            (Unit::ContactPolicies, ArchiveKey::Id(id)),
            (Unit::Blocks, ArchiveKey::Block(somebody.id, somebody.id)),
            (Unit::Rooms, ArchiveKey::Id(id)),
            (Unit::InboxHeads, ArchiveKey::Id(id)),
            (Unit::InboxEntries, ArchiveKey::Entry(somebody.id, Seq::new(7))),
            (Unit::Answers, ArchiveKey::Answer(somebody.id, "key".to_owned())),
            (Unit::AppliedCommits, ArchiveKey::Id(id)),
        ] {
            let (page, statements) = statements_of(store.export(unit, Some(after), 10)).await;
            page.unwrap();
            assert!(!statements.is_empty(), "{unit:?}");
            for statement in statements {
                let explain = Statement { sql: format!("EXPLAIN QUERY PLAN {}", statement.sql), ..statement.clone() };
                let steps = store.reading().query_all_raw(explain).await.unwrap();
                let steps: Vec<String> = steps.iter().map(|step| step.try_get("", "detail").unwrap()).collect();
                assert!(steps.iter().any(|step| step.starts_with("SEARCH")), "{statement}\n{steps:#?}");
                // The few rooms that were chosen are put in order once more beside their participants.
                let is_rooms = statement.sql.contains("\"chosen\"");
                let of_chosen = |step: &String| step.starts_with("SCAN chosen") || step.contains("TEMP B-TREE");
                let is_costly = |step: &&String| step.starts_with("SCAN") || step.contains("TEMP B-TREE");
                let costly = steps.iter().find(|step| is_costly(step) && !(is_rooms && of_chosen(step)));
                assert_eq!(costly, None, "{statement}\n{steps:#?}");
            }
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_page_of_rooms_is_read_off_the_index_of_activity_without_sorting_all_rooms() {
        let (_directory, store) = store().await;
        let [somebody, another] = people();
        let cursor = RoomCursor {
            updated_at: at(0),
            room_id: Creation::group(&somebody, &[another]).commit().parts().room.id(),
        };
        for after in [None, Some(cursor)] {
            let page = DbBackend::Sqlite.build(&crate::room_repo::page_of(somebody.id, at(0), after, 10));
            let explain = Statement { sql: format!("EXPLAIN QUERY PLAN {}", page.sql), ..page };
            let steps = store.reading().query_all_raw(explain).await.unwrap();
            let steps: Vec<String> = steps.iter().map(|step| step.try_get("", "detail").unwrap()).collect();
            let walk = if after.is_some() { "(user_id=? AND room_updated_at<?)" } else { "(user_id=?)" };
            let is_walk = |step: &String| step.contains("participants_by_activity") && step.ends_with(walk);
            assert!(steps.iter().any(is_walk), "{steps:#?}");
            assert!(steps.iter().all(|step| !step.contains("TEMP B-TREE")), "{steps:#?}");
        }
    }
}

#[cfg(feature = "server-tests")]
mod server {
    use super::*;
    use crate::scratch::{Engine, MySql, Postgres, Scratch};

    async fn on<E: Engine>(engine: impl Explaining) {
        let database = Scratch::<E>::make().await;
        let store = SqlStore::connect(&database.url()).await.unwrap();
        no_call_scans_a_table(&store, &engine).await;
        store.close().await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn no_call_scans_a_table_on_postgres() {
        on::<Postgres>(walk::Postgres).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn no_call_scans_a_table_on_mysql() {
        on::<MySql>(walk::MySql).await;
    }
}
