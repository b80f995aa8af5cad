//! What must hold after every restart and every outage.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, ensure};
use serde_json::Value;

use super::{Crowd, Ledger, said};
use crate::{Person, Server};

/// Rooms by id.
type Rooms = BTreeMap<String, Value>;

pub(super) async fn everything(crowd: &Crowd, server: &Server, ledger: &Ledger) -> anyhow::Result<()> {
    let mut listed = Vec::new();
    for person in &crowd.people {
        let client = server.client(person);
        let rooms = by_id(client.rooms(1000).await?)?;
        let told = client.inbox(0).await?;
        inbox_tells_of_each_room_once(&told, &rooms).with_context(|| person.username.clone())?;
        listed.push(rooms);
    }
    every_room_is_whole(crowd, &listed)?;
    a_pair_has_one_direct_room(&listed)?;
    acknowledged_rooms_are_there(&listed, ledger)?;
    said::what_was_said(crowd, server, ledger).await
}

fn by_id(rooms: Vec<Value>) -> anyhow::Result<Rooms> {
    let total = rooms.len();
    let id = |room: &Value| room["id"].as_str().map(str::to_owned).context("a room has an id");
    let rooms: Rooms = rooms.into_iter().map(|room| Ok((id(&room)?, room))).collect::<anyhow::Result<_>>()?;
    ensure!(rooms.len() == total, "a room is listed twice");
    Ok(rooms)
}

/// The client has checked already that the inbox is dense.
fn inbox_tells_of_each_room_once(told: &[Value], listed: &Rooms) -> anyhow::Result<()> {
    let (mut events, mut created, mut deleted) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for event in told {
        let text =
            |field: &str| event[field].as_str().map(str::to_owned).with_context(|| format!("{field} of {event}"));
        let room = text("room_id")?;
        ensure!(events.insert(text("event_id")?), "an event is there twice: {event}");
        match event["type"].as_str() {
            Some("room_created") => ensure!(created.insert(room), "told twice: {event}"),
            Some("room_deleted") => {
                ensure!(created.contains(&room), "deleted before it was created: {event}");
                ensure!(deleted.insert(room), "told twice: {event}");
            }
            _ => anyhow::bail!("unexpected {event}"),
        }
    }
    let alive: BTreeSet<&String> = created.difference(&deleted).collect();
    ensure!(alive == listed.keys().collect(), "told of {alive:?}, listed are {:?}", listed.keys());
    Ok(())
}

/// Whoever is in a room lists it, and everyone in it is shown the same people with their names.
fn every_room_is_whole(crowd: &Crowd, listed: &[Rooms]) -> anyhow::Result<()> {
    let mut readers: BTreeMap<&String, Vec<(&Person, &Value)>> = BTreeMap::new();
    for (person, rooms) in crowd.people.iter().zip(listed) {
        for (id, room) in rooms {
            readers.entry(id).or_default().push((person, room));
        }
    }
    for (id, readers) in readers {
        let participants = &readers[0].1["participants"];
        let seated = participants.as_array().context("participants")?;
        ensure!(seated.len() == readers.len() && seated.len() >= 2, "{id}: {} list {participants}", readers.len());
        let owners = seated.iter().filter(|participant| participant["role"] == "owner").count();
        ensure!(owners == 1, "{id} has {owners} owners");
        for (person, room) in &readers {
            ensure!(&room["participants"] == participants, "{id} looks different to {}", person.username);
            let is_named = |seat: &Value| {
                seat["user_id"] == person.id
                    && seat["username"] == person.username
                    && seat["display_name"] == person.display_name
            };
            ensure!(seated.iter().any(is_named), "{} is not in {room}", person.username);
            ensure!(room["name"].as_str().is_some_and(|name| !name.is_empty()), "{room} has a name");
        }
    }
    Ok(())
}

fn a_pair_has_one_direct_room(listed: &[Rooms]) -> anyhow::Result<()> {
    for rooms in listed {
        let mut names = BTreeSet::new();
        for room in rooms.values().filter(|room| room["type"] == "direct") {
            ensure!(names.insert(room["name"].to_string()), "a second direct room: {room}");
        }
    }
    Ok(())
}

fn acknowledged_rooms_are_there(listed: &[Rooms], ledger: &Ledger) -> anyhow::Result<()> {
    let mut lost = Vec::new();
    for (id, (creator, room)) in &ledger.rooms {
        match listed[*creator].get(id) {
            Some(found) => {
                ensure!(!ledger.deleted.contains(id), "deleted and still there: {room}");
                ensure!(found == room, "acknowledged as {room}, found as {found}");
            }
            None if ledger.perhaps_deleted.contains(id) => {}
            None => lost.push(room),
        }
    }
    // Whether it is the last one or all since some instant tells much.
    let last = ledger.rooms.values().next_back().map(|(_, room)| &room["created_at"]);
    let instants: Vec<_> = lost.iter().map(|room| &room["created_at"]).collect();
    ensure!(lost.is_empty(), "acknowledged and lost, where the last is of {last:?}: {lost:?} of {instants:?}");
    let mut names = BTreeSet::new();
    for room in listed.iter().flat_map(Rooms::values).filter(|room| room["type"] != "direct") {
        names.insert((room["name"].to_string(), room["id"].to_string()));
    }
    let rooms: BTreeSet<_> = names.iter().map(|(_, id)| id).collect();
    let requests: BTreeSet<_> = names.iter().map(|(name, _)| name).collect();
    ensure!(rooms.len() == requests.len(), "a request was obeyed twice");
    Ok(())
}
