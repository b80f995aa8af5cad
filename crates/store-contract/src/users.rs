//! The laws of [`UserRepo`](parlour_domain::port::UserRepo).

use parlour_domain::port::InsertUserError;
use parlour_domain::{User, UserId};

use crate::fixture::{self, at, display_name, micros, people, user, username};
use crate::violation::Must;
use crate::{Harness, Violation};

/// What goes in comes out: the longest names, every flag, the first and the last instant.
pub async fn a_user_comes_back_as_it_went_in<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of("UserRepo::insert", "a_user_comes_back_as_it_went_in", "keep every field unchanged");
    let users = store.users();
    let cases = [
        user(),
        User { username: username(&"Ж".repeat(50)), display_name: display_name(&"🦊".repeat(100)), ..user() },
        User { username: username("O.Neill'--%_`"), display_name: display_name("Robert'); -- \\ \" %_"), ..user() },
        User { username: username("日本語"), display_name: display_name("e\u{301} and é, ß, İ, ﬀ"), ..user() },
        User { is_active: false, is_verified: true, created_at: micros(fixture::FIRST_INSTANT), ..user() },
        User { is_active: false, is_verified: false, created_at: micros(fixture::LAST_INSTANT), ..user() },
        User { is_active: true, is_verified: true, created_at: micros(-1), ..user() },
    ];
    for one in &cases {
        must.succeed("a user is inserted", users.insert(one.clone()).await)?;
    }
    for one in &cases {
        let found = must.succeed("the user is looked up by id", users.find_many(&[one.id]).await)?;
        must.equal("the user is looked up by id", std::slice::from_ref(one), &found)?;
        let found = must.succeed("the user is looked up by name", users.find_by_username(&one.username).await)?;
        must.equal("the user is looked up by name", &Some(one.clone()), &found)?;
    }
    let listed = must.succeed("the users are listed", users.list(None, 100).await)?;
    must.equal("the users are listed", &cases[..], &listed)
}

/// A client that does not know whether it registered asks again.
pub async fn inserting_the_same_user_again_has_one_effect<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "UserRepo::insert",
        "inserting_the_same_user_again_has_one_effect",
        "answer success when the very same user is inserted again",
    );
    let users = store.users();
    let alice = user();
    must.succeed("a user is inserted", users.insert(alice.clone()).await)?;
    must.succeed("the same user is inserted again", users.insert(alice.clone()).await)?;
    let listed = must.succeed("the users are listed", users.list(None, 10).await)?;
    must.equal("the same user was inserted twice and the users are listed", &vec![alice], &listed)
}

/// The second to want a name gets nothing, and the first keeps everything.
pub async fn a_taken_username_changes_nothing<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "UserRepo::insert",
        "a_taken_username_changes_nothing",
        "refuse a name whose key another user has, and then change nothing",
    );
    let users = store.users();
    let first = User { username: username("Zoë"), ..user() };
    must.succeed("a user is inserted", users.insert(first.clone()).await)?;
    for taken in ["Zoë", "zoë", "ZOË"] {
        let second = User { username: username(taken), display_name: display_name("Second"), ..user() };
        let refused = users.insert(second.clone()).await;
        let is_taken = matches!(refused, Err(InsertUserError::UsernameTaken));
        must.hold("another user with that name is inserted", is_taken, "UsernameTaken", &refused)?;
        let found = must.succeed("the second user is looked up", users.find_many(&[second.id]).await)?;
        must.equal("the refused user is looked up", &Vec::new(), &found)?;
    }
    let holder = must.succeed("the name is looked up", users.find_by_username(&first.username).await)?;
    must.equal("the holder of the name is looked up", &Some(first.clone()), &holder)?;
    let same_id = User { username: username("Zoë-Maria"), display_name: display_name("Changed"), ..first.clone() };
    drop(users.insert(same_id).await);
    let listed = must.succeed("the users are listed", users.list(None, 10).await)?;
    must.equal("another user under the same id was inserted", &vec![first], &listed)
}

