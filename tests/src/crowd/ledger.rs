//! What the clients know: what was acknowledged, and what they have to ask again.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use anyhow::ensure;
use serde_json::Value;

use super::Crowd;
use crate::{Server, eventually};

/// A creation under a key whose answer never came.
#[derive(Debug, Clone)]
pub struct Doubt {
    pub(super) creator: usize,
    pub(super) key: String,
    pub(super) body: Value,
}

/// What somebody says of themselves.
#[derive(Debug, Clone)]
pub(super) struct Saying {
    pub(super) by: usize,
    pub(super) about: About,
    pub(super) said: String,
}

/// What it is about: each is said again and again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum About {
    Name,
    /// Whether that user is blocked.
    Block(String),
    /// Whether that session lives.
    Session(String),
}

/// What was acknowledged last, and what else may hold: a write goes on when its request is given up.
#[derive(Debug, Default)]
struct Said {
    known: Option<String>,
    doubted: BTreeSet<String>,
}

/// What a crowd was told.
#[derive(Debug, Default)]
pub struct Ledger {
    /// The rooms that were acknowledged, as their creators were shown them, with who that was.
    pub(super) rooms: BTreeMap<String, (usize, Value)>,
    /// The rooms whose deletion was acknowledged.
    pub(super) deleted: BTreeSet<String>,
    /// The rooms whose deletion was asked for.
    pub(super) perhaps_deleted: BTreeSet<String>,
    said: BTreeMap<(usize, About), Said>,
    in_doubt: Vec<Doubt>,
    repeated: usize,
    replayed: usize,
}

impl Ledger {
    /// How many rooms were acknowledged.
    #[must_use]
    pub fn created(&self) -> usize {
        self.rooms.len()
    }

    pub(super) fn acknowledge(&mut self, creator: usize, room: Value) {
        self.rooms.insert(room["id"].as_str().unwrap_or_default().to_owned(), (creator, room));
    }

    pub(super) fn doubt(&mut self, doubt: Doubt) {
        self.in_doubt.push(doubt);
    }

    pub(super) fn repeat(&mut self, was_done: bool) {
        self.repeated += 1;
        self.replayed += usize::from(was_done);
    }

    pub(super) fn hear(&mut self, Saying { by, about, said }: Saying) {
        self.said.entry((by, about)).or_default().known = Some(said);
    }

    pub(super) fn hear_perhaps(&mut self, Saying { by, about, said }: Saying) {
        self.said.entry((by, about)).or_default().doubted.insert(said);
    }

    /// What was acknowledged last, and what is in doubt.
    pub(super) fn said(&self, by: usize, about: &About) -> (Option<&str>, Option<&BTreeSet<String>>) {
        let said = self.said.get(&(by, about.clone()));
        (said.and_then(|said| said.known.as_deref()), said.map(|said| &said.doubted))
    }

    /// What was in doubt on a server that is gone is over as soon as the next one has acknowledged anything else.
    fn take_over_said(&mut self, key: (usize, About), later: Said) {
        let said = self.said.entry(key).or_default();
        if later.known.is_some() {
            *said = later;
        } else {
            said.doubted.extend(later.doubted);
        }
    }

    pub(super) fn take_over(&mut self, other: Self) {
        let Self { rooms, deleted, perhaps_deleted, said, in_doubt, repeated, replayed } = other;
        self.rooms.extend(rooms);
        self.deleted.extend(deleted);
        self.perhaps_deleted.extend(perhaps_deleted);
        said.into_iter().for_each(|(key, later)| self.take_over_said(key, later));
        self.in_doubt.extend(in_doubt);
        self.repeated += repeated;
        self.replayed += replayed;
    }

    /// Repeats what is in doubt: each must now have exactly one effect.
    pub async fn ask_again(&mut self, crowd: &Crowd, server: &Server) -> anyhow::Result<()> {
        for Doubt { creator, key, body } in std::mem::take(&mut self.in_doubt) {
            let client = crowd.client(server, creator);
            let reply = eventually("the request of that key to be over", async || {
                let reply = client.create_room_as(&key, &body).await?;
                Ok((reply.body["type"] != "/problems/request-in-progress").then_some(reply))
            });
            let reply = reply.await?;
            self.repeat(reply.header("idempotency-replayed") == "true");
            ensure!([200, 201].contains(&reply.status), "{key}: {} {}", reply.status, reply.body);
            self.acknowledge(creator, reply.body);
        }
        Ok(())
    }
}

impl fmt::Display for Ledger {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rooms, deleted, repeated, replayed, .. } = self;
        let (rooms, deleted) = (rooms.len(), deleted.len());
        write!(out, "{rooms} rooms acknowledged, {deleted} deleted, {replayed} of {repeated} doubts were done already")
    }
}
