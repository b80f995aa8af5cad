//! The laws of [`CeremonyRepo`](parlour_domain::port::CeremonyRepo).

use parlour_domain::port::{CeremonyRepo, TakeError};
use parlour_domain::{Ceremony, CeremonyKind, ChallengeHash};

use crate::concurrency::{RACERS, ROUNDS, at_once};
use crate::fixture::{self, at, ceremony, micros};
use crate::violation::Must;
use crate::{Harness, Violation};

const TRIES: usize = 16;

async fn take(ceremonies: &dyn CeremonyRepo, challenge: ChallengeHash) -> Result<Option<Ceremony>, TakeError> {
    for _ in 1..TRIES {
        match ceremonies.take(&challenge).await {
            Err(TakeError::Unavailable(_)) => tokio::task::yield_now().await,
            known => return known,
        }
    }
    ceremonies.take(&challenge).await
}

async fn insert<H: Harness>(must: Must, store: &H, all: &[Ceremony]) -> Result<(), Violation> {
    for one in all {
        must.succeed("a ceremony is inserted", store.ceremonies().insert(one.clone()).await)?;
    }
    Ok(())
}

/// Every kind, any state, expired or not; a challenge is compared to its last bit.
pub async fn a_ceremony_comes_back_as_it_went_in<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of("CeremonyRepo::take", "a_ceremony_comes_back_as_it_went_in", "keep every field unchanged");
    let similar = |last| {
        let mut hash = [0x20; 32];
        hash[31] = last;
        ChallengeHash::from_bytes(hash)
    };
    let every_byte: Vec<u8> = (0..=255).collect();
    let kinds = CeremonyKind::ALL.map(|kind| Ceremony { kind, ..ceremony(at(600)) });
    let others = [
        Ceremony { state: Vec::new(), challenge: similar(0x00), ..ceremony(micros(fixture::FIRST_INSTANT)) },
        Ceremony { state: every_byte.repeat(64), challenge: similar(0x20), ..ceremony(micros(fixture::LAST_INSTANT)) },
        Ceremony { challenge: similar(0x41), ..ceremony(micros(-1)) },
        Ceremony { challenge: similar(0x61), ..ceremony(micros(1)) },
    ];
    let all: Vec<Ceremony> = kinds.into_iter().chain(others).collect();
    insert(must, &store, &all).await?;
    for unknown in [similar(0x01), ChallengeHash::from_bytes([0x20; 32].map(|byte: u8| byte + 1))] {
        let found = must.succeed("a ceremony is taken", store.ceremonies().take(&unknown).await)?;
        must.equal("a ceremony is taken that was never begun", &None, &found)?;
    }
    for one in all {
        let found = must.succeed("a ceremony is taken", store.ceremonies().take(&one.challenge).await)?;
        must.equal("one of some ceremonies is taken", &Some(one), &found)?;
    }
    Ok(())
}

/// Whoever begins and does not know whether it was kept asks again.
pub async fn inserting_the_same_ceremony_again_has_one_effect<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "CeremonyRepo::insert",
        "inserting_the_same_ceremony_again_has_one_effect",
        "answer success when the very same ceremony is inserted again",
    );
    let one = ceremony(at(0));
    insert(must, &store, &[one.clone(), one.clone()]).await?;
    for expected in [Some(one.clone()), None] {
        let found = must.succeed("a ceremony is taken", store.ceremonies().take(&one.challenge).await)?;
        must.equal("a ceremony that was inserted twice is taken twice", &expected, &found)?;
    }
    Ok(())
}

/// A challenge that could be answered twice could be answered by whoever listens.
pub async fn a_ceremony_is_taken_once<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "CeremonyRepo::take",
        "a_ceremony_is_taken_once",
        "give a ceremony to one caller only, also when many ask at once",
    );
    for _ in 0..ROUNDS {
        for racers in RACERS {
            let (wanted, other) = (ceremony(at(0)), ceremony(at(0)));
            insert(must, &store, &[wanted.clone(), other.clone()]).await?;
            let racer = |challenge| {
                let ceremonies = store.ceremonies();
                async move { take(&*ceremonies, challenge).await }
            };
            let outcomes = at_once((0..racers).map(|_| racer(wanted.challenge)).collect()).await;
            let when = format!("{racers} take one ceremony at once");
            let mut taken = Vec::new();
            for outcome in outcomes {
                taken.extend(must.succeed(&when, outcome)?);
            }
            must.equal(&when, &vec![wanted.clone()], &taken)?;
            for (one, expected) in [(wanted, None), (other.clone(), Some(other))] {
                let found = must.succeed("a ceremony is taken", take(&*store.ceremonies(), one.challenge).await)?;
                must.equal("one of two ceremonies was taken, and both are taken", &expected, &found)?;
            }
        }
    }
    Ok(())
}

/// Forgetting takes what has served its time and nothing else.
pub async fn only_expired_ceremonies_are_removed<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "CeremonyRepo::remove_expired",
        "only_expired_ceremonies_are_removed",
        "remove the ceremonies that have expired, leave those that expire later, and answer how many it removed",
    );
    let gone = [-5, 999_999, 1_000_000].map(|end| ceremony(micros(end)));
    let kept = [1_000_001, fixture::LAST_INSTANT].map(|end| ceremony(micros(end)));
    insert(must, &store, &[gone.as_slice(), &kept].concat()).await?;
    for expected in [3, 0] {
        let removed = store.ceremonies().remove_expired(micros(1_000_000)).await;
        let removed = must.succeed("expired ceremonies are removed", removed)?;
        must.equal("3 of 5 ceremonies have expired, one at this instant, and are removed twice", &expected, &removed)?;
    }
    let expected = gone.into_iter().map(|one| (one, false)).chain(kept.into_iter().map(|one| (one, true)));
    for (one, is_kept) in expected {
        let found = must.succeed("a ceremony is taken", store.ceremonies().take(&one.challenge).await)?;
        must.equal("expired ceremonies were removed and one is taken", &is_kept.then_some(one), &found)?;
    }
    Ok(())
}
