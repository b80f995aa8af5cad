//! The stored form of everything, and the way back. A row that does not parse is a [`CorruptRow`].

pub(crate) mod passkey;

use std::collections::BTreeMap;
use std::sync::Arc;

use parlour_domain::port::Source;
use parlour_domain::{
    Block, ContactPolicy, DisplayName, Fingerprint, IdempotencyKey, IdempotencyRecord, ImportMark, InboxEntry,
    InvalidContactPolicy, Participant, Revision, Room, RoomEvent, RoomId, RoomKind, RoomName, RoomParts, Seq, Session,
    SessionId, Timestamp, TokenHash, User, UserId, Username,
};
use parlour_store_codec::{
    CodecError, decode_answer, decode_event, decode_mark, encode_answer, encode_event, encode_mark,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::classify::{CorruptRow, Flaw};

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct UserRow {
    /// By which the name is found and is unique.
    pub(crate) key: String,
    username: String,
    display_name: String,
    pub(crate) is_active: bool,
    is_verified: bool,
    created_at: i64,
}

impl UserRow {
    pub(crate) fn of(user: &User) -> Self {
        let User { id: _, username, display_name, is_active, is_verified, created_at } = user;
        Self {
            key: username.key().as_str().to_owned(),
            username: username.to_string(),
            display_name: display_name.to_string(),
            is_active: *is_active,
            is_verified: *is_verified,
            created_at: created_at.as_micros(),
        }
    }

    pub(crate) fn rename(&mut self, name: &DisplayName) {
        self.display_name = name.to_string();
    }

    pub(crate) fn parse(&self, id: Uuid) -> Result<User, CorruptRow> {
        let user = || {
            Ok::<_, Source>(User {
                id: UserId::from_uuid(id),
                username: Username::parse(&self.username)?,
                display_name: DisplayName::parse(&self.display_name)?,
                is_active: self.is_active,
                is_verified: self.is_verified,
                created_at: Timestamp::from_micros(self.created_at)?,
            })
        };
        user().map_err(|cause| CorruptRow { table: "user", id, cause })
    }
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct SessionRow {
    pub(crate) user_id: Uuid,
    pub(crate) token_hash: [u8; 32],
    created_at: i64,
    pub(crate) expires_at: i64,
}

impl SessionRow {
    pub(crate) fn of(session: &Session) -> Self {
        let Session { id: _, user_id, token_hash, created_at, expires_at } = session;
        Self {
            user_id: user_id.as_uuid(),
            token_hash: *token_hash.as_bytes(),
            created_at: created_at.as_micros(),
            expires_at: expires_at.as_micros(),
        }
    }

    pub(crate) fn parse(&self, id: Uuid) -> Result<Session, CorruptRow> {
        let session = || {
            Ok::<_, Source>(Session {
                id: SessionId::from_uuid(id),
                user_id: UserId::from_uuid(self.user_id),
                token_hash: TokenHash::from_bytes(self.token_hash),
                created_at: Timestamp::from_micros(self.created_at)?,
                expires_at: Timestamp::from_micros(self.expires_at)?,
            })
        };
        session().map_err(|cause| CorruptRow { table: "session", id, cause })
    }
}

pub(crate) fn policy_of(user: UserId, name: &str) -> Result<ContactPolicy, CorruptRow> {
    let policy: Result<ContactPolicy, InvalidContactPolicy> = name.parse();
    policy.map_err(|cause| CorruptRow { table: "policy of", id: user.as_uuid(), cause: cause.into() })
}

pub(crate) fn block_of(user: UserId, blocked: Uuid, at: i64) -> Result<Block, CorruptRow> {
    let at = Timestamp::from_micros(at);
    let at = at.map_err(|cause| CorruptRow { table: "block by", id: user.as_uuid(), cause: cause.into() })?;
    Ok(Block { user, blocked: UserId::from_uuid(blocked), at })
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct RoomRow {
    pub(crate) kind: String,
    pub(crate) expires_at: Option<i64>,
    name: Option<String>,
    pub(crate) participants: BTreeMap<Uuid, ParticipantRow>,
    created_by: Uuid,
    created_at: i64,
    pub(crate) updated_at: i64,
    pub(crate) revision: u64,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct ParticipantRow {
    role: String,
    joined_at: i64,
}

impl ParticipantRow {
    pub(crate) fn of(participant: &Participant) -> Self {
        let Participant { user_id: _, role, joined_at } = participant;
        Self { role: role.as_str().to_owned(), joined_at: joined_at.as_micros() }
    }

    fn parse(&self, user_id: Uuid) -> Result<Participant, Source> {
        Ok(Participant {
            user_id: UserId::from_uuid(user_id),
            role: self.role.parse()?,
            joined_at: Timestamp::from_micros(self.joined_at)?,
        })
    }
}

impl RoomRow {
    pub(crate) fn of(room: &Room, participants: BTreeMap<Uuid, ParticipantRow>) -> Self {
        Self {
            kind: room.kind().as_str().to_owned(),
            expires_at: room.kind().expires_at().map(Timestamp::as_micros),
            name: room.name().map(ToString::to_string),
            participants,
            created_by: room.created_by().as_uuid(),
            created_at: room.created_at().as_micros(),
            updated_at: room.updated_at().as_micros(),
            revision: room.revision().get(),
        }
    }

    pub(crate) fn parse(&self, id: Uuid) -> Result<Room, CorruptRow> {
        let room = || {
            let expires_at = self.expires_at.map(Timestamp::from_micros).transpose()?;
            let participants = self.participants.iter().map(|(user, row)| row.parse(*user));
            Ok::<_, Source>(Room::restore(RoomParts {
                id: RoomId::from_uuid(id),
                kind: RoomKind::from_parts(&self.kind, expires_at).ok_or_else(|| Flaw::Kind(self.kind.clone()))?,
                name: self.name.as_deref().map(RoomName::parse).transpose()?,
                participants: participants.collect::<Result<_, Source>>()?,
                created_by: UserId::from_uuid(self.created_by),
                created_at: Timestamp::from_micros(self.created_at)?,
                updated_at: Timestamp::from_micros(self.updated_at)?,
                revision: Revision::new(self.revision),
            })?)
        };
        room().map_err(|cause| CorruptRow { table: "room", id, cause })
    }
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct AnswerRow {
    fingerprint: [u8; 32],
    answer: String,
    created_at: i64,
    pub(crate) expires_at: i64,
}

impl AnswerRow {
    pub(crate) fn of(record: &IdempotencyRecord) -> Self {
        let IdempotencyRecord { caller: _, key: _, fingerprint, answer, created_at, expires_at } = record;
        Self {
            fingerprint: *fingerprint.as_bytes(),
            answer: text(&encode_answer(answer)),
            created_at: created_at.as_micros(),
            expires_at: expires_at.as_micros(),
        }
    }

    pub(crate) fn parse(&self, caller: UserId, key: &IdempotencyKey) -> Result<IdempotencyRecord, CorruptRow> {
        let record = || {
            Ok::<_, Source>(IdempotencyRecord {
                caller,
                key: key.clone(),
                fingerprint: Fingerprint::from_bytes(self.fingerprint),
                answer: decode_answer(self.answer.as_bytes())?,
                created_at: Timestamp::from_micros(self.created_at)?,
                expires_at: Timestamp::from_micros(self.expires_at)?,
            })
        };
        record().map_err(|cause| CorruptRow { table: "answer of", id: caller.as_uuid(), cause })
    }
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct EventRow {
    pub(crate) at: i64,
    body: String,
}

impl EventRow {
    pub(crate) fn of(event: &RoomEvent) -> Self {
        Self { at: event.at.as_micros(), body: text(&encode_event(event)) }
    }

    pub(crate) fn parse(&self, recipient: UserId, seq: u64) -> Result<InboxEntry, CorruptRow> {
        let event = decode_event(self.body.as_bytes());
        let corrupt = |cause| CorruptRow { table: "inbox entry of", id: recipient.as_uuid(), cause };
        let event = event.map_err(|cause| corrupt(Source::from(cause)))?;
        Ok(InboxEntry { recipient, seq: Seq::new(seq), event: Arc::new(event) })
    }
}

/// One mark has one text, so two are compared without parsing them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MarkRow(String);

impl MarkRow {
    pub(crate) fn of(mark: &ImportMark) -> Self {
        Self(text(&encode_mark(mark)))
    }

    pub(crate) fn parse(&self) -> Result<ImportMark, CodecError> {
        decode_mark(self.0.as_bytes())
    }
}

/// The codec writes JSON, which is UTF-8: nothing is lost.
fn text(json: &[u8]) -> String {
    String::from_utf8_lossy(json).into_owned()
}
