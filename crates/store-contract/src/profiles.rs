//! The laws of [`ProfileRepo`](parlour_domain::port::ProfileRepo).

use parlour_domain::port::InsertUserError;
use parlour_domain::{DisplayName, SearchQuery, Session, SessionId, User, UserId};

use crate::concurrency::at_once;
use crate::fixture::{at, display_name, passkey, people, session, user, username, uuid};
use crate::observe::ALL;
use crate::violation::Must;
use crate::{Harness, Violation};

async fn register<H: Harness>(must: Must, store: &H, users: &[User]) -> Result<(), Violation> {
    for user in users {
        must.succeed("a user is inserted", store.users().insert(user.clone()).await)?;
    }
    Ok(())
}

async fn found<H: Harness>(must: Must, store: &H, user: &User) -> Result<Option<User>, Violation> {
    Ok(must.succeed("a user is looked up", store.users().find_many(&[user.id]).await)?.pop())
}

fn query(text: &str) -> SearchQuery {
    match SearchQuery::parse(text) {
        Ok(query) => query,
        Err(_) => unreachable!("a query of the suite parses"),
    }
}

fn called(name: &str, shown: &str) -> User {
    User { username: username(name), display_name: display_name(shown), ..user() }
}

/// Names with and without case, accents and wildcards, in many scripts; nobody is inserted in the order of the answer.
pub async fn a_search_finds_and_orders_like_the_rank<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "ProfileRepo::search",
        "a_search_finds_and_orders_like_the_rank",
        "find and order as SearchQuery::rank does, equal ones in the order of their username's key",
    );
    let mut everyone = vec![
        called("zoe-z", "ali"),
        called("zo\u{eb}", "Zo\u{eb} \u{1f98a}"),
        called("ZOE_1", "100_% Alice"),
        called("xaliy", "Felicia ALI"),
        called("ali", "Zed"),
        called("Alice", "Wonder Zoe"),
        called("alib", "A_B"),
        called("alia", "a%b\\c"),
        called("bob", "Ali Baba"),
        called("bob2", "\u{c1}LI"),
        called("bab", "AxB ab a\u{df}"),
        called("\u{416}\u{430}\u{43d}\u{43d}\u{430}", "\u{65e5}\u{672c}\u{8a9e}"),
        called("kostas", "\u{39a}\u{3ce}\u{3c3}\u{3c4}\u{3b1}\u{3c2}"),
        called("\u{39a}\u{3a9}\u{3a3}", "\u{39d}\u{3b9}\u{3ba}\u{3cc}\u{3c2} K"),
        called("quote", "O'Neill\\ \"x\" [a-z] *? ali"),
        called("ff-case", "\u{fb00} \u{130}stanbul"),
        User { is_active: false, ..called("ali-gone", "Ali") },
    ];
    everyone.extend((0..40).map(|n| called(&format!("crowd-{:02}", 39 - n), &format!("Crowd {n}"))));
    everyone.reverse();
    register(must, &store, &everyone).await?;
    let caller = everyone.iter().find(|user| user.username.as_str() == "alib").map_or(everyone[0].id, |user| user.id);
    for text in [
        "ali",
        "ALI",
        "\u{e1}li",
        "zoe",
        "zo\u{eb}",
        "a_",
        "%%",
        "_%",
        "a%",
        "%b",
        "\\c",
        "\\\\",
        "o'",
        "[a-z]",
        "*?",
        "\u{436}\u{430}",
        "\u{65e5}\u{672c}",
        "\u{3ba}\u{3c9}\u{3c2}",
        "\u{39a}\u{3a9}\u{3a3}",
        "\u{39f}\u{3a3}",
        "ff",
        "istan",
        "e \u{1f98a}",
        "a\u{df}",
        "ss",
        "crowd",
        "crowd-1",
        "li",
        "bab",
        "x\"",
        "e a",
        "__",
        "nobody is called so",
    ] {
        let query = query(text);
        let mut expected: Vec<_> = everyone
            .iter()
            .filter(|user| user.is_active && user.id != caller)
            .filter_map(|user| Some((query.rank(user)?, user.username.key().as_str().to_owned(), user.clone())))
            .collect();
        expected.sort_by(|one, other| (one.0, &one.1).cmp(&(other.0, &other.1)));
        let expected: Vec<User> = expected.into_iter().map(|(_, _, user)| user).collect();
        for limit in [ALL, 50, 3, 1, 0] {
            let when = format!("up to {limit} are searched for as {text:?}");
            let seen = must.succeed(&when, store.profiles().search(&query, caller, limit).await)?;
            let wanted = expected.len().min(usize::try_from(limit).unwrap_or(usize::MAX));
            must.equal(&when, &expected[..wanted], &seen[..])?;
        }
    }
    Ok(())
}

