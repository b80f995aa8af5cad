//! What the operator may do: add and deactivate users and issue sessions, on a running server or without one.
//!
//! A running server answers on a Unix socket in its data directory ([`socket`], [`routes`]); [`reach()`] finds it, or
//! opens the store itself when no server runs there. Both ways lead to the same [`Desk`].

mod body;
mod client;
mod local;
mod reach;
mod routes;
mod socket;

use async_trait::async_trait;

pub(crate) use body::{IssuedBody, NewUser, SessionBody, SessionRequest, UserBody};
pub(crate) use client::RemoteDesk;
pub(crate) use local::LocalDesk;
pub(crate) use reach::reach;
pub(crate) use routes::configure;
pub(crate) use socket::OperatorSocket;

/// Where the operator asks for something.
#[async_trait]
pub(crate) trait Desk: Send + Sync {
    /// Registers an active user.
    async fn add_user(&self, user: NewUser) -> Result<UserBody, Refusal>;

    /// Deactivates the user of that name for good, with sessions, passkeys and sockets, and gives what is left of them.
    async fn deactivate_user(&self, username: &str) -> Result<UserBody, Refusal>;

    /// All users in the order of their registration.
    async fn users(&self) -> Result<Vec<UserBody>, Refusal>;

    /// Issues a session to the user of that name.
    async fn issue_session(&self, request: SessionRequest) -> Result<IssuedBody, Refusal>;

    /// The live sessions of the user of that name, in the order in which they were issued.
    async fn sessions(&self, username: &str) -> Result<Vec<SessionBody>, Refusal>;

    /// Ends a session and its sockets.
    async fn revoke_session(&self, id: &str) -> Result<(), Refusal>;
}

/// Why the operator did not get what was asked for; one line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// Something in the request is wrong; the text names the field.
    #[error("{0}")]
    Invalid(String),
    /// There is no such thing.
    #[error("{0}")]
    NotFound(String),
    /// It clashes with what is there.
    #[error("{0}")]
    Conflict(String),
    /// The store or the server failed.
    #[error("{0}")]
    Failed(String),
}

impl Refusal {
    /// Tells the whole chain of causes: the operator is the one who can do something about them.
    pub(crate) fn failed(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Failed(format!("{:#}", anyhow::Error::new(error)))
    }
}
