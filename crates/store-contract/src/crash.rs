//! The laws that what was answered outlives the process that answered it. A store that writes when it is closed, or
//! somebody asks, keeps the laws of reopening.

use parlour_domain::port::Committed;
use parlour_domain::{Block, ContactPolicy, User};

use crate::commit::whole;
use crate::fixture::{Creation, answered, at, deletion, display_name, key, passkey, people, session};
use crate::observe::{ALL, look};
use crate::violation::Must;
use crate::{Harness, Violation};

/// Whoever was told that they are registered, signed in or rid of somebody is so for the next process, too.
pub async fn users_and_sessions_are_there_after_a_crash<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "UserRepo::insert, ProfileRepo::rename, SessionRepo::insert, PasskeyRepo::add, ContactRepo::set_policy, \
         ContactRepo::block",
        "users_and_sessions_are_there_after_a_crash",
        "be durable before it answers, and not only once the store is closed",
    );
    let [alice, bob, carol] = people();
    for one in [&alice, &bob] {
        must.succeed("a user is inserted", store.users().insert(one.clone()).await)?;
    }
    let renamed = User { display_name: display_name("New name"), ..bob.clone() };
    must.succeed("a user is renamed", store.profiles().rename(bob.id, renamed.display_name.clone()).await)?;
    let (kept, revoked, key) = (session(&alice, at(1)), session(&alice, at(2)), passkey(&alice, at(3)));
    for one in [&kept, &revoked] {
        must.succeed("a session is inserted", store.sessions().insert(one.clone()).await)?;
    }
    must.succeed("a session is removed", store.sessions().remove(revoked.id).await)?;
    must.succeed("a passkey is added", store.passkeys().add(key.clone()).await)?;
    let block = Block { user: alice.id, blocked: bob.id, at: at(4) };
    must.succeed("somebody is blocked", store.contacts().block(block).await)?;
    must.succeed("a policy is set", store.contacts().set_policy(alice.id, ContactPolicy::Nobody).await)?;
    must.succeed("a user is inserted", store.users().insert(carol.clone()).await)?;
    let store = store.crash().await;

    let users = must.succeed("the users are listed", store.users().list(None, 10).await)?;
    must.equal("the process was killed; the users", &vec![alice.clone(), renamed, carol], &users)?;
    let sessions = must.succeed("the sessions are listed", store.sessions().list_of(alice.id).await)?;
    must.equal("the process was killed; the sessions of a user", &vec![kept], &sessions)?;
    let passkeys = must.succeed("the passkeys are listed", store.passkeys().list_of(alice.id).await)?;
    must.equal("the process was killed; the passkeys of a user", &vec![key], &passkeys)?;
    let blocks = must.succeed("the blocks are listed", store.contacts().list_blocked(alice.id, None, ALL).await)?;
    must.equal("the process was killed; the blocks of a user", &vec![block], &blocks)?;
    let policy = must.succeed("a policy is read", store.contacts().policy_of(alice.id).await)?;
    must.equal("the process was killed; the policy of a user", &ContactPolicy::Nobody, &policy)
}

/// Whoever was told that a room is there, changed or gone is told so by the next process, too, and nothing is done twice.
pub async fn rooms_and_inboxes_are_there_after_a_crash<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "RoomRepo::commit",
        "rooms_and_inboxes_are_there_after_a_crash",
        "be durable before it answers, and not only once the store is closed",
    );
    let [alice, bob, carol, dave, erin] = people();
    let direct = Creation::direct(&alice, &bob).keyed(&key("direct")).commit();
    let changed = answered(&direct.parts().room, &key("again"), at(1));
    let group = Creation::named_group(&carol, &[alice.clone(), bob.clone()], "Tea").commit();
    let end = deletion(&group.parts().room, at(2));
    let all = [&direct, &changed, &group, &end];
    for commit in all {
        must.succeed("a commit is applied", store.rooms().commit(commit.clone()).await)?;
    }
    let before = must.succeed("everything is looked up", look(&store, &all).await)?;
    // Looking might make a lazy store write: the last commit before the end is not looked at.
    let last = Creation::direct(&dave, &erin).keyed(&key("last")).commit();
    must.succeed("a commit is applied", store.rooms().commit(last.clone()).await)?;
    let store = store.crash().await;

    whole(must, "the process was killed right after a commit", &store, &last).await?;
    let after = must.succeed("everything is looked up", look(&store, &all).await)?;
    must.equal("the process was killed; all that the store shows", &before, &after)?;
    for commit in all.into_iter().chain([&last]) {
        let answer = must.succeed("a commit is repeated", store.rooms().commit(commit.clone()).await)?;
        must.equal("the process was killed and a commit is repeated", &Committed::AlreadyApplied, &answer)?;
    }
    Ok(())
}
