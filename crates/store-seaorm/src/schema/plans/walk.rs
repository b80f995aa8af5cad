//! How each engine says that it scans.

use sea_orm::{ConnectionTrait, QueryResult, Statement};

use crate::connect::Db;

/// How an engine says between which bounds it walks an index.
pub(super) struct Bounds {
    /// By the user.
    pub(super) of_user: &'static str,
    /// By the user, and by an activity no newer than that of a place.
    pub(super) from_a_place: &'static str,
    /// By the user, and by the places 4 to 53.
    pub(super) of_entries: &'static str,
}

pub(super) trait Explaining {
    const BOUNDS: Bounds;
    /// The index of an inbox.
    const ENTRIES: &'static str;

    /// Tells the planner what the tables hold.
    async fn analyze(&self, db: &Db);

    /// The steps of the plan that walk a whole stored table, with or without an index.
    async fn scans(&self, db: &Db, statement: &Statement) -> Vec<String>;

    /// The steps of the plan that put rows in order which no index has in that order.
    async fn sorts(&self, db: &Db, statement: &Statement) -> Vec<String>;

    /// The bounds between which the plan walks that index of a table, as the engine says it.
    async fn bounds(&self, db: &Db, statement: &Statement, table: &str, index: &str) -> String;
}

async fn explained(db: &Db, how: &str, statement: &Statement) -> Vec<QueryResult> {
    let explain = Statement { sql: format!("{how} {}", statement.sql), ..statement.clone() };
    db.query_all_raw(explain).await.unwrap()
}

#[cfg(feature = "sqlite")]
pub(super) struct Sqlite;

#[cfg(feature = "sqlite")]
impl Explaining for Sqlite {
    const BOUNDS: Bounds = Bounds {
        of_user: "(user_id=?)",
        from_a_place: "(user_id=? AND room_updated_at<?)",
        of_entries: "(user_id=? AND seq>? AND seq<?)",
    };
    const ENTRIES: &'static str = "PRIMARY KEY";

    async fn analyze(&self, db: &Db) {
        db.execute_unprepared("ANALYZE").await.unwrap();
    }

    async fn scans(&self, db: &Db, statement: &Statement) -> Vec<String> {
        let steps = explained(db, "EXPLAIN QUERY PLAN", statement).await;
        let steps = steps.iter().map(|step| step.try_get::<String>("", "detail").unwrap());
        // A page that was chosen by an index is walked once more, beside what belongs to it.
        let is_page = |step: &String| ["SCAN chosen", "SCAN looked_at", "SCAN place"].contains(&step.as_str());
        let is_scan = |step: &String| step.starts_with("SCAN") && !is_page(step);
        steps.filter(is_scan).collect()
    }

    async fn sorts(&self, db: &Db, statement: &Statement) -> Vec<String> {
        let steps = explained(db, "EXPLAIN QUERY PLAN", statement).await;
        let steps = steps.iter().map(|step| step.try_get::<String>("", "detail").unwrap());
        steps.filter(|step| step.contains("TEMP B-TREE")).collect()
    }

    async fn bounds(&self, db: &Db, statement: &Statement, table: &str, index: &str) -> String {
        let steps = explained(db, "EXPLAIN QUERY PLAN", statement).await;
        let mut steps = steps.iter().map(|step| step.try_get::<String>("", "detail").unwrap());
        let walk = format!("SEARCH {table} USING ");
        steps.find(|step| step.starts_with(&walk) && step.contains(index)).unwrap_or_default()
    }
}

#[cfg(feature = "server-tests")]
pub(super) struct Postgres;

#[cfg(feature = "server-tests")]
impl Explaining for Postgres {
    const BOUNDS: Bounds = Bounds {
        of_user: "Index Cond: (user_id = ",
        from_a_place: "AND (room_updated_at <= ",
        of_entries: "AND (seq > '3'::bigint) AND (seq <= '53'::bigint))",
    };
    const ENTRIES: &'static str = "inbox_entries_pkey";

    async fn analyze(&self, db: &Db) {
        db.execute_unprepared("ANALYZE").await.unwrap();
    }

