//! Who shares a room with somebody: asked whenever a policy makes it matter, of people who may be in any number of rooms.
//!
//! A direct room is a record of its own. For whom there is none, two walks go on in turn, a page each, until one of them
//! is at its end or everyone is found: through the user's rooms, which decides about all who are asked for, and through
//! the memberships of the others, where each is looked for on the user's side. A membership's place is the room's, so
//! that it is the same on both sides, and no room has to be read for that. Whoever is in few rooms makes it short, however
//! many rooms the other one is in.

use std::collections::{BTreeMap, BTreeSet};

use parlour_domain::{DirectPair, RoomCursor, Timestamp, UserId};
use surrealdb::types::{RecordId, SurrealValue, Value};
use uuid::Uuid;

use crate::SurrealStore;
use crate::classify::Unread;
use crate::connect::vars;
use crate::row::{id, member_place, range};

const DIRECT: &str = "SELECT VALUE record::id(id) FROM $pairs";
/// The places of the user's living rooms, and who of those asked for is there.
const OWN: &str = "SELECT id, array::intersect(array::map(room.people, |$seat| $seat[0]), $others) AS beside
    FROM type::record('member', $after>..$until) WHERE (expires_at ?? $now + 1) > $now LIMIT $limit";
/// The places of each one's living rooms, and one where the user is too.
const THEIRS: &str = "RETURN $walks.map(|$walk| {
    LET $places = (SELECT VALUE id FROM type::record('member', $walk.after>..$walk.until)
        WHERE (expires_at ?? $now + 1) > $now LIMIT $limit);
    LET $own = $places.map(|$place| type::record('member', [$user, record::id($place)[1], record::id($place)[2]]));
    RETURN { places: $places, shared: array::len((SELECT VALUE id FROM $own)) > 0 };
})";

const ROOMS_AT_ONCE: usize = 100;
/// So many of the others are walked through at the same time.
const OTHERS_AT_ONCE: usize = 16;

impl SurrealStore {
    /// Those of up to 1,000 others who share a room with `user` that lives at `now`.
    pub(super) async fn company(&self, user: UserId, others: &[UserId], now: Timestamp) -> Result<Vec<UserId>, Unread> {
        let mut company = Company::of(user, others);
        company.found(self.partners(user, others).await?);
        while !company.is_decided() {
            let asked: Vec<_> = company.theirs.keys().copied().collect();
            let (places, beside) = self.own_page(&company.own, &asked, now).await?;
            company.own.passed(&places);
            company.found(beside);
            if company.is_decided() {
                break;
            }
            let walks: Vec<Walk> = company.theirs.values().take(OTHERS_AT_ONCE).cloned().collect();
            for (mut walk, (places, is_shared)) in walks.iter().cloned().zip(self.their_pages(user, &walks, now).await?)
            {
                walk.passed(&places);
                company.went_on(walk, is_shared);
            }
        }
        Ok(company.sharing.into_iter().collect())
    }

    /// Those with whom the user has a direct room, which never expires.
    async fn partners(&self, user: UserId, others: &[UserId]) -> Result<Vec<UserId>, Unread> {
        let pairs: Vec<RecordId> = others.iter().map(|other| id::direct(DirectPair::new(user, *other))).collect();
        let pairs: Vec<Vec<Uuid>> = self.engine.read(DIRECT, vars([("pairs", pairs.into_value())])).await?;
        let partners = pairs.into_iter().flatten().map(UserId::from_uuid);
        Ok(partners.filter(|partner| *partner != user).collect())
    }

    async fn own_page(
        &self,
        walk: &Walk,
        others: &[UserId],
        now: Timestamp,
    ) -> Result<(Vec<RoomCursor>, Vec<UserId>), Unread> {
        let [after, until] = walk.ahead().vars();
        let others: Vec<Uuid> = others.iter().map(|other| other.as_uuid()).collect();
        let [now, limit] = bounds(now);
        let page: Vec<Own> =
            self.engine.read(OWN, vars([after, until, now, limit, ("others", others.into_value())])).await?;
        let places = page.iter().map(|own| member_place(&own.id)).collect::<Result<_, _>>()?;
        Ok((places, page.into_iter().flat_map(|own| own.beside).map(UserId::from_uuid).collect()))
    }

    async fn their_pages(
        &self,
        user: UserId,
        walks: &[Walk],
        now: Timestamp,
    ) -> Result<Vec<(Vec<RoomCursor>, bool)>, Unread> {
        let walks: Vec<Value> = walks.iter().map(|walk| walk.ahead().value()).collect();
        let [now, limit] = bounds(now);
        let vars = vars([now, limit, ("user", user.as_uuid().into_value()), ("walks", walks.into_value())]);
        let pages: Vec<Theirs> = self.engine.read(THEIRS, vars).await?;
        let page =
            |page: Theirs| Ok((page.places.iter().map(member_place).collect::<Result<_, Unread>>()?, page.shared));
        pages.into_iter().map(page).collect()
    }
}

