//! What every request passes through.

mod admit;
mod answer;
mod cors;
mod headers;
mod request_id;

pub(crate) use admit::admit;
pub(crate) use answer::answer;
pub(crate) use cors::cors;
