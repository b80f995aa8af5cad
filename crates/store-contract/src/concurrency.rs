//! The laws of races: however many begin at once, exactly one wins.

use std::pin::Pin;
use std::sync::Arc;

use parlour_domain::port::{CommitError, Committed, InsertUserError, WriteError};
use parlour_domain::{IDEMPOTENCY_KEPT_FOR, RoomCommit, RoomId, User};
use tokio::sync::Barrier;

use crate::fixture::{Creation, at, deletion, key, people, retold, user, username, uuid};
use crate::observe::{Traces, settle, traces};
use crate::trail::Trail;
use crate::violation::Must;
use crate::{Harness, Violation};

pub(crate) const ROUNDS: usize = 12;
pub(crate) const RACERS: [usize; 2] = [4, 16];

/// Lets all of them go at once and answers what each came to.
pub(crate) async fn at_once<F>(racers: Vec<F>) -> Vec<F::Output>
where
    F: Future<Output: Send> + Send + 'static,
{
    let start = Arc::new(Barrier::new(racers.len()));
    let go = |racer: F| {
        let start = Arc::clone(&start);
        tokio::spawn(Trail::current().follow(async move {
            start.wait().await;
            racer.await
        }))
    };
    let running: Vec<_> = racers.into_iter().map(go).collect();
    let mut outcomes = Vec::with_capacity(running.len());
    for racer in running {
        match racer.await {
            Ok(outcome) => outcomes.push(outcome),
            Err(stopped) => std::panic::resume_unwind(stopped.into_panic()),
        }
    }
    outcomes
}

/// Lets two go at once that want different things, the other one a little later with each round, and answers what each
/// came to.
pub(crate) async fn both<A, B>(
    round: usize,
    one: impl Future<Output = A> + Send + 'static,
    other: impl Future<Output = B> + Send + 'static,
) -> (A, B)
where
    A: Send + 'static,
    B: Send + 'static,
{
    enum Outcome<A, B> {
        One(A),
        Other(B),
    }
    type Racer<A, B> = Pin<Box<dyn Future<Output = Outcome<A, B>> + Send>>;
    let later = async move {
        for _ in 0..round * 2 {
            tokio::task::yield_now().await;
        }
        Outcome::Other(other.await)
    };
    let racers: Vec<Racer<A, B>> = vec![Box::pin(async { Outcome::One(one.await) }), Box::pin(later)];
    let mut outcomes = at_once(racers).await.into_iter();
    match (outcomes.next(), outcomes.next()) {
        (Some(Outcome::One(one)), Some(Outcome::Other(other))) => (one, other),
        _ => unreachable!("what goes in first comes out first"),
    }
}

/// Asks again while nobody knows what became of a write that has one effect, as the use cases do.
pub(crate) async fn insist<T, F>(ask: impl Fn() -> F) -> Result<T, WriteError>
where
    F: Future<Output = Result<T, WriteError>>,
{
    const TRIES: usize = 16;
    for _ in 1..TRIES {
        match ask().await {
            Err(WriteError::Unavailable(_) | WriteError::OutcomeUnknown(_)) => tokio::task::yield_now().await,
            known => return known,
        }
    }
    ask().await
}

/// Lets commits race of which the store may apply one, and answers that one.
async fn race<H: Harness>(must: Must, store: &H, commits: Vec<RoomCommit>) -> Result<RoomCommit, Violation> {
    let racer = |commit: RoomCommit| {
        let rooms = store.rooms();
        async move { settle(&*rooms, &commit).await }
    };
    let outcomes = at_once(commits.iter().cloned().map(racer).collect()).await;
    let won = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    must.hold("commits race; how many of them win", won == 1, "exactly 1", &(won, &outcomes))?;
    let mut winner = None;
    for (commit, outcome) in commits.into_iter().zip(&outcomes) {
        let whole = must.succeed("everything is looked up", traces(store, &commit).await)?;
        match outcome {
            Ok(Committed::Applied(_) | Committed::AlreadyApplied) => {
                let is_whole = whole.iter().all(|(_, is_there)| *is_there);
                must.hold("a racer won; what is there of its commit", is_whole, "all of it", &whole)?;
                winner = Some(commit);
            }
            Err(CommitError::Conflict) => {
                let left = own_traces(whole);
                must.hold("a racer lost; what is there of its commit", left.is_empty(), "nothing", &left)?;
            }
            Err(_) => return Err(must.broken("commits race", "Applied or Conflict", format!("{outcome:?}"))),
        }
    }
    winner.ok_or_else(|| must.broken("commits race", "exactly one winner", format!("{outcomes:?}")))
}

/// What is there that can only be of this commit: its inbox entries and its answer. The room may be gone or there by
/// the winner's doing.
fn own_traces(traces: Traces) -> Traces {
    let is_own = |name: &str| name.starts_with("inbox") || name.starts_with("answer");
    traces.into_iter().filter(|(name, is_there)| *is_there && is_own(name)).collect()
}

