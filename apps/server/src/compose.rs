//! Which adapter fills which port: the only file that names one.
//!
//! To swap a store, change its line in [`open_store`]: everything else sees it through the ports.

use std::net::TcpListener;
use std::os::unix::net::UnixListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::{App, HttpServer, web};
use parlour_api_http::{Api, ApiConfig, Drain};
use parlour_domain::port::{Clock, IdSource, Notifier};
use parlour_domain::usecase::{
    Authenticate, CreateRoom, DeleteRoom, ExpireRooms, FindUser, ForgetOld, GetRoom, ListRooms, ReadInbox,
    RevokeSession,
};
use parlour_notifier_websocket::{Gateway, Hub, Limits, end_stalled_connections};
use parlour_store_memory::MemoryStore;
use parlour_store_seaorm::SqlStore;
#[cfg(feature = "surrealdb")]
use parlour_store_surrealdb::SurrealStore;

use crate::config::HttpSettings;
use crate::operator::{self, LocalDesk};
use crate::store::Store;
use crate::store_url::StoreUrl;
use crate::system::{SystemClock, SystemIds};

/// Requests in flight may take this long when the server stops.
const REQUESTS_END_WITHIN_SECONDS: u64 = 5;

/// A peer that takes nothing for so long has lost its connection.
const PEERS_READ_WITHIN: Duration = Duration::from_secs(30);

async fn open_store(url: &StoreUrl) -> anyhow::Result<Store> {
    let location = url.reveal();
    match url {
        StoreUrl::Memory => Ok(Store::of(MemoryStore::new(), |_| async {})),
        StoreUrl::Sqlite(_) | StoreUrl::SqlServer(_) => {
            let opened = SqlStore::connect(&location).await.map_err(|error| not_opened(url, &error))?;
            Ok(Store::of(opened, |sql| async move { sql.close().await }))
        }
        #[cfg(feature = "surrealdb")]
        StoreUrl::SurrealMem | StoreUrl::SurrealKv(_) => {
            let opened = SurrealStore::connect(&location).await.map_err(|error| not_opened(url, &error))?;
            Ok(Store::of(opened, |surreal| async move { surreal.close().await }))
        }
        #[cfg(not(feature = "surrealdb"))]
        StoreUrl::SurrealMem | StoreUrl::SurrealKv(_) => {
            anyhow::bail!("store {url}: this build has no SurrealDB (cargo feature surrealdb)")
        }
    }
}

/// Opens two stores at once. Both attempts come to their end, also when one fails: an embedded engine cannot be dropped
/// while it starts, and one that has started has to be closed.
async fn open_both(one: &StoreUrl, other: &StoreUrl) -> anyhow::Result<(Store, Store)> {
    match tokio::join!(Box::pin(open_store(one)), Box::pin(open_store(other))) {
        (Ok(one), Ok(other)) => Ok((one, other)),
        (Err(error), Ok(opened)) | (Ok(opened), Err(error)) => {
            opened.close().await;
            Err(error)
        }
        (Err(error), Err(_)) => Err(error),
    }
}

/// An adapter's own line says all: its causes would only repeat it.
fn not_opened(url: &StoreUrl, error: &dyn std::error::Error) -> anyhow::Error {
    anyhow::anyhow!("store {url}: {error}")
}

fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}

fn ids() -> Arc<dyn IdSource> {
    Arc::new(SystemIds)
}

/// A desk for the operator on the user store alone, while no server runs, and how to close that store.
///
/// # Errors
/// One line that names the store and says why it cannot be opened.
pub(crate) async fn open_desk(users: &StoreUrl) -> anyhow::Result<(LocalDesk, Store)> {
    let store = open_store(users).await?;
    // A hub without sockets: none is open in this process, so a revocation has none to close.
    let nobody = Arc::new(Hub::new(Limits::default()));
    Ok((LocalDesk::new(&store, nobody, clock(), ids()), store))
}

/// The whole program, wired.
pub(crate) struct Composition {
    stores: String,
    pub(crate) users: Store,
    pub(crate) rooms: Store,
    hub: Hub,
    drain: Drain,
    api: web::Data<Api>,
    gateway: web::Data<Gateway>,
    desk: Arc<LocalDesk>,
    expire_rooms: ExpireRooms,
    forget_old: ForgetOld,
    read_inbox: Arc<ReadInbox>,
}

impl Composition {
    /// Opens both stores at once (or the one that is both) and wires everything to them.
    ///
    /// # Errors
    /// One line that names the store that cannot be opened.
    pub(crate) async fn open(users: &StoreUrl, rooms: &StoreUrl, http: &HttpSettings) -> anyhow::Result<Self> {
        let stores = format!("users: {users}, rooms: {rooms}");
        let (users, rooms) = if users == rooms {
            let shared = Box::pin(open_store(users)).await?;
            (shared.clone(), shared)
        } else {
            open_both(users, rooms).await?
        };
        Ok(Self::wire(stores, users, rooms, http))
    }

