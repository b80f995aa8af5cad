//! The laws of what [`RoomRepo::commit`](parlour_domain::port::RoomRepo::commit) refuses.

use parlour_domain::port::CommitError;
use parlour_domain::{Room, RoomCommit};

use crate::fixture::{Creation, answered, at, deletion, key, people, retold};
use crate::observe::look;
use crate::violation::Must;
use crate::{Harness, Violation};

async fn apply<H: Harness>(must: Must, store: &H, commit: RoomCommit) -> Result<Room, Violation> {
    let room = commit.parts().room.clone();
    must.succeed("a commit is applied that nothing stands against", store.rooms().commit(commit).await)?;
    Ok(room)
}

async fn refuse<H: Harness>(must: Must, when: &str, store: &H, commit: &RoomCommit) -> Result<(), Violation> {
    let answer = store.rooms().commit(commit.clone()).await;
    must.hold(when, matches!(answer, Err(CommitError::Conflict)), "Conflict", &answer)
}

/// A room's id is used once, and only for a room that was created.
pub async fn a_room_is_created_once<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "RoomRepo::commit",
        "a_room_is_created_once",
        "answer Conflict when the room is not as expected: absent, or there",
    );
    let [alice, bob] = people();
    let creation = Creation::group(&alice, std::slice::from_ref(&bob));
    let room = apply(must, &store, creation.commit()).await?;
    refuse(must, "a room is created that exists", &store, &creation.commit()).await?;
    let other = Creation::direct(&bob, &alice).with_id(room.id()).commit();
    refuse(must, "a direct room is created under the id of a group", &store, &other).await?;
    let found = must.succeed("the room is looked up", store.rooms().find(room.id()).await)?;
    must.equal("a room was created again and is looked up", &Some(room.clone()), &found)?;

    let never = Creation::group(&alice, std::slice::from_ref(&bob)).commit().into_parts().room;
    refuse(must, "a room is changed that never was", &store, &answered(&never, &key("never"), at(1))).await?;
    refuse(must, "a room is deleted that never was", &store, &deletion(&never, at(1))).await?;
    let found = must.succeed("the room is looked up", store.rooms().find(never.id()).await)?;
    must.equal("a room was changed that never was", &None, &found)?;
    apply(must, &store, deletion(&room, at(1))).await?;
    refuse(must, "a room is changed that is gone", &store, &answered(&room, &key("gone"), at(2))).await?;
    refuse(must, "a room is deleted that is gone", &store, &deletion(&room, at(2))).await
}

/// Whoever decided on an older state has to look again.
pub async fn a_stale_revision_conflicts<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "RoomRepo::commit",
        "a_stale_revision_conflicts",
        "answer Conflict when the room is not at the expected revision",
    );
    let [alice, bob] = people();
    for creation in [Creation::direct(&alice, &bob), Creation::group(&bob, std::slice::from_ref(&alice))] {
        let first = apply(must, &store, creation.commit()).await?;
        let second = apply(must, &store, retold(&first, at(1))).await?;
        let stale = answered(&first, &key(&format!("{}-2", first.id())), at(2));
        refuse(must, "a room at revision 2 is changed as if at 1", &store, &stale).await?;
        refuse(must, "a room at revision 2 is deleted as if at 1", &store, &deletion(&first, at(2))).await?;
        let future = retold(&second, at(2)).into_parts().room;
        let future = answered(&future, &key(&format!("{}-3", first.id())), at(2));
        refuse(must, "a room at revision 2 is changed as if at 3", &store, &future).await?;
        let found = must.succeed("the room is looked up", store.rooms().find(first.id()).await)?;
        must.equal("a room at revision 2 was changed as if at 1", &Some(second.clone()), &found)?;
        let third = apply(must, &store, answered(&second, &key(&format!("{}-2", first.id())), at(3))).await?;
        apply(must, &store, deletion(&third, at(4))).await?;
    }
    Ok(())
}

/// Two people have one room of their own, and any number of groups.
pub async fn a_pair_has_one_direct_room<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "RoomRepo::commit",
        "a_pair_has_one_direct_room",
        "keep one direct room per pair and answer Conflict to a second one",
    );
    let [alice, bob, carol] = people();
    let room = apply(must, &store, Creation::direct(&alice, &bob).commit()).await?;
    for second in [Creation::direct(&alice, &bob), Creation::direct(&bob, &alice)] {
        let second = second.commit();
        refuse(must, "a pair that has a direct room creates another", &store, &second).await?;
        let found = must.succeed("the room is looked up", store.rooms().find(second.parts().room.id()).await)?;
        must.equal("the second direct room of a pair is looked up", &None, &found)?;
    }
    apply(must, &store, Creation::group(&alice, std::slice::from_ref(&bob)).commit()).await?;
    apply(must, &store, Creation::ephemeral(&bob, std::slice::from_ref(&alice), None, 60).commit()).await?;
    apply(must, &store, Creation::direct(&alice, &carol).commit()).await?;
    apply(must, &store, Creation::direct(&carol, &bob).commit()).await?;
    let pair = room.direct_pair().into_iter().collect::<Vec<_>>()[0];
    let found = must.succeed("the pair is looked up", store.rooms().find_direct(pair).await)?;
    must.equal("a pair tried to have two direct rooms and is looked up", &Some(room), &found)
}