    async fn scans(&self, db: &Db, statement: &Statement) -> Vec<String> {
        let steps = postgres_steps(db, statement).await;
        let is_bounded = |at: usize| steps.get(at + 1).is_some_and(|detail| detail.trim().starts_with("Index Cond:"));
        let is_scan = |at: usize, step: &String| {
            let is_walk = step.contains("Index Scan") || step.contains("Index Only Scan");
            step.contains("Seq Scan") || is_walk && !is_bounded(at)
        };
        steps.iter().enumerate().filter(|(at, step)| is_scan(*at, step)).map(|(_, step)| step.clone()).collect()
    }

    async fn sorts(&self, db: &Db, statement: &Statement) -> Vec<String> {
        postgres_steps(db, statement).await.into_iter().filter(|step| step.contains("Sort")).collect()
    }

    async fn bounds(&self, db: &Db, statement: &Statement, table: &str, index: &str) -> String {
        let steps = postgres_steps(db, statement).await;
        let mut details = steps.iter().skip_while(|step| !step.contains(&format!("using {index} on {table} ")));
        details.nth(1).filter(|detail| detail.trim().starts_with("Index Cond:")).cloned().unwrap_or_default()
    }
}

#[cfg(feature = "server-tests")]
async fn postgres_steps(db: &Db, statement: &Statement) -> Vec<String> {
    let steps = explained(db, "EXPLAIN", statement).await;
    steps.iter().map(|step| step.try_get_by_index::<String>(0).unwrap()).collect()
}

/// As a table, which newer versions of MySQL give only when asked.
#[cfg(feature = "server-tests")]
async fn mysql_steps(db: &Db, statement: &Statement) -> Vec<QueryResult> {
    let steps = explained(db, "EXPLAIN FORMAT = TRADITIONAL", statement).await;
    // A column that is not there would be read as an empty one.
    assert!(steps.iter().all(|step| step.column_names().contains(&"Extra".to_owned())), "{steps:?}");
    steps
}

#[cfg(feature = "server-tests")]
fn said(step: &QueryResult, what: &str) -> String {
    step.try_get::<Option<String>>("", what).unwrap().unwrap_or_default()
}

#[cfg(feature = "server-tests")]
pub(super) struct MySql;

#[cfg(feature = "server-tests")]
impl Explaining for MySql {
    /// An id has 16 bytes, a number 8.
    const BOUNDS: Bounds =
        Bounds { of_user: "ref of 16 bytes", from_a_place: "range of 24 bytes", of_entries: "range of 24 bytes" };
    const ENTRIES: &'static str = "PRIMARY";

    async fn analyze(&self, db: &Db) {
        let tables = "users, sessions, passkeys, ceremonies, contact_policies, blocks, commits, rooms, participants, \
                      answers, events, inbox_heads, inbox_entries";
        db.execute_unprepared(&format!("ANALYZE TABLE {tables}")).await.unwrap();
    }

    async fn scans(&self, db: &Db, statement: &Statement) -> Vec<String> {
        let steps = mysql_steps(db, statement).await;
        let scans = steps.iter().filter(|step| {
            let (kind, table) = (said(step, "select_type"), said(step, "table"));
            // An insertion has no way to walk, and a derived table is not stored.
            ["ALL", "index"].contains(&said(step, "type").as_str()) && kind != "INSERT" && !table.starts_with('<')
        });
        scans.map(|step| format!("all of {}", said(step, "table"))).collect()
    }

    async fn sorts(&self, db: &Db, statement: &Statement) -> Vec<String> {
        let steps = mysql_steps(db, statement).await;
        let extras = steps.iter().map(|step| (said(step, "table"), said(step, "Extra")));
        let sorts = extras.filter(|(_, extra)| extra.contains("filesort") || extra.contains("temporary"));
        sorts.map(|(table, extra)| format!("{table}: {extra}")).collect()
    }

    async fn bounds(&self, db: &Db, statement: &Statement, table: &str, index: &str) -> String {
        let steps = mysql_steps(db, statement).await;
        let walk = steps.iter().find(|step| said(step, "table") == table && said(step, "key") == index);
        walk.map(|walk| format!("{} of {} bytes", said(walk, "type"), said(walk, "key_len"))).unwrap_or_default()
    }
}
