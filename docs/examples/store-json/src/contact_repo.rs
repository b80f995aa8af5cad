//! Policies and blocks.

use std::collections::BTreeSet;
use std::ops::Bound;

use async_trait::async_trait;
use parlour_domain::port::{ContactRepo, ReadError, WriteError};
use parlour_domain::{Block, ContactPolicy, Stance, UserId};

use crate::classify::CorruptRow;
use crate::connect::JsonStore;
use crate::row::{block_of, policy_of};
use crate::schema::Document;

#[async_trait]
impl ContactRepo for JsonStore {
    async fn policy_of(&self, user: UserId) -> Result<ContactPolicy, ReadError> {
        self.read(|document| Ok(policy(document, user)?))
    }

    async fn set_policy(&self, user: UserId, policy: ContactPolicy) -> Result<(), WriteError> {
        self.write(|document| {
            document.policies.insert(user.as_uuid(), policy.as_str().to_owned());
            Ok(())
        })
    }

    async fn block(&self, block: Block) -> Result<(), WriteError> {
        let Block { user, blocked, at } = block;
        self.write(|document| {
            let blocks = document.blocks.entry(user.as_uuid()).or_default();
            blocks.entry(blocked.as_uuid()).or_insert(at.as_micros());
            Ok(())
        })
    }

    async fn unblock(&self, user: UserId, blocked: UserId) -> Result<bool, WriteError> {
        self.write(|document| {
            let blocks = document.blocks.get_mut(&user.as_uuid());
            Ok(blocks.is_some_and(|blocks| blocks.remove(&blocked.as_uuid()).is_some()))
        })
    }

    async fn list_blocked(&self, user: UserId, after: Option<UserId>, limit: u32) -> Result<Vec<Block>, ReadError> {
        let start = after.map_or(Bound::Unbounded, |id| Bound::Excluded(id.as_uuid()));
        self.read(|document| {
            let Some(blocks) = document.blocks.get(&user.as_uuid()) else { return Ok(Vec::new()) };
            let page = blocks.range((start, Bound::Unbounded)).zip(0..limit);
            page.map(|((blocked, at), _)| Ok(block_of(user, *blocked, *at)?)).collect()
        })
    }

    async fn stances(&self, of: &[UserId], towards: UserId) -> Result<Vec<Stance>, ReadError> {
        let each_once: BTreeSet<UserId> = of.iter().copied().collect();
        self.read(|document| {
            let stance = |user: UserId| {
                let blocks = document.blocks.get(&user.as_uuid());
                let blocks = blocks.is_some_and(|blocks| blocks.contains_key(&towards.as_uuid()));
                Ok(Stance { user, policy: policy(document, user)?, blocks })
            };
            each_once.into_iter().map(stance).collect()
        })
    }
}

fn policy(document: &Document, user: UserId) -> Result<ContactPolicy, CorruptRow> {
    let stored = document.policies.get(&user.as_uuid());
    stored.map_or(Ok(ContactPolicy::default()), |name| policy_of(user, name))
}
