//! The laws of registering a user together with their first passkey.

use parlour_domain::port::{PasskeyRepo, RegisterError};
use parlour_domain::{CredentialId, Passkey, User};

use crate::concurrency::{RACERS, ROUNDS, at_once};
use crate::dropped::dropped_after;
use crate::fixture::{at, passkey, people, user, username};
use crate::violation::Must;
use crate::{Harness, Violation};

/// No store known answers only after so many polls.
const MOST_POLLS: usize = 24;
const TRIES: usize = 16;

/// What is there of a registration: the user, the name's holder, the passkey.
async fn look<H: Harness>(
    must: Must,
    store: &H,
    user: &User,
    id: &CredentialId,
) -> Result<(Vec<User>, Option<User>, Option<Passkey>), Violation> {
    let found = must.succeed("a user is looked up", store.users().find_many(&[user.id]).await)?;
    let holder = must.succeed("a name is looked up", store.users().find_by_username(&user.username).await)?;
    let passkey = must.succeed("a passkey is looked up", store.passkeys().find(id).await)?;
    Ok((found, holder, passkey))
}

/// Registers, as long as it takes to know what came of it.
async fn register(passkeys: &dyn PasskeyRepo, user: User, passkey: Passkey) -> Result<(), RegisterError> {
    for _ in 1..TRIES {
        match passkeys.register(user.clone(), passkey.clone()).await {
            Err(RegisterError::Unavailable(_) | RegisterError::OutcomeUnknown(_)) => tokio::task::yield_now().await,
            known => return known,
        }
    }
    passkeys.register(user, passkey).await
}

/// A user without a passkey could never sign in, and would keep the name.
pub async fn a_registration_is_whole_or_absent<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "PasskeyRepo::register",
        "a_registration_is_whole_or_absent",
        "add the user and the passkey or neither",
    );
    let [alice] = people();
    let first = passkey(&alice, at(0));
    must.succeed("a user registers", store.passkeys().register(alice.clone(), first.clone()).await)?;
    let there = look(must, &store, &alice, &first.id).await?;
    must.equal("a user registered", &(vec![alice.clone()], Some(alice.clone()), Some(first.clone())), &there)?;

    let namesake = User { username: username(&alice.username.as_str().to_uppercase()), ..user() };
    let second = passkey(&namesake, at(1));
    let refused = store.passkeys().register(namesake.clone(), second.clone()).await;
    let is_taken = matches!(refused, Err(RegisterError::UsernameTaken));
    must.hold("a user registers under a name that is taken", is_taken, "UsernameTaken", &refused)?;
    let there = look(must, &store, &namesake, &second.id).await?;
    must.equal("the name was taken; what is there", &(Vec::new(), Some(alice.clone()), None), &there)?;

    let bob = user();
    let stolen = Passkey { id: first.id.clone(), ..passkey(&bob, at(2)) };
    let refused = store.passkeys().register(bob.clone(), stolen).await;
    let is_taken = matches!(refused, Err(RegisterError::CredentialTaken));
    must.hold("a user registers with a passkey that is taken", is_taken, "CredentialTaken", &refused)?;
    let there = look(must, &store, &bob, &first.id).await?;
    must.equal("the passkey was taken; what is there", &(Vec::new(), None, Some(first)), &there)?;
    for polls in 0..MOST_POLLS {
        if drop_one(must, &store, polls).await? {
            break;
        }
    }
    Ok(())
}

