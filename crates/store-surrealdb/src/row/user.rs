//! Users and their sessions.

use parlour_domain::{DisplayName, Session, SessionId, TokenHash, User, UserId, Username, fold};
use surrealdb::types::{RecordId, RecordIdKey, SurrealValue};
use uuid::Uuid;

use super::{id, instant};
use crate::classify::Unread;

/// `user:<id>`
#[derive(SurrealValue)]
pub(crate) struct UserRow {
    id: RecordId,
    username: String,
    display_name: String,
    username_key: Option<String>,
    username_folded: Option<String>,
    display_name_folded: Option<String>,
    is_active: bool,
    is_verified: bool,
    created_at: i64,
}

impl From<&User> for UserRow {
    fn from(user: &User) -> Self {
        let User { id: user_id, username, display_name, is_active, is_verified, created_at } = user;
        Self {
            id: id::user(*user_id),
            username: username.as_str().to_owned(),
            display_name: display_name.as_str().to_owned(),
            username_key: Some(username.key().as_str().to_owned()),
            username_folded: Some(fold(username.as_str())),
            display_name_folded: Some(fold(display_name.as_str())),
            is_active: *is_active,
            is_verified: *is_verified,
            created_at: created_at.as_micros(),
        }
    }
}

impl TryFrom<UserRow> for User {
    type Error = Unread;

    fn try_from(row: UserRow) -> Result<Self, Unread> {
        let UserRow { id, username, display_name, is_active, is_verified, created_at, .. } = row;
        Ok(Self {
            id: UserId::from_uuid(uuid_of(&id)?),
            username: Username::parse(&username).map_err(Unread::corrupt)?,
            display_name: DisplayName::parse(&display_name).map_err(Unread::corrupt)?,
            is_active,
            is_verified,
            created_at: instant(created_at)?,
        })
    }
}

/// `session:<hash of the token>`
#[derive(SurrealValue)]
pub(crate) struct SessionRow {
    id: RecordId,
    session_id: Uuid,
    user_id: Uuid,
    created_at: i64,
    expires_at: i64,
}

impl From<&Session> for SessionRow {
    fn from(session: &Session) -> Self {
        let Session { id: session_id, user_id, token_hash, created_at, expires_at } = session;
        Self {
            id: id::session(token_hash),
            session_id: session_id.as_uuid(),
            user_id: user_id.as_uuid(),
            created_at: created_at.as_micros(),
            expires_at: expires_at.as_micros(),
        }
    }
}

impl TryFrom<SessionRow> for Session {
    type Error = Unread;

    fn try_from(row: SessionRow) -> Result<Self, Unread> {
        let SessionRow { id, session_id, user_id, created_at, expires_at } = row;
        Ok(Self {
            id: SessionId::from_uuid(session_id),
            user_id: UserId::from_uuid(user_id),
            token_hash: hash_of(&id)?,
            created_at: instant(created_at)?,
            expires_at: instant(expires_at)?,
        })
    }
}

pub(crate) fn uuid_of(id: &RecordId) -> Result<Uuid, Unread> {
    match &id.key {
        RecordIdKey::Uuid(uuid) => Ok((*uuid).into()),
        _ => Err(Unread::corrupt("record id is no uuid")),
    }
}

pub(crate) fn hash_of(id: &RecordId) -> Result<TokenHash, Unread> {
    let malformed = || Unread::corrupt("session id is no hash of a token");
    let RecordIdKey::String(digits) = &id.key else { return Err(malformed()) };
    let mut bytes = [0; 32];
    if digits.len() != 2 * bytes.len() || !digits.is_ascii() {
        return Err(malformed());
    }
    for (byte, at) in bytes.iter_mut().zip((0..).step_by(2)) {
        *byte = u8::from_str_radix(&digits[at..at + 2], 16).map_err(Unread::corrupt)?;
    }
    Ok(TokenHash::from_bytes(bytes))
}
