//! What holds in every world at every moment, whatever failed.

use std::collections::{BTreeMap, BTreeSet};

use parlour_domain::{Fate, InboxPage, Revision, Room, RoomCommit, RoomEventKind, RoomId, RoomKind, Seq, UserId};

use crate::sight::{Effect, Sight};
use crate::sockets::Heard;
use crate::tap::Write;

/// The first thing that does not hold.
pub(crate) fn broken(sight: &Sight, writes: &[Write], heard: &Heard) -> Result<(), String> {
    for (user, page) in &sight.inboxes {
        inbox_is_dense(*user, page, sight.heads.get(user))?;
        each_event_is_told_once(*user, page)?;
        inbox_tells_the_rooms(*user, page, &sight.lists[user])?;
    }
    for (id, found) in &sight.rooms {
        room_is_what_its_commits_made(sight, writes, *id, found.as_ref())?;
    }
    for (user, rooms) in &sight.lists {
        list_agrees_with_the_rooms(sight, *user, rooms)?;
    }
    one_direct_room_a_pair(sight)?;
    users_are_whole(sight)?;
    sessions_are_whole(sight)?;
    passkeys_are_whole(sight, writes)?;
    nothing_is_left_of_the_inactive(sight)?;
    if let Some(lie) = heard.lies.first() {
        return Err(format!("a notice told what no inbox had: {lie}"));
    }
    Ok(())
}

fn inbox_is_dense(user: UserId, page: &InboxPage, head: Option<&Seq>) -> Result<(), String> {
    let seen: Vec<u64> = page.entries.iter().map(|entry| entry.seq.get()).collect();
    let dense: Vec<u64> = (page.forgotten.get() + 1..=page.head.get()).collect();
    if seen != dense {
        return Err(format!("the inbox of {user} is not dense: {seen:?} up to {}", page.head));
    }
    let head = head.copied().unwrap_or(Seq::ZERO);
    if head != page.head {
        return Err(format!("the inbox of {user} has two heads: {head} and {}", page.head));
    }
    Ok(())
}

fn each_event_is_told_once(user: UserId, page: &InboxPage) -> Result<(), String> {
    let mut events = BTreeSet::new();
    let mut once_a_room = BTreeSet::new();
    for entry in &page.entries {
        if !events.insert(entry.event.id) {
            return Err(format!("event {} is in the inbox of {user} twice", entry.event.id));
        }
        let moment = match &entry.event.kind {
            RoomEventKind::Created(_) => "beginning",
            RoomEventKind::Deleted | RoomEventKind::Expired => "end",
            // Who is out may be brought in again.
            RoomEventKind::Left(member) if member.user_id == user => {
                once_a_room.remove(&(entry.event.room_id, "beginning"));
                continue;
            }
            RoomEventKind::Updated(_)
            | RoomEventKind::Joined(_)
            | RoomEventKind::Left(_)
            | RoomEventKind::Changed(_) => continue,
        };
        if !once_a_room.insert((entry.event.room_id, moment)) {
            return Err(format!("{user} is told of the {moment} of room {} twice", entry.event.room_id));
        }
    }
    Ok(())
}

/// A client that reads its inbox from the start knows its rooms.
fn inbox_tells_the_rooms(user: UserId, page: &InboxPage, list: &[Room]) -> Result<(), String> {
    if page.forgotten > Seq::ZERO {
        return Ok(());
    }
    let mut told = BTreeSet::new();
    for entry in &page.entries {
        let room = entry.event.room_id;
        match &entry.event.kind {
            RoomEventKind::Created(_) => told.insert(room),
            RoomEventKind::Deleted | RoomEventKind::Expired => told.remove(&room),
            RoomEventKind::Left(member) => member.user_id == user && told.remove(&room),
            RoomEventKind::Updated(_) | RoomEventKind::Joined(_) | RoomEventKind::Changed(_) => false,
        };
    }
    let listed: BTreeSet<RoomId> = list.iter().map(Room::id).collect();
    if told == listed {
        return Ok(());
    }
    Err(format!("the inbox of {user} tells of the rooms {told:?}, but the list has {listed:?}"))
}

fn room_is_what_its_commits_made(
    sight: &Sight,
    writes: &[Write],
    id: RoomId,
    found: Option<&Room>,
) -> Result<(), String> {
    let mut made: Option<&RoomCommit> = None;
    for write in writes {
        let Write::Commit(commit) = write else { continue };
        if commit.parts().room.id() != id {
            continue;
        }
        match sight.effect_of(write) {
            Effect::Half(traces) => return Err(format!("commit {} is only half there: {traces}", commit.parts().id)),
            Effect::Forgotten => return Ok(()),
            Effect::Absent => {}
            Effect::Whole => {
                let order = |commit: &RoomCommit| (commit.parts().fate == Fate::Gone, commit.parts().room.revision());
                made = made.into_iter().chain([commit]).max_by_key(|commit| order(commit));
            }
        }
    }
    let expected = made.filter(|commit| commit.parts().fate == Fate::Kept).map(|commit| &commit.parts().room);
    if found == expected {
        return Ok(());
    }
    Err(format!("room {id} is at {:?}, but its commits made {:?} of it", seen(found), seen(expected)))
}

