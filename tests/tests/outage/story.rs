//! What happens in every outage: people are at work, the engine goes, everyone is refused properly, it comes back, and
//! everything goes on by itself.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use parlour_tests::{Crowd, Installation, Ledger, Mood, PATIENCE, Proxy, Random, Server, Writing, eventually};
use serde_json::{Value, json};

use crate::listener::{Listener, assert_told_to_come_back};

/// Every request is answered within this, whatever the stores do; the program itself aims at half of it.
const ANSWERED_WITHIN: Duration = Duration::from_secs(10);

/// The readiness check says no after this much of an outage, and yes after this much of its end.
const NOTICED_WITHIN: Duration = Duration::from_secs(10);
const READY_WITHIN: Duration = Duration::from_secs(30);

/// What was under way when everybody stopped has ended after this.
const AT_REST_WITHIN: Duration = Duration::from_secs(20);

const PEOPLE: usize = 4;

/// Acknowledgements that show that work goes on, and refusals that show that it does not.
const ENOUGH: u64 = 8;

/// Which ports an engine stands behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Behind {
    Users,
    Rooms,
    Both,
}

impl Behind {
    fn ports_while_away(self) -> Value {
        let state = |is_away| if is_away { "down" } else { "up" };
        json!({"user_store": state(self != Self::Rooms), "room_store": state(self != Self::Users)})
    }

    /// The installation whose store there is at `url`.
    pub(crate) fn installation(self, url: &str) -> anyhow::Result<Installation> {
        match self {
            Self::Users => Installation::with_urls(url, None),
            Self::Rooms => Installation::with_urls(None, url),
            Self::Both => Installation::with_urls(url, url),
        }
    }
}

/// People at work on a server.
pub(crate) struct Story {
    installation: Installation,
    server: Server,
    crowd: Crowd,
    writing: Writing,
    listeners: Vec<Listener>,
    behind: Behind,
    outages: usize,
}

impl Story {
    /// Everybody is at work.
    pub(crate) async fn begin(installation: Installation, behind: Behind) -> anyhow::Result<Self> {
        let seed = Random::seed();
        println!("PARLOUR_TEST_SEED={seed}");
        let server = installation.start().await?;
        let crowd = Crowd::gather(&installation, PEOPLE).await?;
        let mut listeners = Vec::new();
        for person in &crowd.people {
            listeners.push(Listener::open(&server, person).await?);
        }
        let writing = crowd.write_through_outages(&server, &mut Random::from_seed(seed), ANSWERED_WITHIN);
        let mut story = Self { installation, server, crowd, writing, listeners, behind, outages: 0 };
        let began = Instant::now();
        story.goes_on().await.context("before any outage")?;
        println!("at work for {:?}, {} requests refused", began.elapsed(), story.writing.refused());
        Ok(story)
    }

    /// Waits until more was acknowledged.
    pub(crate) async fn goes_on(&mut self) -> anyhow::Result<()> {
        let enough = self.writing.acknowledged() + ENOUGH;
        self.until("acknowledgements", |writing| writing.acknowledged() >= enough).await
    }

    /// The engine is away: that is said, at once and properly, to everyone who asks.
    pub(crate) async fn is_refused(&mut self) -> anyhow::Result<()> {
        let refused = self.refuses().await;
        refused.with_context(|| self.complaints())
    }

    /// The engine is back: everything heals by itself.
    pub(crate) async fn heals(&mut self) -> anyhow::Result<()> {
        self.outages += 1;
        let healed = self.goes_on_by_itself().await;
        healed.with_context(|| self.complaints())
    }

    async fn refuses(&mut self) -> anyhow::Result<()> {
        self.is_not_ready().await.context("readiness while the engine is away")?;
        let enough = self.writing.refused() + ENOUGH;
        self.until("refusals", |writing| writing.refused() >= enough).await?;
        let alive = self.server.stranger();
        timed("/health", alive.get("/health")).await?.expect(200)?;
        let person = &self.crowd.people[0];
        for path in ["/ws", "/ws?since=0"] {
            timed(path, assert_told_to_come_back(&self.server, person, path)).await?;
        }
        timed("/rooms", self.server.client(person).get("/rooms")).await?.assert_unavailable()
    }

    async fn is_not_ready(&self) -> anyhow::Result<()> {
        let began = Instant::now();
        let asking = self.server.stranger();
        let ports = self.behind.ports_while_away();
        let not_ready = eventually("the server not to be ready", async || {
            let reply = timed("/ready", asking.get("/ready")).await?;
            Ok((reply.status != 200 && reply.body["ports"] == ports).then_some(reply))
        });
        not_ready.await?.assert_unavailable()?;
        ensure!(began.elapsed() <= NOTICED_WITHIN, "noticed after {:?}", began.elapsed());
        Ok(())
    }

