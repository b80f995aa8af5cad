//! Rooms, answered requests and applied commits.

use std::collections::BTreeSet;

use parlour_domain::port::{ReadError, UserRepo};
use parlour_domain::{
    ArchiveKey, ArchiveRecord, IdempotencyRecord, Role, Room, RoomCursor, RoomId, Timestamp, Unit, UserId,
};
use uuid::Uuid;

use super::Check;

/// At this instant nothing has expired.
pub(super) const BEFORE_ALL: Timestamp = match Timestamp::from_micros(-62_167_219_200_000_000) {
    Ok(first) => first,
    Err(_) => unreachable!(),
};

impl Check<'_> {
    /// Each has one owner, is the only room of its pair, and is in the list of everybody in it.
    pub(super) async fn rooms(&mut self, users: Option<&dyn UserRepo>) -> Result<(), ReadError> {
        let mut walk = self.walk(Unit::Rooms).await?;
        while let Some(page) = self.parsed_page(&mut walk).await? {
            for record in page {
                if let ArchiveRecord::Room(room) = record {
                    self.room(&room, users).await?;
                }
            }
        }
        Ok(())
    }

    async fn room(&mut self, room: &Room, users: Option<&dyn UserRepo>) -> Result<(), ReadError> {
        let (unit, key) = (Unit::Rooms, ArchiveKey::Id(room.id().as_uuid()));
        let owners = room.participants().iter().filter(|seat| seat.role == Role::Owner).count();
        if owners != 1 {
            self.found.add(unit, &key, format!("has {owners} owners"));
        }
        let by_id = self.store.rooms.find(room.id()).await;
        if self.found.answered(unit, &key, "looking it up", by_id)?.is_some_and(|found| found.as_ref() != Some(room)) {
            self.found.add(unit, &key, "is not what is found by its id");
        }
        if let Some(pair) = room.direct_pair() {
            let by_pair = self.store.rooms.find_direct(pair).await;
            match self.found.answered(unit, &key, "looking up the pair", by_pair)? {
                Some(None) => self.found.add(unit, &key, "is not found by its pair"),
                Some(Some(found)) if found.id() != room.id() => {
                    self.found.add(unit, &key, format!("has the pair of room {}", found.id()));
                }
                _ => {}
            }
        }
        for seat in room.participants() {
            let before = RoomCursor { room_id: next_id(room.id()), ..room.cursor() };
            let listed = self.store.rooms.list_of(seat.user_id, BEFORE_ALL, Some(before), 1).await;
            if let Some(listed) = self.found.answered(unit, &key, "listing a participant's rooms", listed)?
                && listed.first().map(Room::id) != Some(room.id())
            {
                self.found.add(unit, &key, format!("is not in the list of participant {}", seat.user_id));
            }
        }
        match users {
            Some(users) => self.participants_are_users(&key, room, users).await,
            None => Ok(()),
        }
    }

    async fn participants_are_users(
        &mut self,
        key: &ArchiveKey,
        room: &Room,
        users: &dyn UserRepo,
    ) -> Result<(), ReadError> {
        let everyone: Vec<UserId> = room.participants().iter().map(|seat| seat.user_id).collect();
        let found = users.find_many(&everyone).await;
        let Some(found) = self.found.answered(Unit::Rooms, key, "looking up the participants", found)? else {
            return Ok(());
        };
        let known: BTreeSet<UserId> = found.iter().map(|user| user.id).collect();
        for absent in everyone.iter().filter(|user| !known.contains(user)) {
            self.found.add(Unit::Rooms, key, format!("participant {absent} is no user"));
        }
        Ok(())
    }

    /// A user's list holds no room that they are not in, and none twice.
    pub(super) async fn list_of(&mut self, user: UserId) -> Result<(), ReadError> {
        const PAGE: u32 = 200;
        let (unit, key) = (Unit::Rooms, ArchiveKey::Id(user.as_uuid()));
        let mut after: Option<RoomCursor> = None;
        loop {
            let page = self.store.rooms.list_of(user, BEFORE_ALL, after, PAGE).await;
            let page = self.found.answered(unit, &key, "listing the rooms of that user", page)?.unwrap_or_default();
            for room in &page {
                let key = ArchiveKey::Id(room.id().as_uuid());
                if room.participant(user).is_none() {
                    self.found.add(unit, &key, format!("is in the list of {user}, who is not in it"));
                }
                if after.is_some_and(|last| last <= room.cursor()) {
                    self.found.add(unit, &key, format!("is in the list of {user} out of its order"));
                    return Ok(());
                }
                after = Some(room.cursor());
            }
            if page.is_empty() {
                return Ok(());
            }
        }
    }

    /// Each is found by its caller and key, and is of a room that the caller was in.
    pub(super) async fn answers(&mut self) -> Result<(), ReadError> {
        let mut walk = self.walk(Unit::Answers).await?;
        while let Some(page) = self.parsed_page(&mut walk).await? {
            for record in page {
                let key = record.key();
                if let ArchiveRecord::Answer(record) = record {
                    self.answer(&key, &record).await?;
                }
            }
        }
        Ok(())
    }

    async fn answer(&mut self, key: &ArchiveKey, record: &IdempotencyRecord) -> Result<(), ReadError> {
        let found = self.store.rooms.find_answer(record.caller, &record.key).await;
        let found = self.found.answered(Unit::Answers, key, "looking it up", found)?;
        if found.is_some_and(|found| found.as_ref() != Some(record)) {
            self.found.add(Unit::Answers, key, "is not what is found by its caller and key");
        }
        if !record.answer.room.members.iter().any(|member| member.user_id == record.caller) {
            self.found.add(Unit::Answers, key, "is a room that the caller was not in");
        }
        Ok(())
    }

    /// Nothing follows from them but that they are there.
    pub(super) async fn commits(&mut self) -> Result<(), ReadError> {
        let mut walk = self.walk(Unit::AppliedCommits).await?;
        while self.page(&mut walk).await?.is_some() {}
        Ok(())
    }
}

/// The place right before that of `id` in a list, which runs downwards.
fn next_id(id: RoomId) -> RoomId {
    RoomId::from_uuid(Uuid::from_u128(id.as_uuid().as_u128().saturating_add(1)))
}
