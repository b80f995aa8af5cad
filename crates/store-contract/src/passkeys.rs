//! The laws of [`PasskeyRepo`](parlour_domain::port::PasskeyRepo), as far as one caller sees them.

use parlour_domain::port::AddPasskeyError;
use parlour_domain::{CredentialId, Passkey, PasskeyName, PasskeyRemoval, User};

use crate::fixture::{self, at, ceremony, credential, micros, passkey, people};
use crate::violation::Must;
use crate::{Harness, Violation};

/// Adds users, none of whom has a passkey.
async fn insert<H: Harness>(must: Must, store: &H, users: &[User]) -> Result<(), Violation> {
    for user in users {
        must.succeed("a user is inserted", store.users().insert(user.clone()).await)?;
    }
    Ok(())
}

async fn find<H: Harness>(must: Must, store: &H, id: &CredentialId) -> Result<Option<Passkey>, Violation> {
    must.succeed("a passkey is looked up", store.passkeys().find(id).await)
}

async fn list<H: Harness>(must: Must, store: &H, user: &User) -> Result<Vec<Passkey>, Violation> {
    must.succeed("the passkeys of a user are listed", store.passkeys().list_of(user.id).await)
}

/// The longest and the shortest id, every byte, the first and the last instant, the highest counter.
pub async fn a_passkey_comes_back_as_it_went_in<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of("PasskeyRepo::add", "a_passkey_comes_back_as_it_went_in", "keep every field unchanged");
    let [alice] = people();
    insert(must, &store, std::slice::from_ref(&alice)).await?;
    let every_byte: Vec<u8> = (0..=255).collect();
    let named = |name: &str| Passkey {
        name: PasskeyName::parse(name).unwrap_or_default(),
        ..passkey(&alice, micros(fixture::FIRST_INSTANT))
    };
    let mut cases = [
        named("a"),
        Passkey { id: credential(&[0]), material: Vec::new(), ..named(&"🦊".repeat(100)) },
        Passkey { id: credential(&every_byte.repeat(4)[..1_023]), ..named("'); -- \\ \" %_") },
        Passkey { material: every_byte.repeat(64), counter: u32::MAX, ..named("日本語") },
        Passkey { last_used_at: Some(micros(fixture::FIRST_INSTANT)), counter: 1, ..named("e\u{301} and é") },
        Passkey { last_used_at: Some(micros(fixture::LAST_INSTANT)), ..named("ß, İ, ﬀ") },
        Passkey { created_at: micros(fixture::LAST_INSTANT), ..named("last") },
    ];
    for (one, nth) in cases.iter_mut().zip(0..).skip(1).take(5) {
        one.created_at = micros(nth - 3);
    }
    for one in &cases {
        must.succeed("a passkey is added", store.passkeys().add(one.clone()).await)?;
    }
    for one in &cases {
        must.equal("the passkey is looked up", &Some(one.clone()), &find(must, &store, &one.id).await?)?;
    }
    must.equal("the passkeys are listed", &cases[..], &list(must, &store, &alice).await?)
}

/// Ids are bytes of any number: none is the beginning of another, and no letter has a case.
pub async fn a_passkey_is_found_by_its_whole_id<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of("PasskeyRepo::find", "a_passkey_is_found_by_its_whole_id", "compare the whole id");
    let [alice] = people();
    insert(must, &store, std::slice::from_ref(&alice)).await?;
    let long = |last| credential(&[[0x20; 1_022].as_slice(), &[last]].concat());
    let known = [
        credential(&[0x41]),
        credential(&[0x41, 0x00]),
        credential(&[0x41, 0x20]),
        credential(&[0x61, 0x20]),
        credential(&[0x20; 1_022]),
        long(0x20),
        long(0x00),
    ];
    let all = known.map(|id| Passkey { id, ..passkey(&alice, at(0)) });
    for one in &all {
        must.succeed("a passkey is added whose id nobody has", store.passkeys().add(one.clone()).await)?;
    }
    for one in &all {
        let found = find(must, &store, &one.id).await?;
        must.equal("one of 7 passkeys with similar ids is looked up", &Some(one.clone()), &found)?;
    }
    for unknown in [credential(&[0x61]), credential(&[0x41, 0x00, 0x00]), credential(&[0x00]), long(0x61)] {
        let found = find(must, &store, &unknown).await?;
        must.equal("an id is looked up that differs from others in its end or case", &None, &found)?;
    }
    Ok(())
}

/// A client that does not know whether its passkey was added asks again.
pub async fn adding_the_same_passkey_again_has_one_effect<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "PasskeyRepo::add",
        "adding_the_same_passkey_again_has_one_effect",
        "answer success when the very same passkey is added again",
    );
    let [alice] = people();
    insert(must, &store, std::slice::from_ref(&alice)).await?;
    let one = passkey(&alice, at(0));
    must.succeed("a passkey is added", store.passkeys().add(one.clone()).await)?;
    must.succeed("the same passkey is added again", store.passkeys().add(one.clone()).await)?;
    must.equal("the same passkey was added twice", &vec![one.clone()], &list(must, &store, &alice).await?)?;
    let other = Passkey { material: b"other".to_vec(), ..one.clone() };
    let refused = store.passkeys().add(other).await;
    let is_taken = matches!(refused, Err(AddPasskeyError::CredentialTaken));
    must.hold("a passkey is added that differs in its material alone", is_taken, "CredentialTaken", &refused)?;
    must.equal("another passkey of that id was refused", &Some(one.clone()), &find(must, &store, &one.id).await?)
}

