//! One file per resource: what a request asks of the domain, and the answer.

pub(crate) mod docs;
pub(crate) mod health;
pub(crate) mod inbox;
pub(crate) mod rooms;
pub(crate) mod session;
mod write;
