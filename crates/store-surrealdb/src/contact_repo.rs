//! [`ContactRepo`] on SurrealDB: a policy and a block are a record each, found by their ids.

use std::collections::BTreeMap;

use async_trait::async_trait;
use parlour_domain::port::{ContactRepo, ReadError, WriteError};
use parlour_domain::{Block, ContactPolicy, SetPolicy, Stance, UserId};
use surrealdb::types::{RecordId, SurrealValue};

use crate::SurrealStore;
use crate::classify::{Failure, Unread};
use crate::connect::{Retry, vars};
use crate::row::{BlockRow, PolicyRow, id, pair_of, range};
use crate::user_repo::IDS_AT_ONCE;

const POLICY_OF: &str = "SELECT * FROM $stored";
/// Into a database that is not set up nothing is written: it would be a table without a schema.
const SET_POLICY: &str = "{
    IF epoch:inbox.n = NONE { THROW 'schema is missing' };
    UPSERT $stored SET policy = $policy RETURN NONE;
}";
const BLOCK: &str = "INSERT (IF epoch:inbox.n = NONE { THROW 'schema is missing' } ELSE { $row }) RETURN NONE";
const UNBLOCK: &str = "RETURN array::len((DELETE $stored RETURN BEFORE))";
const LIST_BLOCKED: &str = "SELECT * FROM type::record('block', $after>..$until) LIMIT $limit";
const STANCES: &str = "RETURN { policies: (SELECT * FROM $policies), blocks: (SELECT VALUE id FROM $blocks) }";

/// What some users said.
#[derive(SurrealValue)]
struct Said {
    policies: Vec<PolicyRow>,
    blocks: Vec<RecordId>,
}

#[async_trait]
impl ContactRepo for SurrealStore {
    async fn policy_of(&self, user: UserId) -> Result<ContactPolicy, ReadError> {
        let stored = id::contact_policy(user).into_value();
        let mut rows: Vec<PolicyRow> = self.engine.read(POLICY_OF, vars([("stored", stored)])).await?;
        let Some(row) = rows.pop() else { return Ok(ContactPolicy::default()) };
        Ok(SetPolicy::try_from(row)?.policy)
    }

    async fn set_policy(&self, user: UserId, policy: ContactPolicy) -> Result<(), WriteError> {
        let policy = policy.as_str().to_owned().into_value();
        let vars = vars([("stored", id::contact_policy(user).into_value()), ("policy", policy)]);
        let mut retry = Retry::default();
        loop {
            match self.engine.write(SET_POLICY, vars.clone()).await {
                Err(Failure::Conflict) if retry.pause().await => {}
                done => return Ok(done?),
            }
        }
    }

    async fn block(&self, block: Block) -> Result<(), WriteError> {
        let row = BlockRow::from(&block).into_value();
        let mut retry = Retry::default();
        loop {
            match self.engine.write(BLOCK, vars([("row", row.clone())])).await {
                Ok(()) | Err(Failure::Exists(_)) => return Ok(()),
                Err(Failure::Conflict) if retry.pause().await => {}
                Err(failure) => return Err(failure.into()),
            }
        }
    }

    async fn unblock(&self, user: UserId, blocked: UserId) -> Result<bool, WriteError> {
        let stored = id::block(user, blocked).into_value();
        Ok(self.engine.count(UNBLOCK, &vars([("stored", stored)])).await? > 0)
    }

    async fn list_blocked(&self, user: UserId, after: Option<UserId>, limit: u32) -> Result<Vec<Block>, ReadError> {
        let [after, until] = range::blocked(user, after).vars();
        let vars = vars([after, until, ("limit", limit.into_value())]);
        let rows: Vec<BlockRow> = self.engine.read(LIST_BLOCKED, vars).await?;
        Ok(rows.into_iter().map(Block::try_from).collect::<Result<_, Unread>>()?)
    }

    async fn stances(&self, of: &[UserId], towards: UserId) -> Result<Vec<Stance>, ReadError> {
        let mut of = of.to_vec();
        of.sort_unstable();
        of.dedup();
        let mut stances = BTreeMap::<UserId, Stance>::new();
        for of in of.chunks(IDS_AT_ONCE) {
            let policies: Vec<RecordId> = of.iter().map(|user| id::contact_policy(*user)).collect();
            let blocks: Vec<RecordId> = of.iter().map(|user| id::block(*user, towards)).collect();
            let vars = vars([("policies", policies.into_value()), ("blocks", blocks.into_value())]);
            let Said { policies, blocks } = self.engine.read(STANCES, vars).await?;
            let silent = |user| Stance { user, policy: ContactPolicy::default(), blocks: false };
            for row in policies {
                let SetPolicy { user, policy } = row.try_into()?;
                stances.entry(user).or_insert(silent(user)).policy = policy;
            }
            for id in blocks {
                let (user, _) = pair_of(&id)?;
                stances.entry(user).or_insert(silent(user)).blocks = true;
            }
        }
        Ok(stances.into_values().collect())
    }
}

#[cfg(test)]
mod tests {
    use parlour_domain::User;
    use parlour_store_contract::fixture::people;

    use super::*;
    use crate::connect::plan::{is_bounded, plan_of};

    #[tokio::test(flavor = "multi_thread")]
    async fn policies_and_blocks_are_read_by_record_ids_and_ranges() {
        let [alice, bob]: [User; 2] = people();
        let stored = id::contact_policy(alice.id).into_value();
        let plan = plan_of(POLICY_OF, vars([("stored", stored)])).await;
        assert!(is_bounded(&plan) && plan.contains("RecordIdScan"), "{plan}");
        let [after, until] = range::blocked(alice.id, Some(bob.id)).vars();
        let plan = plan_of(LIST_BLOCKED, vars([after, until, ("limit", 2.into_value())])).await;
        assert!(is_bounded(&plan) && plan.contains("limit: $limit"), "{plan}");
        let (policies, blocks) = ("SELECT * FROM $policies", "SELECT VALUE id FROM $blocks");
        assert!(STANCES.contains(policies) && STANCES.contains(blocks));
        for (text, name, id) in
            [(policies, "policies", id::contact_policy(alice.id)), (blocks, "blocks", id::block(alice.id, bob.id))]
        {
            let plan = plan_of(text, vars([(name, vec![id].into_value())])).await;
            assert!(is_bounded(&plan) && plan.contains("SourceExpr"), "{plan}");
        }
    }
}
