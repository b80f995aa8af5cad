//! The versions that fold the names of all users: the one that lets them be searched for, and those after which names are
//! folded in another way.

use parlour_domain::{UserId, Username, fold};
use surrealdb::Surreal;
use surrealdb::engine::any::Any;
use surrealdb::types::{Object, RecordId, SurrealValue, Value};

use crate::classify::Unread;
use crate::connect::{ask_plainly, value, vars};
use crate::row::{range, uuid_of};

const USERS_AT_ONCE: usize = 500;

const PAGE: &str = "SELECT id, username, display_name, username_key, username_folded, display_name_folded
    FROM type::record('user', $after>..$until) LIMIT $limit";
/// A program of the version before may serve still, and whoever is renamed there has it folded there.
const FOLD: &str = "FOR $user IN $users { UPDATE $user.id SET username_key = $user.username_key,
    username_folded = $user.username_folded, display_name_folded = $user.display_name_folded
    WHERE display_name = $user.display_name RETURN NONE }";

#[derive(SurrealValue)]
struct Named {
    id: RecordId,
    username: String,
    display_name: String,
    username_key: Option<String>,
    username_folded: Option<String>,
    display_name_folded: Option<String>,
}

/// Folds the names of all users, some at a time, and passes over what is folded already: whoever dies meanwhile leaves the
/// rest to the next, and two at once come to the same.
pub(super) async fn fold_names(db: &Surreal<Any>) -> Result<(), Unread> {
    let mut last = None;
    loop {
        let [after, until] = range::users(last).vars();
        let vars_of_page = vars([after, until, ("limit", USERS_AT_ONCE.into_value())]);
        let users: Vec<Named> = value(ask_plainly(db, PAGE, vars_of_page).await?)?;
        let Some(newest) = users.last() else { return Ok(()) };
        last = Some(UserId::from_uuid(uuid_of(&newest.id)?));
        let users: Vec<Value> = users.into_iter().filter_map(folded).collect();
        if !users.is_empty() {
            ask_plainly(db, FOLD, vars([("users", users.into_value())])).await?;
        }
    }
}

/// What has to be written of a user, if anything.
fn folded(user: Named) -> Option<Value> {
    let Named { id, username, display_name, username_key, username_folded, display_name_folded } = user;
    // A name that does not parse is found by nobody who wants more than its row.
    let key = Username::parse(&username).map_or_else(|_| username.clone(), |name| name.key().as_str().to_owned());
    let names = [key, fold(&username), fold(&display_name)];
    if [username_key, username_folded, display_name_folded] == names.each_ref().map(|name| Some(name.clone())) {
        return None;
    }
    let [key, username_folded, display_name_folded] = names;
    let mut row = Object::new();
    row.insert("id", id);
    row.insert("display_name", display_name);
    row.insert("username_key", key);
    row.insert("username_folded", username_folded);
    row.insert("display_name_folded", display_name_folded);
    Some(Value::Object(row))
}

#[cfg(test)]
mod tests {
    use parlour_domain::port::{ProfileRepo, UserRepo};
    use parlour_domain::{DisplayName, SearchQuery, User};
    use parlour_store_contract::fixture::{user, uuid};
    use surrealdb::engine::any;

    use super::super::{MIGRATIONS, bring_up};
    use super::*;
    use crate::SurrealStore;
    use crate::connect::OwnRuntime;
    use crate::connect::plan::{is_bounded, plan_of};
    use crate::row::{UserRow, id};

    /// More than are folded at once.
    const USERS_BEFORE: usize = USERS_AT_ONCE + 20;
    const KOS: &str = "\u{39a}\u{3a9}\u{3a3}";
    /// As version 5 folds it.
    const KOS_BEFORE: &str = "\u{3ba}\u{3c9}\u{3c2}";

    #[tokio::test(flavor = "multi_thread")]
    async fn names_are_folded_in_pages_that_are_ranges_of_records() {
        let [after, until] = range::users(Some(user().id)).vars();
        let plan = plan_of(PAGE, vars([after, until, ("limit", 2.into_value())])).await;
        assert!(is_bounded(&plan) && plan.contains("limit: $limit"), "{plan}");
    }

