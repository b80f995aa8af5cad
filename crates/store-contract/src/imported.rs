//! The laws of a store that was imported: it is a store like any other.

use parlour_domain::port::{CommitError, Committed, InsertUserError};
use parlour_domain::{RoomCommit, SearchQuery, Side, User, UserId};

use crate::fixture::{Creation, at, deletion, moved, session, user};
use crate::observe::look;
use crate::violation::Must;
use crate::world::{World, copy, fill};
use crate::{Harness, Violation};

/// By id, by name, by token, by pair, in lists, for the sweep, under a key and from a place on.
pub async fn what_was_imported_is_read_by_every_port<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "Archive::import",
        "what_was_imported_is_read_by_every_port",
        "import everything that follows from a record",
    );
    let world = fill(must, &store).await?;
    let target = H::fresh().await;
    copy(must, &*store.archive(), &*target.archive(), &Side::ALL).await?;
    same_people(must, &store, &target, &world).await?;
    let commits: Vec<&RoomCommit> = world.commits.iter().collect();
    let expected = must.succeed("the first store is read", look(&store, &commits).await)?;
    let seen = must.succeed("the second store is read", look(&target, &commits).await)?;
    must.equal("everything was imported and is read through the other ports", &expected, &seen)
}

async fn same_people<H: Harness>(must: Must, store: &H, target: &H, world: &World) -> Result<(), Violation> {
    let listed = must.succeed("users are listed", target.users().list(None, 100).await)?;
    must.equal("users were imported and are listed", &world.people[..], &listed)?;
    for user in &world.people {
        let named = must.succeed("a name is looked up", target.users().find_by_username(&user.username).await)?;
        must.equal("users were imported and one is looked up by name", &Some(user.clone()), &named)?;
        let expected = must.succeed("sessions are listed", store.sessions().list_of(user.id).await)?;
        let seen = must.succeed("sessions are listed", target.sessions().list_of(user.id).await)?;
        must.equal("sessions were imported and are listed", &expected, &seen)?;
    }
    for passkey in &world.passkeys {
        let found = must.succeed("a passkey is looked up", target.passkeys().find(&passkey.id).await)?;
        must.equal("passkeys were imported and one is looked up", &Some(passkey.clone()), &found)?;
        let expected = must.succeed("passkeys are listed", store.passkeys().list_of(passkey.user_id).await)?;
        let seen = must.succeed("passkeys are listed", target.passkeys().list_of(passkey.user_id).await)?;
        must.equal("passkeys were imported and are listed", &expected, &seen)?;
    }
    for user in &world.people {
        let expected = must.succeed("a policy is read", store.contacts().policy_of(user.id).await)?;
        let seen = must.succeed("a policy is read", target.contacts().policy_of(user.id).await)?;
        must.equal("policies were imported and one is read", &expected, &seen)?;
        let expected = must.succeed("blocks are listed", store.contacts().list_blocked(user.id, None, 100).await)?;
        let seen = must.succeed("blocks are listed", target.contacts().list_blocked(user.id, None, 100).await)?;
        must.equal("blocks were imported and are listed", &expected, &seen)?;
        let Ok(query) = SearchQuery::parse(user.username.as_str()) else { continue };
        let expected = must.succeed("a name is searched", store.profiles().search(&query, user.id, 100).await)?;
        let seen = must.succeed("a name is searched", target.profiles().search(&query, user.id, 100).await)?;
        must.equal("users were imported and are searched", &expected, &seen)?;
        let nobody = UserId::from_uuid(crate::fixture::uuid());
        let found = must.succeed("a name is searched", target.profiles().search(&query, nobody, 100).await)?;
        must.equal("users were imported and one is searched", &user.is_active, &found.contains(user))?;
    }
    for session in &world.sessions {
        let found = must.succeed("a token is looked up", target.sessions().find_by_token(&session.token_hash).await)?;
        let is_let_in = world.people.iter().any(|user| user.id == session.user_id && user.is_active);
        let expected = is_let_in.then(|| session.clone());
        must.equal("sessions were imported and one is looked up by its token", &expected, &found)?;
    }
    Ok(())
}

