//! The laws of [`ContactRepo`](parlour_domain::port::ContactRepo).

use parlour_domain::{Block, ContactPolicy, Stance, User, UserId};

use crate::fixture::{self, at, micros, people, uuid};
use crate::observe::ALL;
use crate::violation::Must;
use crate::{Harness, Violation};

async fn register<H: Harness>(must: Must, store: &H, users: &[User]) -> Result<(), Violation> {
    for user in users {
        must.succeed("a user is inserted", store.users().insert(user.clone()).await)?;
    }
    Ok(())
}

async fn block<H: Harness>(must: Must, store: &H, user: &User, blocked: &User, seconds: i64) -> Result<(), Violation> {
    let block = Block { user: user.id, blocked: blocked.id, at: at(seconds) };
    must.succeed("somebody is blocked", store.contacts().block(block).await)
}

/// Whoever said nothing is open to everyone; and each speaks for themselves.
pub async fn a_contact_policy_comes_back_as_it_was_set<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "ContactRepo::policy_of",
        "a_contact_policy_comes_back_as_it_was_set",
        "answer the policy that was set last",
    );
    let [alice, bob] = people();
    register(must, &store, &[alice.clone(), bob.clone()]).await?;
    let contacts = store.contacts();
    let policy = must.succeed("a policy is read", contacts.policy_of(alice.id).await)?;
    must.equal("a policy is read that nobody has set", &ContactPolicy::Everyone, &policy)?;
    let each = ContactPolicy::ALL.into_iter().rev().chain([ContactPolicy::SharedRooms, ContactPolicy::SharedRooms]);
    for policy in each {
        must.succeed("a policy is set", contacts.set_policy(alice.id, policy).await)?;
        let seen = must.succeed("a policy is read", contacts.policy_of(alice.id).await)?;
        must.equal("a policy was set and is read", &policy, &seen)?;
    }
    let policy = must.succeed("a policy is read", contacts.policy_of(bob.id).await)?;
    must.equal("somebody else has set a policy", &ContactPolicy::Everyone, &policy)
}

/// Nothing that was acknowledged is lost when the store is closed.
pub async fn policies_and_blocks_are_there_after_reopening<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "ContactRepo::set_policy, ContactRepo::block",
        "policies_and_blocks_are_there_after_reopening",
        "be durable before it answers",
    );
    let [alice, bob, carol] = people();
    register(must, &store, &[alice.clone(), bob.clone(), carol.clone()]).await?;
    block(must, &store, &alice, &bob, 1).await?;
    block(must, &store, &alice, &carol, 2).await?;
    must.succeed("a block is removed", store.contacts().unblock(alice.id, bob.id).await)?;
    must.succeed("a policy is set", store.contacts().set_policy(alice.id, ContactPolicy::Nobody).await)?;
    let store = store.reopen().await;
    let policy = must.succeed("a policy is read", store.contacts().policy_of(alice.id).await)?;
    must.equal("the store was reopened and a policy is read", &ContactPolicy::Nobody, &policy)?;
    let listed = must.succeed("blocks are listed", store.contacts().list_blocked(alice.id, None, ALL).await)?;
    let left = vec![Block { user: alice.id, blocked: carol.id, at: at(2) }];
    must.equal("the store was reopened and blocks are listed", &left, &listed)
}

/// Whoever does not know whether the block is there blocks again.
pub async fn blocking_again_has_one_effect<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "ContactRepo::block",
        "blocking_again_has_one_effect",
        "keep the first block when the pair is blocked again",
    );
    let [alice, bob] = people();
    register(must, &store, &[alice.clone(), bob.clone()]).await?;
    for seconds in [3, 3, 9, 1] {
        block(must, &store, &alice, &bob, seconds).await?;
        let listed = must.succeed("blocks are listed", store.contacts().list_blocked(alice.id, None, ALL).await)?;
        let first = vec![Block { user: alice.id, blocked: bob.id, at: at(3) }];
        must.equal("somebody was blocked again and the blocks are listed", &first, &listed)?;
    }
    Ok(())
}

/// Two may block each other, and each takes back their own.
pub async fn a_block_holds_for_one_direction<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "ContactRepo::unblock",
        "a_block_holds_for_one_direction",
        "remove the block of that pair, answer whether there was one, and touch no other",
    );
    let [alice, bob, carol] = people();
    register(must, &store, &[alice.clone(), bob.clone(), carol.clone()]).await?;
    for (user, blocked) in [(&alice, &bob), (&bob, &alice), (&alice, &carol)] {
        block(must, &store, user, blocked, 0).await?;
    }
    let contacts = store.contacts();
    for (when, was_there) in [("a block is removed", true), ("a block is removed again", false)] {
        let removed = must.succeed(when, contacts.unblock(alice.id, bob.id).await)?;
        must.equal(when, &was_there, &removed)?;
    }
    for (user, left) in [(&alice, vec![carol.id]), (&bob, vec![alice.id])] {
        let listed = must.succeed("blocks are listed", contacts.list_blocked(user.id, None, ALL).await)?;
        let listed: Vec<UserId> = listed.iter().map(|block| block.blocked).collect();
        must.equal("one block of three was removed", &left, &listed)?;
    }
    let removed = must.succeed("no block is removed", contacts.unblock(carol.id, alice.id).await)?;
    must.equal("a block is removed that holds the other way only", &false, &removed)
}

