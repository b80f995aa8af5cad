//! [`PasskeyRepo`] on SurrealDB: a passkey is unique by its record id, and found through an index on its user.
//!
//! What depends on a user or on their other passkeys also counts the change in the record of the user: the engine lets
//! two transactions pass that read the same and write apart, but not two that write one record.

use async_trait::async_trait;
use parlour_domain::port::{AddPasskeyError, PasskeyRepo, ReadError, RegisterError, UserRepo, WriteError};
use parlour_domain::{CredentialId, Passkey, PasskeyRemoval, PasskeyUse, User, UserId};
use surrealdb::types::{Bytes, SurrealValue, Variables};

use crate::SurrealStore;
use crate::classify::{Failure, Unread};
use crate::connect::{Retry, vars};
use crate::row::{PasskeyRow, UserRow, id};

/// Into a database that is not set up nothing is written: it would be tables without a schema.
const REGISTER: &str = "INSERT (IF epoch:inbox.n = NONE { THROW 'schema is missing' } ELSE { $rows }) RETURN NONE";
const ADD: &str = "{
    IF epoch:inbox.n = NONE { THROW 'schema is missing' };
    IF (SELECT VALUE is_active FROM ONLY $user) != true { RETURN 'no user' };
    LET $other = (SELECT VALUE user_handle FROM ONLY passkey WHERE user_id = $owner LIMIT 1);
    IF $other != NONE AND $other != $handle { RETURN 'other handle' };
    UPDATE $user SET passkey_changes = (passkey_changes ?? 0) + 1 RETURN NONE;
    INSERT $row RETURN NONE;
    RETURN 'added';
}";
const FIND: &str = "SELECT * FROM $stored";
const LIST_OF: &str = "SELECT * FROM passkey WHERE user_id = $user";
const RECORD_USE: &str = "RETURN array::len((UPDATE $stored SET counter = $counter, material = $material, \
    last_used_at = $at WHERE counter = $expected RETURN BEFORE))";
const REMOVE: &str = "{
    IF (SELECT VALUE user_id FROM ONLY $stored) != $owner { RETURN 'not found' };
    IF array::len((SELECT VALUE id FROM passkey WHERE user_id = $owner LIMIT 2)) < 2 { RETURN 'last' };
    UPDATE $user SET passkey_changes = (passkey_changes ?? 0) + 1 RETURN NONE;
    DELETE $stored RETURN NONE;
    RETURN 'removed';
}";

#[async_trait]
impl PasskeyRepo for SurrealStore {
    async fn register(&self, user: User, passkey: Passkey) -> Result<(), RegisterError> {
        let rows =
            vec![UserRow::from(&user).into_value(), id::username_row(&user), PasskeyRow::from(&passkey).into_value()];
        let vars = vars([("rows", rows.into_value())]);
        let mut retry = Retry::default();
        loop {
            match self.engine.write(REGISTER, vars.clone()).await {
                Ok(()) => return Ok(()),
                Err(Failure::Exists(_)) => return self.why_not_registered(&user, &passkey).await,
                Err(Failure::Conflict) if retry.pause().await => {}
                Err(failure) => {
                    return Err(match WriteError::from(failure) {
                        WriteError::Unavailable(source) => RegisterError::Unavailable(source),
                        WriteError::OutcomeUnknown(source) => RegisterError::OutcomeUnknown(source),
                    });
                }
            }
        }
    }

    async fn add(&self, passkey: Passkey) -> Result<(), AddPasskeyError> {
        let row = PasskeyRow::from(&passkey).into_value();
        let vars = vars([
            ("user", id::user(passkey.user_id).into_value()),
            ("owner", passkey.user_id.as_uuid().into_value()),
            ("handle", Bytes::from(passkey.user_handle.as_bytes().to_vec()).into_value()),
            ("row", row),
        ]);
        let refusal = match self.decide::<String>(ADD, &vars).await {
            Ok(outcome) if outcome == "added" => return Ok(()),
            Ok(outcome) if outcome == "other handle" => AddPasskeyError::HandleDiffers,
            Ok(_) => AddPasskeyError::UserNotFound,
            Err(Undecided::Exists) => AddPasskeyError::CredentialTaken,
            Err(Undecided::Failed(WriteError::Unavailable(source))) => {
                return Err(AddPasskeyError::Unavailable(source));
            }
            Err(Undecided::Failed(WriteError::OutcomeUnknown(source))) => {
                return Err(AddPasskeyError::OutcomeUnknown(source));
            }
        };
        match PasskeyRepo::find(self, &passkey.id).await {
            Ok(Some(stored)) if stored == passkey => Ok(()),
            Ok(_) | Err(ReadError::Corrupt(_)) => Err(refusal),
            Err(error) => Err(AddPasskeyError::Unavailable(error.into())),
        }
    }

