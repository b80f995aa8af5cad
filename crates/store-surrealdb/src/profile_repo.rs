//! [`ProfileRepo`] on SurrealDB: the names that are searched stand folded beside the names.

use async_trait::async_trait;
use parlour_domain::port::{ProfileRepo, ReadError, WriteError};
use parlour_domain::{DisplayName, SearchQuery, SessionId, User, UserId, fold};
use surrealdb::types::SurrealValue;
use uuid::Uuid;

use crate::SurrealStore;
use crate::classify::{Failure, Unread};
use crate::connect::{Retry, vars};
use crate::row::id;

/// The rank is that of the domain, in its order. It reads every user: a part of a name is in no index.
const SEARCH: &str = "SELECT *, IF username_folded = $query { 0 }
        ELSE IF string::starts_with(username_folded, $query) { 1 }
        ELSE IF string::starts_with(display_name_folded, $query) { 2 }
        ELSE IF string::contains(username_folded, $query) { 3 } ELSE { 4 } AS rank
    FROM user WHERE is_active AND id != $except AND username_folded != NONE
        AND (string::contains(username_folded, $query) OR string::contains(display_name_folded, $query))
    ORDER BY rank, username_key LIMIT $limit";
const RENAME: &str = "RETURN array::len((UPDATE (SELECT VALUE id FROM $user WHERE is_active)
    SET display_name = $name, display_name_folded = $folded RETURN AFTER))";
const DEACTIVATE: &str = "{
    LET $known = (UPDATE (SELECT VALUE id FROM $user)
        SET is_active = false, display_name = $name, display_name_folded = $folded RETURN AFTER);
    IF array::len($known) = 0 { RETURN NONE };
    DELETE (SELECT VALUE id FROM passkey WHERE user_id = $uuid) RETURN NONE;
    LET $gone = (DELETE (SELECT VALUE id FROM session WHERE user_id = $uuid) RETURN BEFORE);
    RETURN array::map($gone, |$session| $session.session_id);
}";

#[async_trait]
impl ProfileRepo for SurrealStore {
    async fn search(&self, query: &SearchQuery, except: UserId, limit: u32) -> Result<Vec<User>, ReadError> {
        let (query, except) = (query.as_str().to_owned().into_value(), id::user(except).into_value());
        let vars = vars([("query", query), ("except", except), ("limit", limit.into_value())]);
        Ok(self.users(SEARCH, vars).await?)
    }

    async fn rename(&self, id: UserId, name: DisplayName) -> Result<bool, WriteError> {
        let (name, folded) = (name.as_str().to_owned(), fold(name.as_str()));
        let user = id::user(id).into_value();
        let vars = vars([("user", user), ("name", name.into_value()), ("folded", folded.into_value())]);
        Ok(self.engine.count(RENAME, &vars).await? > 0)
    }

    async fn deactivate(&self, id: UserId) -> Result<Option<Vec<SessionId>>, WriteError> {
        let tombstone = DisplayName::tombstone();
        let vars = vars([
            ("user", id::user(id).into_value()),
            ("uuid", id.as_uuid().into_value()),
            ("name", tombstone.as_str().to_owned().into_value()),
            ("folded", fold(tombstone.as_str()).into_value()),
        ]);
        let mut retry = Retry::default();
        loop {
            let gone: Result<Option<Vec<Uuid>>, Unread> = self.engine.read(DEACTIVATE, vars.clone()).await;
            match gone {
                Ok(gone) => return Ok(gone.map(|ids| ids.into_iter().map(SessionId::from_uuid).collect())),
                Err(Unread::Failed(Failure::Conflict)) if retry.pause().await => {}
                Err(Unread::Failed(failure)) => return Err(failure.into()),
                Err(Unread::Corrupt(source)) => return Err(WriteError::OutcomeUnknown(source)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use parlour_store_contract::fixture::user;

    use super::*;
    use crate::connect::plan::{is_bounded, plan_of};

    #[tokio::test(flavor = "multi_thread")]
    async fn a_user_is_renamed_and_goes_by_record_ids_and_indices() {
        let user = user();
        let (record, uuid) = (id::user(user.id).into_value(), user.id.as_uuid().into_value());
        for (whole, text, name, value, walk) in [
            (RENAME, "SELECT VALUE id FROM $user WHERE is_active", "user", record.clone(), "RecordIdScan"),
            (DEACTIVATE, "SELECT VALUE id FROM $user", "user", record, "RecordIdScan"),
            (DEACTIVATE, "SELECT VALUE id FROM passkey WHERE user_id = $uuid", "uuid", uuid.clone(), "passkey_by_user"),
            (DEACTIVATE, "SELECT VALUE id FROM session WHERE user_id = $uuid", "uuid", uuid, "session_by_user"),
        ] {
            assert!(whole.contains(text));
            let plan = plan_of(text, vars([(name, value)])).await;
            assert!(is_bounded(&plan) && plan.contains(walk), "{plan}");
        }
    }

    /// As `docs/adr/0016-search-and-consent.md` says: a part of a name is in no index. Whoever changes that changes this.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_search_alone_reads_all_users() {
        let vars = vars([
            ("query", "zoe".to_owned().into_value()),
            ("except", id::user(user().id).into_value()),
            ("limit", 2.into_value()),
        ]);
        let plan = plan_of(SEARCH, vars).await;
        assert!(plan.contains("TableScan"), "{plan}");
    }
}