/// A key stands for one request of one caller.
pub async fn a_remembered_key_conflicts<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "RoomRepo::commit",
        "a_remembered_key_conflicts",
        "answer Conflict when the idempotency key of that caller is remembered, and only then",
    );
    let [alice, bob] = people();
    let of_alice = || Creation::group(&alice, std::slice::from_ref(&bob));
    let first = of_alice().keyed(&key("key")).commit();
    let room = apply(must, &store, first.clone()).await?;
    refuse(must, "a remembered key is used for another room", &store, &of_alice().keyed(&key("key")).commit()).await?;
    refuse(must, "a remembered key is used for the same room", &store, &answered(&room, &key("key"), at(1))).await?;
    let of_bob = Creation::group(&bob, std::slice::from_ref(&alice)).keyed(&key("key")).commit();
    must.succeed("another caller uses the same key", store.rooms().commit(of_bob).await)?;
    for other in ["Key", "key_", "ke", "key-"] {
        let commit = of_alice().keyed(&key(other)).commit();
        must.succeed(&format!("key is remembered and {other} is used"), store.rooms().commit(commit).await)?;
    }
    apply(must, &store, deletion(&room, at(2))).await?;
    let after_its_end = of_alice().at(at(3)).keyed(&key("key")).commit();
    refuse(must, "a key is used again whose room is gone", &store, &after_its_end).await?;
    let found = must.succeed("the key is looked up", store.rooms().find_answer(alice.id, &key("key")).await)?;
    must.equal("a remembered key was used again and is looked up", &first.parts().idempotency, &found)
}

/// Whatever it is that is refused, and however late: everything else of the commit is not there either.
pub async fn a_refused_commit_writes_nothing<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "RoomRepo::commit",
        "a_refused_commit_writes_nothing",
        "write the room, its participants, the inbox entries and the idempotency record together or not at all",
    );
    let [alice, bob, carol, dave] = people();
    let others = [bob.clone(), dave.clone()];
    let direct = apply(must, &store, Creation::direct(&alice, &bob).keyed(&key("taken")).commit()).await?;
    let group = Creation::named_group(&carol, &[alice.clone(), dave.clone()], "Tea");
    let first = apply(must, &store, group.commit()).await?;
    let changed = apply(must, &store, retold(&first, at(1))).await?;
    let changed = apply(must, &store, answered(&changed, &key("changed"), at(1))).await?;
    let gone = apply(must, &store, Creation::direct(&carol, &bob).commit()).await?;
    apply(must, &store, deletion(&gone, at(2))).await?;

    let cases = [
        ("its room exists", Creation::group(&alice, &others).with_id(direct.id()).keyed(&key("new")).commit()),
        ("its room exists", group.keyed(&key("new")).commit()),
        ("its pair has a direct room", Creation::direct(&bob, &alice).keyed(&key("new")).commit()),
        ("its revision is stale, a change", answered(&first, &key("new"), at(3))),
        ("its revision is stale, a deletion", deletion(&first, at(3))),
        ("its room is gone, a change", answered(&gone, &key("new"), at(3))),
        ("its room is gone, a deletion", deletion(&gone, at(3))),
        ("its key is remembered, a group", Creation::group(&alice, &others).keyed(&key("taken")).commit()),
        ("its key is remembered, a direct room", Creation::direct(&alice, &dave).keyed(&key("taken")).commit()),
        (
            "its key is remembered, an ephemeral room",
            Creation::ephemeral(&alice, &others, None, 60).keyed(&key("taken")).commit(),
        ),
        ("its key is remembered, a change", answered(&changed, &key("changed"), at(3))),
    ];
    let all: Vec<&RoomCommit> = cases.iter().map(|(_, commit)| commit).collect();
    let before = must.succeed("everything is looked up", look(&store, &all).await)?;
    for (cause, commit) in &cases {
        for time in ["once", "again"] {
            refuse(must, &format!("a commit is refused since {cause}, {time}"), &store, commit).await?;
            let after = must.succeed("everything is looked up", look(&store, &all).await)?;
            must.equal(&format!("a commit was refused since {cause}; all that the store shows"), &before, &after)?;
        }
    }
    let next = Creation::group(&dave, &[alice, bob, carol]).keyed(&key("new")).commit();
    apply(must, &store, next).await.map(drop)
}
