//! One file per resource: what a request asks of the domain, and the answer.

pub(crate) mod ceremony;
pub(crate) mod contacts;
pub(crate) mod docs;
pub(crate) mod health;
pub(crate) mod inbox;
pub(crate) mod participants;
pub(crate) mod passkeys;
pub(crate) mod people;
pub(crate) mod rooms;
pub(crate) mod session;
pub(crate) mod sessions;
mod write;