    async fn find(&self, id: &CredentialId) -> Result<Option<Passkey>, ReadError> {
        Ok(self.passkeys(FIND, vars([("stored", id::passkey(id).into_value())])).await?.pop())
    }

    async fn list_of(&self, user: UserId) -> Result<Vec<Passkey>, ReadError> {
        let mut own = self.passkeys(LIST_OF, vars([("user", user.as_uuid().into_value())])).await?;
        own.sort_unstable_by(|one, other| (one.created_at, &one.id).cmp(&(other.created_at, &other.id)));
        Ok(own)
    }

    async fn record_use(&self, used: PasskeyUse) -> Result<bool, WriteError> {
        let PasskeyUse { id, expected, counter, material, at } = used;
        let vars = vars([
            ("stored", id::passkey(&id).into_value()),
            ("expected", i64::from(expected).into_value()),
            ("counter", i64::from(counter).into_value()),
            ("material", Bytes::from(material).into_value()),
            ("at", at.as_micros().into_value()),
        ]);
        Ok(self.engine.count(RECORD_USE, &vars).await? > 0)
    }

    async fn remove(&self, user: UserId, id: &CredentialId) -> Result<PasskeyRemoval, WriteError> {
        let vars = vars([
            ("user", id::user(user).into_value()),
            ("owner", user.as_uuid().into_value()),
            ("stored", id::passkey(id).into_value()),
        ]);
        match self.decide::<String>(REMOVE, &vars).await {
            Ok(outcome) if outcome == "removed" => Ok(PasskeyRemoval::Removed),
            Ok(outcome) if outcome == "last" => Ok(PasskeyRemoval::Last),
            Ok(_) => Ok(PasskeyRemoval::NotFound),
            Err(Undecided::Failed(error)) => Err(error),
            Err(Undecided::Exists) => Err(WriteError::Unavailable("a record stands in the way".into())),
        }
    }
}

/// Why a text did not come to its answer.
enum Undecided {
    /// What it inserts is there already; nothing was written.
    Exists,
    Failed(WriteError),
}

impl SurrealStore {
    async fn passkeys(&self, text: &'static str, vars: Variables) -> Result<Vec<Passkey>, Unread> {
        let rows: Vec<PasskeyRow> = self.engine.read(text, vars).await?;
        rows.into_iter().map(Passkey::try_from).collect()
    }

    /// Runs a text that writes, and answers what it decided; again when another transaction was faster.
    async fn decide<T>(&self, text: &'static str, vars: &Variables) -> Result<T, Undecided>
    where
        T: SurrealValue + Send + 'static,
    {
        let mut retry = Retry::default();
        loop {
            match self.engine.read(text, vars.clone()).await {
                Ok(decided) => return Ok(decided),
                Err(Unread::Failed(Failure::Conflict)) if retry.pause().await => {}
                Err(Unread::Failed(Failure::Exists(_))) => return Err(Undecided::Exists),
                Err(Unread::Failed(failure)) => return Err(Undecided::Failed(failure.into())),
                Err(Unread::Corrupt(source)) => return Err(Undecided::Failed(WriteError::OutcomeUnknown(source))),
            }
        }
    }

    /// What stands in the way: the same registration, another user of that name, or another passkey of that id.
    async fn why_not_registered(&self, user: &User, passkey: &Passkey) -> Result<(), RegisterError> {
        let unavailable = |error: ReadError| RegisterError::Unavailable(error.into());
        let holder = self.find_by_username(&user.username).await.map_err(unavailable)?;
        let stored = PasskeyRepo::find(self, &passkey.id).await.map_err(unavailable)?;
        match (holder, stored) {
            (Some(holder), Some(stored)) if holder == *user && stored == *passkey => Ok(()),
            (Some(_), _) => Err(RegisterError::UsernameTaken),
            (None, Some(_)) => Err(RegisterError::CredentialTaken),
            (None, None) => Err(RegisterError::Unavailable("another user has that id".into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connect::plan::{is_bounded, plan_of};

    #[tokio::test(flavor = "multi_thread")]
    async fn passkeys_are_found_by_record_id_or_index() {
        let stored = id::passkey(&CredentialId::from_bytes(vec![7]).unwrap()).into_value();
        let found = plan_of(FIND, vars([("stored", stored)])).await;
        assert!(is_bounded(&found) && found.contains("RecordIdScan"), "{found}");
        let user = || surrealdb::types::Uuid::nil().into_value();
        let two = "SELECT VALUE id FROM passkey WHERE user_id = $owner LIMIT 2";
        assert!(REMOVE.contains(two));
        let one = "SELECT VALUE user_handle FROM ONLY passkey WHERE user_id = $owner LIMIT 1";
        assert!(ADD.contains(one));
        for (text, name) in [(LIST_OF, "user"), (two, "owner"), (one, "owner")] {
            let plan = plan_of(text, vars([(name, user())])).await;
            assert!(is_bounded(&plan) && plan.contains("passkey_by_user"), "{plan}");
        }
    }
}
