//! What handlers read from a request; every fault is a [`Problem`](crate::problem::Problem) that names the field.

mod fields;
mod idempotency;
mod json;
mod query;
mod room_id;

pub(crate) use fields::{FieldErrors, Given};
pub(crate) use idempotency::idempotency_key;
pub(crate) use json::JsonObject;
pub(crate) use query::QueryFields;
pub(crate) use room_id::RoomIdInPath;
