//! The laws of what [`RoomRepo::commit`](parlour_domain::port::RoomRepo::commit) applies.

use std::collections::BTreeSet;

use parlour_domain::port::Committed;
use parlour_domain::{IDEMPOTENCY_KEPT_FOR, RoomCommit, Seq, UserId};

use crate::concurrency::at_once;
use crate::fixture::{Creation, answered, at, deletion, key, micros, people};
use crate::observe::{ALL, look, settle, traces};
use crate::violation::Must;
use crate::{Harness, Violation};

pub(crate) async fn whole<H: Harness>(must: Must, when: &str, store: &H, commit: &RoomCommit) -> Result<(), Violation> {
    let traces = must.succeed("everything is looked up", traces(store, commit).await)?;
    let missing: Vec<_> = traces.into_iter().filter(|(_, is_there)| !is_there).map(|(trace, _)| trace).collect();
    must.equal(&format!("{when}; what is missing"), &Vec::new(), &missing)
}

fn in_order(committed: Committed) -> Committed {
    match committed {
        Committed::Applied(mut entries) => {
            entries.sort_by_key(|entry| (entry.recipient, entry.seq));
            Committed::Applied(entries)
        }
        Committed::AlreadyApplied => Committed::AlreadyApplied,
    }
}

/// Whoever commits can tell each recipient without reading anything.
pub async fn a_commit_answers_the_entries_it_wrote<H: Harness>(store: H) -> Result<(), Violation> {
    let must =
        Must::of("RoomRepo::commit", "a_commit_answers_the_entries_it_wrote", "answer the inbox entries that it wrote");
    let [alice, bob, carol] = people();
    let first = Creation::direct(&alice, &bob).commit();
    let second = Creation::named_group(&bob, &[alice.clone(), carol.clone()], "Tea").keyed(&key("tea")).commit();
    let third = deletion(&second.parts().room, at(1));
    let silent = answered(&first.parts().room, &key("again"), at(2));
    let fourth = Creation::ephemeral(&carol, std::slice::from_ref(&bob), None, 60).commit();
    let mut heads = std::collections::BTreeMap::<UserId, Seq>::new();
    for commit in [first, second, third, silent, fourth] {
        let before = heads.clone();
        let answer = must.succeed("a commit is applied", store.rooms().commit(commit.clone()).await)?;
        let mut written = Vec::new();
        for user in commit.recipients() {
            let head = heads.entry(user).or_default();
            *head = head.next();
            let since = before.get(&user).copied().unwrap_or_default();
            written.extend(must.succeed("an inbox is read", store.inboxes().read(user, since, ALL).await)?.entries);
        }
        must.equal("one commit after the other is applied", &Committed::Applied(written.clone()), &in_order(answer))?;
        let places: Vec<(UserId, Seq)> = written.iter().map(|entry| (entry.recipient, entry.seq)).collect();
        let expected: Vec<(UserId, Seq)> = commit.recipients().into_iter().map(|user| (user, heads[&user])).collect();
        must.equal("one commit after the other is applied; the places of the entries", &expected, &places)?;
    }
    Ok(())
}

/// However often a commit is repeated, and whatever happened since.
pub async fn the_same_commit_twice_has_one_effect<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "RoomRepo::commit",
        "the_same_commit_twice_has_one_effect",
        "answer AlreadyApplied and write nothing when the same commit id was applied before",
    );
    let [alice, bob] = people();
    for creation in [Creation::direct(&alice, &bob), Creation::group(&bob, std::slice::from_ref(&alice))] {
        let creation = creation.keyed(&key("key")).commit();
        let change = answered(&creation.parts().room, &key("again"), at(1));
        let end = deletion(&change.parts().room, at(2));
        let all = [&creation, &change, &end];
        for done in 1..=all.len() {
            let answer = must.succeed("a commit is applied", store.rooms().commit(all[done - 1].clone()).await)?;
            must.hold("a commit is applied", answer != Committed::AlreadyApplied, "Applied", &answer)?;
            let before = must.succeed("everything is looked up", look(&store, &all).await)?;
            for (commit, name) in all[..done].iter().zip(["creation", "change", "deletion"]) {
                let when = format!("the {name} is repeated after {} later commits on the room", done - 1);
                let answer = must.succeed(&when, store.rooms().commit((*commit).clone()).await)?;
                must.equal(&when, &Committed::AlreadyApplied, &answer)?;
                let after = must.succeed("everything is looked up", look(&store, &all).await)?;
                must.equal(&format!("{when}; all that the store shows"), &before, &after)?;
            }
        }
    }
    let creation = Creation::group(&alice, std::slice::from_ref(&bob)).commit();
    for racers in [4, 16] {
        let creation = Creation::group(&alice, std::slice::from_ref(&bob)).keyed(&key(&racers.to_string())).commit();
        let one = |_| {
            let (rooms, commit) = (store.rooms(), creation.clone());
            async move { settle(&*rooms, &commit).await }
        };
        let answers = at_once((0..racers).map(one).collect()).await;
        let mut applied = 0;
        for answer in answers {
            let answer = must.succeed("the same commit is applied by many at once", answer)?;
            applied += usize::from(answer != Committed::AlreadyApplied);
        }
        must.hold("the same commit is applied by many at once", applied <= 1, "Applied at most once", &applied)?;
        whole(must, "the same commit was applied by many at once", &store, &creation).await?;
    }
    must.succeed("another commit is applied", store.rooms().commit(creation.clone()).await)?;
    let page = must.succeed("an inbox is read", store.inboxes().read(bob.id, Seq::ZERO, ALL).await)?;
    let events: BTreeSet<_> = page.entries.iter().map(|entry| entry.event.id).collect();
    must.equal("commits were repeated; how many events an inbox has", &events.len(), &page.entries.len())
}

