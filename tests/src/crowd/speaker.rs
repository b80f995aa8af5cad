//! Those who change what is said of themselves while something breaks. They are in no room, so that nobody is told of it and
//! rooms look the same all the time.

use anyhow::ensure;
use reqwest::Method;
use serde_json::json;

use super::asking::{Asking, Bears, Came, News};
use super::ledger::{About, Saying};
use super::{Hermit, LIVE, NOT_BLOCKED};
use crate::{Random, Reply};

pub(super) struct Speaker {
    pub(super) at: usize,
    pub(super) hermit: Hermit,
    /// Whom to block.
    pub(super) others: Vec<String>,
    pub(super) random: Random,
    pub(super) round: u64,
    pub(super) asking: Asking,
}

impl Speaker {
    pub(super) async fn speak(mut self) -> anyhow::Result<()> {
        for turn in 0u64.. {
            let goes_on = match self.random.below(10) {
                0 => self.revoke().await?,
                1..4 => self.block("blocked", Method::PUT).await?,
                4..6 => self.block(NOT_BLOCKED, Method::DELETE).await?,
                _ => self.rename(turn).await?,
            };
            if !goes_on || self.asking.has_enough() {
                break;
            }
            if matches!(self.asking.bears, Bears::Outages { .. }) {
                self.asking.pause().await?;
            }
        }
        Ok(())
    }

    async fn rename(&mut self, turn: u64) -> anyhow::Result<bool> {
        let name = format!("{} {}-{turn}", self.hermit.person.username, self.round);
        let request = self.asking.client.request(Method::PATCH, "/auth/me").json(&json!({"display_name": name}));
        let saying = Saying { by: self.at, about: About::Name, said: name.clone() };
        self.say(saying, request, |reply| reply.status == 200 && reply.body["display_name"] == *name).await
    }

    /// Of a block that is not there 404 is the answer: whether it is may be in doubt.
    async fn block(&mut self, said: &str, method: Method) -> anyhow::Result<bool> {
        let whom = self.random.choose(&self.others, 1).concat();
        let request = self.asking.client.request(method, &format!("/auth/blocks/{whom}"));
        let saying = Saying { by: self.at, about: About::Block(whom), said: said.to_owned() };
        let may_be_absent = said == NOT_BLOCKED;
        self.say(saying, request, |reply| reply.status == 204 || may_be_absent && reply.status == 404).await
    }

    async fn revoke(&mut self) -> anyhow::Result<bool> {
        let session = self.random.choose(&self.hermit.sessions, 1).concat();
        let request = self.asking.client.request(Method::DELETE, &format!("/auth/sessions/{session}"));
        let saying = Saying { by: self.at, about: About::Session(session), said: format!("not {LIVE}") };
        self.say(saying, request, |reply| [204, 404].contains(&reply.status)).await
    }

    /// Answers whether the server is still there.
    async fn say(
        &self,
        saying: Saying,
        request: reqwest::RequestBuilder,
        is_right: impl Fn(&Reply) -> bool,
    ) -> anyhow::Result<bool> {
        match self.asking.ask("a word of oneself", self.asking.client.send(request)).await? {
            Came::Answer(reply) => {
                ensure!(is_right(&reply), "{saying:?} was answered with {} {}", reply.status, reply.body);
                self.asking.tell(News::Said(saying))?;
                Ok(true)
            }
            Came::Refused => {
                self.asking.tell(News::SayingInDoubt(saying))?;
                Ok(true)
            }
            Came::Lost => {
                self.asking.tell(News::SayingInDoubt(saying))?;
                Ok(false)
            }
        }
    }
}
