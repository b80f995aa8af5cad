//! Which adapter fills which port: the only file that names one.
//!
//! To swap a store, change its lines in [`open_store`]: everything else sees it through the ports.

mod callers;
mod passkeys;

use std::net::{SocketAddr, TcpListener};
use std::os::unix::net::UnixListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::{App, HttpServer, web};
use parlour_api_http::{Api, ApiConfig, Drain, NameTellings, RateLimits};
use parlour_auth_webauthn::RelyingPartySettings;
use parlour_domain::SessionLifetime;
use parlour_domain::port::{Clock, Disconnector, IdSource, Notifier, ReadError};
use parlour_domain::usecase::{
    AddParticipant, BlockUser, ChangeDisplayName, ChangeRole, ContactSettings, CreateRoom, DeactivateAccount,
    DeleteRoom, ExpireRooms, FindUser, ForgetOld, GetRoom, ListBlocks, ListPasskeys, ListRooms, ListSessions,
    ReadInbox, RemoveParticipant, RemovePasskey, RenameRoom, RevokeOwnSessions, RevokeSession, RoomChanger,
    SearchUsers, TellName, UnblockUser,
};
use parlour_notifier_websocket::{Gateway, Hub, Limits, end_stalled_connections};
use parlour_store_memory::MemoryStore;
use parlour_store_seaorm::SqlStore;
#[cfg(feature = "surrealdb")]
use parlour_store_surrealdb::SurrealStore;

use self::callers::Callers;
use self::passkeys::Passkeys;
use crate::config::{HttpSettings, Settings};
use crate::operator::{self, LocalDesk};
use crate::store::Store;
use crate::store_url::StoreUrl;
use crate::system::{SystemClock, SystemIds};

/// Requests in flight may take this long when the server stops.
const REQUESTS_END_WITHIN_SECONDS: u64 = 5;

/// How long a request, or the opening of a socket, waits for the stores in all. Far above what a store takes that is
/// merely busy, and short enough that a client still waits for the answer.
const STORES_ANSWER_WITHIN: Duration = Duration::from_secs(5);

/// A peer that takes nothing for so long has lost its connection.
const PEERS_READ_WITHIN: Duration = Duration::from_secs(30);

/// What a store is opened for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// To serve from it, beside other nodes where the engine allows that.
    Serving,
    /// To be copied, copied into or checked, while nobody else uses it.
    Copying,
}

async fn open_store(url: &StoreUrl, purpose: Purpose) -> anyhow::Result<Store> {
    let location = url.reveal();
    match url {
        StoreUrl::Memory => Ok(Store::of(MemoryStore::new(), |_| async {})),
        StoreUrl::Sqlite(_) | StoreUrl::SqlServer(_) => {
            let opened = match purpose {
                Purpose::Serving => SqlStore::connect(&location).await,
                Purpose::Copying => SqlStore::connect_to_copy(&location).await,
            };
            Ok(Store::of(opened.map_err(|error| not_opened(url, &error))?, |sql| async move { sql.close().await }))
        }
        #[cfg(feature = "surrealdb")]
        StoreUrl::SurrealMem | StoreUrl::SurrealKv(_) | StoreUrl::RocksDb(_) | StoreUrl::SurrealServer(_) => {
            let opened = match purpose {
                Purpose::Serving => SurrealStore::connect(&location).await,
                Purpose::Copying => SurrealStore::connect_to_copy(&location).await,
            };
            let opened = opened.map_err(|error| not_opened(url, &error))?;
            Ok(Store::of(opened, |surreal| async move { surreal.close().await }))
        }
        #[cfg(not(feature = "surrealdb"))]
        StoreUrl::SurrealMem | StoreUrl::SurrealKv(_) | StoreUrl::RocksDb(_) | StoreUrl::SurrealServer(_) => {
            anyhow::bail!("store {url}: this build has no SurrealDB (cargo feature surrealdb)")
        }
    }
}

/// Opens a store to copy it, to copy into it or to check it, while nobody else uses it.
///
/// # Errors
/// One line that names the store and says why it cannot be opened.
pub(crate) async fn open_alone(url: &StoreUrl) -> anyhow::Result<Store> {
    open_store(url, Purpose::Copying).await
}

