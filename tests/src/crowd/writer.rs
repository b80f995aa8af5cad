//! Those who create, read and delete rooms while something breaks.

use std::collections::BTreeSet;

use anyhow::ensure;
use serde_json::{Value, json};

use super::asking::{Asking, Bears, Came, News};
use super::ledger::Doubt;
use crate::{Person, Random, Reply};

pub(super) struct Writer {
    pub(super) at: usize,
    pub(super) others: Vec<Person>,
    pub(super) random: Random,
    pub(super) round: u64,
    pub(super) asking: Asking,
}

impl Writer {
    pub(super) async fn write(mut self) -> anyhow::Result<()> {
        let mut mine = BTreeSet::new();
        for turn in 0u64.. {
            let goes_on = match self.random.below(4) {
                0 => match mine.pop_first() {
                    Some(room) => self.delete(room).await?,
                    None => self.create(turn, &mut mine).await?,
                },
                1 if matches!(self.asking.bears, Bears::Outages { .. }) => self.read().await?,
                _ => self.create(turn, &mut mine).await?,
            };
            if !goes_on || self.asking.has_enough() {
                break;
            }
        }
        Ok(())
    }

    /// Answers whether the server is still there.
    async fn create(&mut self, turn: u64, mine: &mut BTreeSet<String>) -> anyhow::Result<bool> {
        let key = format!("{}-{}-{turn}", self.round, self.at);
        let body = self.wanted(&key);
        if self.random.below(2) == 0 {
            return self.create_as(key, body, mine).await;
        }
        match self.asking.ask("a creation", self.asking.client.create_room(&body)).await? {
            Came::Answer(reply) => self.acknowledge(&body, reply, mine),
            Came::Refused => self.asking.pause().await,
            Came::Lost => Ok(false),
        }
    }

    /// Repeats a creation under its key until it is answered; whoever has enough leaves it in doubt.
    async fn create_as(&mut self, key: String, body: Value, mine: &mut BTreeSet<String>) -> anyhow::Result<bool> {
        for tries in 1u64.. {
            match self.asking.ask("a creation", self.asking.client.create_room_as(&key, &body)).await? {
                Came::Answer(reply) => {
                    if tries > 1 {
                        self.asking.tell(News::Repeated(reply.header("idempotency-replayed") == "true"))?;
                    }
                    return self.acknowledge(&body, reply, mine);
                }
                Came::Refused if !self.asking.has_enough() => self.asking.pause().await?,
                Came::Refused | Came::Lost => break,
            };
        }
        self.asking.tell(News::Doubt(Doubt { creator: self.at, key, body }))?;
        Ok(false)
    }

    fn acknowledge(&self, body: &Value, reply: Reply, mine: &mut BTreeSet<String>) -> anyhow::Result<bool> {
        ensure!([200, 201].contains(&reply.status), "{body}: {} {}", reply.status, reply.body);
        if reply.status == 201 {
            mine.extend(reply.body["id"].as_str().map(str::to_owned));
        }
        self.asking.tell(News::Created(self.at, reply.body))?;
        Ok(true)
    }

    fn wanted(&mut self, name: &str) -> Value {
        let how_many = usize::try_from(1 + self.random.below(4)).unwrap_or(1);
        let others: Vec<String> =
            self.random.choose(&self.others, how_many).into_iter().map(|person| person.id).collect();
        match self.random.below(5) {
            0 => json!({"participant_id": others[0]}),
            1 => json!({"room_type": "ephemeral", "participant_ids": others, "name": name}),
            _ => json!({"room_type": "group", "participant_ids": others, "name": name}),
        }
    }

    async fn delete(&mut self, room: String) -> anyhow::Result<bool> {
        match self.asking.ask("a deletion", self.asking.client.delete(&format!("/rooms/{room}"))).await? {
            Came::Answer(reply) => {
                reply.expect(204)?;
                self.asking.tell(News::Deleted(room))?;
                Ok(true)
            }
            Came::Refused => {
                self.asking.tell(News::DeletionInDoubt(room))?;
                self.asking.pause().await
            }
            Came::Lost => {
                self.asking.tell(News::DeletionInDoubt(room))?;
                Ok(false)
            }
        }
    }

    async fn read(&mut self) -> anyhow::Result<bool> {
        let path = ["/rooms?limit=3", "/inbox?since=0&limit=3", "/auth/me"][self.random.choose(&[0, 1, 2], 1)[0]];
        match self.asking.ask(path, self.asking.client.get(path)).await? {
            Came::Answer(reply) => reply.expect(200).map(|_| true),
            Came::Refused => self.asking.pause().await,
            Came::Lost => Ok(false),
        }
    }
}
