//! The clients that write until the server is gone.

use std::collections::BTreeSet;

use anyhow::{Context, bail, ensure};
use parlour_tests::{Client, Installation, Person, Random, Server, is_lost};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::ledger::{Doubt, Ledger};

const PEOPLE: [&str; 6] = ["ann", "ben", "cleo", "dan", "eli", "fay"];

/// People who all know each other.
pub(super) struct Crowd {
    pub(super) people: Vec<Person>,
}

impl Crowd {
    pub(super) async fn gather(installation: &Installation) -> anyhow::Result<Self> {
        let mut people = Vec::new();
        for name in PEOPLE {
            people.push(installation.register(name, &format!("The {name}")).await?);
        }
        Ok(Self { people })
    }

    pub(super) fn client(&self, server: &Server, at: usize) -> Client {
        server.client(&self.people[at])
    }

    /// Lets everybody write until the server is gone.
    pub(super) fn write(&self, server: &Server, round: u64, random: &mut Random) -> Writing {
        let (report, reports) = mpsc::unbounded_channel();
        let mut writers = JoinSet::new();
        for at in 0..self.people.len() {
            let writer = Writer {
                at,
                client: self.client(server, at),
                others: self.people.iter().filter(|person| person.id != self.people[at].id).cloned().collect(),
                random: Random::from_seed(random.next()),
                round,
                report: report.clone(),
            };
            writers.spawn(writer.write());
        }
        Writing { writers, reports, news: Vec::new(), acknowledged: 0 }
    }
}

enum News {
    Created(usize, Value),
    Deleted(String),
    /// The server was gone before it answered.
    Doubt(Doubt),
    DeletionInDoubt(String),
}

struct Writer {
    at: usize,
    client: Client,
    others: Vec<Person>,
    random: Random,
    round: u64,
    report: mpsc::UnboundedSender<News>,
}

impl Writer {
    async fn write(mut self) -> anyhow::Result<()> {
        let mut mine = BTreeSet::new();
        for turn in 0u64.. {
            let is_up = match mine.pop_first() {
                Some(room) if self.random.below(4) == 0 => self.delete(room).await?,
                back => {
                    mine.extend(back);
                    self.create(turn, &mut mine).await?
                }
            };
            if !is_up {
                break;
            }
        }
        Ok(())
    }

    /// Answers whether the server is still there.
    async fn create(&mut self, turn: u64, mine: &mut BTreeSet<String>) -> anyhow::Result<bool> {
        let key = format!("{}-{}-{turn}", self.round, self.at);
        let body = self.wanted(&key);
        let is_named = self.random.below(2) == 0;
        let answer =
            if is_named { self.client.create_room_as(&key, &body).await } else { self.client.create_room(&body).await };
        match answer {
            Ok(reply) => {
                ensure!([200, 201].contains(&reply.status), "{body}: {} {}", reply.status, reply.body);
                if reply.status == 201 {
                    mine.extend(reply.body["id"].as_str().map(str::to_owned));
                }
                self.tell(News::Created(self.at, reply.body))?;
                Ok(true)
            }
            Err(error) if is_lost(&error) => {
                if is_named {
                    self.tell(News::Doubt(Doubt { creator: self.at, key, body }))?;
                }
                Ok(false)
            }
            Err(error) => Err(error),
        }
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
        match self.client.delete(&format!("/rooms/{room}")).await {
            Ok(reply) => {
                reply.expect(204)?;
                self.tell(News::Deleted(room))?;
                Ok(true)
            }
            Err(error) if is_lost(&error) => {
                self.tell(News::DeletionInDoubt(room))?;
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    fn tell(&self, news: News) -> anyhow::Result<()> {
        self.report.send(news).ok().context("somebody keeps the ledger")
    }
}

/// Writers at work.
pub(super) struct Writing {
    writers: JoinSet<anyhow::Result<()>>,
    reports: mpsc::UnboundedReceiver<News>,
    news: Vec<News>,
    acknowledged: u64,
}

impl Writing {
    pub(super) const fn acknowledged(&self) -> u64 {
        self.acknowledged
    }

    /// Waits for the next report.
    pub(super) async fn progress(&mut self) -> anyhow::Result<()> {
        tokio::select! {
            Some(ended) = self.writers.join_next() => {
                ended??;
                bail!("a writer lost a server that was not killed")
            }
            Some(news) = self.reports.recv() => {
                self.acknowledged += u64::from(matches!(news, News::Created(..) | News::Deleted(_)));
                self.news.push(news);
                Ok(())
            }
        }
    }

    /// Waits until every writer has noticed that the server is gone, and enters what they know.
    pub(super) async fn end(mut self, ledger: &mut Ledger) -> anyhow::Result<()> {
        while let Some(ended) = self.writers.join_next().await {
            ended??;
        }
        while let Ok(news) = self.reports.try_recv() {
            self.news.push(news);
        }
        for news in self.news {
            match news {
                News::Created(creator, room) => ledger.acknowledge(creator, room),
                News::Doubt(doubt) => ledger.doubt(doubt),
                News::Deleted(room) => {
                    ledger.perhaps_deleted.insert(room.clone());
                    ledger.deleted.insert(room);
                }
                News::DeletionInDoubt(room) => {
                    ledger.perhaps_deleted.insert(room);
                }
            }
        }
        Ok(())
    }
}