/// The very next search finds somebody, and by what they are called now.
pub async fn a_search_sees_the_newest_names<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "ProfileRepo::search",
        "a_search_sees_the_newest_names",
        "see a user who has just registered, and a name that has just changed",
    );
    let alice = called("alice", "Old name");
    let renamed = User { display_name: display_name("N\u{e9}w name"), ..alice.clone() };
    let nobody = UserId::from_uuid(uuid());
    let search =
        async |when: &str, text: &str| must.succeed(when, store.profiles().search(&query(text), nobody, 10).await);
    must.equal("nobody is there", &Vec::new(), &search("nobody is there", "old name").await?)?;
    register(must, &store, std::slice::from_ref(&alice)).await?;
    let when = "somebody has just registered";
    must.equal(when, &vec![alice.clone()], &search(when, "old name").await?)?;
    must.succeed("a user is renamed", store.profiles().rename(alice.id, renamed.display_name.clone()).await)?;
    let when = "somebody has just got another name";
    must.equal(when, &vec![renamed.clone()], &search(when, "new name").await?)?;
    must.equal(when, &Vec::new(), &search(when, "old name").await?)?;
    must.succeed("a user is deactivated", store.profiles().deactivate(alice.id).await)?;
    let when = "somebody has just gone";
    for text in ["new name", "alice", "deleted account"] {
        must.equal(when, &Vec::new(), &search(when, text).await?)?;
    }
    Ok(())
}

/// Of one active user, and of nobody else.
pub async fn a_new_display_name_is_all_that_changes<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "ProfileRepo::rename",
        "a_new_display_name_is_all_that_changes",
        "change the display name of an active user and nothing else, and answer whether there is one",
    );
    let [mut alice, bob, mut gone, absent] = people();
    (alice.is_verified, gone.is_active) = (true, false);
    register(must, &store, &[alice.clone(), bob.clone(), gone.clone()]).await?;
    for name in ["\u{1f98a}".repeat(100), "x".to_owned(), "x".to_owned(), "'); -- \\ \" %_".to_owned()] {
        let name = display_name(&name);
        let is_there = must.succeed("a user is renamed", store.profiles().rename(alice.id, name.clone()).await)?;
        must.equal("a user is renamed", &true, &is_there)?;
        alice.display_name = name;
        must.equal("a user was renamed", &Some(alice.clone()), &found(must, &store, &alice).await?)?;
    }
    for one in [&gone, &absent] {
        let when = "somebody is renamed who is not active or not there";
        let is_there = must.succeed(when, store.profiles().rename(one.id, display_name("New")).await)?;
        must.equal(when, &false, &is_there)?;
    }
    let listed = must.succeed("the users are listed", store.users().list(None, ALL).await)?;
    must.equal("one of three was renamed", &vec![alice, bob, gone], &listed)
}

pub(crate) fn tombstone(user: &User) -> User {
    User { is_active: false, display_name: DisplayName::tombstone(), ..user.clone() }
}

/// Sessions go, those of others stay, and so does whatever else is known of the user.
pub async fn a_deactivated_user_keeps_only_the_name<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "ProfileRepo::deactivate",
        "a_deactivated_user_keeps_only_the_name",
        "deactivate all of a user or nothing: inactive, with a tombstone for a name, without sessions and passkeys",
    );
    let [mut alice, bob] = people();
    alice.is_verified = true;
    register(must, &store, &[alice.clone(), bob.clone()]).await?;
    let own: Vec<Session> = (0..5).map(|n| session(&alice, at(n))).collect();
    let others = session(&bob, at(0));
    for one in own.iter().chain([&others]) {
        must.succeed("a session is inserted", store.sessions().insert(one.clone()).await)?;
    }
    let (kept, lost) = (passkey(&bob, at(0)), [passkey(&alice, at(0)), passkey(&alice, at(1))]);
    for one in lost.iter().chain([&kept]) {
        must.succeed("a passkey is added", store.passkeys().add(one.clone()).await)?;
    }
    let when = "a user is deactivated";
    let gone = must.succeed(when, store.profiles().deactivate(alice.id).await)?;
    let mut gone: Vec<SessionId> = gone.unwrap_or_default();
    gone.sort_unstable();
    must.equal("the sessions that went are answered", &own.iter().map(|one| one.id).collect::<Vec<_>>(), &gone)?;
    let store = store.reopen().await;
    must.equal(when, &Some(tombstone(&alice)), &found(must, &store, &alice).await?)?;
    let left = must.succeed("sessions are listed", store.sessions().list_of(alice.id).await)?;
    must.equal("a user was deactivated and their sessions are listed", &Vec::new(), &left)?;
    for one in &own {
        let token = must.succeed("a token is looked up", store.sessions().find_by_token(&one.token_hash).await)?;
        must.equal("a user was deactivated and a token of theirs is looked up", &None, &token)?;
    }
    let left = must.succeed("passkeys are listed", store.passkeys().list_of(alice.id).await)?;
    must.equal("a user was deactivated and their passkeys are listed", &Vec::new(), &left)?;
    for one in &lost {
        let found = must.succeed("a passkey is looked up", store.passkeys().find(&one.id).await)?;
        must.equal("a user was deactivated and a passkey of theirs is looked up", &None, &found)?;
    }
    let left = must.succeed("passkeys are listed", store.passkeys().list_of(bob.id).await)?;
    must.equal("somebody else was deactivated and passkeys are listed", &vec![kept], &left)?;
    must.equal("somebody else was deactivated", &Some(bob.clone()), &found(must, &store, &bob).await?)?;
    let left = must.succeed("sessions are listed", store.sessions().list_of(bob.id).await)?;
    must.equal("somebody else was deactivated and sessions are listed", &vec![others], &left)
}

