//! What goes wrong with policies and blocks.

use std::collections::HashSet;
use std::sync::Mutex;

use async_trait::async_trait;
use parlour_domain::port::{ReadError, WriteError};
use parlour_domain::{Block, ContactPolicy, Stance, UserId};

use super::{Ports, Sabotage, lock};

/// An insertion where an update is meant.
#[derive(Debug, Default)]
pub struct KeepsTheFirstPolicy {
    set: Mutex<HashSet<UserId>>,
}

#[async_trait]
impl Sabotage for KeepsTheFirstPolicy {
    async fn set_policy(&self, to: &Ports, user: UserId, policy: ContactPolicy) -> Result<(), WriteError> {
        let is_first = lock(&self.set).insert(user);
        if is_first { to.contacts.set_policy(user, policy).await } else { Ok(()) }
    }
}

/// Answers before it writes; what was not written yet is lost on closing.
#[derive(Debug, Default)]
pub struct WritesPoliciesLater {
    held: Mutex<Option<(UserId, ContactPolicy)>>,
}

#[async_trait]
impl Sabotage for WritesPoliciesLater {
    async fn set_policy(&self, to: &Ports, user: UserId, policy: ContactPolicy) -> Result<(), WriteError> {
        let earlier = lock(&self.held).replace((user, policy));
        match earlier {
            Some((user, policy)) => to.contacts.set_policy(user, policy).await,
            None => Ok(()),
        }
    }
}

/// A row that is replaced.
#[derive(Debug, Default)]
pub struct ReplacesBlocks;

#[async_trait]
impl Sabotage for ReplacesBlocks {
    async fn block(&self, to: &Ports, block: Block) -> Result<(), WriteError> {
        to.contacts.unblock(block.user, block.blocked).await?;
        to.contacts.block(block).await
    }
}

/// A pair without an order.
#[derive(Debug, Default)]
pub struct UnblocksBothWays;

#[async_trait]
impl Sabotage for UnblocksBothWays {
    async fn unblock(&self, to: &Ports, user: UserId, blocked: UserId) -> Result<bool, WriteError> {
        to.contacts.unblock(blocked, user).await?;
        to.contacts.unblock(user, blocked).await
    }
}

/// `>=` where `>` is meant.
#[derive(Debug, Default)]
pub struct RepeatsTheLastBlock;

#[async_trait]
impl Sabotage for RepeatsTheLastBlock {
    async fn list_blocked(
        &self,
        to: &Ports,
        user: UserId,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<Block>, ReadError> {
        let mut all = to.contacts.list_blocked(user, None, u32::MAX).await?;
        all.retain(|block| after.is_none_or(|after| block.blocked >= after));
        all.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(all)
    }
}

/// Two columns that are mixed up.
#[derive(Debug, Default)]
pub struct AsksTheOtherWay;

#[async_trait]
impl Sabotage for AsksTheOtherWay {
    async fn stances(&self, to: &Ports, of: &[UserId], towards: UserId) -> Result<Vec<Stance>, ReadError> {
        let blocked = to.contacts.list_blocked(towards, None, u32::MAX).await?;
        let mut stances = Vec::new();
        for &user in of {
            let blocks = blocked.iter().any(|block| block.blocked == user);
            stances.push(Stance { user, policy: to.contacts.policy_of(user).await?, blocks });
        }
        Ok(stances)
    }
}