/// Enough of a room to see the difference.
fn seen(room: Option<&Room>) -> Option<(Revision, usize)> {
    room.map(|room| (room.revision(), room.participants().len()))
}

fn list_agrees_with_the_rooms(sight: &Sight, user: UserId, list: &[Room]) -> Result<(), String> {
    let listed: BTreeMap<RoomId, &Room> = list.iter().map(|room| (room.id(), room)).collect();
    if listed.len() != list.len() {
        return Err(format!(
            "the list of {user} has a room twice: {:?}",
            list.iter().map(Room::id).collect::<Vec<_>>()
        ));
    }
    for (id, found) in &sight.rooms {
        let expected = found.as_ref().filter(|room| room.participant(user).is_some());
        if listed.get(id).copied() != expected {
            return Err(format!("the list of {user} disagrees with room {id}: {:?}", listed.get(id)));
        }
    }
    Ok(())
}

fn one_direct_room_a_pair(sight: &Sight) -> Result<(), String> {
    for (pair, found) in &sight.direct {
        let rooms: Vec<&Room> = sight.lists[&pair.low()]
            .iter()
            .filter(|room| room.kind() == RoomKind::Direct && room.direct_pair() == Some(*pair))
            .collect();
        if rooms.len() > 1 || rooms.first().copied() != found.as_ref() {
            let ids: Vec<RoomId> = rooms.iter().map(|room| room.id()).collect();
            return Err(format!(
                "a pair has the direct rooms {ids:?}, and is found in {:?}",
                found.as_ref().map(Room::id)
            ));
        }
    }
    Ok(())
}

fn users_are_whole(sight: &Sight) -> Result<(), String> {
    for (user, by_id, by_name) in &sight.users {
        let (has_id, has_name) = (by_id.is_some(), by_name.as_ref().is_some_and(|found| found.id == user.id));
        if has_id != has_name || by_id.as_ref().is_some_and(|found| found != user) {
            return Err(format!("user {} is only half there: {by_id:?} by id, {by_name:?} by name", user.id));
        }
    }
    Ok(())
}

fn sessions_are_whole(sight: &Sight) -> Result<(), String> {
    for (session, by_token) in &sight.tokens {
        // What comes after the deactivation of its user is in the store until it expires, and opens nothing.
        if sight.people.get(&session.user_id).is_some_and(|user| !user.is_active) {
            continue;
        }
        let listed = sight.sessions.get(&session.user_id).into_iter().flatten().find(|found| found.id == session.id);
        if listed != by_token.as_ref() || listed.is_some_and(|found| found != session) {
            return Err(format!("session {} is only half there: {by_token:?} by token, {listed:?} listed", session.id));
        }
    }
    Ok(())
}

fn passkeys_are_whole(sight: &Sight, writes: &[Write]) -> Result<(), String> {
    for write in writes {
        if let (Write::Registration(..), Effect::Half(traces)) = (write, sight.effect_of(write)) {
            return Err(format!("registration of {write} is only half there: {traces}"));
        }
    }
    for (id, by_id) in &sight.credentials {
        let listed = sight.passkeys.values().flatten().find(|passkey| passkey.id == *id);
        if listed != by_id.as_ref() {
            return Err(format!("passkey {id} is only half there: {by_id:?} by id, {listed:?} listed"));
        }
    }
    for (user, passkeys) in &sight.passkeys {
        if passkeys.iter().any(|passkey| passkey.user_handle != passkeys[0].user_handle) {
            return Err(format!("the passkeys of {user} have several handles"));
        }
    }
    let removed = writes.iter().filter_map(|write| match write {
        Write::PasskeyRemoval(user, _) => sight.people.get(user),
        _ => None,
    });
    for user in removed.filter(|user| user.is_active) {
        if sight.passkeys.get(&user.id).is_none_or(Vec::is_empty) {
            return Err(format!("user {} has no passkey left", user.id));
        }
    }
    Ok(())
}

fn nothing_is_left_of_the_inactive(sight: &Sight) -> Result<(), String> {
    for user in sight.people.values().filter(|user| !user.is_active) {
        let passkeys = sight.passkeys.get(&user.id).map_or(0, Vec::len);
        let sessions = sight.tokens.iter().filter_map(|(_, found)| found.as_ref());
        let sessions = sessions.filter(|session| session.user_id == user.id).count();
        if passkeys + sessions > 0 {
            return Err(format!("inactive user {} has {sessions} sessions and {passkeys} passkeys", user.id));
        }
    }
    Ok(())
}