fn bounds(now: Timestamp) -> [(&'static str, Value); 2] {
    [("now", now.as_micros().into_value()), ("limit", ROOMS_AT_ONCE.into_value())]
}

#[derive(SurrealValue)]
struct Own {
    id: RecordId,
    beside: Vec<Uuid>,
}

#[derive(SurrealValue)]
struct Theirs {
    places: Vec<RecordId>,
    shared: bool,
}

/// What is known by now.
struct Company {
    sharing: BTreeSet<UserId>,
    own: Walk,
    /// Of those of whom nothing is known.
    theirs: BTreeMap<UserId, Walk>,
}

impl Company {
    fn of(user: UserId, others: &[UserId]) -> Self {
        let theirs = others.iter().map(|other| (*other, Walk::of(*other))).collect();
        Self { sharing: BTreeSet::new(), own: Walk::of(user), theirs }
    }

    fn is_decided(&self) -> bool {
        self.theirs.is_empty() || self.own.is_over
    }

    fn found(&mut self, sharing: impl IntoIterator<Item = UserId>) {
        for user in sharing {
            self.theirs.remove(&user);
            self.sharing.insert(user);
        }
    }

    fn went_on(&mut self, walk: Walk, is_shared: bool) {
        if is_shared {
            self.found([walk.user]);
        } else if walk.is_over {
            self.theirs.remove(&walk.user);
        } else {
            self.theirs.insert(walk.user, walk);
        }
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

    fn ahead(&self) -> range::Between {
        range::members_between(self.user, self.after, self.until)
    }

    /// Goes on behind a page, whose places are in their order.
    fn passed(&mut self, page: &[RoomCursor]) {
        let is_full = page.len() >= ROOMS_AT_ONCE;
        if self.after.is_none() {
            self.newest = page.first().copied();
            self.is_over = !is_full;
        }
        if is_full {
            self.after = page.last().copied();
        } else {
            (self.after, self.until) = (None, self.newest);
        }
    }
}

#[cfg(test)]
mod tests {
    use parlour_domain::port::RoomRepo;
    use parlour_domain::{RoomId, User};
    use parlour_store_contract::fixture::{Creation, at, people, uuid};

    use super::*;
    use crate::connect::plan::{is_bounded, plan_of};

    #[tokio::test(flavor = "multi_thread")]
    async fn company_is_looked_for_by_record_ids_and_bounded_ranges() {
        let [alice, bob] = people();
        let pair = vec![id::direct(DirectPair::new(alice.id, bob.id))].into_value();
        let plan = plan_of(DIRECT, vars([("pairs", pair)])).await;
        assert!(is_bounded(&plan) && plan.contains("SourceExpr"), "{plan}");
        let [now, limit] = bounds(at(1));
        let [after, until] = range::members_between(alice.id, None, None).vars();
        let others = ("others", vec![bob.id.as_uuid()].into_value());
        let plan = plan_of(OWN, vars([after, until, now.clone(), limit.clone(), others])).await;
        assert!(is_bounded(&plan) && plan.contains("limit: $limit"), "{plan}");

        let places = "SELECT VALUE id FROM type::record('member', $walk.after>..$walk.until)
        WHERE (expires_at ?? $now + 1) > $now LIMIT $limit";
        let own = "SELECT VALUE id FROM $own";
        assert!(THEIRS.contains(places) && THEIRS.contains(own));
        let walk = range::members_between(bob.id, None, None).value();
        let plan = plan_of(places, vars([("walk", walk), now, limit])).await;
        assert!(is_bounded(&plan) && plan.contains("limit: $limit"), "{plan}");
        let place = id::member(alice.id, Creation::direct(&alice, &bob).commit().parts().room.cursor());
        let plan = plan_of(own, vars([("own", vec![place].into_value())])).await;
        assert!(is_bounded(&plan) && plan.contains("SourceExpr"), "{plan}");
    }

    /// More rooms than a page has, each with one other person, the last of them the newest.
    async fn many_rooms(store: &SurrealStore, user: &User) {
        let [other] = people();
        let creating = (0..ROOMS_AT_ONCE + 10).map(|n| {
            let room = Creation::group(user, std::slice::from_ref(&other)).at(at(i64::try_from(n).unwrap()));
            let store = store.clone();
            tokio::spawn(async move { store.commit(room.commit()).await.map(drop) })
        });
        for created in creating.collect::<Vec<_>>() {
            created.await.unwrap().unwrap();
        }
    }

    async fn asked(store: &SurrealStore, user: &User, others: &[&User]) -> (Vec<UserId>, usize) {
        let others: Vec<UserId> = others.iter().map(|other| other.id).collect();
        let before = store.engine.questions();
        let found = store.share_a_room(user.id, &others, at(0)).await.unwrap();
        (found, store.engine.questions() - before)
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn whoever_is_in_many_rooms_is_not_looked_for_in_all_of_them() {
        let store = SurrealStore::connect("surreal-mem:").await.unwrap();
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
    }

    fn place(n: usize) -> RoomCursor {
        let updated_at = at(i64::try_from(n).unwrap());
        RoomCursor { updated_at, room_id: RoomId::from_uuid(Uuid::from_u128(n as u128)) }
    }

    #[test]
    fn a_walk_of_several_pages_ends_with_what_has_become_newer_than_its_beginning() {
        let full = |newest: usize| (0..ROOMS_AT_ONCE).map(|n| place(newest - n)).collect::<Vec<_>>();
        let mut walk = Walk::of(UserId::from_uuid(uuid()));
        walk.passed(&full(900));
        walk.passed(&full(700));
        assert_eq!((walk.after, walk.until, walk.is_over), (Some(place(601)), None, false));
        walk.passed(&[place(500)]);
        assert_eq!(
            (walk.after, walk.until, walk.is_over),
            (None, Some(place(900)), false),
            "the top is looked at again"
        );
        let mut quiet = walk.clone();
        quiet.passed(&[]);
        assert!(quiet.is_over, "nothing has moved");
        walk.passed(&full(1_200));
        walk.passed(&[]);
        assert_eq!((walk.after, walk.until, walk.is_over), (None, Some(place(1_200)), false));
        walk.passed(&[place(1_300)]);
        assert!(walk.is_over, "one question sees one instant");
    }
}
