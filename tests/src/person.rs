//! Somebody who uses the service.

use anyhow::Context;
use serde_json::Value;

/// A registered user with a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The user's id.
    pub id: String,
    /// Their unique name.
    pub username: String,
    /// What other people see.
    pub display_name: String,
    /// The id of their session.
    pub session_id: String,
    /// The secret of their session.
    pub token: String,
}

impl Person {
    /// Reads what `user add` and `session issue` print.
    pub(crate) fn new(user: &Value, session: &Value) -> anyhow::Result<Self> {
        let field = |of: &Value, name: &str| {
            of[name].as_str().map(str::to_owned).with_context(|| format!("{of} has the field {name}"))
        };
        let id = field(user, "id")?;
        anyhow::ensure!(field(session, "user_id")? == id, "the session is {id}'s: {session}");
        Ok(Self {
            id,
            username: field(user, "username")?,
            display_name: field(user, "display_name")?,
            session_id: field(session, "session_id")?,
            token: field(session, "token")?,
        })
    }

    /// The same person through another session, as `session issue` prints it.
    pub fn with_session(&self, session: &Value) -> anyhow::Result<Self> {
        let user = serde_json::json!({"id": self.id, "username": self.username, "display_name": self.display_name});
        Self::new(&user, session)
    }
}
