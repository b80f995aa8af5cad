//! The laws of two writes that want different things of one record of the user side at once: the one that takes away wins.

use parlour_domain::{Passkey, Session, User};

use crate::concurrency::{ROUNDS, both, insist};
use crate::fixture::{at, display_name, passkey, passkey_use, session, user};
use crate::profiles::tombstone;
use crate::violation::Must;
use crate::{Harness, Violation};

async fn newcomer<H: Harness>(must: Must, store: &H) -> Result<User, Violation> {
    let newcomer = user();
    must.succeed("a user is inserted", store.users().insert(newcomer.clone()).await)?;
    Ok(newcomer)
}

/// Whoever goes while they are being renamed is gone, under the name of those who are gone.
pub async fn a_rename_brings_nobody_back<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "ProfileRepo::rename",
        "a_rename_brings_nobody_back",
        "change no user who is deactivated, also when that happens at the same time",
    );
    for round in 0..ROUNDS {
        let leaving = newcomer(must, &store).await?;
        let (renaming, going, id) = (store.profiles(), store.profiles(), leaving.id);
        let name = display_name(&format!("New name {round}"));
        let (renamed, gone) =
            both(round, async move { insist(|| renaming.rename(id, name.clone())).await }, async move {
                insist(|| going.deactivate(id)).await
            })
            .await;
        must.succeed("a user is renamed who is deactivated at the same time", renamed)?;
        must.succeed("a user is deactivated who is renamed at the same time", gone)?;
        let found = must.succeed("the user is looked up", store.users().find_many(&[id]).await)?;
        must.equal("a user was renamed and deactivated at once", &vec![tombstone(&leaving)], &found)?;
    }
    Ok(())
}

/// Whoever is signed out while a request of theirs moves the end of the session is signed out.
pub async fn an_extension_brings_no_session_back<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "SessionRepo::extend",
        "an_extension_brings_no_session_back",
        "extend no session that is removed, also when that happens at the same time",
    );
    let owner = newcomer(must, &store).await?;
    for round in 0..ROUNDS {
        let one = session(&owner, at(0));
        must.succeed("a session is inserted", store.sessions().insert(one.clone()).await)?;
        let (extending, removing, id) = (store.sessions(), store.sessions(), one.id);
        let later = at(1_000_000);
        let (extended, removed) =
            both(round, async move { insist(|| extending.extend(id, later)).await }, async move {
                insist(|| removing.remove(id)).await
            })
            .await;
        must.succeed("a session is extended that is removed at the same time", extended)?;
        must.succeed("a session is removed that is extended at the same time", removed)?;
        let when = "a session was extended and removed at once";
        let found = must.succeed("the token is looked up", store.sessions().find_by_token(&one.token_hash).await)?;
        must.equal(when, &None, &found)?;
        let listed = must.succeed("the sessions are listed", store.sessions().list_of(owner.id).await)?;
        must.equal(when, &Vec::new(), &listed)?;
    }
    Ok(())
}

/// Whoever asks for a longer session in its last moment has either a longer one or none.
pub async fn a_session_that_was_extended_is_never_swept<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "SessionRepo::remove_expired",
        "a_session_that_was_extended_is_never_swept",
        "leave the sessions that expire later, also those that are extended at the same time",
    );
    let owner = newcomer(must, &store).await?;
    for round in 0..ROUNDS {
        let one = session(&owner, at(0));
        must.succeed("a session is inserted", store.sessions().insert(one.clone()).await)?;
        let (extending, sweeping, id, end) = (store.sessions(), store.sessions(), one.id, one.expires_at);
        let longer = Session { expires_at: end.after(std::time::Duration::from_secs(60)), ..one.clone() };
        let later = longer.expires_at;
        let (swept, extended) = both(round, async move { insist(|| sweeping.remove_expired(end)).await }, async move {
            insist(|| extending.extend(id, later)).await
        })
        .await;
        must.succeed("sessions are swept of which one is extended at the same time", swept)?;
        let is_extended = must.succeed("a session is extended that is swept at the same time", extended)?;
        let found = must.succeed("the token is looked up", store.sessions().find_by_token(&one.token_hash).await)?;
        let expected = is_extended.then_some(longer);
        must.equal(&format!("a session was swept and extended at once: {is_extended}"), &expected, &found)?;
        must.succeed("the session is removed", store.sessions().remove(id).await)?;
    }
    Ok(())
}

/// A passkey that goes while somebody signs in with it is gone, with its user or alone.
pub async fn a_use_brings_no_passkey_back<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "PasskeyRepo::record_use",
        "a_use_brings_no_passkey_back",
        "record no use of a passkey that is removed or whose user is deactivated, also when that happens at the same time",
    );
    for round in 0..ROUNDS {
        let owner = newcomer(must, &store).await?;
        let (kept, going) = (passkey(&owner, at(0)), passkey(&owner, at(1)));
        for one in [&kept, &going] {
            must.succeed("a passkey is added", store.passkeys().add(one.clone()).await)?;
        }
        let used = passkey_use(&going, 1, at(2));
        let passkeys = store.passkeys();
        let using = async move { insist(|| passkeys.record_use(used.clone())).await };
        let (passkeys, profiles, id) = (store.passkeys(), store.profiles(), going.id.clone());
        let is_user_going = round.is_multiple_of(2);
        let removing = async move {
            if is_user_going {
                insist(|| profiles.deactivate(owner.id)).await.map(drop)
            } else {
                insist(|| passkeys.remove(owner.id, &id)).await.map(drop)
            }
        };
        let (recorded, removed) = both(round, using, removing).await;
        must.succeed("a use is recorded of a passkey that goes at the same time", recorded)?;
        must.succeed("a passkey goes that is used at the same time", removed)?;
        let when = if is_user_going {
            "a passkey was used and its user deactivated at once"
        } else {
            "a passkey was used and removed at once"
        };
        let found = must.succeed("the passkey is looked up", store.passkeys().find(&going.id).await)?;
        must.equal(when, &None, &found)?;
        let listed = must.succeed("the passkeys are listed", store.passkeys().list_of(owner.id).await)?;
        let left: Vec<Passkey> = if is_user_going { Vec::new() } else { vec![kept] };
        must.equal(when, &left, &listed)?;
    }
    Ok(())
}
