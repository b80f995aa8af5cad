//! A crowd that writes while something breaks, what it knows, and what has to hold afterwards.

mod asking;
mod check;
mod ledger;
mod said;
mod speaker;
mod writer;
mod writing;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::{Client, Installation, Person, Random, Server};
use asking::{Asking, Bears};
use speaker::Speaker;
use writer::Writer;

pub use ledger::{Doubt, Ledger};
pub use writing::Writing;

/// What blocks and sessions are until something else is said.
const NOT_BLOCKED: &str = "not blocked";
const LIVE: &str = "live";

const SPARE_SESSIONS: usize = 6;
const HERMITS: [&str; 2] = ["gus", "hal"];
const PEOPLE: [&str; 6] = ["ann", "ben", "cleo", "dan", "eli", "fay"];

/// People who all know each other, and some who keep to themselves.
#[derive(Debug)]
pub struct Crowd {
    /// Those who know each other.
    pub people: Vec<Person>,
    hermits: Vec<Hermit>,
}

/// Somebody who is in no room.
#[derive(Debug, Clone)]
struct Hermit {
    person: Person,
    /// The ids of sessions that nobody uses.
    sessions: Vec<String>,
}

impl Hermit {
    async fn come(installation: &Installation, name: &str) -> anyhow::Result<Self> {
        let person = installation.register(name, &format!("The {name}")).await?;
        let mut sessions = Vec::new();
        for _ in 0..SPARE_SESSIONS {
            let issued = installation.operate(&["session", "issue", name]).await?;
            sessions.push(person.with_session(&issued)?.session_id);
        }
        Ok(Self { person, sessions })
    }
}

impl Crowd {
    /// Registers up to six people, and those who keep to themselves.
    pub async fn gather(installation: &Installation, how_many: usize) -> anyhow::Result<Self> {
        let mut people = Vec::new();
        for name in PEOPLE.into_iter().take(how_many) {
            people.push(installation.register(name, &format!("The {name}")).await?);
        }
        let mut hermits = Vec::new();
        for name in HERMITS {
            hermits.push(Hermit::come(installation, name).await?);
        }
        Ok(Self { people, hermits })
    }

    /// The client of one of them.
    #[must_use]
    pub fn client(&self, server: &Server, at: usize) -> Client {
        server.client(&self.people[at])
    }

    /// Lets everybody write until the server is gone.
    pub fn write(&self, server: &Server, round: u64, random: &mut Random) -> Writing {
        self.begin(server, round, random, &Bears::Nothing)
    }

    /// Lets everybody write and read until the writing is ended. A request may be refused with 503, but the server must
    /// answer it, within `bound`; whoever was refused tries again.
    pub fn write_through_outages(&self, server: &Server, random: &mut Random, bound: Duration) -> Writing {
        self.begin(server, 0, random, &Bears::Outages { bound, enough: Arc::new(AtomicBool::new(false)) })
    }

    /// Checks that what was acknowledged is there, whole and once, and that nothing is half there.
    pub async fn check(&self, server: &Server, ledger: &Ledger) -> anyhow::Result<()> {
        check::everything(self, server, ledger).await
    }

    fn begin(&self, server: &Server, round: u64, random: &mut Random, bears: &Bears) -> Writing {
        let (report, reports) = mpsc::unbounded_channel();
        let mut writers = JoinSet::new();
        for at in 0..self.people.len() {
            let writer = Writer {
                at,
                others: self.people.iter().filter(|person| person.id != self.people[at].id).cloned().collect(),
                random: Random::from_seed(random.next()),
                round,
                asking: Asking { client: self.client(server, at), bears: bears.clone(), report: report.clone() },
            };
            writers.spawn(writer.write());
        }
        for (at, hermit) in self.hermits.iter().enumerate() {
            let speaker = Speaker {
                at,
                hermit: hermit.clone(),
                others: self.people.iter().map(|person| person.id.clone()).collect(),
                random: Random::from_seed(random.next()),
                round,
                asking: Asking { client: server.client(&hermit.person), bears: bears.clone(), report: report.clone() },
            };
            writers.spawn(speaker.speak());
        }
        Writing::new(writers, reports, bears)
    }
}
