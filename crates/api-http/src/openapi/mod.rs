//! The OpenAPI 3.1 document, from the same types as the answers.

mod problems;

use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

pub(crate) use problems::{
    Failed, Forbidden, LastPasskey, Malformed, NoParticipant, NoPasskey, NoRoom, NoRoomOrParticipant, NoSession,
    NoUser, NotActive, NotAsItIs, NotProvisioned, NotReady, RateLimited, RefusedPasskey, RefusedPasskeyOrSession,
    SignInNeeded, TakenOrNotAsItIs, TakenPasskey, TakenUsername, TakenUsernameOrPasskey, TooManyPasskeys,
    Unauthenticated, UnreadableBody, UsedKey,
};

use crate::auth::SESSION_COOKIE;
use crate::dto::{
    AddParticipantRequest, AddPasskeyRequest, BeginAuthenticationRequest, BeginRegistrationRequest, ChangeRoleRequest,
    CompleteAuthenticationRequest, CompleteRegistrationRequest, CreateRoomRequest, OptionsDto, RenameRoomRequest,
    RenameUserRequest, SearchUsersRequest, SetPolicyRequest,
};
use crate::handler::{ceremony, contacts, health, inbox, participants, passkeys, people, rooms, session, sessions};
use crate::problem::ProblemDocument;

/// The document that `GET /openapi.json` answers.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Parlour",
        description = "The room service of an end-to-end encrypted chat. Every error is an RFC 9457 problem document; \
                       every answer carries `X-Request-Id`."
    ),
    paths(
        rooms::create, rooms::list, rooms::get, rooms::rename, rooms::delete, participants::add, participants::change,
        participants::remove, inbox::read, session::me, session::logout, people::search, people::rename,
        people::deactivate, contacts::policy, contacts::set_policy, contacts::list, contacts::block, contacts::unblock,
        sessions::list, sessions::revoke, sessions::revoke_others, ceremony::begin_registration,
        ceremony::complete_registration, ceremony::begin_authentication, ceremony::complete_authentication,
        passkeys::list, passkeys::begin, passkeys::complete, passkeys::remove, health::live, health::ready
    ),
    components(schemas(
        CreateRoomRequest, RenameRoomRequest, AddParticipantRequest, ChangeRoleRequest, SearchUsersRequest,
        RenameUserRequest, SetPolicyRequest, BeginRegistrationRequest, CompleteRegistrationRequest,
        BeginAuthenticationRequest, CompleteAuthenticationRequest, AddPasskeyRequest, OptionsDto,
        ProblemDocument<'static>
    )),
    modifiers(&SecuritySchemes),
    tags(
        (name = "rooms", description = "Rooms and who is in them"),
        (name = "inbox", description = "What the caller was told"),
        (name = "session", description = "Who is calling"),
        (name = "people", description = "Oneself, others, and from whom one accepts rooms"),
        (name = "operations", description = "Checks for the operator")
    )
)]
struct Document;

struct SecuritySchemes;

impl Modify for SecuritySchemes {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(
            "A session's token, 64 hexadecimal digits, or a JWT of the deployment's identity provider",
        ));
        components.add_security_scheme("session_token", SecurityScheme::Http(bearer.build()));
        let description =
            "The same token as a cookie; requests that change something must then come from an allowed page";
        let cookie = ApiKey::Cookie(ApiKeyValue::with_description(SESSION_COOKIE, description));
        components.add_security_scheme("session_cookie", SecurityScheme::ApiKey(cookie));
    }
}
