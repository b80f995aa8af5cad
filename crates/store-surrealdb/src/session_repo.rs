//! [`SessionRepo`] on SurrealDB: a session is found by the hash of its token, which is its record id, and otherwise by
//! an index.

use async_trait::async_trait;
use parlour_domain::port::{ReadError, SessionRepo, WriteError};
use parlour_domain::{Session, SessionId, Timestamp, TokenHash, UserId};
use surrealdb::types::{SurrealValue, Variables};

use crate::SurrealStore;
use crate::classify::{Failure, Unread};
use crate::connect::{Retry, vars};
use crate::row::{SessionRow, id};

/// Into a database that is not set up nothing is written: it would be a table without a schema.
const INSERT: &str = "INSERT (IF epoch:inbox.n = NONE { THROW 'schema is missing' } ELSE { $row }) RETURN NONE";
const STORED: &str = "SELECT * FROM $stored";
/// A session whose user is not there is found all the same.
const FIND: &str = "SELECT * FROM $stored WHERE type::record('user', user_id).is_active != false";
const LIST_OF: &str = "SELECT * FROM session WHERE user_id = $user";
const EXTEND: &str = "RETURN array::len((UPDATE (SELECT VALUE id FROM session WHERE session_id = $id) \
    SET expires_at = math::max([expires_at, $end]) RETURN BEFORE))";
const REMOVE: &str = "RETURN array::len((DELETE (SELECT VALUE id FROM session WHERE session_id = $id) RETURN BEFORE))";
const REMOVE_EXPIRED: &str =
    "RETURN array::len((DELETE (SELECT VALUE id FROM session WHERE expires_at <= $now LIMIT 1000) RETURN BEFORE))";

#[async_trait]
impl SessionRepo for SurrealStore {
    async fn insert(&self, session: Session) -> Result<(), WriteError> {
        let row = SessionRow::from(&session).into_value();
        let mut retry = Retry::default();
        loop {
            match self.engine.write(INSERT, vars([("row", row.clone())])).await {
                Err(Failure::Conflict) if retry.pause().await => {}
                Err(exists @ Failure::Exists(_)) => {
                    let by_token = vars([("stored", id::session(&session.token_hash).into_value())]);
                    let stored = self.sessions(STORED, by_token).await;
                    let is_the_same = stored.is_ok_and(|stored| stored.first() == Some(&session));
                    return if is_the_same { Ok(()) } else { Err(exists.into()) };
                }
                done => return Ok(done?),
            }
        }
    }

    async fn find_by_token(&self, hash: &TokenHash) -> Result<Option<Session>, ReadError> {
        Ok(self.sessions(FIND, vars([("stored", id::session(hash).into_value())])).await?.pop())
    }

    async fn list_of(&self, user: UserId) -> Result<Vec<Session>, ReadError> {
        let mut sessions = self.sessions(LIST_OF, vars([("user", user.as_uuid().into_value())])).await?;
        sessions.sort_unstable_by_key(|session| session.id);
        Ok(sessions)
    }

    async fn extend(&self, id: SessionId, expires_at: Timestamp) -> Result<bool, WriteError> {
        let vars = vars([("id", id.as_uuid().into_value()), ("end", expires_at.as_micros().into_value())]);
        Ok(self.engine.count(EXTEND, &vars).await? > 0)
    }

    async fn remove(&self, id: SessionId) -> Result<bool, WriteError> {
        let removed = self.engine.count(REMOVE, &vars([("id", id.as_uuid().into_value())])).await?;
        Ok(removed > 0)
    }

    async fn remove_expired(&self, now: Timestamp) -> Result<u64, WriteError> {
        self.engine.count_all(REMOVE_EXPIRED, &vars([("now", now.as_micros().into_value())])).await
    }
}

impl SurrealStore {
    async fn sessions(&self, text: &'static str, vars: Variables) -> Result<Vec<Session>, Unread> {
        let rows: Vec<SessionRow> = self.engine.read(text, vars).await?;
        rows.into_iter().map(Session::try_from).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connect::plan::{is_bounded, plan_of};

    #[tokio::test(flavor = "multi_thread")]
    async fn sessions_are_found_by_record_id_or_index() {
        let stored = id::session(&TokenHash::from_bytes([7; 32])).into_value();
        let found = plan_of(FIND, vars([("stored", stored)])).await;
        assert!(is_bounded(&found) && found.contains("RecordIdScan"), "{found}");
        let id = surrealdb::types::Uuid::nil().into_value();
        for (text, name, index) in [
            (LIST_OF, "user", "session_by_user"),
            ("SELECT VALUE id FROM session WHERE session_id = $id", "id", "session_by_id"),
        ] {
            let plan = plan_of(text, vars([(name, id.clone())])).await;
            assert!(is_bounded(&plan) && plan.contains(index), "{plan}");
        }
        let expired = "SELECT VALUE id FROM session WHERE expires_at <= $now LIMIT 1000";
        assert!(REMOVE_EXPIRED.contains(expired));
        let plan = plan_of(expired, vars([("now", 7.into_value())])).await;
        assert!(is_bounded(&plan) && plan.contains("session_by_end"), "{plan}");
    }
}
