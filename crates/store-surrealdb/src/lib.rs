//! store-surrealdb