    async fn goes_on_by_itself(&mut self) -> anyhow::Result<()> {
        let began = Instant::now();
        let asking = self.server.stranger();
        let ready = eventually("the server to be ready", async || {
            let reply = timed("/ready", asking.get("/ready")).await?;
            Ok((reply.status == 200).then_some(()))
        });
        ready.await?;
        let healed = began.elapsed();
        ensure!(healed <= READY_WITHIN, "ready after {healed:?}");
        self.goes_on().await.context("after the outage")?;
        println!("ready after {healed:?}, at work after {:?}", began.elapsed());
        ensure!(self.server.is_running()?, "the server ended");
        Ok(())
    }

    /// The network between the two fails: every connection breaks; then each is silent for a while; then for ever.
    pub(crate) async fn survives_a_bad_network(&mut self, proxy: &Proxy) -> anyhow::Result<()> {
        for mood in [Mood::Cut, Mood::Hold] {
            proxy.set(mood);
            self.is_refused().await?;
            proxy.set(Mood::Pass);
            self.heals().await?;
        }
        proxy.set(Mood::Hold);
        self.is_refused().await?;
        proxy.forget();
        self.heals().await
    }

    /// Nothing that was acknowledged is lost, what was not is whole or absent, and no socket missed anything.
    pub(crate) async fn ends_well(mut self) -> anyhow::Result<()> {
        let mut ledger = Ledger::default();
        let refused = self.writing.refused();
        self.writing.end(&mut ledger).await?;
        ledger.ask_again(&self.crowd, &self.server).await?;
        check_at_rest(&self.crowd, &self.server, &ledger).await.with_context(|| log_of(&self.installation))?;
        for listener in self.listeners {
            listener.catch_up(&self.server).await?;
        }
        println!("{refused} requests refused, {ledger}");
        ensure!(self.server.is_running()?, "the server ended");
        ensure!(self.server.stop().await?.success(), "the server stops well");
        log_is_no_flood(&std::fs::read_to_string(self.installation.log())?, self.outages)
    }

    /// The server is told to stop while the engine is away.
    #[cfg(feature = "server-tests")]
    pub(crate) async fn stops(self) -> anyhow::Result<()> {
        let began = Instant::now();
        ensure!(self.server.stop().await?.success(), "the server stops well");
        ensure!(began.elapsed() <= ANSWERED_WITHIN, "stopped after {:?}", began.elapsed());
        Ok(())
    }

    fn complaints(&self) -> String {
        log_of(&self.installation)
    }

    async fn until(&mut self, what: &str, is_enough: impl Fn(&Writing) -> bool) -> anyhow::Result<()> {
        let waiting = async {
            while !is_enough(&self.writing) {
                self.writing.progress().await?;
            }
            anyhow::Ok(())
        };
        // Of a slow engine on a busy machine it takes many requests to get so far.
        tokio::time::timeout(3 * PATIENCE, waiting).await.with_context(|| format!("waited too long for {what}"))?
    }
}

/// A write goes on when its request is given up, so that one may still come to its end: what has to hold holds then.
async fn check_at_rest(crowd: &Crowd, server: &Server, ledger: &Ledger) -> anyhow::Result<()> {
    let began = Instant::now();
    loop {
        match crowd.check(server, ledger).await {
            Err(_) if began.elapsed() < AT_REST_WITHIN => tokio::time::sleep(Duration::from_millis(100)).await,
            checked => return checked,
        }
    }
}

/// The end of what the server has complained about.
fn log_of(installation: &Installation) -> String {
    let log = std::fs::read_to_string(installation.log()).unwrap_or_default();
    let complaints: Vec<&str> = log.lines().filter(|line| !line.contains(" INFO ")).collect();
    complaints[complaints.len().saturating_sub(20)..].join("\n")
}

async fn timed<T>(what: &str, asking: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let began = Instant::now();
    let answer = asking.await.with_context(|| what.to_owned())?;
    ensure!(began.elapsed() <= ANSWERED_WITHIN, "{what} was answered after {:?}", began.elapsed());
    Ok(answer)
}

/// Each outage is told by each chore and each socket when it begins and when it ends; an engine that comes and goes
/// while it starts may make it two.
fn log_is_no_flood(log: &str, outages: usize) -> anyhow::Result<()> {
    const CHORES: usize = 3;
    for (line, each) in [("background chore failed;", CHORES), ("inbox could not be read;", PEOPLE)] {
        let times = log.matches(line).count();
        ensure!(times <= 2 * outages * each, "{line:?} is there {times} times in {outages} outages");
    }
    ensure!(!log.contains("panicked"), "{log}");
    Ok(())
}
