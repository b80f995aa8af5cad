//! The laws that small changes outlive the store that made them.

use parlour_domain::{Session, User};

use crate::fixture::{at, display_name, micros, people, session};
use crate::violation::Must;
use crate::{Harness, Violation};

/// The name that was told to everybody is the one that is there tomorrow.
pub async fn a_new_display_name_is_there_after_reopening<H: Harness>(store: H) -> Result<(), Violation> {
    let must =
        Must::of("ProfileRepo::rename", "a_new_display_name_is_there_after_reopening", "be durable before it answers");
    let [alice] = people();
    must.succeed("a user is inserted", store.users().insert(alice.clone()).await)?;
    let renamed = User { display_name: display_name("New name"), ..alice.clone() };
    must.succeed("a user is renamed", store.profiles().rename(alice.id, renamed.display_name.clone()).await)?;
    let store = store.reopen().await;
    let found = must.succeed("a user is looked up", store.users().find_many(&[alice.id]).await)?;
    must.equal("a user was renamed and the store was reopened", &vec![renamed], &found)
}

/// Nobody is signed out by a restart who was told until when they are signed in.
pub async fn a_later_end_is_there_after_reopening<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of("SessionRepo::extend", "a_later_end_is_there_after_reopening", "be durable before it answers");
    let [alice] = people();
    must.succeed("a user is inserted", store.users().insert(alice.clone()).await)?;
    let one = session(&alice, at(0));
    must.succeed("a session is inserted", store.sessions().insert(one.clone()).await)?;
    let extended = Session { expires_at: micros(one.expires_at.as_micros() + 1), ..one.clone() };
    must.succeed("a session is extended", store.sessions().extend(one.id, extended.expires_at).await)?;
    let store = store.reopen().await;
    let found = must.succeed("a token is looked up", store.sessions().find_by_token(&one.token_hash).await)?;
    must.equal("a session was extended and the store was reopened", &Some(extended), &found)
}