/// Drops one registration after so many polls, and answers whether it was done by then.
async fn drop_one<H: Harness>(must: Must, store: &H, polls: usize) -> Result<bool, Violation> {
    let carol = user();
    let first = passkey(&carol, at(0));
    let passkeys = store.passkeys();
    let outcome = dropped_after(polls, passkeys.register(carol.clone(), first.clone())).await;
    let is_done = outcome.is_some();
    if let Some(outcome) = outcome {
        must.succeed("a user registers whom nothing stands against", outcome)?;
    }
    // What was dropped may still be going on: whatever is looked at first may come only after it.
    let seen = must.succeed("a user is looked up", store.users().find_many(&[carol.id]).await)?;
    let found = must.succeed("a passkey is looked up", passkeys.find(&first.id).await)?;
    let is_whole = seen.is_empty() || found.is_some();
    must.hold("a registration was dropped; the user is there, the passkey", is_whole, "is there too", &found)?;
    let found = must.succeed("a passkey is looked up", passkeys.find(&first.id).await)?;
    let seen = must.succeed("a user is looked up", store.users().find_many(&[carol.id]).await)?;
    let is_whole = found.is_none() || !seen.is_empty();
    must.hold("a registration was dropped; the passkey is there, the user", is_whole, "is there too", &seen)?;
    let again = register(&*passkeys, carol.clone(), first.clone()).await;
    must.succeed("a dropped registration is repeated", again)?;
    let there = look(must, store, &carol, &first.id).await?;
    must.equal("a dropped registration was repeated", &(vec![carol.clone()], Some(carol), Some(first)), &there)?;
    Ok(is_done)
}

/// A client that does not know whether it registered asks again.
pub async fn the_same_registration_again_has_one_effect<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "PasskeyRepo::register",
        "the_same_registration_again_has_one_effect",
        "answer success when the very same user and passkey are registered again, and refuse another passkey",
    );
    let alice = user();
    let first = passkey(&alice, at(0));
    for _ in 0..2 {
        let outcome = store.passkeys().register(alice.clone(), first.clone()).await;
        must.succeed("a user registers with the same passkey, once or twice", outcome)?;
    }
    let other = store.passkeys().register(alice.clone(), passkey(&alice, at(1))).await;
    let is_taken = matches!(other, Err(RegisterError::UsernameTaken));
    must.hold("the same user registers with another passkey", is_taken, "UsernameTaken", &other)?;
    let listed = must.succeed("the users are listed", store.users().list(None, 10).await)?;
    must.equal("the same user registered again", std::slice::from_ref(&alice), &listed)?;
    let listed = must.succeed("the passkeys are listed", store.passkeys().list_of(alice.id).await)?;
    must.equal("the same user registered again", &vec![first], &listed)
}

/// Many register the same name at once, in different cases, each with a passkey of their own.
pub async fn of_racing_registrations_with_passkeys_one_name_has_one_winner<H: Harness>(
    store: H,
) -> Result<(), Violation> {
    let must = Must::of(
        "PasskeyRepo::register",
        "of_racing_registrations_with_passkeys_one_name_has_one_winner",
        "add both or neither, and refuse a name whose key another user has, also when many try at once",
    );
    for round in 0..ROUNDS {
        for racers in RACERS {
            let name = format!("Keyed-{round}-of-{racers}");
            let cased = |n: usize| if n.is_multiple_of(2) { name.to_uppercase() } else { name.to_lowercase() };
            let rivals: Vec<User> = (0..racers).map(|n| User { username: username(&cased(n)), ..user() }).collect();
            let rivals: Vec<_> = rivals.into_iter().map(|rival| (passkey(&rival, at(0)), rival)).collect();
            let racer = |(passkey, rival): (Passkey, User)| {
                let passkeys = store.passkeys();
                async move { register(&*passkeys, rival, passkey).await }
            };
            let outcomes = at_once(rivals.iter().cloned().map(racer).collect()).await;
            let won = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
            must.hold(&format!("{racers} register one name at once"), won == 1, "1 winner", &(won, &outcomes))?;
            for ((passkey, rival), outcome) in rivals.iter().zip(&outcomes) {
                let (found, holder, key) = look(must, &store, rival, &passkey.id).await?;
                let is_holder = holder.as_ref() == Some(rival);
                let there = (found.len(), is_holder, key.as_ref() == Some(passkey));
                match outcome {
                    Ok(()) => {
                        must.equal("the winner is looked up, by id, name and passkey", &(1, true, true), &there)?;
                    }
                    Err(RegisterError::UsernameTaken) => {
                        must.equal("a loser is looked up, by id, name and passkey", &(0, false, false), &there)?;
                    }
                    Err(_) => return Err(must.broken("registrations race", "UsernameTaken", format!("{outcome:?}"))),
                }
            }
        }
    }
    Ok(())
}