/// Many register the same name, in different cases.
pub async fn of_racing_registrations_of_one_name_exactly_one_wins<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "UserRepo::insert",
        "of_racing_registrations_of_one_name_exactly_one_wins",
        "refuse a name whose key another user has, also when many try at once",
    );
    for round in 0..ROUNDS {
        for racers in RACERS {
            let name = format!("Racer-{round}-of-{racers}");
            let cased = |n: usize| if n.is_multiple_of(2) { name.to_uppercase() } else { name.to_lowercase() };
            let rivals: Vec<User> = (0..racers).map(|n| User { username: username(&cased(n)), ..user() }).collect();
            let racer = |rival: User| {
                let users = store.users();
                async move { register(&*users, rival).await }
            };
            let outcomes = at_once(rivals.iter().cloned().map(racer).collect()).await;
            let mut winners = Vec::new();
            for (rival, outcome) in rivals.iter().zip(&outcomes) {
                match outcome {
                    Ok(()) => winners.push(rival.clone()),
                    Err(InsertUserError::UsernameTaken) => {}
                    Err(_) => return Err(must.broken("registrations race", "UsernameTaken", format!("{outcome:?}"))),
                }
            }
            let won = winners.len();
            must.hold(&format!("{racers} register one name at once"), won == 1, "1 winner", &(won, &outcomes))?;
            let ids: Vec<_> = rivals.iter().map(|rival| rival.id).collect();
            let found = must.succeed("the racers are looked up", store.users().find_many(&ids).await)?;
            must.equal("many registered one name and are looked up", &winners, &found)?;
            let holder = must.succeed("the name", store.users().find_by_username(&username(&name)).await)?;
            must.equal("many registered one name, which is looked up", &winners.pop(), &holder)?;
        }
    }
    Ok(())
}

async fn register(users: &dyn parlour_domain::port::UserRepo, user: User) -> Result<(), InsertUserError> {
    const TRIES: usize = 16;
    for _ in 1..TRIES {
        match users.insert(user.clone()).await {
            Err(InsertUserError::Unavailable(_) | InsertUserError::OutcomeUnknown(_)) => {
                tokio::task::yield_now().await;
            }
            known => return known,
        }
    }
    users.insert(user).await
}

/// Two people and everyone who acts for them create their direct room at once.
pub async fn of_racing_direct_rooms_of_one_pair_exactly_one_wins<H: Harness>(store: H) -> Result<(), Violation> {
    for racers in RACERS {
        race_direct_rooms(&store, ROUNDS, racers).await?;
    }
    Ok(())
}

/// The law `of_racing_direct_rooms_of_one_pair_exactly_one_wins`, as many rounds as an extended run wants. Each round
/// is the race of `racers` for the direct room of a pair of its own.
///
/// # Errors
/// The [`Violation`] of the first round in which not exactly one won.
pub async fn race_direct_rooms<H: Harness>(store: &H, rounds: usize, racers: usize) -> Result<(), Violation> {
    let must = Must::of(
        "RoomRepo::commit",
        "of_racing_direct_rooms_of_one_pair_exactly_one_wins",
        "keep one direct room per pair and answer Conflict to a second one",
    );
    for _ in 0..rounds {
        let [alice, bob] = people();
        let creation = |n: usize| {
            let one = if n.is_multiple_of(2) { Creation::direct(&alice, &bob) } else { Creation::direct(&bob, &alice) };
            if n.is_multiple_of(3) { one.keyed(&key(&n.to_string())).commit() } else { one.commit() }
        };
        let winner = race(must, store, (0..racers).map(creation).collect()).await?.into_parts().room;
        if let Some(pair) = winner.direct_pair() {
            let found = must.succeed("the pair is looked up", store.rooms().find_direct(pair).await)?;
            must.equal("direct rooms of one pair raced and the pair is looked up", &Some(winner.clone()), &found)?;
        }
    }
    Ok(())
}

/// A client that sends its request again and again before it is answered: one key, a room of its own for each.
pub async fn of_racing_commits_under_one_key_exactly_one_wins<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "RoomRepo::commit",
        "of_racing_commits_under_one_key_exactly_one_wins",
        "let exactly one win of racing commits under one key of one caller, new or expired",
    );
    let [alice, bob] = people();
    for round in 0..ROUNDS {
        for racers in RACERS {
            let key = key(&format!("{round}-of-{racers}"));
            for instant in [at(0), at(0).after(IDEMPOTENCY_KEPT_FOR)] {
                let creation = Creation::group(&alice, std::slice::from_ref(&bob)).keyed(&key).at(instant);
                let attempt = |_| creation.clone().with_id(RoomId::from_uuid(uuid())).commit();
                let winner = race(must, &store, (0..racers).map(attempt).collect()).await?;
                let found = must.succeed("the key is looked up", store.rooms().find_answer(alice.id, &key).await)?;
                must.equal("commits raced for a key, which is looked up", &winner.parts().idempotency, &found)?;
            }
        }
    }
    Ok(())
}

/// Many change or delete a room, all of them on the same revision of it.
pub async fn of_racing_changes_of_one_room_exactly_one_wins<H: Harness>(store: H) -> Result<(), Violation> {
    let must = Must::of(
        "RoomRepo::commit",
        "of_racing_changes_of_one_room_exactly_one_wins",
        "let exactly one win of racing commits on one revision",
    );
    let [alice, bob] = people();
    for round in 0..ROUNDS {
        for racers in RACERS {
            let creation = Creation::group(&alice, std::slice::from_ref(&bob)).commit();
            let room = creation.parts().room.clone();
            must.succeed("a room is created", store.rooms().commit(creation).await)?;
            let change = |n: usize| match (round % 3, n % 2) {
                (0, _) | (1, 0) => retold(&room, at(1)),
                _ => deletion(&room, at(1)),
            };
            let winner = race(must, &store, (0..racers).map(change).collect()).await?;
            let is_gone = winner.parts().fate == parlour_domain::Fate::Gone;
            let expected = (!is_gone).then(|| winner.parts().room.clone());
            let found = must.succeed("the room is looked up", store.rooms().find(room.id()).await)?;
            must.equal("changes of one room raced and it is looked up", &expected, &found)?;
        }
    }
    Ok(())
}
