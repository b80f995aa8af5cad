//! What the handlers work with, wired by whoever composes the program.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parlour_domain::port::{IdSource, RoomRepo, UserRepo};
use parlour_domain::usecase::{
    Authenticate, CreateRoom, DeleteRoom, FindUser, GetRoom, ListRooms, ReadInbox, RevokeSession,
};
use tokio::runtime::Handle;

/// Everything that the handlers need; shared by all workers as `web::Data<Api>`.
pub struct Api {
    /// `POST /rooms`.
    pub create_room: Arc<CreateRoom>,
    /// `GET /rooms`.
    pub list_rooms: Arc<ListRooms>,
    /// `GET /rooms/{id}`.
    pub get_room: Arc<GetRoom>,
    /// `DELETE /rooms/{id}`.
    pub delete_room: Arc<DeleteRoom>,
    /// `GET /inbox`.
    pub read_inbox: Arc<ReadInbox>,
    /// Who is calling, on every route that asks.
    pub authenticate: Arc<Authenticate>,
    /// `GET /auth/me`.
    pub find_user: Arc<FindUser>,
    /// `POST /auth/logout`.
    pub revoke_session: Arc<RevokeSession>,
    /// Asked by the readiness check whether it answers.
    pub users: Arc<dyn UserRepo>,
    /// Asked by the readiness check whether it answers.
    pub rooms: Arc<dyn RoomRepo>,
    /// Mints request ids.
    pub ids: Arc<dyn IdSource>,
    /// Writes run there to their end, whatever becomes of the connection that asked for them.
    pub runtime: Handle,
    /// Turned on before a shutdown.
    pub drain: Drain,
    /// What an operator may choose.
    pub config: ApiConfig,
}

/// What an operator may choose about the HTTP API.
#[derive(Debug, Clone, Default)]
pub struct ApiConfig {
    /// Origins (RFC 6454, section 6.2, such as `https://chat.example`) whose pages may call with the cookie of a
    /// session; compared byte by byte.
    pub cors_origins: Vec<String>,
    /// Whether cookies are for HTTPS alone (`Secure`, RFC 6265, section 4.1.2.5).
    pub secure_cookies: bool,
}

/// A switch that is turned on once: the program is about to end and shall get no new work.
#[derive(Debug, Clone, Default)]
pub struct Drain(Arc<AtomicBool>);

impl Drain {
    /// From now on the readiness check answers 503.
    pub fn begin(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// Whether it has begun.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}
