//! What the tests in this package are made of: the real program, the people who use it, and the checkout itself.
//!
//! An [`Installation`] is a data directory with a choice of stores; [`Server`]s run on it one after another; a
//! [`Person`] is registered there through the operator's command line, calls through a [`Client`] and listens through
//! a [`Socket`]. A [`Crowd`] writes while something breaks, and a [`Browser`] shows pages as people have them.

#![expect(clippy::missing_errors_doc, reason = "an error here fails the test that gets it, and its text says why")]

mod browser;
mod client;
mod crowd;
mod installation;
mod person;
mod port;
mod postgres;
mod process;
mod program;
mod proxy;
mod random;
mod server;
mod socket;
pub mod stores_page;
mod surreal_server;
mod waiting;
pub mod workspace;

pub use browser::Browser;
pub use client::{Client, Reply, is_lost, plain_http};
pub use crowd::{Crowd, Doubt, Ledger, Writing};
pub use installation::{Installation, Store};
pub use person::Person;
pub use postgres::{Postgres, Shutdown};
pub use proxy::{Mood, Proxy};
pub use random::Random;
pub use server::Server;
pub use socket::{Heard, Socket};
pub use surreal_server::{Doors, Identity, Kept, SurrealServer, surreal_url};
pub use waiting::{PATIENCE, eventually, within};
