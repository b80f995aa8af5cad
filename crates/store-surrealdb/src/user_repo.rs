//! [`UserRepo`] on SurrealDB: a user is two records, the user and their name, and the name is unique by its record id.

use async_trait::async_trait;
use parlour_domain::port::{InsertUserError, ReadError, UserRepo, WriteError};
use parlour_domain::{User, UserId, Username};
use surrealdb::types::{SurrealValue, Variables};

use crate::SurrealStore;
use crate::classify::{Failure, Unread};
use crate::connect::{Retry, vars};
use crate::row::{UserRow, id, range};

/// Into a database that is not set up nothing is written: it would be tables without a schema.
const INSERT: &str = "INSERT (IF epoch:inbox.n = NONE { THROW 'schema is missing' } ELSE { $rows }) RETURN NONE";
const FIND_MANY: &str = "SELECT * FROM $ids";
const FIND_BY_NAME: &str = "SELECT * FROM (SELECT VALUE user FROM $name)";
const LIST: &str = "SELECT * FROM type::record('user', $after>..$until) LIMIT $limit";

pub(crate) const IDS_AT_ONCE: usize = 1_000;

#[async_trait]
impl UserRepo for SurrealStore {
    async fn insert(&self, user: User) -> Result<(), InsertUserError> {
        let row = UserRow::from(&user).into_value();
        let rows = vec![row, id::username_row(&user)].into_value();
        let mut retry = Retry::default();
        loop {
            match self.engine.write(INSERT, vars([("rows", rows.clone())])).await {
                Ok(()) => return Ok(()),
                Err(Failure::Exists(_)) => return self.why_not_inserted(&user).await,
                Err(Failure::Conflict) if retry.pause().await => {}
                Err(failure) => {
                    return Err(match WriteError::from(failure) {
                        WriteError::Unavailable(source) => InsertUserError::Unavailable(source),
                        WriteError::OutcomeUnknown(source) => InsertUserError::OutcomeUnknown(source),
                    });
                }
            }
        }
    }

    async fn find_many(&self, ids: &[UserId]) -> Result<Vec<User>, ReadError> {
        let mut distinct = ids.to_vec();
        distinct.sort_unstable();
        distinct.dedup();
        let mut found = Vec::with_capacity(distinct.len());
        for ids in distinct.chunks(IDS_AT_ONCE) {
            let ids: Vec<_> = ids.iter().copied().map(id::user).collect();
            found.extend(self.users(FIND_MANY, vars([("ids", ids.into_value())])).await?);
        }
        Ok(found)
    }

    async fn find_by_username(&self, username: &Username) -> Result<Option<User>, ReadError> {
        let name = id::username(&username.key()).into_value();
        Ok(self.users(FIND_BY_NAME, vars([("name", name)])).await?.pop())
    }

    async fn list(&self, after: Option<UserId>, limit: u32) -> Result<Vec<User>, ReadError> {
        let [after, until] = range::users(after).vars();
        Ok(self.users(LIST, vars([after, until, ("limit", limit.into_value())])).await?)
    }

    async fn ping(&self) -> Result<(), ReadError> {
        self.engine.ping().await.map_err(|failure| Unread::from(failure).into())
    }
}

impl SurrealStore {
    pub(crate) async fn users(&self, text: &'static str, vars: Variables) -> Result<Vec<User>, Unread> {
        let rows: Vec<UserRow> = self.engine.read(text, vars).await?;
        rows.into_iter().map(User::try_from).collect()
    }

    /// Who stands in the way of a user: the same one, inserted before, or another of that name.
    async fn why_not_inserted(&self, user: &User) -> Result<(), InsertUserError> {
        let unavailable = |error: ReadError| InsertUserError::Unavailable(error.into());
        let holder = self.find_by_username(&user.username).await.map_err(unavailable)?;
        match holder {
            Some(holder) if holder == *user => Ok(()),
            Some(_) => Err(InsertUserError::UsernameTaken),
            None => Err(InsertUserError::Unavailable("another user has that id".into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use parlour_domain::port::{ContactRepo, InboxRepo, RoomRepo};
    use parlour_store_contract::fixture::{at, user};

    use super::*;
    use crate::connect::plan::{is_bounded, plan_of};

    #[tokio::test(flavor = "multi_thread")]
    async fn users_are_read_by_their_record_ids() {
        let user = user();
        let ids = vec![id::user(user.id)].into_value();
        let found = plan_of(FIND_MANY, vars([("ids", ids)])).await;
        assert!(is_bounded(&found) && found.contains("SourceExpr"), "{found}");
        let name = id::username(&user.username.key()).into_value();
        let named = plan_of(FIND_BY_NAME, vars([("name", name)])).await;
        assert!(is_bounded(&named) && named.contains("RecordIdScan"), "{named}");
        let [after, until] = range::users(Some(user.id)).vars();
        let listed = plan_of(LIST, vars([after, until, ("limit", 2.into_value())])).await;
        assert!(is_bounded(&listed) && listed.contains("limit: $limit"), "{listed}");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_thousand_users_are_one_question_and_so_is_a_page_of_rooms() {
        let store = SurrealStore::connect("surreal-mem:").await.unwrap();
        let many: Vec<UserId> = (0..1_000).map(|_| user().id).collect();
        let mut asked = store.engine.questions();
        let mut newly_asked = || {
            let before = std::mem::replace(&mut asked, store.engine.questions());
            asked - before
        };
        store.find_many(&many).await.unwrap();
        assert_eq!(newly_asked(), 1);
        store.stances(&many, many[0]).await.unwrap();
        assert_eq!(newly_asked(), 1);
        store.heads(&many[..250]).await.unwrap();
        assert_eq!(newly_asked(), 1);
        store.list_of(many[0], at(0), None, 50).await.unwrap();
        assert_eq!(newly_asked(), 1);
    }
}