    fn wire(stores: String, users: Store, rooms: Store, http: &HttpSettings) -> Self {
        let (clock, ids) = (clock(), ids());
        let hub = Hub::new(Limits::default());
        let notifier: Arc<dyn Notifier> = Arc::new(hub.clone());
        let drain = Drain::default();
        let authenticate = Arc::new(Authenticate::new(users.sessions.clone(), clock.clone()));
        let read_inbox = Arc::new(ReadInbox::new(rooms.inboxes.clone()));
        let create_room =
            CreateRoom::new(users.users.clone(), rooms.rooms.clone(), notifier.clone(), clock.clone(), ids.clone());
        let api = Api {
            create_room: Arc::new(create_room),
            list_rooms: Arc::new(ListRooms::new(users.users.clone(), rooms.rooms.clone(), clock.clone())),
            get_room: Arc::new(GetRoom::new(users.users.clone(), rooms.rooms.clone(), clock.clone())),
            delete_room: Arc::new(DeleteRoom::new(rooms.rooms.clone(), notifier.clone(), clock.clone(), ids.clone())),
            read_inbox: read_inbox.clone(),
            authenticate: authenticate.clone(),
            find_user: Arc::new(FindUser::new(users.users.clone())),
            revoke_session: Arc::new(RevokeSession::new(users.sessions.clone(), Arc::new(hub.clone()))),
            users: users.users.clone(),
            rooms: rooms.rooms.clone(),
            ids: ids.clone(),
            runtime: tokio::runtime::Handle::current(),
            drain: drain.clone(),
            config: ApiConfig { cors_origins: http.cors_origin.clone(), secure_cookies: !http.insecure_cookies },
        };
        let gateway = Gateway {
            hub: hub.clone(),
            authenticate,
            inbox: read_inbox.clone(),
            clock: clock.clone(),
            token_of: parlour_api_http::session_token_for_socket,
        };
        let desk = LocalDesk::new(&users, Arc::new(hub.clone()), clock.clone(), ids.clone());
        Self {
            stores,
            expire_rooms: ExpireRooms::new(rooms.rooms.clone(), notifier, clock.clone(), ids),
            forget_old: ForgetOld::new(rooms.inboxes.clone(), rooms.rooms.clone(), users.sessions.clone(), clock),
            read_inbox,
            api: web::Data::new(api),
            gateway: web::Data::new(gateway),
            desk: Arc::new(desk),
            users,
            rooms,
            hub,
            drain,
        }
    }

    /// The stores, without credentials.
    pub(crate) fn stores(&self) -> &str {
        &self.stores
    }

    /// Serves the API and the sockets.
    ///
    /// # Errors
    /// When the listener cannot be used.
    pub(crate) fn http_server(&self, listener: TcpListener) -> std::io::Result<Server> {
        let (api, gateway) = (self.api.clone(), self.gateway.clone());
        let app = move || {
            let gateway = gateway.clone();
            parlour_api_http::app(api.clone(), |routes| parlour_notifier_websocket::configure(routes, gateway))
        };
        end_stalled_connections(&listener, PEERS_READ_WITHIN)?;
        // Small frames must not wait for the client's delayed acknowledgement.
        let server = HttpServer::new(app).tcp_nodelay(true);
        let server = server.disable_signals().shutdown_timeout(REQUESTS_END_WITHIN_SECONDS);
        Ok(server.listen(listener)?.run())
    }

    /// Serves the operator.
    ///
    /// # Errors
    /// When the listener cannot be used.
    pub(crate) fn operator_server(&self, listener: UnixListener) -> std::io::Result<Server> {
        let desk = self.desk.clone();
        let app = move || App::new().configure(|routes| operator::configure(routes, desk.clone()));
        let server = HttpServer::new(app).workers(1).disable_signals().shutdown_timeout(REQUESTS_END_WITHIN_SECONDS);
        Ok(server.listen_uds(listener)?.run())
    }

    /// The sweep of expired rooms.
    pub(crate) const fn expire_rooms(&self) -> &ExpireRooms {
        &self.expire_rooms
    }

    /// The forgetting of what is old.
    pub(crate) const fn forget_old(&self) -> &ForgetOld {
        &self.forget_old
    }

    /// Makes the sockets that missed a hint read their inbox.
    pub(crate) async fn resync_sockets(&self) {
        self.hub.resync(&self.read_inbox).await;
    }

    /// From now on the readiness check says no.
    pub(crate) fn drain(&self) {
        self.drain.begin();
    }

    /// Closes every socket and waits for them, but not longer than `deadline`.
    pub(crate) async fn close_sockets(&self, deadline: Duration) {
        self.hub.close_all(deadline).await;
    }

    /// Closes the stores.
    pub(crate) async fn close(&self) {
        tokio::join!(self.users.close(), self.rooms.close());
    }
}
