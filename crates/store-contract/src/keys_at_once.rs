//! The laws of passkeys that many callers want something of at once.

use parlour_domain::port::{AddPasskeyError, PasskeyRepo, RegisterError, WriteError};
use parlour_domain::{CredentialId, Passkey, PasskeyRemoval, PasskeyUse, User, UserId};

use crate::concurrency::{RACERS, ROUNDS, at_once};
use crate::fixture::{at, passkey, passkey_use, people, used, user, uuid};
use crate::violation::Must;
use crate::{Harness, Violation};

const TRIES: usize = 16;

async fn add(passkeys: &dyn PasskeyRepo, passkey: Passkey) -> Result<(), AddPasskeyError> {
    for _ in 1..TRIES {
        match passkeys.add(passkey.clone()).await {
            Err(AddPasskeyError::Unavailable(_) | AddPasskeyError::OutcomeUnknown(_)) => tokio::task::yield_now().await,
            known => return known,
        }
    }
    passkeys.add(passkey).await
}

async fn record(passkeys: &dyn PasskeyRepo, used: PasskeyUse) -> Result<bool, WriteError> {
    for _ in 1..TRIES {
        match passkeys.record_use(used.clone()).await {
            Err(WriteError::Unavailable(_)) => tokio::task::yield_now().await,
            known => return known,
        }
    }
    passkeys.record_use(used).await
}

async fn remove(passkeys: &dyn PasskeyRepo, user: UserId, id: CredentialId) -> Result<PasskeyRemoval, WriteError> {
    for _ in 1..TRIES {
        match passkeys.remove(user, &id).await {
            Err(WriteError::Unavailable(_)) => tokio::task::yield_now().await,
            known => return known,
        }
    }
    passkeys.remove(user, &id).await
}

async fn insert<H: Harness>(must: Must, store: &H, users: &[User]) -> Result<(), Violation> {
    for user in users {
        must.succeed("a user is inserted", store.users().insert(user.clone()).await)?;
    }
    Ok(())
}

/// Two who claim one authenticator: whoever was first keeps it.
pub async fn a_credential_belongs_to_one_user<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "PasskeyRepo::add",
        "a_credential_belongs_to_one_user",
        "refuse an id that any passkey of any user has, also when many try at once, and then change nothing",
    );
    let [alice, bob] = people();
    insert(must, &store, &[alice.clone(), bob.clone()]).await?;
    let first = passkey(&alice, at(0));
    must.succeed("a passkey is added", store.passkeys().add(first.clone()).await)?;
    for thief in [&bob, &alice] {
        let refused = store.passkeys().add(Passkey { id: first.id.clone(), ..passkey(thief, at(1)) }).await;
        let is_taken = matches!(refused, Err(AddPasskeyError::CredentialTaken));
        must.hold("a passkey is added whose id another one has", is_taken, "CredentialTaken", &refused)?;
    }
    let found = must.succeed("the passkey is looked up", store.passkeys().find(&first.id).await)?;
    must.equal("others of its id were refused", &Some(first), &found)?;
    for round in 0..ROUNDS {
        for racers in RACERS {
            race_for_one_id(must, &store, (round, racers)).await?;
        }
    }
    Ok(())
}

