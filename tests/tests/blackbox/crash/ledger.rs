//! What the clients know: what was acknowledged, and what they have to ask again.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use anyhow::ensure;
use parlour_tests::Server;
use serde_json::Value;

use super::crowd::Crowd;

/// A creation under a key whose answer never came.
#[derive(Debug, Clone)]
pub(super) struct Doubt {
    pub(super) creator: usize,
    pub(super) key: String,
    pub(super) body: Value,
}

#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// The rooms that were acknowledged, as their creators were shown them, with who that was.
    pub(super) rooms: BTreeMap<String, (usize, Value)>,
    /// The rooms whose deletion was acknowledged.
    pub(super) deleted: BTreeSet<String>,
    /// The rooms whose deletion was asked for.
    pub(super) perhaps_deleted: BTreeSet<String>,
    in_doubt: Vec<Doubt>,
    repeated: usize,
    replayed: usize,
}

impl Ledger {
    pub(super) fn created(&self) -> usize {
        self.rooms.len()
    }

    pub(super) fn acknowledge(&mut self, creator: usize, room: Value) {
        self.rooms.insert(room["id"].as_str().unwrap_or_default().to_owned(), (creator, room));
    }

    pub(super) fn doubt(&mut self, doubt: Doubt) {
        self.in_doubt.push(doubt);
    }

    /// Repeats what the last kill left in doubt: each must now have exactly one effect.
    pub(super) async fn ask_again(&mut self, crowd: &Crowd, server: &Server) -> anyhow::Result<()> {
        for Doubt { creator, key, body } in std::mem::take(&mut self.in_doubt) {
            let client = crowd.client(server, creator);
            let reply = client.create_room_as(&key, &body).await?;
            self.repeated += 1;
            self.replayed += usize::from(reply.header("idempotency-replayed") == "true");
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
