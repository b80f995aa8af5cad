//! Reading inboxes as records. An inbox is a range that begins with its newest entry, which is its head; records are
//! wanted by user and ascending, so one inbox is read after the other, in pieces from the old end on.

use parlour_domain::port::{ArchivePage, CorruptRecord};
use parlour_domain::{ArchiveKey, ArchiveRecord, InboxEntry, InboxHead, Seq, UserId};
use surrealdb::types::{RecordId, SurrealValue, Value};

use super::export::cause;
use super::id_value;
use crate::SurrealStore;
use crate::classify::Unread;
use crate::connect::vars;
use crate::row::{ReadEntry, id, place, range};

const NEWEST: &str = "SELECT VALUE id FROM ONLY type::record('inbox', $after>..$until) LIMIT 1";
const PIECE: &str = "SELECT id, event ?? shared.event AS event FROM $range";
const FORGOTTEN: &str = "SELECT VALUE seq FROM ONLY $forgotten";

impl SurrealStore {
    pub(super) async fn count_inboxes(&self) -> Result<u64, Unread> {
        let (mut counted, mut last) = (0, None);
        while let Some((user, _)) = self.next_inbox(last).await? {
            counted += 1;
            last = Some(user);
        }
        Ok(counted)
    }

    pub(super) async fn export_heads(&self, after: Option<UserId>, limit: u32) -> Result<ArchivePage, Unread> {
        let (mut page, mut last) = (ArchivePage::new(), after);
        for _ in 0..limit {
            let Some((user, head)) = self.next_inbox(last).await? else { break };
            let vars = vars([("forgotten", id::forgotten(user).into_value())]);
            let forgotten: Option<i64> = self.engine.read(FORGOTTEN, vars).await?;
            let forgotten = Seq::new(forgotten.map_or(0, i64::unsigned_abs));
            page.push(Ok(ArchiveRecord::Head(InboxHead { user, head, forgotten })));
            last = Some(user);
        }
        Ok(page)
    }

    pub(super) async fn export_entries(&self, after: Option<ArchiveKey>, limit: u32) -> Result<ArchivePage, Unread> {
        let mut page = ArchivePage::new();
        let mut at = match after {
            Some(ArchiveKey::Entry(user, seq)) => match self.head_of(user).await? {
                Some(head) => Some((user, seq, head)),
                None => self.first_of_next(Some(user)).await?,
            },
            _ => self.first_of_next(None).await?,
        };
        while let Some((user, seen, head)) = at {
            let missing = limit.saturating_sub(u32::try_from(page.len()).unwrap_or(limit));
            if missing == 0 {
                break;
            }
            if seen >= head {
                at = self.first_of_next(Some(user)).await?;
                continue;
            }
            let piece = self.piece(user, seen, missing).await?;
            let seen = match piece.last() {
                Some(last) => place(&id_value(last)?)?.1,
                // Places are dense, so what is missing here was forgotten; damage may have made other gaps.
                None => Seq::new(self.oldest_after(user, seen, head).await?.get() - 1),
            };
            for row in piece {
                page.push(entry(row)?);
            }
            at = Some((user, seen, head));
        }
        Ok(page)
    }

    /// The place before the inbox that comes after that of `last`, and its head.
    async fn first_of_next(&self, last: Option<UserId>) -> Result<Option<(UserId, Seq, Seq)>, Unread> {
        Ok(self.next_inbox(last).await?.map(|(user, head)| (user, Seq::ZERO, head)))
    }

    /// Whose inbox comes after that of `last`, and its head.
    async fn next_inbox(&self, last: Option<UserId>) -> Result<Option<(UserId, Seq)>, Unread> {
        self.newest(range::inboxes_of_others(last)).await
    }

    async fn head_of(&self, user: UserId) -> Result<Option<Seq>, Unread> {
        Ok(self.newest(range::inbox(user)).await?.map(|(_, head)| head))
    }

    async fn newest(&self, between: range::Between) -> Result<Option<(UserId, Seq)>, Unread> {
        let newest: Option<RecordId> = self.engine.read(NEWEST, vars(between.vars())).await?;
        newest.as_ref().map(place).transpose()
    }

