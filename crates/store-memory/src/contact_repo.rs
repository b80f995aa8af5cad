//! Policies and blocks.

use std::collections::BTreeSet;
use std::ops::Bound::{Excluded, Included, Unbounded};

use async_trait::async_trait;
use parlour_domain::port::{ContactRepo, ReadError, WriteError};
use parlour_domain::{Block, ContactPolicy, Stance, UserId};
use uuid::Uuid;

use crate::connect::MemoryStore;
use crate::row::{block_of, policy_of};
use crate::schema::Tables;

#[async_trait]
impl ContactRepo for MemoryStore {
    async fn policy_of(&self, user: UserId) -> Result<ContactPolicy, ReadError> {
        policy(&self.read(), user.as_uuid())
    }

    async fn set_policy(&self, user: UserId, policy: ContactPolicy) -> Result<(), WriteError> {
        self.write().policies.insert(user.as_uuid(), policy.as_str());
        Ok(())
    }

    async fn block(&self, block: Block) -> Result<(), WriteError> {
        let Block { user, blocked, at } = block;
        self.write().blocks.entry((user.as_uuid(), blocked.as_uuid())).or_insert(at.as_micros());
        Ok(())
    }

    async fn unblock(&self, user: UserId, blocked: UserId) -> Result<bool, WriteError> {
        Ok(self.write().blocks.remove(&(user.as_uuid(), blocked.as_uuid())).is_some())
    }

    async fn list_blocked(&self, user: UserId, after: Option<UserId>, limit: u32) -> Result<Vec<Block>, ReadError> {
        let user = user.as_uuid();
        let tables = self.read();
        let start = after.map_or(Included((user, Uuid::nil())), |after| Excluded((user, after.as_uuid())));
        let following = tables.blocks.range((start, Unbounded)).take_while(|((by, _), _)| *by == user);
        following.zip(0..limit).map(|((pair, at), _)| Ok(block_of(*pair, *at)?)).collect()
    }

    async fn stances(&self, of: &[UserId], towards: UserId) -> Result<Vec<Stance>, ReadError> {
        let tables = self.read();
        let each_once: BTreeSet<UserId> = of.iter().copied().collect();
        let stance = |user: UserId| {
            let blocks = tables.blocks.contains_key(&(user.as_uuid(), towards.as_uuid()));
            Ok(Stance { user, policy: policy(&tables, user.as_uuid())?, blocks })
        };
        each_once.into_iter().map(stance).collect()
    }
}

fn policy(tables: &Tables, user: Uuid) -> Result<ContactPolicy, ReadError> {
    let Some(name) = tables.policies.get(&user) else { return Ok(ContactPolicy::default()) };
    Ok(policy_of(user, name)?)
}