/// What is written next fits to what was written before, as if it were still the first store.
pub async fn commits_go_on_after_an_import<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "Archive::import",
        "commits_go_on_after_an_import",
        "import what a commit builds on: revisions, pairs, keys, heads and the ids of commits",
    );
    let world = fill(must, &store).await?;
    let target = H::fresh().await;
    copy(must, &*store.archive(), &*target.archive(), &Side::ALL).await?;
    for commit in &world.commits {
        let again = must.succeed("a commit is repeated", target.rooms().commit(commit.clone()).await)?;
        must.equal("a commit is repeated that was applied before the import", &Committed::AlreadyApplied, &again)?;
    }
    refuses_what_is_taken(must, &target, &world).await?;
    let [alice, .., erin] = &world.people;
    let room = |n: usize| world.commits[n].parts().room.clone();
    let mut commits = vec![
        Creation::group(alice, std::slice::from_ref(erin)).at(at(80)).commit(),
        deletion(&room(8), at(81)),
        moved(&room(5), &crate::fixture::key("moved"), at(82)),
        deletion(&room(4), at(83)),
    ];
    commits.push(Creation::direct(&world.people[2], &world.people[3]).at(at(84)).commit());
    for commit in &commits {
        let expected = must.succeed("the first store goes on", store.rooms().commit(commit.clone()).await)?;
        let seen = must.succeed("the second store goes on", target.rooms().commit(commit.clone()).await)?;
        must.equal("both stores go on with the same commit", &sorted(expected), &sorted(seen))?;
    }
    let all: Vec<&RoomCommit> = world.commits.iter().chain(&commits).collect();
    let expected = must.succeed("the first store is read", look(&store, &all).await)?;
    let seen = must.succeed("the second store is read", look(&target, &all).await)?;
    must.equal("both stores went on with the same commits and are read", &expected, &seen)?;
    let forgotten = must.succeed("the first store forgets", store.inboxes().forget(at(81)).await)?;
    let seen = must.succeed("the second store forgets", target.inboxes().forget(at(81)).await)?;
    must.equal("both stores forget what is old; the number of entries", &forgotten, &seen)?;
    let expected = must.succeed("the first store is read", look(&store, &all).await)?;
    let seen = must.succeed("the second store is read", look(&target, &all).await)?;
    must.equal("both stores have forgotten the same and are read", &expected, &seen)
}

async fn refuses_what_is_taken<H: Harness>(must: Must, target: &H, world: &World) -> Result<(), Violation> {
    let [alice, _, carol, ..] = &world.people;
    let second = target.rooms().commit(Creation::direct(carol, alice).commit()).await;
    let is_conflict = matches!(second, Err(CommitError::Conflict));
    must.hold("a pair gets a second direct room after an import", is_conflict, "Conflict", &second)?;
    let namesake = User { username: carol.username.clone(), ..user() };
    let taken = target.users().insert(namesake).await;
    let is_taken = matches!(taken, Err(InsertUserError::UsernameTaken));
    must.hold("a name is taken that was imported", is_taken, "UsernameTaken", &taken)?;
    let (old, new) = (&world.sessions[0], session(alice, at(90)));
    must.succeed("a session is inserted", target.sessions().insert(new.clone()).await)?;
    for one in [old, &new] {
        let removed = must.succeed("a session is removed", target.sessions().remove(one.id).await)?;
        must.equal("a session is removed after an import", &true, &removed)?;
    }
    Ok(())
}

fn sorted(committed: Committed) -> Committed {
    match committed {
        Committed::Applied(mut entries) => {
            entries.sort_by_key(|entry| (entry.recipient, entry.seq));
            Committed::Applied(entries)
        }
        Committed::AlreadyApplied => Committed::AlreadyApplied,
    }
}
