//! Reading records in the order of their keys: each page is a range of record ids.

use parlour_domain::port::{ArchivePage, CorruptRecord, Source};
use parlour_domain::{
    ArchiveKey, ArchiveRecord, Block, CommitId, IdempotencyKey, Passkey, Room, Session, SetPolicy, TokenHash, Unit,
    User, UserId,
};
use surrealdb::types::{RecordId, RecordIdKey, SurrealValue, Value, Variables};
use uuid::Uuid;

use super::id_value;
use crate::SurrealStore;
use crate::classify::Unread;
use crate::connect::vars;
use crate::row::{
    AnswerRow, BlockRow, PasskeyRow, PolicyRow, RoomRow, SessionRow, UserRow, credential_of, hash_of, pair_of, range,
    uuid_of,
};

pub(super) const USERS: &str = "SELECT * FROM type::record('user', $after>..$until) LIMIT $limit";
pub(super) const SESSIONS: &str = "SELECT * FROM type::record('session', $after>..$until) LIMIT $limit";
pub(super) const PASSKEYS: &str = "SELECT * FROM type::record('passkey', $after>..$until) LIMIT $limit";
pub(super) const POLICIES: &str = "SELECT * FROM type::record('contact_policy', $after>..$until) LIMIT $limit";
pub(super) const BLOCKS: &str = "SELECT * FROM type::record('block', $after>..$until) LIMIT $limit";
pub(super) const ROOMS: &str = "SELECT * FROM type::record('room', $after>..$until) LIMIT $limit";
pub(super) const ANSWERS: &str = "SELECT * FROM type::record('answer', $after>..$until) LIMIT $limit";
pub(super) const COMMITS: &str = "SELECT VALUE id FROM type::record('applied_commit', $after>..$until) LIMIT $limit";

impl SurrealStore {
    pub(super) async fn export_page(
        &self,
        unit: Unit,
        after: Option<ArchiveKey>,
        limit: u32,
    ) -> Result<ArchivePage, Unread> {
        let after_id = match &after {
            Some(ArchiveKey::Id(id)) => Some(*id),
            // A key of another unit is before all of this one.
            _ => None,
        };
        match unit {
            Unit::Users => self.rows(USERS, range::ids(after_id), limit, user).await,
            Unit::Sessions => {
                let hash = match after {
                    Some(ArchiveKey::Session(hash)) => Some(hash),
                    _ => None,
                };
                self.rows(SESSIONS, range::sessions(hash.as_ref()), limit, session).await
            }
            Unit::Passkeys => {
                let id = match after {
                    Some(ArchiveKey::Passkey(id)) => Some(id),
                    _ => None,
                };
                self.rows(PASSKEYS, range::passkeys(id.as_ref()), limit, passkey).await
            }
            Unit::ContactPolicies => self.rows(POLICIES, range::ids(after_id), limit, policy).await,
            Unit::Blocks => {
                let pair = match after {
                    Some(ArchiveKey::Block(user, blocked)) => Some((user, blocked)),
                    _ => None,
                };
                self.rows(BLOCKS, range::blocks(pair), limit, block).await
            }
            Unit::Rooms => self.rows(ROOMS, range::ids(after_id), limit, room).await,
            Unit::InboxHeads => self.export_heads(after_id.map(UserId::from_uuid), limit).await,
            Unit::InboxEntries => self.export_entries(after, limit).await,
            Unit::Answers => {
                let place = match after {
                    Some(ArchiveKey::Answer(caller, key)) => Some((caller, key)),
                    _ => None,
                };
                self.rows(ANSWERS, range::answers(place), limit, answer).await
            }
            Unit::AppliedCommits => self.rows(COMMITS, range::ids(after_id), limit, commit).await,
        }
    }

    async fn rows(
        &self,
        text: &'static str,
        between: range::Between,
        limit: u32,
        read: fn(Value) -> Result<Exported, Unread>,
    ) -> Result<ArchivePage, Unread> {
        let [after, until] = between.vars();
        let vars: Variables = vars([after, until, ("limit", limit.into_value())]);
        let rows: Vec<Value> = self.engine.read(text, vars).await?;
        rows.into_iter().map(read).collect()
    }
}

type Exported = Result<ArchiveRecord, CorruptRecord>;

