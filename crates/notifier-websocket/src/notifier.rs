//! The hub as the hexagon sees it.

use std::sync::Arc;

use async_trait::async_trait;
use parlour_domain::port::{Disconnector, Notice, Notifier, NotifyError};
use parlour_domain::{SessionId, UserId};

use crate::Hub;
use crate::frame::Delivery;

#[async_trait]
impl Notifier for Hub {
    /// Puts each notice into the mailboxes of its recipient's sockets. Never fails: whoever misses one reads the inbox.
    async fn notify(&self, notices: Vec<Notice>) -> Result<(), NotifyError> {
        for notice in notices {
            let recipient = notice.recipient();
            match notice {
                Notice::Entry(entry) => {
                    let delivery = Arc::new(Delivery::new(entry));
                    self.each_of(recipient, |mailbox| mailbox.deliver(&delivery));
                }
                Notice::Wake(_) => self.each_of(recipient, |mailbox| mailbox.wake()),
            }
        }
        Ok(())
    }
}

#[async_trait]
impl Disconnector for Hub {
    async fn disconnect(&self, sessions: Vec<SessionId>) {
        for session in sessions {
            self.disconnect_session(session);
        }
    }

    async fn disconnect_user(&self, user: UserId) {
        self.disconnect_all_of(user);
    }
}
