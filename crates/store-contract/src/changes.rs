//! The laws of what [`RoomRepo::commit`](parlour_domain::port::RoomRepo::commit) does to the people in a room.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use parlour_domain::port::{CommitError, ReadError, RoomRepo};
use parlour_domain::{Fate, Role, Room, RoomCommit, RoomId, UserId};

use crate::commit::whole;
use crate::fixture::{Creation, at, joined, left, owner, people, promoted, removed, renamed};
use crate::observe::{ALL, beginning, look, persist};
use crate::violation::Must;
use crate::{Harness, Violation};

const TURNS: i64 = 24;
const ENOUGH: usize = usize::MAX / 2;

/// What everybody should list.
#[derive(Default)]
struct Listed(BTreeMap<RoomId, Room>);

impl Listed {
    /// Applies a commit to the store and remembers what it leaves.
    async fn apply<H: Harness>(
        &mut self,
        must: Must,
        when: &str,
        store: &H,
        commit: RoomCommit,
    ) -> Result<Room, Violation> {
        let parts = commit.parts();
        let room = parts.room.clone();
        match parts.fate {
            Fate::Kept => self.0.insert(room.id(), room.clone()),
            Fate::Gone => self.0.remove(&room.id()),
        };
        must.succeed(when, store.rooms().commit(commit.clone()).await)?;
        whole(must, when, store, &commit).await?;
        Ok(room)
    }

    /// Everybody lists the rooms that they are in, as they are, the last changed first.
    async fn compare<H: Harness>(
        &self,
        must: Must,
        when: &str,
        store: &H,
        everyone: &[UserId],
    ) -> Result<(), Violation> {
        for &user in everyone {
            let own = self.0.values().filter(|room| room.participant(user).is_some());
            let mut expected: Vec<Room> = own.cloned().collect();
            expected.sort_by_key(|room| std::cmp::Reverse(room.cursor()));
            let seen = store.rooms().list_of(user, beginning(), None, ALL).await;
            let seen = must.succeed("rooms are listed", seen)?;
            must.equal(&format!("{when}, and everybody's rooms are listed"), &expected, &seen)?;
        }
        Ok(())
    }
}

/// Whoever comes in lists the room at once, whoever is out does not any more, and everyone else lists it as it is now.
pub async fn a_change_of_people_changes_who_lists_the_room<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "RoomRepo::commit",
        "a_change_of_people_changes_who_lists_the_room",
        "let in whom it adds and out whom it removes together with the room's revision",
    );
    let [alice, bob, carol, dave] = people();
    let everyone = [&alice, &bob, &carol, &dave].map(|user| user.id);
    let mut listed = Listed::default();
    let group = Creation::named_group(&alice, &[bob.clone(), carol.clone()], "Tea").commit();
    let group = listed.apply(must, "a group is created", &store, group).await?;
    for creation in [Creation::direct(&bob, &dave), Creation::group(&dave, &[alice.clone(), carol.clone()])] {
        listed.apply(must, "another room is created", &store, creation.at(at(5)).commit()).await?;
    }
    let when = "somebody came in";
    let of_four = listed.apply(must, when, &store, joined(&group, &dave, Role::Member, at(10))).await?;
    listed.compare(must, when, &store, &everyone).await?;
    let when = "somebody was removed";
    let of_three = listed.apply(must, when, &store, removed(&of_four, &bob, at(11))).await?;
    listed.compare(must, when, &store, &everyone).await?;

    let stale = [joined(&of_four, &crate::fixture::user(), Role::Admin, at(12)), left(&of_four, &dave, at(12))];
    let all = [&stale[0], &stale[1]];
    let before = must.succeed("everything is looked up", look(&store, &all).await)?;
    for commit in &stale {
        let answer = store.rooms().commit(commit.clone()).await;
        let is_refused = matches!(answer, Err(CommitError::Conflict));
        must.hold("people are changed on an older revision", is_refused, "Conflict", &answer)?;
    }
    let after = must.succeed("everything is looked up", look(&store, &all).await)?;
    must.equal("people were changed on an older revision; all that the store shows", &before, &after)?;

    let when = "somebody came back within the same instant";
    let of_four = listed.apply(must, when, &store, joined(&of_three, &bob, Role::Admin, at(11))).await?;
    listed.compare(must, when, &store, &everyone).await?;
    let when = "a room was renamed";
    let of_four = listed.apply(must, when, &store, renamed(&of_four, None, &[], at(13))).await?;
    listed.compare(must, when, &store, &everyone).await?;
    let mut room = of_four;
    for (user, seconds) in [(&alice, 14), (&bob, 15), (&carol, 16), (&dave, 17)] {
        let when = "one after the other leaves";
        room = listed.apply(must, when, &store, left(&room, user, at(seconds))).await?;
        listed.compare(must, when, &store, &everyone).await?;
    }
    let found = must.succeed("a room is looked up", store.rooms().find(group.id()).await)?;
    must.equal("the last one left a room and it is looked up", &None, &found)?;
    listed_while_people_come_and_go(must, &store).await
}