    /// The entries within `limit` places after `seen`, ascending.
    async fn piece(&self, user: UserId, seen: Seq, limit: u32) -> Result<Vec<Value>, Unread> {
        let last = Seq::new(seen.get().saturating_add(limit.into()));
        let vars = vars([("range", range::entries(user, seen.next(), last).into_value())]);
        let mut rows: Vec<Value> = self.engine.read(PIECE, vars).await?;
        rows.reverse();
        Ok(rows)
    }

    /// The oldest entry of `user` after `seen`, given that the one at `head` is there: by halves, since a range is only
    /// read from its newest entry on.
    async fn oldest_after(&self, user: UserId, seen: Seq, head: Seq) -> Result<Seq, Unread> {
        let (mut none_up_to, mut some_up_to) = (seen.get(), head.get());
        while some_up_to - none_up_to > 1 {
            let middle = none_up_to + (some_up_to - none_up_to) / 2;
            match self.newest(range::inbox_part(user, seen, Seq::new(middle))).await? {
                Some((_, found)) => some_up_to = found.get(),
                None => none_up_to = middle,
            }
        }
        Ok(Seq::new(some_up_to))
    }
}

fn entry(row: Value) -> Result<Result<ArchiveRecord, CorruptRecord>, Unread> {
    let (user, seq) = place(&id_value(&row)?)?;
    let parsed = ReadEntry::from_value(row).map_err(Unread::corrupt).and_then(InboxEntry::try_from);
    let corrupt = |unread| CorruptRecord { key: ArchiveKey::Entry(user, seq), cause: cause(unread) };
    Ok(parsed.map(ArchiveRecord::Entry).map_err(corrupt))
}

#[cfg(test)]
mod tests {
    use parlour_domain::Unit;
    use parlour_domain::port::{Archive, InboxRepo, RoomRepo};
    use parlour_store_contract::fixture::{Creation, at, people, user};

    use super::*;
    use crate::connect::plan::{is_bounded, plan_of};

    #[tokio::test(flavor = "multi_thread")]
    async fn inboxes_are_exported_by_ranges() {
        let user = user().id;
        for range in [
            range::inboxes_of_others(Some(user)),
            range::inbox(user),
            range::inbox_part(user, Seq::new(3), Seq::new(9)),
        ] {
            let plan = plan_of(NEWEST, vars(range.vars())).await;
            assert!(is_bounded(&plan) && plan.contains("limit: 1"), "{plan}");
        }
        let piece = range::entries(user, Seq::new(3), Seq::new(9)).into_value();
        let plan = plan_of(PIECE, vars([("range", piece)])).await;
        assert!(is_bounded(&plan) && plan.contains("RecordIdScan"), "{plan}");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn entries_are_found_behind_a_gap_of_any_width() {
        let store = SurrealStore::connect("surreal-mem:").await.unwrap();
        let [alice, bob] = people();
        for seconds in 0..40 {
            let commit = Creation::group(&alice, std::slice::from_ref(&bob)).at(at(seconds)).commit();
            let _ = store.commit(commit).await.unwrap();
        }
        InboxRepo::forget(&store, at(30)).await.unwrap();
        store.run_raw(&format!("DELETE inbox:[u'{}', -33]..=[u'{}', -32]", alice.id, alice.id)).await.unwrap();
        for limit in [1, 2, 7, 100] {
            let (mut places, mut after) = (Vec::new(), None);
            loop {
                let page = store.export(Unit::InboxEntries, after.clone(), limit).await.unwrap();
                let Some(last) = page.last() else { break };
                after = Some(last.as_ref().unwrap().key());
                places.extend(page.into_iter().map(|record| match record.unwrap() {
                    ArchiveRecord::Entry(entry) => (entry.recipient, entry.seq.get()),
                    other => panic!("{other:?}"),
                }));
            }
            let of_alice = [31].into_iter().chain(34..=40).map(|seq| (alice.id, seq));
            let expected: Vec<_> = of_alice.chain((31..=40).map(|seq| (bob.id, seq))).collect();
            assert_eq!(places, expected, "{limit}");
        }
    }
}