/// Whoever is gone, or was never there, gets no new way in.
pub async fn nobody_adds_a_passkey_for_a_user_who_is_not_active<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "PasskeyRepo::add",
        "nobody_adds_a_passkey_for_a_user_who_is_not_active",
        "refuse the passkey of a user who does not exist or is not active",
    );
    let [alice, mut bob, nobody] = people();
    bob.is_active = false;
    insert(must, &store, &[alice.clone(), bob.clone()]).await?;
    for user in [&bob, &nobody] {
        let one = passkey(user, at(0));
        for _ in 0..2 {
            let refused = store.passkeys().add(one.clone()).await;
            let is_not_found = matches!(refused, Err(AddPasskeyError::UserNotFound));
            must.hold("a passkey of an inactive or unknown user is added", is_not_found, "UserNotFound", &refused)?;
        }
        must.equal("the refused passkey is looked up", &None, &find(must, &store, &one.id).await?)?;
        must.equal("their passkeys are listed", &Vec::new(), &list(must, &store, user).await?)?;
        must.succeed(
            "an active user adds a passkey of that id",
            store.passkeys().add(Passkey { id: one.id, ..passkey(&alice, at(1)) }).await,
        )?;
    }
    Ok(())
}

/// Everyone has their own passkeys, oldest first.
pub async fn a_users_passkeys_are_listed<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "PasskeyRepo::list_of",
        "a_users_passkeys_are_listed",
        "list all of the user's passkeys in the order of their creation and then of their ids, and no one else's",
    );
    let everyone: [User; 3] = people();
    insert(must, &store, &everyone).await?;
    let [alice, bob, carol] = &everyone;
    let of_alice = [
        Passkey { id: credential(&[0xff, 0x01]), ..passkey(alice, micros(fixture::FIRST_INSTANT)) },
        Passkey { id: credential(&[0x01]), ..passkey(alice, at(3)) },
        Passkey { id: credential(&[0x01, 0x00]), ..passkey(alice, at(3)) },
        Passkey { id: credential(&[0x80]), ..passkey(alice, at(3)) },
        Passkey { id: credential(&[0x00]), ..passkey(alice, at(4)) },
    ];
    let of_bob = vec![Passkey { id: credential(&[0x02]), ..passkey(bob, at(3)) }];
    for one in of_alice.iter().rev().chain(&of_bob) {
        must.succeed("a passkey is added", store.passkeys().add(one.clone()).await)?;
    }
    for (user, expected) in [(alice, of_alice.to_vec()), (bob, of_bob), (carol, Vec::new())] {
        let listed = list(must, &store, user).await?;
        must.equal("the passkeys of one of three users are listed", &expected, &listed)?;
    }
    Ok(())
}

/// To know the id of a passkey is no right to it.
pub async fn nobody_removes_a_passkey_of_somebody_else<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "PasskeyRepo::remove",
        "nobody_removes_a_passkey_of_somebody_else",
        "not remove another user's passkey",
    );
    let [alice, bob, nobody] = people();
    insert(must, &store, &[alice.clone(), bob.clone()]).await?;
    let of_alice = vec![passkey(&alice, at(0)), passkey(&alice, at(1))];
    let of_bob = vec![passkey(&bob, at(0)), passkey(&bob, at(1))];
    for one in of_alice.iter().chain(&of_bob) {
        must.succeed("a passkey is added", store.passkeys().add(one.clone()).await)?;
    }
    for (user, id) in [(&bob, &of_alice[0].id), (&nobody, &of_alice[1].id), (&alice, &credential(&[9; 9]))] {
        let outcome = must.succeed("a passkey is removed", store.passkeys().remove(user.id, id).await)?;
        must.equal("a user removes a passkey that is not theirs", &PasskeyRemoval::NotFound, &outcome)?;
    }
    must.equal("nobody removed her passkeys", &of_alice, &list(must, &store, &alice).await?)?;
    must.equal("nobody removed his passkeys", &of_bob, &list(must, &store, &bob).await?)
}

/// Nothing that was acknowledged is lost when the store is closed.
pub async fn passkeys_and_ceremonies_are_there_after_reopening<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "PasskeyRepo::register, CeremonyRepo::insert",
        "passkeys_and_ceremonies_are_there_after_reopening",
        "be durable before it answers",
    );
    let [alice] = people();
    let (first, second, removed) = (passkey(&alice, at(0)), passkey(&alice, at(1)), passkey(&alice, at(2)));
    let use_of_second = fixture::passkey_use(&second, 7, at(3));
    must.succeed("a user registers", store.passkeys().register(alice.clone(), first.clone()).await)?;
    for one in [&second, &removed] {
        must.succeed("a passkey is added", store.passkeys().add(one.clone()).await)?;
    }
    must.succeed("a passkey is used", store.passkeys().record_use(use_of_second.clone()).await)?;
    must.succeed("a passkey is removed", store.passkeys().remove(alice.id, &removed.id).await)?;
    let (kept, taken) = (ceremony(at(60)), ceremony(at(60)));
    for one in [&kept, &taken] {
        must.succeed("a ceremony is inserted", store.ceremonies().insert(one.clone()).await)?;
    }
    must.succeed("a ceremony is taken", store.ceremonies().take(&taken.challenge).await)?;
    let store = store.reopen().await;
    let expected = vec![first, fixture::used(&second, &use_of_second)];
    must.equal("the store was reopened and the passkeys are listed", &expected, &list(must, &store, &alice).await?)?;
    let found = must.succeed("a user is looked up", store.users().find_many(&[alice.id]).await)?;
    must.equal("the store was reopened and the user is looked up", &vec![alice], &found)?;
    for (challenge, expected) in [(taken.challenge, None), (kept.challenge, Some(kept))] {
        let found = must.succeed("a ceremony is taken", store.ceremonies().take(&challenge).await)?;
        must.equal("the store was reopened and a ceremony is taken", &expected, &found)?;
    }
    Ok(())
}