/// Somebody comes in and goes, again and again, while they list their rooms: what they list has them in it.
async fn listed_while_people_come_and_go<H: Harness>(must: Must, store: &H) -> Result<(), Violation> {
    let [alice, bob, carol] = people();
    let rooms = store.rooms();
    let creation = Creation::group(&alice, std::slice::from_ref(&carol)).commit();
    let mut room = creation.parts().room.clone();
    must.succeed("a group is created", persist(&*rooms, &creation).await)?;
    let looks = Arc::new(AtomicUsize::new(0));
    let reader = tokio::spawn(watch(Arc::clone(&rooms), bob.id, Arc::clone(&looks)));
    for turn in 0..TURNS {
        // Each change happens while they look, or right after.
        let looked = looks.load(Ordering::SeqCst);
        while looks.load(Ordering::SeqCst) == looked && !reader.is_finished() {
            tokio::task::yield_now().await;
        }
        let commit = match room.participant(bob.id) {
            None => joined(&room, &bob, Role::Member, at(turn)),
            Some(_) => left(&room, &bob, at(turn)),
        };
        room = commit.parts().room.clone();
        if let Err(violation) = must.succeed("somebody comes and goes", persist(&*rooms, &commit).await) {
            reader.abort();
            return Err(violation);
        }
    }
    looks.store(ENOUGH, Ordering::SeqCst);
    let seen = reader.await.unwrap_or_else(|stopped| std::panic::resume_unwind(stopped.into_panic()));
    let strange = must.succeed("rooms are listed while somebody comes and goes", seen)?;
    must.equal("somebody lists their rooms while they come and go; rooms without them", &None, &strange)
}

/// The first room that is listed to `user` without them in it. It counts how often it looks, until that is [`ENOUGH`].
async fn watch(rooms: Arc<dyn RoomRepo>, user: UserId, looks: Arc<AtomicUsize>) -> Result<Option<Room>, ReadError> {
    while looks.fetch_add(1, Ordering::SeqCst) < ENOUGH {
        let listed = rooms.list_of(user, beginning(), None, ALL).await?;
        if let Some(strange) = listed.into_iter().find(|room| room.participant(user).is_none()) {
            return Ok(Some(strange));
        }
        tokio::task::yield_now().await;
    }
    Ok(None)
}

/// Roles go up and down and the room changes hands; names, instants and everybody else are as they were.
pub async fn a_changed_participant_is_replaced_and_the_others_stay<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "RoomRepo::commit",
        "a_changed_participant_is_replaced_and_the_others_stay",
        "leave a participant whom it removes and adds in the room as they were added, and all others as they were",
    );
    let [alice, bob, carol, dave] = people();
    let everyone = [&alice, &bob, &carol, &dave].map(|user| user.id);
    let mut listed = Listed::default();
    let group = Creation::group(&carol, &[alice.clone(), bob.clone()]).commit();
    let mut room = listed.apply(must, "a group is created", &store, group).await?;
    room = listed.apply(must, "somebody comes in later", &store, joined(&room, &dave, Role::Admin, at(5))).await?;
    for (turn, user, role) in [
        (6, &alice, Role::Admin),
        (7, &dave, Role::Member),
        (8, &dave, Role::Owner),
        (8, &carol, Role::Member),
        (9, &alice, Role::Owner),
    ] {
        let when = format!("{} becomes {}", user.username, role.as_str());
        room = listed.apply(must, &when, &store, promoted(&room, user, role, at(turn))).await?;
        listed.compare(must, &when, &store, &everyone).await?;
    }
    let when = "the owner leaves and another participant follows";
    room = listed.apply(must, when, &store, left(&room, &alice, at(10))).await?;
    listed.compare(must, when, &store, &everyone).await?;
    must.equal("the owner left; who follows", &dave.id, &owner(&room))?;
    let store = store.reopen().await;
    let found = must.succeed("a room is looked up", store.rooms().find(room.id()).await)?;
    must.equal("the store was reopened and the room is looked up", &Some(room), &found)
}
