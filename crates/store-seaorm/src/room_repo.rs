//! The rooms, as they are read; how they are written is in [`commit`](crate::commit).

mod company;

use async_trait::async_trait;
use parlour_domain::port::{CommitError, Committed, ReadError, RoomRepo, WriteError};
use parlour_domain::{
    DirectPair, IdempotencyKey, IdempotencyRecord, Room, RoomCommit, RoomCursor, RoomId, Timestamp, UserId,
};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Alias, Cond, Expr, ExprTrait, IntoIden, Order, Query, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult};

use crate::SqlStore;
use crate::classify::Failure;
use crate::row::room::{RoomRow, assemble};
use crate::row::{answer, participant, room};
use crate::user_repo::IDS_PER_QUERY;

#[async_trait]
impl RoomRepo for SqlStore {
    async fn commit(&self, commit: RoomCommit) -> Result<Committed, CommitError> {
        self.apply_commit(commit).await
    }

    async fn find(&self, id: RoomId) -> Result<Option<Room>, ReadError> {
        Ok(self.load(room_of_id(id)).await?.pop())
    }

    async fn find_direct(&self, pair: DirectPair) -> Result<Option<Room>, ReadError> {
        Ok(self.load(room_of_pair(pair)).await?.pop())
    }

    async fn list_of(
        &self,
        user: UserId,
        now: Timestamp,
        after: Option<RoomCursor>,
        limit: u32,
    ) -> Result<Vec<Room>, ReadError> {
        self.load(list_of(user, now, after, limit)).await
    }

    async fn share_a_room(&self, user: UserId, others: &[UserId], now: Timestamp) -> Result<Vec<UserId>, ReadError> {
        let mut others: Vec<UserId> = others.iter().copied().filter(|other| *other != user).collect();
        others.sort_unstable();
        others.dedup();
        let mut sharing = Vec::new();
        for others in others.chunks(IDS_PER_QUERY) {
            sharing.extend(self.company(user, others, now).await?);
        }
        Ok(sharing)
    }

    async fn list_expired(&self, now: Timestamp, limit: u32) -> Result<Vec<Room>, ReadError> {
        let rows = self.room_rows(expired_rooms(now, limit)).await?;
        // One that does not parse must not keep the others from being swept.
        Ok(assemble(&rows).filter_map(Result::ok).collect())
    }

    async fn find_answer(&self, caller: UserId, key: &IdempotencyKey) -> Result<Option<IdempotencyRecord>, ReadError> {
        let row = answer::Entity::find_by_id((caller.as_uuid(), key.to_string())).one(self.reading()).await;
        Ok(row.map_err(Failure::from)?.map(IdempotencyRecord::try_from).transpose().map_err(Failure::from)?)
    }

    async fn forget_answers(&self, now: Timestamp) -> Result<u64, WriteError> {
        let key = [answer::Column::Caller, answer::Column::RequestKey];
        self.remove_ended::<answer::Entity>(&key, answer::Column::ExpiresAt, now).await
    }

    async fn ping(&self) -> Result<(), ReadError> {
        Ok(self.reading().ping().await.map_err(Failure::from)?)
    }
}

impl SqlStore {
    /// The rooms with their participants, from one query and so from one instant.
    async fn load(&self, rooms_with_participants: SelectStatement) -> Result<Vec<Room>, ReadError> {
        let rows = self.room_rows(rooms_with_participants).await?;
        Ok(assemble(&rows).collect::<Result<_, _>>().map_err(Failure::from)?)
    }

    async fn room_rows(&self, rooms_with_participants: SelectStatement) -> Result<Vec<RoomRow>, Failure> {
        let rows = self.reading().query_all(&rooms_with_participants).await?;
        Ok(rows.iter().map(|row| RoomRow::from_query_result(row, "")).collect::<Result<_, _>>()?)
    }
}

const COLUMNS: [room::Column; 8] = [
    room::Column::Id,
    room::Column::Kind,
    room::Column::Name,
    room::Column::ExpiresAt,
    room::Column::CreatedBy,
    room::Column::CreatedAt,
    room::Column::UpdatedAt,
    room::Column::Revision,
];

fn rooms() -> SelectStatement {
    Query::select().columns(COLUMNS.map(|column| (room::Entity, column))).from(room::Entity).to_owned()
}