async fn race_for_one_id<H: Harness>(must: Must, store: &H, (round, racers): (usize, usize)) -> Result<(), Violation> {
    let rivals: Vec<User> = (0..racers).map(|_| user()).collect();
    // Some have registered before, the others do so with it.
    let newcomers = if round.is_multiple_of(2) { racers / 2 } else { 0 };
    insert(must, store, &rivals[newcomers..]).await?;
    let id = passkey(&rivals[0], at(0)).id;
    let racer = |(n, rival): (usize, User)| {
        let (passkeys, wanted) = (store.passkeys(), Passkey { id: id.clone(), ..passkey(&rival, at(0)) });
        async move {
            if n >= newcomers {
                return add(&*passkeys, wanted).await;
            }
            loop {
                match passkeys.register(rival.clone(), wanted.clone()).await {
                    Ok(()) => return Ok(()),
                    Err(RegisterError::CredentialTaken) => return Err(AddPasskeyError::CredentialTaken),
                    Err(RegisterError::UsernameTaken) => return Err(AddPasskeyError::UserNotFound),
                    Err(RegisterError::Unavailable(_) | RegisterError::OutcomeUnknown(_)) => {
                        tokio::task::yield_now().await;
                    }
                }
            }
        }
    };
    let outcomes = at_once(rivals.iter().cloned().enumerate().map(racer).collect()).await;
    let won = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    must.hold(&format!("{racers} add a passkey of one id at once"), won == 1, "1 winner", &(won, &outcomes))?;
    let found = must.succeed("the id is looked up", store.passkeys().find(&id).await)?;
    let owner = found.map(|passkey| passkey.user_id);
    for (rival, outcome) in rivals.iter().zip(&outcomes) {
        let listed = must.succeed("passkeys are listed", store.passkeys().list_of(rival.id).await)?;
        let is_refused = matches!(outcome, Err(AddPasskeyError::CredentialTaken));
        must.hold("a passkey of one id is added at once", outcome.is_ok() || is_refused, "CredentialTaken", outcome)?;
        let expected = (outcome.is_ok(), usize::from(outcome.is_ok()));
        let seen = (owner == Some(rival.id), listed.len());
        must.equal("many added a passkey of one id; is it this user's, how many they have", &expected, &seen)?;
    }
    Ok(())
}

/// A user with two handles would be two people to their authenticators, and the next addition could follow but one.
pub async fn all_passkeys_of_a_user_have_one_handle<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "PasskeyRepo::add",
        "all_passkeys_of_a_user_have_one_handle",
        "refuse one whose user handle is not that of the user's others, also when many are added at once",
    );
    for racers in RACERS {
        let alice = user();
        insert(must, &store, std::slice::from_ref(&alice)).await?;
        // Each was begun when the user had no passkey yet.
        let wanted: Vec<Passkey> = (0..racers)
            .map(|_| Passkey { user_handle: passkey(&user(), at(0)).user_handle, ..passkey(&alice, at(0)) })
            .collect();
        let racer = |one: Passkey| {
            let passkeys = store.passkeys();
            async move { add(&*passkeys, one).await }
        };
        let outcomes = at_once(wanted.iter().cloned().map(racer).collect()).await;
        let when = format!("{racers} add a user's first passkey at once, each with a handle of its own");
        let won: Vec<_> = wanted.iter().zip(&outcomes).filter(|(_, outcome)| outcome.is_ok()).collect();
        let [(first, _)] = won[..] else { return Err(must.broken(&when, "1 winner", format!("{outcomes:?}"))) };
        let lost = outcomes.iter().filter(|outcome| matches!(outcome, Err(AddPasskeyError::HandleDiffers))).count();
        must.hold(&when, lost == racers - 1, "HandleDiffers for all others", &outcomes)?;
        let second = Passkey { user_handle: first.user_handle, ..passkey(&alice, at(1)) };
        must.succeed("a passkey of the first one's handle is added", store.passkeys().add(second.clone()).await)?;
        let listed = must.succeed("the passkeys are listed", store.passkeys().list_of(alice.id).await)?;
        must.equal("passkeys of other handles were refused", &vec![first.clone(), second], &listed)?;
    }
    Ok(())
}