/// Sessions and passkeys are added while their user goes: whichever comes first, no token and no passkey is good
/// afterwards.
pub async fn nothing_is_left_of_a_deactivated_user_under_races<H: Harness>(store: H) -> Result<(), Violation> {
    const ROUNDS: usize = 6;
    const SESSIONS: i64 = 8;
    let must = Must::of(
        "ProfileRepo::deactivate",
        "nothing_is_left_of_a_deactivated_user_under_races",
        "leave no session and no passkey that can be found, also of those that are added at the same time",
    );
    for _ in 0..ROUNDS {
        let alice = user();
        register(must, &store, std::slice::from_ref(&alice)).await?;
        let sessions: Vec<Session> = (0..SESSIONS).map(|n| session(&alice, at(n))).collect();
        let racer = |one: Option<Session>| {
            let (repo, passkeys, profiles) = (store.sessions(), store.passkeys(), store.profiles());
            let (key, alice) = (passkey(&alice, at(0)), alice.id);
            async move {
                match one {
                    // That it is refused since its user is gone is as good.
                    Some(one) => {
                        drop(repo.insert(one).await);
                        drop(passkeys.add(key).await);
                    }
                    None => drop(profiles.deactivate(alice).await),
                }
            }
        };
        let all = sessions.iter().cloned().map(Some).chain([None]);
        at_once(all.map(racer).collect()).await;
        must.succeed("a user is deactivated", store.profiles().deactivate(alice.id).await)?;
        must.equal("a user was deactivated", &Some(tombstone(&alice)), &found(must, &store, &alice).await?)?;
        let left = must.succeed("passkeys are listed", store.passkeys().list_of(alice.id).await)?;
        must.equal("a passkey was added while its user was deactivated", &Vec::new(), &left)?;
        for one in sessions.iter().chain([&session(&alice, at(99))]) {
            if one.created_at == at(99) {
                drop(store.sessions().insert(one.clone()).await);
            }
            let token = must.succeed("a token is looked up", store.sessions().find_by_token(&one.token_hash).await)?;
            must.equal("a session was added while its user was deactivated", &None, &token)?;
        }
    }
    Ok(())
}

/// Nobody takes over the name of somebody whose words stand in rooms.
pub async fn the_username_of_a_deactivated_user_stays_taken<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "ProfileRepo::deactivate",
        "the_username_of_a_deactivated_user_stays_taken",
        "keep the username taken",
    );
    let alice = called("Alice", "Alice");
    register(must, &store, std::slice::from_ref(&alice)).await?;
    must.succeed("a user is deactivated", store.profiles().deactivate(alice.id).await)?;
    let refused = store.users().insert(called("aLICE", "Another")).await;
    let is_taken = matches!(refused, Err(InsertUserError::UsernameTaken));
    must.hold("the name of a deactivated user is registered", is_taken, "UsernameTaken", &refused)?;
    let holder = must.succeed("a name is looked up", store.users().find_by_username(&alice.username).await)?;
    must.equal("the name of a deactivated user is looked up", &Some(tombstone(&alice)), &holder)
}

/// Whoever does not know whether it was done does it again.
pub async fn deactivating_twice_has_one_effect<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "ProfileRepo::deactivate",
        "deactivating_twice_has_one_effect",
        "have one effect when it is repeated, and answer None only when there is no such user",
    );
    let [alice, absent] = people();
    register(must, &store, std::slice::from_ref(&alice)).await?;
    let own = session(&alice, at(0));
    must.succeed("a session is inserted", store.sessions().insert(own.clone()).await)?;
    for gone in [vec![own.id], Vec::new()] {
        let when = "a user is deactivated, twice";
        let answered = must.succeed(when, store.profiles().deactivate(alice.id).await)?;
        must.equal(when, &Some(gone), &answered)?;
        must.equal(when, &Some(tombstone(&alice)), &found(must, &store, &alice).await?)?;
    }
    let answered = must.succeed("nobody is deactivated", store.profiles().deactivate(absent.id).await)?;
    must.equal("somebody is deactivated who is not there", &None, &answered)
}
