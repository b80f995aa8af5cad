//! The laws of forgetting while others write: what is new stays, and what was used is not used again.

use parlour_domain::{IDEMPOTENCY_KEPT_FOR, Seq};

use crate::concurrency::{ROUNDS, both, insist};
use crate::fixture::{Creation, at, key, people};
use crate::observe::{ALL, persist};
use crate::violation::Must;
use crate::{Harness, Violation};

/// Old entries go while new ones come.
pub async fn a_place_is_never_used_again_while_others_are_forgotten<H: Harness>(store: H) -> Result<(), Violation> {
    const OLD: i64 = 3;
    const ALL_TOLD: i64 = 6;
    let must = Must::of(
        "InboxRepo::forget",
        "a_place_is_never_used_again_while_others_are_forgotten",
        "never use a place again and leave no gap, also when entries are added at the same time",
    );
    for round in 0..ROUNDS {
        let [alice, bob] = people();
        let told = |seconds| Creation::group(&alice, std::slice::from_ref(&bob)).at(at(seconds)).commit();
        let commits: Vec<_> = (0..ALL_TOLD).map(told).collect();
        let events: Vec<_> = commits.iter().map(|commit| commit.parts().events[0].event.id).collect();
        let mut coming = commits.into_iter();
        for (_, commit) in (0..OLD).zip(coming.by_ref()) {
            must.succeed("a room is created", store.rooms().commit(commit).await)?;
        }
        let (inboxes, rooms) = (store.inboxes(), store.rooms());
        let (forgotten, told) = both(round, async move { insist(|| inboxes.forget(at(OLD))).await }, async move {
            for commit in coming {
                persist(&*rooms, &commit).await?;
            }
            Ok::<(), parlour_domain::port::CommitError>(())
        })
        .await;
        must.succeed("old entries are forgotten while others come", forgotten)?;
        must.succeed("rooms are created while entries are forgotten", told)?;
        for user in [alice.id, bob.id] {
            let page = must.succeed("an inbox is read", store.inboxes().read(user, Seq::ZERO, ALL).await)?;
            let forgotten = page.forgotten.get();
            let expected: Vec<_> = (1..).zip(&events).filter(|(place, _)| *place > forgotten).collect();
            let seen: Vec<_> = page.entries.iter().map(|entry| (entry.seq.get(), &entry.event.id)).collect();
            let when = "6 were told of rooms and the older ones forgotten at once; places and events";
            must.equal(when, &expected, &seen)?;
            must.equal("6 were told of rooms and the older ones forgotten at once; the head", &6, &page.head.get())?;
        }
    }
    Ok(())
}

/// A key is used again in the moment when its old answer is forgotten.
pub async fn an_answer_that_replaces_another_is_never_forgotten<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "RoomRepo::forget_answers",
        "an_answer_that_replaces_another_is_never_forgotten",
        "leave the records that expire later, also those that replace an expired one at the same time",
    );
    for round in 0..ROUNDS {
        let ([alice, bob], key) = (people(), key(&format!("key-{round}")));
        let creation = Creation::group(&alice, std::slice::from_ref(&bob)).keyed(&key);
        let end = at(0).after(IDEMPOTENCY_KEPT_FOR);
        must.succeed("a room is created under a key", store.rooms().commit(creation.clone().commit()).await)?;
        let again = Creation::group(&alice, std::slice::from_ref(&bob)).keyed(&key).at(end).commit();
        let record = again.parts().idempotency.clone();
        let (forgetting, replacing) = (store.rooms(), store.rooms());
        let (forgotten, replaced) =
            both(round, async move { insist(|| forgetting.forget_answers(end)).await }, async move {
                persist(&*replacing, &again).await
            })
            .await;
        must.succeed("answers are forgotten of which one is replaced at the same time", forgotten)?;
        must.succeed("an expired answer is replaced that is forgotten at the same time", replaced)?;
        let found = must.succeed("the key is looked up", store.rooms().find_answer(alice.id, &key).await)?;
        must.equal("an expired answer was forgotten and replaced at once", &record, &found)?;
    }
    Ok(())
}
