//! What the tests in this package are made of: the real program, the people who use it, and the checkout itself.
//!
//! An [`Installation`] is a data directory with a choice of stores; [`Server`]s run on it one after another; a
//! [`Person`] is registered there through the operator's command line, calls through a [`Client`] and listens through
//! a [`Socket`].

#![expect(clippy::missing_errors_doc, reason = "an error here fails the test that gets it, and its text says why")]

mod client;
mod installation;
mod person;
mod process;
mod program;
mod random;
mod server;
mod socket;
mod waiting;
pub mod workspace;

pub use client::{Client, Reply, is_lost};
pub use installation::{Installation, Store};
pub use person::Person;
pub use random::Random;
pub use server::Server;
pub use socket::{Heard, Socket};
pub use waiting::{PATIENCE, eventually, within};