    /// The store as a program of that version has left it, with users all of whom are called Kos.
    async fn left_by(version: usize, url: String, row: fn(&User) -> Value) {
        let runtime = OwnRuntime::start().unwrap();
        let leaving = async move {
            let db = any::connect(url).await.unwrap();
            bring_up(&db, "parlour", "parlour", &MIGRATIONS[..version]).await.unwrap();
            let users = (0..USERS_BEFORE).map(|n| User {
                username: Username::parse(&format!("{KOS}-{n:04}")).unwrap(),
                display_name: DisplayName::parse(KOS).unwrap(),
                ..user()
            });
            let rows: Vec<Value> = users.flat_map(|user| [row(&user), id::username_row(&user)]).collect();
            ask_plainly(&db, "INSERT $rows RETURN NONE", vars([("rows", rows.into_value())])).await.unwrap();
        };
        runtime.spawn(leaving).unwrap().await.unwrap();
        while runtime.live_tasks() > 0 {
            tokio::task::yield_now().await;
        }
    }

    fn with(user: &User, folds: [(&str, Option<String>); 3]) -> Value {
        let Value::Object(mut row) = UserRow::from(user).into_value() else { panic!("a row is an object") };
        for (name, fold) in folds {
            match fold {
                Some(fold) => row.insert(name, fold),
                None => row.remove(name),
            };
        }
        Value::Object(row)
    }

    /// Before users could be searched for.
    fn not_folded(user: &User) -> Value {
        with(user, ["username_key", "username_folded", "display_name_folded"].map(|name| (name, None)))
    }

    fn folded_before(user: &User) -> Value {
        let key = user.username.key().as_str().to_owned();
        let username = user.username.as_str().replace(KOS, KOS_BEFORE);
        let folds =
            [("username_key", key), ("username_folded", username), ("display_name_folded", KOS_BEFORE.to_owned())];
        with(user, folds.map(|(name, fold)| (name, Some(fold))))
    }

    /// Of version 3, folded by two programs at once.
    #[tokio::test(flavor = "multi_thread")]
    async fn two_programs_may_fold_the_same_names_at_once() {
        let runtime = OwnRuntime::start().unwrap();
        let folding = async {
            let db = any::connect("mem://").await.unwrap();
            bring_up(&db, "parlour", "parlour", &MIGRATIONS[..3]).await.unwrap();
            let rows: Vec<Value> = (0..USERS_BEFORE).map(|_| not_folded(&user())).collect();
            ask_plainly(&db, "INSERT $rows RETURN NONE", vars([("rows", rows.into_value())])).await.unwrap();
            let other = db.clone();
            let other = tokio::spawn(async move { bring_up(&other, "parlour", "parlour", &MIGRATIONS).await });
            bring_up(&db, "parlour", "parlour", &MIGRATIONS).await.unwrap();
            other.await.unwrap().unwrap();
            let folded = "SELECT VALUE id FROM user WHERE username_key AND username_folded AND display_name_folded";
            value::<Vec<RecordId>>(ask_plainly(&db, folded, vars([])).await.unwrap()).unwrap().len()
        };
        assert_eq!(runtime.spawn(folding).unwrap().await.unwrap(), USERS_BEFORE);
    }

    async fn users_of_are_found(version: usize, row: fn(&User) -> Value) {
        let dir = tempfile::tempdir().unwrap();
        let url = format!("surrealkv://{}/store", dir.path().display());
        left_by(version, url.clone(), row).await;
        let store = SurrealStore::connect(&url).await.unwrap();
        assert_eq!(store.list(None, u32::MAX).await.unwrap().len(), USERS_BEFORE);
        let nobody = UserId::from_uuid(uuid());
        for (query, found) in [(KOS, USERS_BEFORE), (KOS_BEFORE, USERS_BEFORE), ("\u{3c9}\u{3c3}-0007", 1)] {
            let query = SearchQuery::parse(query).unwrap();
            assert_eq!(store.search(&query, nobody, u32::MAX).await.unwrap().len(), found, "{query:?}");
        }
        store.close().await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn users_of_a_version_that_cannot_search_are_found() {
        users_of_are_found(3, not_folded).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn users_whose_names_an_older_version_folded_are_found() {
        users_of_are_found(5, folded_before).await;
    }
}
