//! How the engine means to answer a text, for the tests that no question reads more than it answers.

use surrealdb::types::{ToSql, Value, Variables};

use super::{ask, value};
use crate::SurrealStore;

/// The plan, one operator after the other.
pub(crate) async fn plan_of(text: &str, vars: Variables) -> String {
    let store = SurrealStore::connect("surreal-mem:").await.unwrap();
    let text = format!("EXPLAIN {text}");
    let plan = store.engine.run(async move |session| value::<Value>(ask(&session, text, vars).await.unwrap()).unwrap());
    plan.await.unwrap().to_sql()
}

/// No whole table is scanned, and no limit comes after the scan that it is meant for.
pub(crate) fn is_bounded(plan: &str) -> bool {
    !plan.contains("TableScan") && !plan.contains("Limit [")
}
