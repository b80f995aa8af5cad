//! What people say about themselves, and what comes of it for others.

mod consent;
mod leaving;
mod renaming;
mod searching;

use parlour_tests::{Installation, Store};
use serde_json::{Value, json};

use crate::listener::Listener;

macro_rules! stories {
    ($($story:path: $by_default:ident, $the_other_way_round:ident;)*) => {
        $(
            #[tokio::test]
            async fn $by_default() -> anyhow::Result<()> {
                $story(Installation::new()?).await
            }

            #[tokio::test]
            async fn $the_other_way_round() -> anyhow::Result<()> {
                $story(Installation::with_stores(Store::SurrealKv, Store::Sqlite)?).await
            }
        )*
    };
}

stories! {
    leaving::story: who_leaves_for_good_is_gone_everywhere_by_default,
        who_leaves_for_good_is_gone_everywhere_with_users_in_surrealdb;
    renaming::story: a_new_name_reaches_everyone_who_shares_a_room_by_default,
        a_new_name_reaches_everyone_who_shares_a_room_with_users_in_surrealdb;
    consent::story: nobody_is_brought_into_a_room_against_their_will_by_default,
        nobody_is_brought_into_a_room_against_their_will_with_users_in_surrealdb;
    searching::story: people_are_found_by_what_they_are_called_by_default,
        people_are_found_by_what_they_are_called_with_users_in_surrealdb;
}

/// The usernames of those who are found, the best match first.
async fn found(by: &Listener, query: &str) -> anyhow::Result<Vec<String>> {
    let body = json!({"query": query});
    let found = by.client.post("/auth/users/search", &body).await?.expect(200)?;
    let users = found["users"].as_array().into_iter().flatten();
    Ok(users.map(|user| user["username"].as_str().unwrap_or_default().to_owned()).collect())
}

/// Everybody in a room, by username, with what they are called there.
fn names(room: &Value) -> Vec<(&str, &str)> {
    let participants = room["participants"].as_array().into_iter().flatten();
    let named = participants.filter_map(|one| Some((one["username"].as_str()?, one["display_name"].as_str()?)));
    let mut names: Vec<(&str, &str)> = named.collect();
    names.sort_unstable();
    names
}
