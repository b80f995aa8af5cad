//! What one socket is to be sent: every event after the place it is at, in order, none twice, none left out.
//!
//! The mailbox is the quick way and may miss anything; the inbox is the truth. Whenever what the mailbox gives does not
//! follow what was sent, the feed reads the inbox from there.
//!
//! A store that came back older gives places that were sent to other events. So the feed remembers which ones it sent.

use std::cmp::Ordering;
use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytestring::ByteString;
use parlour_domain::port::ReadError;
use parlour_domain::usecase::ReadInbox;
use parlour_domain::{EventId, InboxEntry, InboxView, Seq};
use tokio::time::{Instant, timeout};

use crate::Limits;
use crate::frame::{self, Delivery};
use crate::mailbox::{Hint, Mailbox};

type Reading = Pin<Box<dyn Future<Output = Result<InboxView, ReadError>> + Send>>;

/// The events of one socket.
pub(crate) struct Feed {
    inbox: Arc<ReadInbox>,
    mailbox: Arc<Mailbox>,
    limits: Limits,
    page: VecDeque<InboxEntry>,
    is_behind: bool,
    /// The newest events that were sent, the last one at the place [`sent`](Feed::sent). There are no more of them than
    /// may wait in the mailbox, since a notice is hardly ever later than that.
    recent: VecDeque<EventId>,
    /// A place that was sent belongs to another event now.
    has_lost: bool,
    /// Kept here so that dropping the future of [`next`](Feed::next) does not start the question again.
    reading: Option<Reading>,
    failures: u32,
    retry_at: Option<Instant>,
}

impl Feed {
    /// Goes on from where the mailbox says that the socket is.
    pub(crate) fn new(inbox: Arc<ReadInbox>, mailbox: Arc<Mailbox>, limits: Limits) -> Self {
        Self {
            inbox,
            mailbox,
            limits,
            page: VecDeque::new(),
            is_behind: false,
            recent: VecDeque::new(),
            has_lost: false,
            reading: None,
            failures: 0,
            retry_at: None,
        }
    }

    /// Takes over a view that was read already, from `since`, and says how it begins: `resumed` or `reset`.
    pub(crate) fn resume(&mut self, since: Seq, view: InboxView) -> ByteString {
        let head = view.head;
        self.mailbox.set_sent(since);
        if let Some(reset) = self.take_over(since, view) { reset } else { frame::resumed(since, head) }
    }

    /// The newest place that was sent, or that the socket began after.
    pub(crate) fn sent(&self) -> Seq {
        self.mailbox.sent()
    }

    /// Waits for the next frame to send. Dropping the future loses nothing.
    pub(crate) async fn next(&mut self) -> ByteString {
        loop {
            if let Some(entry) = self.page.pop_front() {
                if let Some(text) = self.accept(&Delivery::new(entry)) {
                    return text;
                }
            } else if self.is_behind {
                if let Some(reset) = self.read_on().await {
                    return reset;
                }
            } else {
                match self.mailbox.next().await {
                    Hint::Event(delivery) => {
                        if let Some(text) = self.accept(&delivery) {
                            return text;
                        }
                    }
                    Hint::Behind => self.is_behind = true,
                }
            }
        }
    }

    /// The event's frame when it is the next one; one that was sent is dropped, one beyond the next has to wait.
    fn accept(&mut self, delivery: &Delivery) -> Option<ByteString> {
        match delivery.seq().cmp(&self.sent().next()) {
            Ordering::Less => {
                self.compare(delivery);
                None
            }
            Ordering::Equal => {
                self.mailbox.set_sent(delivery.seq());
                self.remember(delivery.event_id());
                Some(delivery.text())
            }
            Ordering::Greater => {
                self.is_behind = true;
                None
            }
        }
    }

    /// Notices come twice and in disorder, which must cost no reading. One that nobody remembers, because the socket
    /// began after its place or was sent many since, proves nothing: the inbox tells whether it has lost events.
    fn compare(&mut self, late: &Delivery) {
        let places_back = self.sent().get() - late.seq().get();
        let sent = usize::try_from(places_back).ok().and_then(|back| self.recent.iter().nth_back(back).copied());
        if sent != Some(late.event_id()) {
            self.has_lost |= sent.is_some();
            self.is_behind = true;
        }
    }

    fn remember(&mut self, event: EventId) {
        if self.recent.len() >= self.limits.queued_events {
            self.recent.pop_front();
        }
        self.recent.push_back(event);
    }

    async fn read_on(&mut self) -> Option<ByteString> {
        if let Some(at) = self.retry_at {
            tokio::select! {
                () = tokio::time::sleep_until(at) => {}
                () = self.mailbox.filled() => {}
            }
            self.retry_at = None;
        }
        let since = self.sent();
        let reading = self.reading.get_or_insert_with(|| {
            let (inbox, user, page) = (Arc::clone(&self.inbox), self.mailbox.caller().user_id, self.limits.page);
            let patience = self.limits.stores_answer_within;
            Box::pin(async move {
                let answer = timeout(patience, inbox.execute(user, since, page)).await;
                answer.unwrap_or_else(|_| Err(ReadError::Unavailable("store did not answer in time".into())))
            })
        });
        let outcome = reading.await;
        self.reading = None;
        match outcome {
            Ok(view) => self.take_over(since, view),
            Err(error) => {
                self.log(&error, since);
                self.back_off();
                None
            }
        }
    }

    fn take_over(&mut self, since: Seq, view: InboxView) -> Option<ByteString> {
        let InboxView { entries, head, reset } = view;
        let has_lost = std::mem::take(&mut self.has_lost);
        if reset || has_lost {
            self.is_behind = false;
            self.recent.clear();
            self.mailbox.set_sent(head);
            return Some(frame::reset(head));
        }
        let (first, last) = (entries.first().map(|entry| entry.seq), entries.last().map(|entry| entry.seq));
        self.is_behind = last.unwrap_or(since) < head;
        if first.is_some_and(|first| first != since.next()) || (first.is_none() && self.is_behind) {
            // The store breaks its port's law, or the head moved between its two reads: asking at once would spin.
            tracing::warn!(since = since.get(), head = head.get(), "inbox does not go on from where it was read");
            self.back_off();
            return None;
        }
        if std::mem::take(&mut self.failures) > 0 {
            tracing::info!(since = since.get(), "inbox is read again");
        }
        self.page = entries.into();
        None
    }

    /// An outage is one line of each socket that it concerns, not one of each try.
    fn log(&self, error: &ReadError, since: Seq) {
        let error = error as &dyn std::error::Error;
        if self.failures == 0 {
            tracing::warn!(error, since = since.get(), "inbox could not be read; trying again");
        } else {
            tracing::debug!(error, since = since.get(), failures = self.failures, "inbox could still not be read");
        }
    }

    fn back_off(&mut self) {
        let wait = self.limits.retry_first.saturating_mul(2_u32.saturating_pow(self.failures));
        self.failures = self.failures.saturating_add(1);
        self.is_behind = true;
        self.retry_at = Some(Instant::now() + wait.min(self.limits.retry_longest).max(Duration::from_millis(1)));
    }
}

#[cfg(test)]
mod tests;