/// Case does not tell names apart, but accents do.
pub async fn a_user_is_found_by_a_name_in_any_case<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "UserRepo::find_by_username",
        "a_user_is_found_by_a_name_in_any_case",
        "find a name in any case, and no other name",
    );
    let users = store.users();
    let named = |name| User { username: username(name), ..user() };
    let everyone = [named("Renée"), named("Renee"), named("straße"), named("strasse"), named("rene_"), named("rene%")];
    for one in &everyone {
        must.succeed("a user is inserted whose name nobody has", users.insert(one.clone()).await)?;
    }
    for (asked, holder) in [
        ("renée", Some(&everyone[0])),
        ("RENÉE", Some(&everyone[0])),
        ("rene\u{301}e", Some(&everyone[0])),
        ("RENEE", Some(&everyone[1])),
        ("Straße", Some(&everyone[2])),
        ("STRASSE", Some(&everyone[3])),
        ("RENE_", Some(&everyone[4])),
        ("rené", None),
        ("nobody", None),
    ] {
        let found = must.succeed("a name is looked up", users.find_by_username(&username(asked)).await)?;
        must.equal(&format!("the name {asked} is looked up"), &holder.cloned(), &found)?;
    }
    Ok(())
}

/// However many ids are asked for, each user who exists comes once.
pub async fn many_users_are_found_at_once<H: Harness>(store: H) -> Result<(), Violation> {
    /// More than any engine binds in one statement.
    const MANY: usize = 70_000;
    let must = Must::of(
        "UserRepo::find_many",
        "many_users_are_found_at_once",
        "answer those who exist, each once, and bear any number of ids",
    );
    let users = store.users();
    let mut known = people::<30>().to_vec();
    known[7].is_active = false;
    for one in &known {
        must.succeed("a user is inserted", users.insert(one.clone()).await)?;
    }
    let mut asked: Vec<UserId> = known.iter().flat_map(|user| [user.id, user.id]).collect();
    for number in [asked.len(), 1_000, MANY] {
        asked.splice(0..0, (asked.len()..number).map(|_| UserId::from_uuid(fixture::uuid())));
        let mut found = must.succeed("many ids are looked up", users.find_many(&asked).await)?;
        found.sort_by_key(|user| user.id);
        must.equal(&format!("{number} ids are looked up, 30 of users who exist, each twice"), &known, &found)?;
    }
    let found = must.succeed("no id is looked up", users.find_many(&[]).await)?;
    must.equal("no id is looked up", &Vec::new(), &found)
}

/// Page after page, every user comes once.
pub async fn users_are_listed_in_pages<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "UserRepo::list",
        "users_are_listed_in_pages",
        "list every user once over consecutive pages, in the order of their ids",
    );
    let users = store.users();
    let mut everyone = people::<11>().to_vec();
    everyone[3].is_active = false;
    for one in everyone.iter().rev() {
        must.succeed("a user is inserted", users.insert(one.clone()).await)?;
    }
    for limit in [1, 4, 11, 100] {
        let (mut listed, mut after) = (Vec::new(), None);
        for _ in 0..=everyone.len() {
            let page = must.succeed("a page of users is read", users.list(after, limit).await)?;
            let is_short = u32::try_from(page.len()).is_ok_and(|length| length <= limit);
            must.hold("a page of users is read", is_short, &format!("at most {limit}"), &page)?;
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            listed.extend(page);
        }
        must.equal(&format!("pages of {limit} users are read"), &everyone, &listed)?;
    }
    Ok(())
}

/// Nothing that was acknowledged is lost when the store is closed.
pub async fn users_and_sessions_are_there_after_reopening<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "UserRepo::insert, SessionRepo::insert",
        "users_and_sessions_are_there_after_reopening",
        "be durable before it answers",
    );
    let [alice, bob] = people();
    let (kept, removed) = (fixture::session(&alice, at(1)), fixture::session(&alice, at(2)));
    for one in [&alice, &bob] {
        must.succeed("a user is inserted", store.users().insert(one.clone()).await)?;
    }
    for one in [&kept, &removed] {
        must.succeed("a session is inserted", store.sessions().insert(one.clone()).await)?;
    }
    must.succeed("a session is removed", store.sessions().remove(removed.id).await)?;
    let store = store.reopen().await;
    let listed = must.succeed("the users are listed", store.users().list(None, 10).await)?;
    must.equal("the store was reopened and the users are listed", &vec![alice.clone(), bob], &listed)?;
    let listed = must.succeed("the sessions are listed", store.sessions().list_of(alice.id).await)?;
    must.equal("the store was reopened and the sessions are listed", &vec![kept], &listed)
}
