//! Whoever is connected: hears notices and disconnections, and holds each notice against the inbox.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use parlour_domain::port::{Disconnector, InboxRepo, Notice, Notifier, NotifyError};
use parlour_domain::{Seq, SessionId, UserId};

pub(crate) struct Sockets {
    inboxes: Arc<dyn InboxRepo>,
    heard: Mutex<Heard>,
}

#[derive(Default, Clone)]
pub(crate) struct Heard {
    /// Who got a notice.
    pub(crate) told: BTreeSet<UserId>,
    /// Whose connections were ended.
    pub(crate) ended: BTreeSet<SessionId>,
    /// All of whose connections were ended.
    pub(crate) left: BTreeSet<UserId>,
    /// What was told that no inbox had at that moment.
    pub(crate) lies: Vec<String>,
}

impl Sockets {
    pub(crate) fn new(inboxes: Arc<dyn InboxRepo>) -> Self {
        Self { inboxes, heard: Mutex::default() }
    }

    pub(crate) fn heard(&self) -> Heard {
        self.heard.lock().unwrap().clone()
    }

    /// Whether what a notice says is in the recipient's inbox by now.
    async fn is_true(&self, notice: &Notice) -> bool {
        match notice {
            Notice::Entry(entry) => {
                let before = Seq::new(entry.seq.get() - 1);
                let page = self.inboxes.read(entry.recipient, before, 1).await.unwrap();
                page.entries.first() == Some(entry)
            }
            Notice::Wake(user) => !self.inboxes.heads(&[*user]).await.unwrap().is_empty(),
        }
    }
}

#[async_trait]
impl Notifier for Sockets {
    async fn notify(&self, notices: Vec<Notice>) -> Result<(), NotifyError> {
        for notice in notices {
            let is_true = self.is_true(&notice).await;
            let mut heard = self.heard.lock().unwrap();
            heard.told.insert(notice.recipient());
            if !is_true {
                heard.lies.push(format!("{notice:?}"));
            }
        }
        Ok(())
    }
}

#[async_trait]
impl Disconnector for Sockets {
    async fn disconnect(&self, sessions: Vec<SessionId>) {
        self.heard.lock().unwrap().ended.extend(sessions);
    }
    async fn disconnect_user(&self, user: UserId) {
        self.heard.lock().unwrap().left.insert(user);
    }
}