/// Opens two stores at once. Both attempts come to their end, also when one fails: an embedded engine cannot be dropped
/// while it starts, and one that has started has to be closed.
async fn open_both(one: &StoreUrl, other: &StoreUrl) -> anyhow::Result<(Store, Store)> {
    match tokio::join!(Box::pin(open_store(one, Purpose::Serving)), Box::pin(open_store(other, Purpose::Serving))) {
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
pub(crate) async fn open_desk(users: &StoreUrl, lifetime: SessionLifetime) -> anyhow::Result<(LocalDesk, Store)> {
    let store = open_store(users, Purpose::Serving).await?;
    // A hub without sockets: none is open in this process, so a revocation has none to close.
    let nobody = Arc::new(Hub::new(Limits::default()));
    Ok((LocalDesk::new(&store, nobody, lifetime, clock(), ids()), store))
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
    /// One line that names the store that cannot be opened, or the setting that cannot be.
    pub(crate) async fn open(
        users: &StoreUrl,
        rooms: &StoreUrl,
        settings: &Settings,
        address: SocketAddr,
    ) -> anyhow::Result<Self> {
        let callers = Callers::prepare(settings, &clock()).await?;
        let relying_party = settings.passkeys.relying_party(address, &settings.http.cors_origin)?;
        let stores = format!("users: {users}, rooms: {rooms}");
        let (users, rooms) = if users == rooms {
            let shared = Box::pin(open_store(users, Purpose::Serving)).await?;
            (shared.clone(), shared)
        } else {
            open_both(users, rooms).await?
        };
        Ok(Self::wire(stores, users, rooms, callers, &relying_party, &settings.http))
    }

    fn wire(
        stores: String,
        users: Store,
        rooms: Store,
        callers: Callers,
        relying_party: &RelyingPartySettings,
        http: &HttpSettings,
    ) -> Self {
        let (clock, ids) = (clock(), ids());
        let hub = Hub::new(Limits { stores_answer_within: STORES_ANSWER_WITHIN, ..Limits::default() });
        let notifier: Arc<dyn Notifier> = Arc::new(hub.clone());
        let drain = Drain::default();
        let (lifetime, registration_is_closed) = (callers.lifetime, callers.registration_is_closed);
        let authenticate = Arc::new(callers.authenticate(&users, &clock, &ids));
        let revoke_session = Arc::new(RevokeSession::new(users.sessions.clone(), Arc::new(hub.clone())));
        let revoke_own = RevokeOwnSessions::new(users.sessions.clone(), revoke_session.clone(), clock.clone());
        let read_inbox = Arc::new(ReadInbox::new(rooms.inboxes.clone()));
        let create_room = CreateRoom::new(
            users.users.clone(),
            users.contacts.clone(),
            rooms.rooms.clone(),
            notifier.clone(),
            clock.clone(),
            ids.clone(),
        );
        let changer = RoomChanger::new(
            users.users.clone(),
            users.contacts.clone(),
            rooms.rooms.clone(),
            notifier.clone(),
            clock.clone(),
            ids.clone(),
        );
        let disconnector: Arc<dyn Disconnector> = Arc::new(hub.clone());
        let deactivate_account =
            DeactivateAccount::new(users.profiles.clone(), users.sessions.clone(), disconnector, clock.clone());
        let passkeys = Passkeys::wire(&users, relying_party, lifetime, &revoke_session, &clock, &ids);
        let tell_name = TellName::new(changer.clone(), rooms.rooms.clone(), clock.clone());
        let api = Api {
            register_with_passkey: Arc::new(passkeys.register),
            sign_in: Arc::new(passkeys.sign_in),
            add_passkey: Arc::new(passkeys.add),
            list_passkeys: Arc::new(ListPasskeys::new(users.passkeys.clone())),
            remove_passkey: Arc::new(RemovePasskey::new(users.passkeys.clone(), clock.clone())),
            create_room: Arc::new(create_room),
            list_rooms: Arc::new(ListRooms::new(users.users.clone(), rooms.rooms.clone(), clock.clone())),
            get_room: Arc::new(GetRoom::new(users.users.clone(), rooms.rooms.clone(), clock.clone())),
            delete_room: Arc::new(DeleteRoom::new(rooms.rooms.clone(), notifier.clone(), clock.clone(), ids.clone())),
            rename_room: Arc::new(RenameRoom::new(changer.clone())),
            add_participant: Arc::new(AddParticipant::new(changer.clone())),
            change_role: Arc::new(ChangeRole::new(changer.clone())),
            remove_participant: Arc::new(RemoveParticipant::new(changer.clone())),
            search_users: Arc::new(SearchUsers::new(users.profiles.clone())),
            change_display_name: Arc::new(ChangeDisplayName::new(users.users.clone(), users.profiles.clone())),
            deactivate_account: Arc::new(deactivate_account),
            name_tellings: NameTellings::new(tell_name, tokio::runtime::Handle::current()),
            contact_settings: Arc::new(ContactSettings::new(users.contacts.clone())),
            list_blocks: Arc::new(ListBlocks::new(users.users.clone(), users.contacts.clone())),
            block_user: Arc::new(BlockUser::new(users.users.clone(), users.contacts.clone(), clock.clone())),
            unblock_user: Arc::new(UnblockUser::new(users.contacts.clone())),
            read_inbox: read_inbox.clone(),
            authenticate: authenticate.clone(),
            find_user: Arc::new(FindUser::new(users.users.clone())),
            revoke_session,
            list_sessions: Arc::new(ListSessions::new(users.sessions.clone(), clock.clone())),
            revoke_own_sessions: Arc::new(revoke_own),
            users: users.users.clone(),
            rooms: rooms.rooms.clone(),
            ids: ids.clone(),
            runtime: tokio::runtime::Handle::current(),
            stores_answer_within: STORES_ANSWER_WITHIN,
            limits: RateLimits::new(&http.limits.rate_limits),
            drain: drain.clone(),
            config: ApiConfig {
                cors_origins: http.cors_origin.clone(),
                secure_cookies: !http.insecure_cookies,
                proxies: http.limits.proxies(),
                registration_is_closed,
            },
        };
        let gateway = Gateway {
            hub: hub.clone(),
            authenticate,
            inbox: read_inbox.clone(),
            clock: clock.clone(),
            credential_of: parlour_api_http::credential_for_socket,
        };
        let desk = LocalDesk::new(&users, Arc::new(hub.clone()), lifetime, clock.clone(), ids.clone());
        Self {
            stores,
            expire_rooms: ExpireRooms::new(rooms.rooms.clone(), notifier, clock.clone(), ids),
            forget_old: ForgetOld::new(
                rooms.inboxes.clone(),
                rooms.rooms.clone(),
                users.sessions.clone(),
                users.ceremonies.clone(),
                clock,
            ),
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

    /// Frees the memory of the rate limits that is of no use any more.
    pub(crate) fn forget_idle_clients(&self) {
        self.api.limits.forget_idle();
    }

    /// Makes the sockets that missed a hint read their inbox.
    ///
    /// # Errors
    /// [`ReadError`] when the room store does not answer or is corrupt.
    pub(crate) async fn resync_sockets(&self) -> Result<(), ReadError> {
        self.hub.resync(&self.read_inbox).await
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
