//! Who shares a room with somebody: asked whenever a policy makes it matter, of people who may be in any number of rooms.
//!
//! A direct room is found by its pair. For whom there is none, two walks go on in turn, a page each, until one of them is
//! at its end or everyone is found: through the user's rooms, which decides about all who are asked for, and through the
//! rooms of the others, where the user is looked for. Whoever is in few rooms makes it short, however many rooms the other
//! one is in.

use std::collections::{BTreeMap, BTreeSet};

use parlour_domain::{DirectPair, RoomCursor, RoomId, Timestamp, UserId};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, IntoIden, Query, SelectStatement, UnionType};
use sea_orm::{ColumnTrait, ConnectionTrait, QueryResult};

use super::living_memberships;
use crate::SqlStore;
use crate::classify::Failure;
use crate::row::{CorruptRow, participant, room};

const ROOMS_AT_ONCE: u32 = 200;
/// So many of the others are walked through at the same time.
const OTHERS_AT_ONCE: usize = 16;

impl SqlStore {
    /// Those of `others`, each there once and none of them `user`, who share a room with `user` that lives at `now`.
    pub(super) async fn company(
        &self,
        user: UserId,
        others: &[UserId],
        now: Timestamp,
    ) -> Result<BTreeSet<UserId>, Failure> {
        let partners = self.reading().query_all(&partners(user, others)).await?;
        let partners = partners.iter().map(|row| Ok(UserId::from_uuid(row.try_get("", "partner")?)));
        let mut sharing = partners.collect::<Result<BTreeSet<_>, Failure>>()?;
        let mut own = Walk::of(user);
        let mut theirs: BTreeMap<UserId, Walk> =
            others.iter().filter(|other| !sharing.contains(other)).map(|other| (*other, Walk::of(*other))).collect();
        while !theirs.is_empty() && !own.is_over {
            let asked: Vec<UserId> = theirs.keys().copied().collect();
            let page = self.places(own.page(&asked, now)).await?;
            own.passed(&page);
            for found in page.iter().filter_map(|place| place.beside) {
                theirs.remove(&found);
                sharing.insert(found);
            }
            if theirs.is_empty() || own.is_over {
                break;
            }
            let walks = theirs.values().take(OTHERS_AT_ONCE).map(|walk| walk.page(&[user], now));
            let pages = self.places(one_after_another(walks)).await?;
            let walked: Vec<UserId> = theirs.keys().copied().take(OTHERS_AT_ONCE).collect();
            for other in walked {
                let page: Vec<Place> = pages.iter().filter(|place| place.of == other).copied().collect();
                let is_shared = page.iter().any(|place| place.beside.is_some());
                let is_over = theirs.get_mut(&other).is_none_or(|walk| walk.passed(&page));
                if is_shared {
                    sharing.insert(other);
                }
                if is_shared || is_over {
                    theirs.remove(&other);
                }
            }
        }
        Ok(sharing)
    }

    async fn places(&self, pages: SelectStatement) -> Result<Vec<Place>, Failure> {
        self.reading().query_all(&pages).await?.iter().map(Place::read).collect()
    }
}

/// Those with whom the user has a direct room, which never expires.
fn partners(user: UserId, others: &[UserId]) -> SelectStatement {
    use room::Column::{DirectHigh, DirectLow};
    let (lower, higher): (Vec<UserId>, Vec<UserId>) =
        others.iter().partition(|other| DirectPair::new(user, **other).low() == **other);
    let sides = [(DirectHigh, DirectLow, lower), (DirectLow, DirectHigh, higher)];
    one_after_another(sides.into_iter().filter(|(_, _, others)| !others.is_empty()).map(|(own, partner, others)| {
        Query::select()
            .expr_as(Expr::col(partner), Alias::new("partner"))
            .from(room::Entity)
            .and_where(own.eq(user.as_uuid()))
            .and_where(partner.is_in(others.into_iter().map(UserId::as_uuid)))
            .to_owned()
    }))
}

fn one_after_another(selections: impl Iterator<Item = SelectStatement>) -> SelectStatement {
    let mut selections = selections;
    let mut all = selections.next().unwrap_or_default();
    for selection in selections {
        all.union(UnionType::All, selection);
    }
    all
}

/// A room of somebody's, and one of those who were looked for in it.
#[derive(Clone, Copy)]
struct Place {
    of: UserId,
    cursor: RoomCursor,
    beside: Option<UserId>,
}

