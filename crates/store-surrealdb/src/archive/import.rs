//! Writing records: a page and its mark are one statement.

use std::collections::BTreeMap;

use parlour_domain::port::{ImportError, WriteError};
use parlour_domain::{ArchiveRecord, EventId, ImportMark, ImportStep, InboxEntry, InboxHead, Room, Seq, User};
use parlour_store_codec::{encode_event, encode_mark};
use surrealdb::types::{Bytes, Object, RecordId, SurrealValue, Value, Variables};

use crate::SurrealStore;
use crate::classify::{Failure, Unread};
use crate::connect::{Retry, vars};
use crate::row::{
    AnswerRow, BlockRow, EntryRow, PasskeyRow, PolicyRow, RoomRow, SessionRow, SharedEventRow, UserRow, Way, id,
    integer,
};

const BEGIN: &str = "CREATE import_mark:only SET mark = $mark RETURN NONE";
/// What is shared may have come before, with entries of other inboxes: then more of them lead to it.
const IMPORT: &str = "{
    LET $mark = (SELECT VALUE mark FROM ONLY import_mark:only);
    IF $mark = $to { RETURN true };
    IF $mark = NONE OR $mark != $from { RETURN false };
    INSERT $rows RETURN NONE;
    FOR $event IN $shared {
        UPSERT $event.id SET event = $event.event, entries = (entries ?? 0) + $event.entries RETURN NONE;
    };
    UPDATE import_mark:only SET mark = $to RETURN NONE;
    RETURN true;
}";
/// Whatever is remembered of heads is older than what was imported.
const FINISH: &str = "{
    LET $mark = (SELECT VALUE mark FROM ONLY import_mark:only);
    IF $mark = NONE { RETURN true };
    IF $mark != $expected { RETURN false };
    DELETE import_mark:only RETURN NONE;
    UPDATE epoch:inbox SET n += 1 RETURN NONE;
    RETURN true;
}";

/// An event of this size or more is kept once, beside the entries: how many there will be is not known here.
const SMALLEST_SHARED: usize = 1024;

impl SurrealStore {
    pub(super) async fn begin(&self, mark: &ImportMark) -> Result<(), ImportError> {
        if let Some(begun) = self.import_mark().await.map_err(unread)? {
            return if begun == *mark { Ok(()) } else { Err(ImportError::OtherMark) };
        }
        for unit in mark.units() {
            if !self.is_empty(unit).await.map_err(unread)? {
                return Err(ImportError::NotEmpty(unit));
            }
        }
        let vars = vars([("mark", Bytes::from(encode_mark(mark)).into_value())]);
        match self.engine.write(BEGIN, vars).await {
            // Somebody else was faster.
            Err(Failure::Exists(_) | Failure::Conflict) => Err(ImportError::OtherMark),
            done => done.map_err(failed),
        }
    }

    pub(super) async fn apply_step(&self, step: ImportStep) -> Result<(), ImportError> {
        let ImportStep { from, to, records } = step;
        let (rows, shared) = Page::of(&records).into_values();
        self.move_mark(
            IMPORT,
            vars([
                ("from", Bytes::from(encode_mark(&from)).into_value()),
                ("to", Bytes::from(encode_mark(&to)).into_value()),
                ("rows", rows.into_value()),
                ("shared", shared.into_value()),
            ]),
        )
        .await
    }

    pub(super) async fn finish(&self, mark: &ImportMark) -> Result<(), ImportError> {
        self.move_mark(FINISH, vars([("expected", Bytes::from(encode_mark(mark)).into_value())])).await
    }

    /// Runs a text that answers whether the mark was where it was expected.
    async fn move_mark(&self, text: &'static str, vars: Variables) -> Result<(), ImportError> {
        let mut retry = Retry::default();
        loop {
            match self.engine.read(text, vars.clone()).await {
                Ok(true) => return Ok(()),
                Ok(false) => return Err(ImportError::OtherMark),
                Err(Unread::Failed(Failure::Conflict)) if retry.pause().await => {}
                Err(Unread::Failed(failure)) => return Err(failed(failure)),
                Err(Unread::Corrupt(source)) => return Err(ImportError::OutcomeUnknown(source)),
            }
        }
    }
}

