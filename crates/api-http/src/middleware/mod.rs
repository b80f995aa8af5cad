//! What every request passes through.

mod answer;
mod cors;
mod request_id;

pub(crate) use answer::answer;
pub(crate) use cors::cors;
