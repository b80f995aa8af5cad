//! Many at once: one wins, everybody gets the same answer, everybody is told once.

use parlour_tests::{Client, Installation, Person, Reply, Store};
use serde_json::Value;
use tokio::task::JoinSet;

use crate::shapes::{direct, group};

const RACERS: usize = 32;

/// Sends all requests at once and gathers the answers.
async fn all_at_once(
    requests: impl IntoIterator<Item = (Client, Option<String>, Value)>,
) -> anyhow::Result<Vec<Reply>> {
    let mut racing = JoinSet::new();
    for (client, key, body) in requests {
        racing.spawn(async move {
            match key {
                Some(key) => client.create_room_as(&key, &body).await,
                None => client.create_room(&body).await,
            }
        });
    }
    racing.join_all().await.into_iter().collect()
}

fn count(replies: &[Reply], status: u16) -> usize {
    replies.iter().filter(|reply| reply.status == status).count()
}

/// Four people: six pairs, each raced for from both sides, most of them under keys of their own, whose answers are
/// remembered each.
async fn race_for_direct_rooms(installation: Installation) -> anyhow::Result<()> {
    let server = installation.start().await?;
    let mut people = Vec::new();
    for name in ["ann", "ben", "cleo", "dan"] {
        people.push(installation.register(name, name).await?);
    }
    let pairs = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)];
    for (one, other) in pairs.map(|(one, other)| (&people[one], &people[other])) {
        let request = |racer: usize| {
            let (from, to): (&Person, &Person) = if racer.is_multiple_of(2) { (one, other) } else { (other, one) };
            let key = (!racer.is_multiple_of(4)).then(|| format!("{}-{racer}", to.username));
            (server.client(from), key, direct(to))
        };
        let replies = all_at_once((0..RACERS).map(request)).await?;
        assert_eq!((count(&replies, 201), count(&replies, 200)), (1, RACERS - 1), "{replies:?}");
        assert!(replies.iter().all(|reply| reply.body["id"] == replies[0].body["id"]), "{replies:?}");
    }
    for person in &people {
        let client = server.client(person);
        let told = client.inbox(0).await?;
        let rooms = client.rooms(10).await?;
        assert_eq!((told.len(), rooms.len()), (3, 3), "{}: {told:?}", person.username);
        assert!(rooms.iter().all(|room| told.iter().filter(|event| event["room_id"] == room["id"]).count() == 1));
    }
    Ok(())
}

#[tokio::test]
async fn of_many_creators_of_one_direct_room_one_wins_by_default() -> anyhow::Result<()> {
    race_for_direct_rooms(Installation::new()?).await
}

#[tokio::test]
async fn of_many_creators_of_one_direct_room_one_wins_in_memory() -> anyhow::Result<()> {
    race_for_direct_rooms(Installation::with_one_store(Store::Memory)?).await
}

#[tokio::test]
async fn of_many_creators_of_one_direct_room_one_wins_in_sqlite() -> anyhow::Result<()> {
    race_for_direct_rooms(Installation::with_one_store(Store::Sqlite)?).await
}

#[tokio::test]
async fn of_many_creators_of_one_direct_room_one_wins_in_surrealdb_with_users_in_memory() -> anyhow::Result<()> {
    race_for_direct_rooms(Installation::with_stores(Store::Memory, Store::SurrealMem)?).await
}

#[tokio::test]
async fn of_many_creators_of_one_direct_room_one_wins_in_sqlite_with_users_in_surrealdb() -> anyhow::Result<()> {
    race_for_direct_rooms(Installation::with_stores(Store::SurrealKv, Store::Sqlite)?).await
}

/// Whoever is told that the request is in progress asks again.
async fn race_under_one_key(installation: Installation) -> anyhow::Result<()> {
    let server = installation.start().await?;
    let ann = installation.register("ann", "Ann").await?;
    let ben = installation.register("ben", "Ben").await?;
    let request = |_| (server.client(&ann), Some("same".to_owned()), group(Some("Once"), &[&ben]));
    let replies = all_at_once((0..RACERS).map(request)).await?;
    assert_eq!(count(&replies, 201) + count(&replies, 409), RACERS, "{replies:?}");
    let first = replies.iter().filter(|reply| reply.status == 201 && reply.header("idempotency-replayed").is_empty());
    assert_eq!(first.count(), 1, "{replies:?}");
    for reply in replies.into_iter().filter(|reply| reply.status == 409) {
        reply.expect_problem(409, "request-in-progress")?;
    }
    for person in [&ann, &ben] {
        let client = server.client(person);
        assert_eq!((client.rooms(10).await?.len(), client.inbox(0).await?.len()), (1, 1));
    }
    Ok(())
}

#[tokio::test]
async fn a_request_that_is_sent_many_times_at_once_has_one_effect_by_default() -> anyhow::Result<()> {
    race_under_one_key(Installation::new()?).await
}

#[tokio::test]
async fn a_request_that_is_sent_many_times_at_once_has_one_effect_in_sqlite() -> anyhow::Result<()> {
    race_under_one_key(Installation::with_one_store(Store::Sqlite)?).await
}

/// Everyone is in everyone's group: every inbox is written by every request.
async fn groups_of_the_same_people(installation: Installation) -> anyhow::Result<()> {
    let server = installation.start().await?;
    let mut people = Vec::new();
    for name in ["ann", "ben", "cleo", "dan"] {
        people.push(installation.register(name, name).await?);
    }
    let request = |racer: usize| {
        let creator = &people[racer % people.len()];
        let others: Vec<&Person> = people.iter().filter(|person| person.id != creator.id).collect();
        (server.client(creator), None, group(Some(&format!("group {racer}")), &others))
    };
    let replies = all_at_once((0..RACERS).map(request)).await?;
    assert_eq!(count(&replies, 201), RACERS, "{replies:?}");
    for person in &people {
        let told = server.client(person).inbox(0).await?;
        assert_eq!(told.len(), RACERS, "{}", person.username);
        let is_told = |reply: &Reply| told.iter().filter(|event| event["room_id"] == reply.body["id"]).count() == 1;
        assert!(replies.iter().all(is_told), "{}", person.username);
    }
    Ok(())
}

#[tokio::test]
async fn inboxes_that_many_requests_write_at_once_stay_dense_by_default() -> anyhow::Result<()> {
    groups_of_the_same_people(Installation::new()?).await
}

#[tokio::test]
async fn inboxes_that_many_requests_write_at_once_stay_dense_in_sqlite() -> anyhow::Result<()> {
    groups_of_the_same_people(Installation::with_one_store(Store::Sqlite)?).await
}