impl Place {
    fn read(row: &QueryResult) -> Result<Self, Failure> {
        let updated_at = Timestamp::from_micros(row.try_get("", "room_updated_at")?);
        let updated_at = updated_at.map_err(|error| CorruptRow::new("activity of a room", error))?;
        let beside: Option<Uuid> = row.try_get("", "beside")?;
        Ok(Self {
            of: UserId::from_uuid(row.try_get("", "user_id")?),
            cursor: RoomCursor { updated_at, room_id: RoomId::from_uuid(row.try_get("", "room_id")?) },
            beside: beside.map(UserId::from_uuid),
        })
    }
}

/// A walk through somebody's list, a page at a time. A room that is active meanwhile moves to the top, perhaps from where
/// the walk has not come yet to where it has been: after more than one page it goes on with what is newer than its
/// beginning.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Walk {
    user: UserId,
    after: Option<RoomCursor>,
    until: Option<RoomCursor>,
    newest: Option<RoomCursor>,
    is_over: bool,
}

impl Walk {
    const fn of(user: UserId) -> Self {
        Self { user, after: None, until: None, newest: None, is_over: false }
    }

    /// The next rooms, each beside those of `others` who are in it, or beside nobody.
    fn page(&self, others: &[UserId], now: Timestamp) -> SelectStatement {
        use participant::Column::{RoomId, RoomUpdatedAt, UserId};
        let (place, beside) = (Alias::new("place").into_iden(), Alias::new("beside").into_iden());
        let columns = [UserId, RoomId, RoomUpdatedAt];
        let mut places = living_memberships(self.user, now, self.after, ROOMS_AT_ONCE);
        places.columns(columns.map(|column| (participant::Entity, column)));
        if let Some(RoomCursor { updated_at, room_id }) = self.until {
            let later = RoomUpdatedAt.gt(updated_at.as_micros());
            let equally_old = RoomUpdatedAt.eq(updated_at.as_micros()).and(RoomId.gt(room_id.as_uuid()));
            places.and_where(later.or(equally_old));
        }
        let is_asked_for = Expr::col((beside.clone(), UserId)).is_in(others.iter().map(|other| other.as_uuid()));
        Query::select()
            .columns(columns.map(|column| (place.clone(), column)))
            .expr_as(Expr::col((beside.clone(), UserId)), beside.clone())
            .from_subquery(places, place.clone())
            .join_as(
                sea_orm::JoinType::LeftJoin,
                participant::Entity,
                beside.clone(),
                Expr::col((beside, RoomId)).equals((place, RoomId)).and(is_asked_for),
            )
            .to_owned()
    }

    /// Goes on behind a page, in any order, and answers whether it is at its end.
    fn passed(&mut self, page: &[Place]) -> bool {
        let places: BTreeSet<RoomCursor> = page.iter().map(|place| place.cursor).collect();
        let is_full = places.len() >= ROOMS_AT_ONCE as usize;
        if self.after.is_none() {
            self.newest = places.last().copied();
            self.is_over = !is_full;
        }
        if is_full {
            self.after = places.first().copied();
        } else {
            (self.after, self.until) = (None, self.newest);
        }
        self.is_over
    }
}

#[cfg(test)]
#[cfg(feature = "sqlite")]
mod tests {
    use parlour_domain::User;
    use parlour_domain::port::RoomRepo;
    use parlour_store_contract::fixture::{Creation, at, people, uuid};

    use super::*;
    use crate::connect::overheard::statements_of;

    /// More rooms than a page has, each with one other person, the last of them the newest.
    async fn many_rooms(store: &SqlStore, user: &User) {
        let [other] = people();
        for n in 0..i64::from(ROOMS_AT_ONCE) + 10 {
            let room = Creation::group(user, std::slice::from_ref(&other)).at(at(n));
            store.commit(room.commit()).await.unwrap();
        }
    }

