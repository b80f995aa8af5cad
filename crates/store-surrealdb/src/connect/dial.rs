//! How a connection to a server is made.

use std::time::Duration;

use rustls::crypto::{CryptoProvider, aws_lc_rs};
use surrealdb::Surreal;
use surrealdb::engine::any::{self, Any};
use surrealdb::opt::{Config, auth};
use surrealdb::types::ErrorDetails;
use tokio::time::timeout;

use super::ConnectError;
use super::link::Link;
use super::runtime::OwnRuntime;
use super::server::{Level, Server};
use super::tls;
use crate::classify::Failure;
use crate::schema;

/// Name, TCP, TLS and the WebSocket's handshake together.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// Sign-in and schema: a password is checked slowly on purpose, and several programs may set up one schema at once.
const SET_UP_WITHIN: Duration = Duration::from_secs(30);
/// So many texts may wait for the socket; more than that wait outside, and not longer than they may.
const LINED_UP: usize = 1_024;

/// Connects, signs in, and sees that the schema is there.
pub(super) async fn dial(server: &Server, number: u64) -> Result<Link, ConnectError> {
    let runtime = OwnRuntime::start_small().map_err(ConnectError::Runtime)?;
    let (server, call_within) = (server.clone(), server.call_within);
    let lost = |failure: Failure| ConnectError::Schema(failure.into());
    let opening = runtime.spawn(async move {
        let db = within(CONNECT_WITHIN, connect(&server)).await?;
        within(SET_UP_WITHIN, set_up(&db, &server, number)).await?;
        Ok(db)
    });
    let db = opening.map_err(lost)?.await.map_err(|error| lost(Failure::Lost(error)))??;
    Ok(Link::to_server(db, number, call_within, runtime))
}

async fn within<T>(bound: Duration, work: impl Future<Output = Result<T, ConnectError>>) -> Result<T, ConnectError> {
    timeout(bound, work).await.unwrap_or(Err(ConnectError::NoAnswer { seconds: bound.as_secs() }))
}

async fn connect(server: &Server) -> Result<Surreal<Any>, ConnectError> {
    choose_cryptography();
    let config = match &server.authority {
        // Read anew each time, so that one which was exchanged counts from the next connection on.
        Some(file) => Config::new().rustls(tls::trusting(file)?),
        None => Config::new(),
    };
    any::connect((server.address(), config)).with_capacity(LINED_UP).await.map_err(ConnectError::Unreachable)
}

/// The client of a server leaves the choice to the process, and panics when nothing was chosen and there is more than one.
fn choose_cryptography() {
    if CryptoProvider::get_default().is_none() {
        // Somebody else may have been faster: then theirs is as good.
        aws_lc_rs::default_provider().install_default().ok();
    }
}

async fn set_up(db: &Surreal<Any>, server: &Server, number: u64) -> Result<(), ConnectError> {
    sign_in(db, server).await?;
    match number {
        0 => schema::prepare(db, &server.namespace, &server.database).await,
        _ => schema::prepare_again(db, &server.namespace, &server.database).await,
    }
}

async fn sign_in(db: &Surreal<Any>, server: &Server) -> Result<(), ConnectError> {
    let Some(credentials) = server.credentials.clone() else { return Ok(()) };
    let (username, password) = (credentials.username, credentials.password);
    let (namespace, database) = (server.namespace.clone(), server.database.clone());
    let signed_in = match credentials.level {
        Level::Root => db.signin(auth::Root { username, password }).await,
        Level::Namespace => db.signin(auth::Namespace { namespace, username, password }).await,
        Level::Database => db.signin(auth::Database { namespace, database, username, password }).await,
    };
    signed_in.map(drop).map_err(|error| match error.details() {
        ErrorDetails::Connection(_) => ConnectError::Unreachable(error),
        _ => ConnectError::SignIn(error),
    })
}