/// A copied authenticator shows in its counter, unless both are let in.
pub async fn of_racing_uses_of_one_counter_one_counts<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "PasskeyRepo::record_use",
        "of_racing_uses_of_one_counter_one_counts",
        "change nothing when there is no such passkey or its counter is another one, also when many try at once",
    );
    let [alice] = people();
    insert(must, &store, std::slice::from_ref(&alice)).await?;
    let (mut stored, other) = (passkey(&alice, at(0)), passkey(&alice, at(1)));
    let passkeys = store.passkeys();
    for one in [&stored, &other] {
        must.succeed("a passkey is added", passkeys.add(one.clone()).await)?;
    }
    let unknown = PasskeyUse { id: passkey(&alice, at(0)).id, ..passkey_use(&stored, 1, at(2)) };
    let early = PasskeyUse { expected: 1, ..passkey_use(&stored, 2, at(2)) };
    for wrong in [unknown, early] {
        let counted = must.succeed("a use is recorded", passkeys.record_use(wrong).await)?;
        must.equal("a use of no passkey or on another counter is recorded", &false, &counted)?;
    }
    for round in 0..ROUNDS {
        for racers in RACERS {
            let uses: Vec<PasskeyUse> =
                (1..).map(|n| passkey_use(&stored, stored.counter + n, at(n.into()))).take(racers).collect();
            let racer = |one: PasskeyUse| {
                let passkeys = store.passkeys();
                async move { record(&*passkeys, one).await }
            };
            let outcomes = at_once(uses.iter().cloned().map(racer).collect()).await;
            let when = format!("round {round}: {racers} use one passkey at one counter");
            let mut counted = Vec::new();
            for (one, outcome) in uses.iter().zip(outcomes) {
                if must.succeed(&when, outcome)? {
                    counted.push(one);
                }
            }
            let [winner] = counted[..] else { return Err(must.broken(&when, "1 counts", format!("{counted:?}"))) };
            stored = used(&stored, winner);
            let found = must.succeed("the passkey is looked up", passkeys.find(&stored.id).await)?;
            must.equal("many used one passkey at one counter", &Some(stored.clone()), &found)?;
        }
    }
    let found = must.succeed("the other passkey is looked up", passkeys.find(&other.id).await)?;
    must.equal("one of two passkeys was used", &Some(other), &found)
}

/// Without a passkey nobody gets in again.
pub async fn the_last_passkey_is_never_removed<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "PasskeyRepo::remove",
        "the_last_passkey_is_never_removed",
        "keep a user's only passkey, also when many are removed at once",
    );
    let alice = user();
    let (first, second) = (passkey(&alice, at(0)), passkey(&alice, at(1)));
    let passkeys = store.passkeys();
    must.succeed("a user registers", passkeys.register(alice.clone(), first.clone()).await)?;
    let outcome = must.succeed("the only passkey is removed", passkeys.remove(alice.id, &first.id).await)?;
    must.equal("the only passkey is removed", &PasskeyRemoval::Last, &outcome)?;
    must.succeed("a passkey is added", passkeys.add(second.clone()).await)?;
    for (id, expected) in [
        (&first.id, PasskeyRemoval::Removed),
        (&first.id, PasskeyRemoval::NotFound),
        (&second.id, PasskeyRemoval::Last),
    ] {
        let outcome = must.succeed("a passkey is removed", passkeys.remove(alice.id, id).await)?;
        must.equal("both passkeys of a user are removed, the first of them twice", &expected, &outcome)?;
    }
    let listed = must.succeed("the passkeys are listed", passkeys.list_of(alice.id).await)?;
    must.equal("one of two passkeys could be removed", &vec![second], &listed)?;
    for _ in 0..ROUNDS {
        for racers in RACERS {
            race_to_nothing(must, &store, racers).await?;
        }
    }
    Ok(())
}

async fn race_to_nothing<H: Harness>(must: Must, store: &H, racers: usize) -> Result<(), Violation> {
    let owner = user();
    insert(must, store, std::slice::from_ref(&owner)).await?;
    let all: Vec<Passkey> = (0..racers / 2).map(|_| passkey(&owner, at(0))).collect();
    for one in &all {
        must.succeed("a passkey is added", store.passkeys().add(one.clone()).await)?;
    }
    // Each is removed by two.
    let racer = |one: Passkey| {
        let (passkeys, user) = (store.passkeys(), owner.id);
        async move { remove(&*passkeys, user, one.id).await }
    };
    let outcomes = at_once(all.iter().chain(&all).cloned().map(racer).collect()).await;
    let when = format!("{racers} remove all {} passkeys of a user at once", all.len());
    let removed = outcomes.iter().filter(|outcome| matches!(outcome, Ok(PasskeyRemoval::Removed))).count();
    must.hold(&when, removed == all.len() - 1, "all but one are removed", &outcomes)?;
    let failed = outcomes.iter().find(|outcome| outcome.is_err());
    must.hold(&when, failed.is_none(), "no error", &failed)?;
    let listed = must.succeed("the passkeys are listed", store.passkeys().list_of(owner.id).await)?;
    must.hold(&when, listed.len() == 1, "1 passkey is left", &listed)?;
    let extra = Passkey { id: crate::fixture::credential(uuid().as_bytes()), ..passkey(&owner, at(1)) };
    must.succeed("a passkey is added", add(&*store.passkeys(), extra).await)
}