pub(crate) fn room_of_id(id: RoomId) -> SelectStatement {
    let room = rooms().and_where(room::Column::Id.eq(id.as_uuid())).to_owned();
    with_participants(room, [])
}

pub(crate) fn room_of_pair(pair: DirectPair) -> SelectStatement {
    let room = rooms()
        .and_where(room::Column::DirectLow.eq(pair.low().as_uuid()))
        .and_where(room::Column::DirectHigh.eq(pair.high().as_uuid()))
        .to_owned();
    with_participants(room, [])
}

pub(crate) fn expired_rooms(now: Timestamp, limit: u32) -> SelectStatement {
    let expired = rooms()
        .and_where(room::Column::ExpiresAt.lte(now.as_micros()))
        .order_by(room::Column::ExpiresAt, Order::Asc)
        .order_by(room::Column::Id, Order::Asc)
        .limit(u64::from(limit))
        .to_owned();
    with_participants(expired, [(room::Column::ExpiresAt, Order::Asc), (room::Column::Id, Order::Asc)])
}

/// The rooms after that id, in the order of their ids.
pub(crate) fn rooms_by_id(after: Option<Uuid>, limit: u32) -> SelectStatement {
    let page = rooms()
        .and_where_option(after.map(|id| room::Column::Id.gt(id)))
        .order_by(room::Column::Id, Order::Asc)
        .limit(u64::from(limit))
        .to_owned();
    with_participants(page, [(room::Column::Id, Order::Asc)])
}

fn list_of(user: UserId, now: Timestamp, after: Option<RoomCursor>, limit: u32) -> SelectStatement {
    let newest_first = [(room::Column::UpdatedAt, Order::Desc), (room::Column::Id, Order::Desc)];
    with_participants(page_of(user, now, after, limit), newest_first)
}

/// A page of a user's list.
pub(crate) fn page_of(user: UserId, now: Timestamp, after: Option<RoomCursor>, limit: u32) -> SelectStatement {
    let mut page = living_memberships(user, now, after, limit);
    page.columns(COLUMNS.map(|column| (room::Entity, column)));
    page
}

/// What is chosen of a user's memberships starts at the user's index of activity, however many rooms there are.
fn living_memberships(user: UserId, now: Timestamp, after: Option<RoomCursor>, limit: u32) -> SelectStatement {
    use participant::Column::{RoomId, RoomUpdatedAt, UserId};
    let mut page = Query::select();
    page.from(participant::Entity)
        // Each participant has a room. An outer join keeps planners from beginning with all rooms and sorting them.
        .left_join(room::Entity, Expr::col((room::Entity, room::Column::Id)).equals((participant::Entity, RoomId)))
        .and_where(UserId.eq(user.as_uuid()))
        .cond_where(Cond::any().add(room::Column::ExpiresAt.is_null()).add(room::Column::ExpiresAt.gt(now.as_micros())))
        .order_by((participant::Entity, RoomUpdatedAt), Order::Desc)
        .order_by((participant::Entity, RoomId), Order::Desc)
        .limit(u64::from(limit));
    if let Some(RoomCursor { updated_at, room_id }) = after {
        // The first condition bounds the walk along the index, the second sorts out what is equally old.
        page.and_where(RoomUpdatedAt.lte(updated_at.as_micros()))
            .cond_where(Cond::any().add(RoomUpdatedAt.lt(updated_at.as_micros())).add(RoomId.lt(room_id.as_uuid())));
    }
    page
}

/// Each chosen room beside each of its participants.
fn with_participants<const N: usize>(selection: SelectStatement, order: [(room::Column, Order); N]) -> SelectStatement {
    let chosen = Alias::new("chosen").into_iden();
    let mut query = Query::select();
    query
        .columns(COLUMNS.map(|column| (chosen.clone(), column)))
        .columns(
            [participant::Column::UserId, participant::Column::Role, participant::Column::JoinedAt]
                .map(|column| (participant::Entity, column)),
        )
        .from_subquery(selection, chosen.clone())
        .left_join(
            participant::Entity,
            Expr::col((participant::Entity, participant::Column::RoomId)).equals((chosen.clone(), room::Column::Id)),
        );
    for (column, direction) in order {
        query.order_by((chosen.clone(), column), direction);
    }
    query
}
