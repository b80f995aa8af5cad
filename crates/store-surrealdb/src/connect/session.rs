//! What a piece of work asks through: the connection that there is, or the next one.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use surrealdb::IndexedResults;
use surrealdb::types::Variables;

use super::link::Link;
use super::switch::Switch;
use crate::classify::Failure;

/// What one piece of work asks through: the newest connection. It keeps an embedded engine open.
pub(crate) struct Session {
    switch: Arc<Switch>,
    /// `None` until there is one.
    link: Mutex<Option<Arc<Link>>>,
}

impl Session {
    pub(super) fn new(switch: Arc<Switch>, link: Option<Arc<Link>>) -> Self {
        Self { switch, link: Mutex::new(link) }
    }

    /// Which connection it asks through; what was remembered of another one may be wrong.
    pub(crate) async fn number(&self) -> Result<u64, Failure> {
        Ok(self.link().await?.number)
    }

    /// The version that the engine says it has.
    pub(super) async fn version(&self) -> Result<String, Failure> {
        self.link().await?.version().await
    }

    /// Asks one text within `bound`, whatever the engine.
    pub(super) async fn ask_within(
        &self,
        bound: Duration,
        text: &'static str,
        vars: Variables,
    ) -> Result<IndexedResults, Failure> {
        let link = self.link().await?;
        let answer = link.ask_within(bound, text.into(), vars).await;
        answer.inspect_err(|failure| self.heed(&link, failure))
    }

    async fn ask(&self, text: Cow<'static, str>, vars: Variables) -> Result<IndexedResults, Failure> {
        #[cfg(test)]
        self.switch.questions.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let link = self.link().await?;
        if !link.is_to_server() {
            return self.ask_of(&link, text, vars).await;
        }
        match self.ask_of(&link, text.clone(), vars.clone()).await {
            // Another sign-in is all that it takes.
            Err(Failure::Expired) => self.ask_of(&self.link().await?, text, vars).await,
            answer => answer,
        }
    }

    async fn ask_of(
        &self,
        link: &Arc<Link>,
        text: Cow<'static, str>,
        vars: Variables,
    ) -> Result<IndexedResults, Failure> {
        link.ask(text, vars).await.inspect_err(|failure| self.heed(link, failure))
    }

    fn heed(&self, link: &Arc<Link>, failure: &Failure) {
        if link.is_ended_by(failure) {
            self.switch.lose(link, failure);
        } else if failure.leaves_doubt() {
            link.doubt();
        }
    }

    async fn link(&self) -> Result<Arc<Link>, Failure> {
        if let Some(link) = self.living() {
            if !link.is_full() {
                return Ok(link);
            }
            self.switch.renew(&link);
        }
        // What is let go of here is all that keeps an engine from ending.
        drop(self.living());
        let link = self.switch.link().await?;
        *self.known() = Some(Arc::clone(&link));
        Ok(link)
    }

    /// The connection that is known, if it is still good. A lost one is let go of: an engine in this process ends, and can be
    /// opened again, when nobody has it.
    fn living(&self) -> Option<Arc<Link>> {
        let mut known = self.known();
        drop(known.take_if(|link| link.is_lost()));
        known.clone()
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Option<Arc<Link>>> {
        self.link.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Asks the engine one text. Its first error counts, since a text is one statement or one transaction.
pub(crate) async fn ask(
    session: &Session,
    text: impl Into<Cow<'static, str>>,
    vars: Variables,
) -> Result<IndexedResults, Failure> {
    session.ask(text.into(), vars).await
}