/// A pair is as free as before once its room is gone.
pub async fn a_pair_may_have_a_new_direct_room_after_deletion<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "RoomRepo::commit",
        "a_pair_may_have_a_new_direct_room_after_deletion",
        "allow a new direct room once the pair's room is gone",
    );
    let [alice, bob] = people();
    for creation in [Creation::direct(&alice, &bob), Creation::direct(&bob, &alice), Creation::direct(&alice, &bob)] {
        let creation = creation.commit();
        must.succeed("a direct room is created when the pair has none", store.rooms().commit(creation.clone()).await)?;
        whole(must, "a direct room was created", &store, &creation).await?;
        let end = deletion(&creation.parts().room, at(1));
        must.succeed("the direct room is deleted", store.rooms().commit(end.clone()).await)?;
        whole(must, "the direct room was deleted", &store, &end).await?;
    }
    Ok(())
}

/// From its last instant on a key is as good as new, whether or not it was forgotten.
pub async fn an_expired_key_is_replaced<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "RoomRepo::commit",
        "an_expired_key_is_replaced",
        "replace the record of a key that expired when the new record is created, or before",
    );
    let [alice, bob] = people();
    let creation = Creation::group(&alice, std::slice::from_ref(&bob)).keyed(&key("key"));
    let first = creation.clone().at(at(0)).commit();
    let end = at(0).after(IDEMPOTENCY_KEPT_FOR);
    must.succeed("a room is created under a key", store.rooms().commit(first.clone()).await)?;
    let found = must.succeed("a key is looked up", store.rooms().find_answer(alice.id, &key("key")).await)?;
    must.equal("the key is looked up", &first.parts().idempotency, &found)?;

    let new_room = || Creation::group(&alice, std::slice::from_ref(&bob)).keyed(&key("key"));
    let too_early = new_room().at(micros(end.as_micros() - 1)).commit();
    let refused = store.rooms().commit(too_early).await;
    must.hold("the key is used a microsecond before it expires", refused.is_err(), "Conflict", &refused)?;
    for (instant, when) in
        [(end, "the key is used when it expires"), (end.after(IDEMPOTENCY_KEPT_FOR * 3), "the key is used much later")]
    {
        let next = new_room().at(instant).commit();
        let answer = must.succeed(when, store.rooms().commit(next.clone()).await)?;
        must.hold(when, answer != Committed::AlreadyApplied, "Applied", &answer)?;
        whole(must, when, &store, &next).await?;
    }
    Ok(())
}

/// Nothing that was acknowledged is lost when the store is closed, nor done twice.
pub async fn rooms_and_inboxes_are_there_after_reopening<H: Harness>(store: H) -> Result<(), Violation> {
    let must =
        Must::of("RoomRepo::commit", "rooms_and_inboxes_are_there_after_reopening", "be durable before it answers");
    let [alice, bob, carol, dave, erin] = people();
    let others = [bob.clone(), carol.clone()];
    let direct = Creation::direct(&alice, &bob).keyed(&key("direct")).commit();
    let changed = answered(&direct.parts().room, &key("again"), at(1));
    let group = Creation::named_group(&carol, &[alice.clone(), bob.clone()], "Tea").commit();
    let end = deletion(&group.parts().room, at(2));
    let ephemeral = Creation::ephemeral(&alice, &others, None, 60).keyed(&key("ephemeral")).commit();
    let all = [&direct, &changed, &group, &end, &ephemeral];
    for commit in all {
        must.succeed("a commit is applied", store.rooms().commit(commit.clone()).await)?;
    }
    let before = must.succeed("everything is looked up", look(&store, &all).await)?;
    // Looking might make a lazy store write: the last commit before the end is not looked at.
    let last = Creation::direct(&dave, &erin).keyed(&key("last")).commit();
    must.succeed("a commit is applied", store.rooms().commit(last.clone()).await)?;
    let store = store.reopen().await;
    whole(must, "the store was reopened right after a commit", &store, &last).await?;
    let after = must.succeed("everything is looked up", look(&store, &all).await)?;
    must.equal("the store was reopened; all that it shows", &before, &after)?;
    for commit in all.into_iter().chain([&last]) {
        let answer = must.succeed("a commit is repeated", store.rooms().commit(commit.clone()).await)?;
        must.equal("the store was reopened and a commit is repeated", &Committed::AlreadyApplied, &answer)?;
    }
    let next = deletion(&ephemeral.parts().room, at(3));
    must.succeed("the store was reopened and a room is deleted", store.rooms().commit(next.clone()).await)?;
    whole(must, "the store was reopened and a room was deleted", &store, &next).await
}