/// The record that a row is, or what is wrong with it, beside its key.
fn parse<R: SurrealValue>(
    row: Value,
    key: ArchiveKey,
    record: impl FnOnce(R) -> Result<ArchiveRecord, Unread>,
) -> Exported {
    let parsed = R::from_value(row).map_err(Unread::corrupt).and_then(record);
    parsed.map_err(|unread| CorruptRecord { key, cause: cause(unread) })
}

/// The words of the cause itself.
pub(super) fn cause(unread: Unread) -> Source {
    match unread {
        Unread::Corrupt(source) => source,
        failed @ Unread::Failed(_) => failed.into(),
    }
}

fn user(row: Value) -> Result<Exported, Unread> {
    let key = ArchiveKey::Id(uuid_of(&id_value(&row)?)?);
    Ok(parse(row, key, |row: UserRow| User::try_from(row).map(ArchiveRecord::User)))
}

fn session(row: Value) -> Result<Exported, Unread> {
    let hash: TokenHash = hash_of(&id_value(&row)?)?;
    Ok(parse(row, ArchiveKey::Session(hash), |row: SessionRow| Session::try_from(row).map(ArchiveRecord::Session)))
}

fn passkey(row: Value) -> Result<Exported, Unread> {
    let id = credential_of(&id_value(&row)?)?;
    Ok(parse(row, ArchiveKey::Passkey(id), |row: PasskeyRow| Passkey::try_from(row).map(ArchiveRecord::Passkey)))
}

fn policy(row: Value) -> Result<Exported, Unread> {
    let key = ArchiveKey::Id(uuid_of(&id_value(&row)?)?);
    Ok(parse(row, key, |row: PolicyRow| SetPolicy::try_from(row).map(ArchiveRecord::Policy)))
}

fn block(row: Value) -> Result<Exported, Unread> {
    let (user, blocked) = pair_of(&id_value(&row)?)?;
    Ok(parse(row, ArchiveKey::Block(user, blocked), |row: BlockRow| Block::try_from(row).map(ArchiveRecord::Block)))
}

fn room(row: Value) -> Result<Exported, Unread> {
    let key = ArchiveKey::Id(uuid_of(&id_value(&row)?)?);
    Ok(parse(row, key, |row: RoomRow| Room::try_from(row).map(ArchiveRecord::Room)))
}

fn answer(row: Value) -> Result<Exported, Unread> {
    let (caller, text) = request(&id_value(&row)?)?;
    let key = ArchiveKey::Answer(caller, text.clone());
    Ok(parse(row, key, move |row: AnswerRow| {
        let key = IdempotencyKey::parse(&text).map_err(Unread::corrupt)?;
        row.read(caller, &key).map(ArchiveRecord::Answer)
    }))
}

/// Whose answer a record is, and what they called the request.
fn request(id: &RecordId) -> Result<(UserId, String), Unread> {
    let RecordIdKey::Array(parts) = &id.key else { return Err(Unread::corrupt("answer id is no caller and key")) };
    let (caller, key): (Uuid, String) =
        SurrealValue::from_value(Value::Array(parts.clone())).map_err(Unread::corrupt)?;
    Ok((UserId::from_uuid(caller), key))
}

fn commit(id: Value) -> Result<Exported, Unread> {
    let id = RecordId::from_value(id).map_err(Unread::corrupt)?;
    Ok(Ok(ArchiveRecord::Commit(CommitId::from_uuid(uuid_of(&id)?))))
}

#[cfg(test)]
mod tests {
    use parlour_store_contract::fixture::{passkey, session, user, uuid};

    use super::*;
    use crate::connect::plan::{is_bounded, plan_of};

    #[tokio::test(flavor = "multi_thread")]
    async fn a_page_of_an_export_is_a_range_of_records() {
        let user = user();
        let hash = session(&user, user.created_at).token_hash;
        for (text, range) in [
            (USERS, range::ids(Some(user.id.as_uuid()))),
            (SESSIONS, range::sessions(Some(&hash))),
            (PASSKEYS, range::passkeys(Some(&passkey(&user, user.created_at).id))),
            (POLICIES, range::ids(Some(uuid()))),
            (BLOCKS, range::blocks(Some((user.id, user.id)))),
            (ROOMS, range::ids(Some(uuid()))),
            (ANSWERS, range::answers(Some((user.id, "key".to_owned())))),
            (COMMITS, range::ids(Some(uuid()))),
        ] {
            let [after, until] = range.vars();
            let plan = plan_of(text, vars([after, until, ("limit", 2.into_value())])).await;
            assert!(is_bounded(&plan) && plan.contains("limit: $limit"), "{plan}");
        }
    }
}
