//! Whom a user wants nothing to do with.

use std::collections::HashMap;
use std::sync::Arc;

use super::patient_write::knowing_the_outcome;
use crate::port::{Clock, ContactRepo, ReadError, UserRepo, WriteError};
use crate::{Block, User, UserId};

/// Blocks users.
pub struct BlockUser {
    users: Arc<dyn UserRepo>,
    contacts: Arc<dyn ContactRepo>,
    clock: Arc<dyn Clock>,
}

/// Why nobody was blocked.
#[derive(Debug, thiserror::Error)]
pub enum BlockUserError {
    /// Nobody blocks themselves.
    #[error("users cannot block themselves")]
    Oneself,
    /// There is no such user.
    #[error("user not found: {0}")]
    NotFound(UserId),
    /// The store does not answer or is corrupt; nothing was written.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The store does not answer.
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl BlockUser {
    /// Wires the use case.
    #[must_use]
    pub fn new(users: Arc<dyn UserRepo>, contacts: Arc<dyn ContactRepo>, clock: Arc<dyn Clock>) -> Self {
        Self { users, contacts, clock }
    }

    /// Lets `blocked`, who is not told, open no more rooms with `user`. The rooms that both are in stay as they are.
    ///
    /// # Errors
    /// [`BlockUserError`] says why they still may.
    pub async fn execute(&self, user: UserId, blocked: UserId) -> Result<(), BlockUserError> {
        if user == blocked {
            return Err(BlockUserError::Oneself);
        }
        if self.users.find_many(&[blocked]).await?.is_empty() {
            return Err(BlockUserError::NotFound(blocked));
        }
        let block = Block { user, blocked, at: self.clock.now() };
        knowing_the_outcome(|| self.contacts.block(block)).await?;
        tracing::info!(user_id = %user, "user blocked");
        Ok(())
    }
}

/// Unblocks users.
pub struct UnblockUser {
    contacts: Arc<dyn ContactRepo>,
}

impl UnblockUser {
    /// Wires the use case.
    #[must_use]
    pub fn new(contacts: Arc<dyn ContactRepo>) -> Self {
        Self { contacts }
    }

    /// Takes the block of `blocked` by `user` away, and answers whether there was one.
    ///
    /// # Errors
    /// [`WriteError`] when the store does not answer.
    pub async fn execute(&self, user: UserId, blocked: UserId) -> Result<bool, WriteError> {
        let was_there = self.contacts.unblock(user, blocked).await?;
        if was_there {
            tracing::info!(user_id = %user, "user unblocked");
        }
        Ok(was_there)
    }
}

/// Lists whom a user blocks.
pub struct ListBlocks {
    users: Arc<dyn UserRepo>,
    contacts: Arc<dyn ContactRepo>,
}

/// A part of a list of blocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockList {
    /// The blocks in the order of the blocked ids, each with the user who is blocked, as far as they are known.
    pub blocks: Vec<(Block, Option<User>)>,
    /// Where the rest begins; `None` at the end.
    pub next: Option<UserId>,
}

impl ListBlocks {
    /// Wires the use case.
    #[must_use]
    pub fn new(users: Arc<dyn UserRepo>, contacts: Arc<dyn ContactRepo>) -> Self {
        Self { users, contacts }
    }

    /// Up to `limit` blocks of `user`, those after `after`; two queries, whatever their number.
    ///
    /// # Errors
    /// [`ReadError`] when the store does not answer or is corrupt.
    pub async fn execute(&self, user: UserId, after: Option<UserId>, limit: u32) -> Result<BlockList, ReadError> {
        let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
        let mut blocks = self.contacts.list_blocked(user, after, limit.saturating_add(1)).await?;
        let has_more = blocks.len() > wanted;
        blocks.truncate(wanted);
        let next = blocks.last().filter(|_| has_more).map(|block| block.blocked);
        let ids: Vec<UserId> = blocks.iter().map(|block| block.blocked).collect();
        let users = if ids.is_empty() { Vec::new() } else { self.users.find_many(&ids).await? };
        let mut by_id: HashMap<UserId, User> = users.into_iter().map(|user| (user.id, user)).collect();
        let named = |block: Block| (block, by_id.remove(&block.blocked));
        Ok(BlockList { blocks: blocks.into_iter().map(named).collect(), next })
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{NOW, at, stopped_clock, user, user_id};
    use super::*;
    use crate::mocks::{MockContactRepo, MockUserRepo};

    fn block(n: u128) -> Block {
        Block { user: user_id(1), blocked: user_id(n), at: at(NOW) }
    }

    fn users_know(users: Vec<User>) -> Arc<MockUserRepo> {
        let mut repo = MockUserRepo::new();
        repo.expect_find_many()
            .returning(move |ids| Ok(users.iter().filter(|user| ids.contains(&user.id)).cloned().collect()));
        Arc::new(repo)
    }

    #[tokio::test]
    async fn a_block_is_written_with_its_instant() {
        let mut contacts = MockContactRepo::new();
        contacts.expect_block().withf(|one| *one == block(2)).once().returning(|_| Ok(()));
        let users = users_know(vec![user(2, "bobby")]);
        BlockUser::new(users, Arc::new(contacts), stopped_clock()).execute(user_id(1), user_id(2)).await.unwrap();
    }

    #[tokio::test]
    async fn nobody_blocks_themselves_or_somebody_who_is_not_there() {
        let blocking = |blocked: u128| async move {
            let mut contacts = MockContactRepo::new();
            contacts.expect_block().never();
            let users = users_know(vec![user(1, "alice")]);
            BlockUser::new(users, Arc::new(contacts), stopped_clock()).execute(user_id(1), user_id(blocked)).await
        };
        assert!(matches!(blocking(1).await, Err(BlockUserError::Oneself)));
        assert!(matches!(blocking(7).await, Err(BlockUserError::NotFound(id)) if id == user_id(7)));
    }

    #[tokio::test]
    async fn a_block_is_taken_away_from_whom_it_holds() {
        let mut contacts = MockContactRepo::new();
        contacts.expect_unblock().withf(|user, of| (*user, *of) == (user_id(1), user_id(2))).returning(|_, _| Ok(true));
        assert!(UnblockUser::new(Arc::new(contacts)).execute(user_id(1), user_id(2)).await.unwrap());
    }

    #[tokio::test]
    async fn a_full_page_of_blocks_says_where_the_rest_begins_and_who_they_are() {
        let mut contacts = MockContactRepo::new();
        contacts
            .expect_list_blocked()
            .withf(|user, after, limit| (*user, *after, *limit) == (user_id(1), Some(user_id(2)), 3))
            .once()
            .returning(|_, _, _| Ok(vec![block(3), block(4), block(5)]));
        let list = ListBlocks::new(users_know(vec![user(3, "carol")]), Arc::new(contacts));
        let page = list.execute(user_id(1), Some(user_id(2)), 2).await.unwrap();
        assert_eq!(page.blocks, [(block(3), Some(user(3, "carol"))), (block(4), None)]);
        assert_eq!(page.next, Some(user_id(4)));
    }
}