fn failed(failure: Failure) -> ImportError {
    match failure {
        Failure::Exists(_) => ImportError::Refused(failure.into()),
        other => match WriteError::from(other) {
            WriteError::Unavailable(source) => ImportError::Unavailable(source),
            WriteError::OutcomeUnknown(source) => ImportError::OutcomeUnknown(source),
        },
    }
}

/// Reading writes nothing.
fn unread(unread: Unread) -> ImportError {
    ImportError::Unavailable(unread.into())
}

/// The rows of some records, those of one table together.
#[derive(Default)]
struct Page {
    rows: Vec<(String, Value)>,
    shared: BTreeMap<EventId, SharedEventRow>,
}

impl Page {
    fn of(records: &[ArchiveRecord]) -> Self {
        let mut page = Self::default();
        for record in records {
            match record {
                ArchiveRecord::User(user) => page.add_user(user),
                ArchiveRecord::Session(session) => {
                    page.add(&id::session(&session.token_hash), SessionRow::from(session).into_value());
                }
                ArchiveRecord::Passkey(passkey) => {
                    page.add(&id::passkey(&passkey.id), PasskeyRow::from(passkey).into_value());
                }
                ArchiveRecord::Policy(set) => {
                    page.add(&id::contact_policy(set.user), PolicyRow::from(set).into_value());
                }
                ArchiveRecord::Block(block) => {
                    page.add(&id::block(block.user, block.blocked), BlockRow::from(block).into_value());
                }
                ArchiveRecord::Room(room) => page.add_room(room),
                ArchiveRecord::Head(head) => page.add_head(*head),
                ArchiveRecord::Entry(entry) => page.add_entry(entry),
                ArchiveRecord::Answer(record) => {
                    page.add(&id::answer(record.caller, &record.key), AnswerRow::from(record).into_value());
                }
                ArchiveRecord::Commit(commit) => page.add(&id::commit(*commit), bare(id::commit(*commit), [])),
            }
        }
        page.rows.sort_by(|(one, _), (other, _)| one.cmp(other));
        page
    }

    fn add(&mut self, id: &RecordId, row: Value) {
        self.rows.push((id.table.to_string(), row));
    }

    fn add_user(&mut self, user: &User) {
        self.add(&id::user(user.id), UserRow::from(user).into_value());
        self.add(&id::username(&user.username.key()), id::username_row(user));
    }

    fn add_room(&mut self, room: &Room) {
        self.add(&id::room(room.id()), RoomRow::from(room).into_value());
        for way in Way::all(room) {
            self.add(&way.id(), way.row(room));
        }
    }

    /// The head itself is the newest entry.
    fn add_head(&mut self, head: InboxHead) {
        let InboxHead { user, head: _, forgotten } = head;
        if forgotten > Seq::ZERO {
            let id = id::forgotten(user);
            self.add(&id, bare(id.clone(), [("seq", integer(forgotten.get()).into_value())]));
        }
    }

    fn add_entry(&mut self, entry: &InboxEntry) {
        let InboxEntry { recipient, seq, event } = entry;
        let bytes = Bytes::from(encode_event(event));
        let row = if bytes.len() < SMALLEST_SHARED {
            EntryRow::inline(*recipient, *seq, event.at, bytes)
        } else {
            let shared = self.shared.entry(event.id).or_insert_with(|| SharedEventRow {
                id: id::shared_event(event.id),
                event: bytes,
                entries: 0,
            });
            shared.entries += 1;
            EntryRow::shared(*recipient, *seq, event.at, event.id)
        };
        self.add(&id::inbox(*recipient, *seq), row.into_value());
    }

    fn into_values(self) -> (Vec<Value>, Vec<Value>) {
        let rows = self.rows.into_iter().map(|(_, row)| row).collect();
        (rows, self.shared.into_values().map(SharedEventRow::into_value).collect())
    }
}

fn bare<const N: usize>(id: RecordId, fields: [(&str, Value); N]) -> Value {
    let mut row = Object::new();
    row.insert("id", id);
    for (name, value) in fields {
        row.insert(name, value);
    }
    Value::Object(row)
}