    async fn asked(store: &SqlStore, user: &User, others: &[&User]) -> (Vec<UserId>, usize) {
        let others: Vec<UserId> = others.iter().map(|other| other.id).collect();
        let (found, statements) = statements_of(store.share_a_room(user.id, &others, at(0))).await;
        (found.unwrap(), statements.len())
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn whoever_is_in_many_rooms_is_not_looked_for_in_all_of_them() {
        let directory = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", directory.path().join("parlour.db").display());
        let store = SqlStore::connect(&url).await.unwrap();
        let [busy, friend, fellow, stranger, also_busy] = people();
        store.commit(Creation::group(&busy, std::slice::from_ref(&also_busy)).at(at(0)).commit()).await.unwrap();
        store.commit(Creation::direct(&friend, &busy).at(at(0)).commit()).await.unwrap();
        store.commit(Creation::direct(&stranger, &friend).at(at(9)).commit()).await.unwrap();
        many_rooms(&store, &busy).await;
        many_rooms(&store, &also_busy).await;
        store.commit(Creation::group(&busy, std::slice::from_ref(&fellow)).at(at(999)).commit()).await.unwrap();

        let by_their_pair = asked(&store, &busy, &[&friend]).await;
        assert_eq!(by_their_pair, (vec![friend.id], 1));
        let on_the_first_page = asked(&store, &busy, &[&fellow, &friend]).await;
        assert_eq!(on_the_first_page, (vec![friend.id, fellow.id], 2));
        let by_the_few_of_the_other = asked(&store, &busy, &[&stranger]).await;
        assert_eq!(by_the_few_of_the_other, (Vec::new(), 3));
        let by_ones_own_few = asked(&store, &stranger, &[&busy]).await;
        assert_eq!(by_ones_own_few, (Vec::new(), 2));
        let in_the_oldest_room_of_both = asked(&store, &busy, &[&also_busy]).await;
        assert_eq!(in_the_oldest_room_of_both, (vec![also_busy.id], 4));
        store.close().await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_walk_goes_from_where_it_was_to_where_it_began() {
        let directory = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", directory.path().join("parlour.db").display());
        let store = SqlStore::connect(&url).await.unwrap();
        let [alice, bob] = people();
        let mut cursors = Vec::new();
        for seconds in [9, 9, 5, 5, 1] {
            let room = Creation::group(&alice, std::slice::from_ref(&bob)).at(at(seconds)).commit();
            cursors.push(room.parts().room.cursor());
            store.commit(room).await.unwrap();
        }
        cursors.sort_unstable();
        for (after, until) in [(None, None), (Some(3), None), (None, Some(1)), (Some(4), Some(1)), (Some(3), Some(2))] {
            let edge = |place: Option<usize>| place.map(|place| cursors[place]);
            let walk = Walk { after: edge(after), until: edge(until), ..Walk::of(alice.id) };
            let mut seen: Vec<_> = store.places(walk.page(&[bob.id], at(0))).await.unwrap();
            seen.sort_unstable_by_key(|place| place.cursor);
            let between = cursors[until.map_or(0, |until| until + 1)..after.unwrap_or(cursors.len())].to_vec();
            assert_eq!(seen.iter().map(|place| place.cursor).collect::<Vec<_>>(), between, "{after:?} {until:?}");
            assert!(seen.iter().all(|place| (place.of, place.beside) == (alice.id, Some(bob.id))));
        }
        store.close().await;
    }

    fn place(n: i64) -> Place {
        let updated_at = at(n);
        let room_id = RoomId::from_uuid(Uuid::from_u128(n.unsigned_abs().into()));
        Place { of: UserId::from_uuid(Uuid::nil()), cursor: RoomCursor { updated_at, room_id }, beside: None }
    }

    #[test]
    fn a_walk_of_several_pages_ends_with_what_has_become_newer_than_its_beginning() {
        let full = |newest: i64| (0..i64::from(ROOMS_AT_ONCE)).map(|n| place(newest - n)).collect::<Vec<_>>();
        let seen = |n| Some(place(n).cursor);
        let mut walk = Walk::of(UserId::from_uuid(uuid()));
        walk.passed(&full(900));
        walk.passed(&full(700));
        assert_eq!((walk.after, walk.until, walk.is_over), (seen(501), None, false));
        walk.passed(&[place(400)]);
        assert_eq!((walk.after, walk.until, walk.is_over), (None, seen(900), false), "the top is looked at again");
        assert!(walk.clone().passed(&[]), "nothing has moved");
        walk.passed(&full(1_200));
        walk.passed(&[]);
        assert_eq!((walk.after, walk.until, walk.is_over), (None, seen(1_200), false));
        assert!(walk.passed(&[place(1_300)]), "one question sees one instant");
    }
}