/// Eleven of one user, with those of others around them.
pub async fn blocks_are_listed_in_pages<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "ContactRepo::list_blocked",
        "blocks_are_listed_in_pages",
        "list every block of a user once over consecutive pages, in the order of the blocked ids, and no one else's",
    );
    let everyone: [User; 14] = people();
    let [before, alice, behind, blocked @ ..] = &everyone;
    register(must, &store, &everyone).await?;
    let mut expected = Vec::new();
    for (seconds, other) in (0..).zip(blocked) {
        let instant = if seconds == 4 { micros(fixture::FIRST_INSTANT) } else { at(-seconds) };
        expected.push(Block { user: alice.id, blocked: other.id, at: instant });
    }
    for one in expected.iter().rev() {
        must.succeed("somebody is blocked", store.contacts().block(*one).await)?;
        for other in [before, behind] {
            must.succeed("somebody is blocked", store.contacts().block(Block { user: other.id, ..*one }).await)?;
        }
    }
    let list = async |after, limit| {
        must.succeed("blocks are listed", store.contacts().list_blocked(alice.id, after, limit).await)
    };
    for limit in [1, 3, 11, 100, ALL] {
        let (mut listed, mut after) = (Vec::new(), None);
        for _ in 0..=expected.len() {
            let page = list(after, limit).await?;
            let is_short = u32::try_from(page.len()).is_ok_and(|length| length <= limit);
            must.hold("a page of blocks is read", is_short, &format!("at most {limit}"), &page)?;
            let Some(last) = page.last() else { break };
            after = Some(last.blocked);
            listed.extend(page);
        }
        must.equal(&format!("pages of {limit} blocks are read"), &expected, &listed)?;
    }
    must.equal("no blocks are asked for", &Vec::new(), &list(None, 0).await?)?;
    must.succeed("a block is removed", store.contacts().unblock(alice.id, expected[5].blocked).await)?;
    let rest = list(Some(expected[5].blocked), ALL).await?;
    must.equal("blocks are listed from a place where nothing is", &expected[6..], &rest[..])
}

/// Of thousands at once, whoever said nothing among them.
pub async fn stances_are_those_of_policies_and_blocks<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "ContactRepo::stances",
        "stances_are_those_of_policies_and_blocks",
        "answer how each stands towards the user; whoever is left out is open to everyone and does not block them",
    );
    let everyone: [User; 8] = people();
    let [alice, zoe, open, shared, closed, blocking, both, silent] = &everyone;
    register(must, &store, &everyone).await?;
    let contacts = store.contacts();
    for (user, policy) in [
        (open, ContactPolicy::Everyone),
        (shared, ContactPolicy::SharedRooms),
        (closed, ContactPolicy::Nobody),
        (both, ContactPolicy::SharedRooms),
        (alice, ContactPolicy::Nobody),
    ] {
        must.succeed("a policy is set", contacts.set_policy(user.id, policy).await)?;
    }
    // Whom alice blocks, and who blocks somebody else, says nothing of how they stand towards alice.
    for (user, blocked) in
        [(blocking, alice), (both, alice), (alice, open), (alice, closed), (closed, zoe), (silent, zoe)]
    {
        block(must, &store, user, blocked, 0).await?;
    }
    let expected = |towards: &User| {
        let of_alice = towards.id == alice.id;
        [
            (open, ContactPolicy::Everyone, false),
            (shared, ContactPolicy::SharedRooms, false),
            (closed, ContactPolicy::Nobody, !of_alice),
            (blocking, ContactPolicy::Everyone, of_alice),
            (both, ContactPolicy::SharedRooms, of_alice),
            (silent, ContactPolicy::Everyone, !of_alice),
        ]
        .map(|(user, policy, blocks)| Stance { user: user.id, policy, blocks })
        .to_vec()
    };
    let said: Vec<UserId> = [open, shared, closed, blocking, both, silent].map(|user| user.id).to_vec();
    let unknown = (0..2_500).map(|_| UserId::from_uuid(uuid()));
    let thousands: Vec<UserId> = unknown.chain(said.iter().copied()).chain([both.id]).collect();
    for asked in [&said, &thousands] {
        for towards in [alice, zoe] {
            let when = format!("the stances of {} are read", asked.len());
            let stances = must.succeed(&when, contacts.stances(asked, towards.id).await)?;
            let of = |user: &UserId| stances.iter().find(|stance| stance.user == *user).copied();
            let silent = |user: UserId| Stance { user, policy: ContactPolicy::Everyone, blocks: false };
            let seen: Vec<Stance> = said.iter().map(|user| of(user).unwrap_or(silent(*user))).collect();
            must.equal(&when, &expected(towards), &seen)?;
            let is_silent = |stance: &&Stance| !said.contains(&stance.user);
            let others: Vec<&Stance> =
                stances.iter().filter(is_silent).filter(|one| **one != silent(one.user)).collect();
            must.hold(&when, others.is_empty(), "nothing of those who said nothing", &others)?;
        }
    }
    let stances = must.succeed("nobody's stance is read", contacts.stances(&[], alice.id).await)?;
    must.equal("nobody's stance is read", &Vec::new(), &stances)
}
