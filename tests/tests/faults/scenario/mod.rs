//! The requests to which faults happen: every use case at least once.
//!
//! A new use case needs a field in [`Node`] and a line in [`all`], with a [`Scenario`] of its own where none of these
//! fits.

mod changing;
mod contacts;
pub(crate) mod creating;
mod ending;
mod entering;
mod newcomers;
mod passkeys;
mod people;
mod profiles;
mod reading;
mod sessions;

use async_trait::async_trait;
use parlour_domain::port::{ReadError, WriteError};

use crate::world::{Node, World};

/// What a client is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It was done; this is the answer.
    Done(String),
    /// A rule says no. Nothing was written.
    Refused(String),
    /// Nothing was written, and the request may be made again.
    Unavailable(String),
    /// It was done or not.
    Unknown(String),
    /// Some of it was done; the next time goes on.
    Partly(String),
}

/// What a client is told when it repeats a request until it is answered, and once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repeats {
    /// The very same answer.
    TheSame,
    /// What is there; the same each time unless somebody else changes it.
    WhatIsThere,
    /// It is done once, then a rule says no.
    Once,
    /// It is done each time.
    Afresh,
}

/// A request in a small world, with what somebody else may do at the same time.
#[async_trait]
pub(crate) trait Scenario: Send + Sync {
    /// Names it within one line.
    fn name(&self) -> String;

    /// The use case and its method, as in `CreateRoom::execute`.
    fn drives(&self) -> &'static str;

    fn repeats(&self) -> Repeats;

    /// How many of the commits of one request may be applied.
    fn most_commits(&self) -> usize {
        1
    }

    /// What was done before.
    async fn prepare(&self, world: &World);

    /// The request, the same each time.
    async fn request(&self, world: &World, node: &Node) -> Outcome;

    /// What somebody else does that may stand against it.
    async fn conflict(&self, world: &World, node: &Node);

    /// What has to be true when the request was answered at last.
    async fn aftermath(&self, _world: &World) -> Result<(), String> {
        Ok(())
    }
}

/// Every scenario.
pub(crate) fn all() -> Vec<Box<dyn Scenario>> {
    let mut all: Vec<Box<dyn Scenario>> = Vec::new();
    all.extend(changing::all());
    all.extend(contacts::all());
    all.extend(creating::all());
    all.extend(ending::all());
    all.extend(entering::all());
    all.extend(newcomers::all());
    all.extend(passkeys::all());
    all.extend(people::all());
    all.extend(profiles::all());
    all.extend(reading::all());
    all.extend(sessions::all());
    all
}

impl From<ReadError> for Outcome {
    fn from(error: ReadError) -> Self {
        Self::Unavailable(error.to_string())
    }
}

impl From<WriteError> for Outcome {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Unavailable(_) => Self::Unavailable(error.to_string()),
            WriteError::OutcomeUnknown(_) => Self::Unknown(error.to_string()),
        }
    }
}
