//! What handlers read from a request; every fault is a [`Problem`](crate::problem::Problem) that names the field.

mod fields;
mod idempotency;
mod json;
mod participant_id;
mod passkey_id;
mod place;
mod query;
mod room_id;
mod session_id;
mod user_id;

pub(crate) use fields::{FieldErrors, Given};
pub(crate) use idempotency::idempotency_key;
pub(crate) use json::JsonObject;
pub(crate) use participant_id::ParticipantInPath;
pub(crate) use passkey_id::PasskeyIdInPath;
pub(crate) use place::At;
pub(crate) use query::QueryFields;
pub(crate) use room_id::RoomIdInPath;
pub(crate) use session_id::SessionIdInPath;
pub(crate) use user_id::UserInPath;
