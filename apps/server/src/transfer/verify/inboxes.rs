//! Inboxes: heads and entries, side by side.

use parlour_domain::port::ReadError;
use parlour_domain::{ArchiveKey, ArchiveRecord, InboxEntry, InboxHead, RoomEventKind, Unit, UserId};

use super::Check;
use super::walk::note;
use crate::transfer::records::{Record, Records, key_of};

const ENTRIES: Unit = Unit::InboxEntries;
const HEADS: Unit = Unit::InboxHeads;

/// The entries beside the heads: both are in the order of users.
struct Entries<'a> {
    records: Records<'a>,
    seen: u64,
}

impl Check<'_> {
    /// An inbox holds exactly the places after what was forgotten up to its head, and what is told makes sense.
    pub(super) async fn inboxes(&mut self) -> Result<(), ReadError> {
        let mut heads = self.walk(HEADS).await?;
        let total = self.store.archive.count(ENTRIES).await?;
        let mut entries = Entries { records: Records::of(&*self.store.archive, ENTRIES), seen: 0 };
        while let Some(page) = self.page(&mut heads).await? {
            for record in page {
                match record {
                    Ok(ArchiveRecord::Head(head)) => self.inbox(&mut entries, head).await?,
                    other => self.skip_inbox(&mut entries, &key_of(&other)).await?,
                }
            }
        }
        while let Some(entry) = self.next_entry(&mut entries).await? {
            self.found.add(ENTRIES, &key_of(&entry), "is in an inbox without a head");
        }
        self.counted(ENTRIES, total, entries.seen);
        Ok(())
    }

    async fn inbox(&mut self, entries: &mut Entries<'_>, head: InboxHead) -> Result<(), ReadError> {
        let key = ArchiveKey::Id(head.user.as_uuid());
        let InboxHead { user, head, forgotten } = head;
        self.entries_before(entries, user).await?;
        let mut last = forgotten;
        while let Some(entry) = self.next_entry_of(entries, user).await? {
            let ArchiveKey::Entry(_, seq) = key_of(&entry) else { continue };
            if seq != last.next() {
                self.found.add(ENTRIES, &key_of(&entry), format!("follows place {last}"));
            }
            last = seq;
            if let Ok(ArchiveRecord::Entry(entry)) = entry {
                self.event(&entry);
            }
        }
        if last != head {
            self.found.add(HEADS, &key, format!("head is {head}, but the last entry is {last}"));
        }
        if forgotten >= head {
            self.found.add(HEADS, &key, format!("head is {head}, but everything up to {forgotten} was forgotten"));
        }
        let read = self.store.inboxes.read(user, forgotten, 0).await;
        if let Some(read) = self.found.answered(HEADS, &key, "reading the inbox", read)?
            && (read.head, read.forgotten) != (head, forgotten)
        {
            self.found.add(HEADS, &key, format!("reads as head {} and {} forgotten", read.head, read.forgotten));
        }
        self.list_of(user).await
    }

    /// An inbox whose head does not parse: its entries are looked at all the same.
    async fn skip_inbox(&mut self, entries: &mut Entries<'_>, key: &ArchiveKey) -> Result<(), ReadError> {
        let ArchiveKey::Id(user) = key else { return Ok(()) };
        let user = UserId::from_uuid(*user);
        self.entries_before(entries, user).await?;
        while let Some(entry) = self.next_entry_of(entries, user).await? {
            if let Ok(ArchiveRecord::Entry(entry)) = entry {
                self.event(&entry);
            }
        }
        Ok(())
    }

    async fn entries_before(&mut self, entries: &mut Entries<'_>, user: UserId) -> Result<(), ReadError> {
        while let Some(next) = Self::peek(&mut self.found, entries).await? {
            if owner(&next).is_none_or(|owner| owner >= user) {
                return Ok(());
            }
            if let Some(entry) = self.next_entry(entries).await? {
                self.found.add(ENTRIES, &key_of(&entry), "is in an inbox without a head");
            }
        }
        Ok(())
    }

    async fn next_entry_of(&mut self, entries: &mut Entries<'_>, user: UserId) -> Result<Option<Record>, ReadError> {
        match Self::peek(&mut self.found, entries).await? {
            Some(next) if owner(&next) == Some(user) => self.next_entry(entries).await,
            _ => Ok(None),
        }
    }

    async fn next_entry(&mut self, entries: &mut Entries<'_>) -> Result<Option<Record>, ReadError> {
        if Self::peek(&mut self.found, entries).await?.is_none() {
            return Ok(None);
        }
        let record = entries.records.take().await?;
        if let Some(record) = &record {
            entries.seen += 1;
            note(&mut self.found, ENTRIES, record);
        }
        Ok(record)
    }

    /// The key of the next entry; `None` at the end, or where the entries cannot be read any further.
    async fn peek(found: &mut super::Findings, entries: &mut Entries<'_>) -> Result<Option<ArchiveKey>, ReadError> {
        match entries.records.peek().await {
            Ok(next) => Ok(next.map(key_of)),
            Err(ReadError::Corrupt(cause)) => {
                found.add_of_unit(ENTRIES, format!("cannot be read any further: {cause}"));
                entries.records.stop();
                Ok(None)
            }
            Err(unavailable) => Err(unavailable),
        }
    }

    /// Whoever is told that a room was created was in it.
    fn event(&mut self, entry: &InboxEntry) {
        let RoomEventKind::Created(snapshot) = &entry.event.kind else { return };
        let key = ArchiveKey::Entry(entry.recipient, entry.seq);
        if snapshot.room_id != entry.event.room_id {
            self.found.add(ENTRIES, &key, format!("tells of room {} as if it were another", entry.event.room_id));
        }
        if !snapshot.members.iter().any(|member| member.user_id == entry.recipient) {
            self.found.add(ENTRIES, &key, format!("tells of room {}, which they were not in", entry.event.room_id));
        }
    }
}

const fn owner(key: &ArchiveKey) -> Option<UserId> {
    match key {
        ArchiveKey::Entry(user, _) => Some(*user),
        _ => None,
    }
}
