//! What the handlers work with, wired by whoever composes the program.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use parlour_domain::port::{IdSource, RoomRepo, UserRepo};
use parlour_domain::usecase::{
    AddParticipant, AddPasskey, Authenticate, BlockUser, ChangeDisplayName, ChangeRole, ContactSettings, CreateRoom,
    DeactivateAccount, DeleteRoom, FindUser, GetRoom, ListBlocks, ListPasskeys, ListRooms, ListSessions, ReadInbox,
    RegisterWithPasskey, RemoveParticipant, RemovePasskey, RenameRoom, RevokeOwnSessions, RevokeSession, SearchUsers,
    SignIn, UnblockUser,
};
use tokio::runtime::Handle;

use crate::limits::{Proxies, RateLimits};
use crate::telling::NameTellings;

/// Everything that the handlers need; shared by all workers as `web::Data<Api>`.
pub struct Api {
    /// `POST /rooms`.
    pub create_room: Arc<CreateRoom>,
    /// `GET /rooms`.
    pub list_rooms: Arc<ListRooms>,
    /// `GET /rooms/{id}`.
    pub get_room: Arc<GetRoom>,
    /// `PATCH /rooms/{id}`.
    pub rename_room: Arc<RenameRoom>,
    /// `DELETE /rooms/{id}`.
    pub delete_room: Arc<DeleteRoom>,
    /// `POST /rooms/{id}/participants`.
    pub add_participant: Arc<AddParticipant>,
    /// `PATCH /rooms/{id}/participants/{user_id}`.
    pub change_role: Arc<ChangeRole>,
    /// `DELETE /rooms/{id}/participants/{user_id}`.
    pub remove_participant: Arc<RemoveParticipant>,
    /// `GET /inbox`.
    pub read_inbox: Arc<ReadInbox>,
    /// Who is calling, on every route that asks.
    pub authenticate: Arc<Authenticate>,
    /// `GET /auth/me`.
    pub find_user: Arc<FindUser>,
    /// `POST /auth/users/search`.
    pub search_users: Arc<SearchUsers>,
    /// `PATCH /auth/me`.
    pub change_display_name: Arc<ChangeDisplayName>,
    /// `DELETE /auth/me`.
    pub deactivate_account: Arc<DeactivateAccount>,
    /// After `PATCH` and `DELETE /auth/me`.
    pub name_tellings: NameTellings,
    /// `GET` and `PUT /auth/contact-policy`.
    pub contact_settings: Arc<ContactSettings>,
    /// `GET /auth/blocks`.
    pub list_blocks: Arc<ListBlocks>,
    /// `PUT /auth/blocks/{user_id}`.
    pub block_user: Arc<BlockUser>,
    /// `DELETE /auth/blocks/{user_id}`.
    pub unblock_user: Arc<UnblockUser>,
    /// `POST /auth/logout`.
    pub revoke_session: Arc<RevokeSession>,
    /// `GET /auth/sessions`.
    pub list_sessions: Arc<ListSessions>,
    /// `DELETE /auth/sessions` and `DELETE /auth/sessions/{id}`.
    pub revoke_own_sessions: Arc<RevokeOwnSessions>,
    /// `POST /auth/register`.
    pub register_with_passkey: Arc<RegisterWithPasskey>,
    /// `POST /auth/authenticate`.
    pub sign_in: Arc<SignIn>,
    /// `GET /auth/passkeys`.
    pub list_passkeys: Arc<ListPasskeys>,
    /// `POST /auth/passkeys`.
    pub add_passkey: Arc<AddPasskey>,
    /// `DELETE /auth/passkeys/{id}`.
    pub remove_passkey: Arc<RemovePasskey>,
    /// Asked by the readiness check whether it answers.
    pub users: Arc<dyn UserRepo>,
    /// Asked by the readiness check whether it answers.
    pub rooms: Arc<dyn RoomRepo>,
    /// Mints request ids.
    pub ids: Arc<dyn IdSource>,
    /// Writes run there to their end, whatever becomes of the connection that asked for them.
    pub runtime: Handle,
    /// How long a request waits for the stores, in all; then it is answered with 503.
    pub stores_answer_within: Duration,
    /// How often clients and users may ask.
    pub limits: RateLimits,
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
    /// Whether browsers reach the service by HTTPS alone: cookies are `Secure` (RFC 6265, section 4.1.2.5), and answers
    /// carry `Strict-Transport-Security` (RFC 6797).
    pub secure_cookies: bool,
    /// Whose word counts about where a request comes from.
    pub proxies: Proxies,
    /// Whether nobody may register with a passkey: somebody else says who people are.
    pub registration_is_closed: bool,
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
