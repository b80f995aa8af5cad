//! `/auth/register` and `/auth/authenticate`: how people come in.

use std::sync::Arc;

use actix_web::http::header::ContentType;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, web};
use parlour_domain::CeremonyOptions;
use parlour_domain::usecase::{CompleteRegistration, SignedIn};

use super::write::to_the_end;
use crate::auth;
use crate::dto::{
    BeginAuthenticationRequest, BeginRegistrationRequest, CompleteAuthenticationRequest, CompleteRegistrationRequest,
    OptionsDto, UserDto,
};
use crate::extract::JsonObject;
use crate::openapi::{
    Failed, Forbidden, Malformed, NotActive, RateLimited, RefusedPasskey, TakenUsername, TakenUsernameOrPasskey,
    UnreadableBody,
};
use crate::patience::Patience;
use crate::problem::Problem;
use crate::state::Api;

/// Begin to register.
///
/// The answer has what a page needs to make a passkey, flat, and a challenge that can be answered once within ten minutes.
/// The name stays free until the registration is completed.
#[utoipa::path(
    post, path = "/auth/register/begin", operation_id = "beginRegistration", tag = "session",
    request_body(content = BeginRegistrationRequest, content_type = "application/json",
        example = json!({"username": "alice", "display_name": "Alice"})),
    responses(
        (status = 200, description = "Options for `navigator.credentials.create`", body = OptionsDto),
        Malformed, Forbidden, TakenUsername, UnreadableBody, RateLimited, Failed,
    ),
    security(())
)]
pub(crate) async fn begin_registration(api: web::Data<Api>, object: JsonObject) -> Result<HttpResponse, Problem> {
    require_open_registration(&api)?;
    let BeginRegistrationRequest { username, display_name } = BeginRegistrationRequest::parse(object)?;
    let register = Arc::clone(&api.register_with_passkey);
    let beginning = async move { register.begin(username, display_name).await };
    let options = Patience::of(api.stores_answer_within).wait(to_the_end(&api.runtime, beginning)).await?;
    Ok(options_of(options))
}

/// Register with the passkey that was made.
///
/// The user and their first passkey are there together or not at all; then they are signed in. A session that the request
/// carried is revoked.
#[utoipa::path(
    post, path = "/auth/register/complete", operation_id = "completeRegistration", tag = "session",
    request_body(content = CompleteRegistrationRequest, content_type = "application/json"),
    responses(
        (status = 201, description = "The new user, who is signed in", body = UserDto, headers(
            ("Set-Cookie" = String, description = "The token of the new session"))),
        Malformed, RefusedPasskey, Forbidden, TakenUsernameOrPasskey, UnreadableBody, RateLimited, Failed,
    ),
    security(())
)]
pub(crate) async fn complete_registration(
    api: web::Data<Api>,
    request: HttpRequest,
    object: JsonObject,
) -> Result<HttpResponse, Problem> {
    require_open_registration(&api)?;
    let CompleteRegistrationRequest { username, response, passkey_name } = CompleteRegistrationRequest::parse(object)?;
    let mut patience = Patience::of(api.stores_answer_within);
    let carried = auth::session_to_end(&request, &mut patience).await?;
    let register = Arc::clone(&api.register_with_passkey);
    let command = CompleteRegistration { username, response, passkey_name, carried };
    let completing = async move { register.complete(command).await };
    let signed_in = patience.wait(to_the_end(&api.runtime, completing)).await?;
    Ok(welcome(HttpResponse::Created(), signed_in, &api))
}

fn require_open_registration(api: &Api) -> Result<(), Problem> {
    if api.config.registration_is_closed {
        return Err(Problem::forbidden("The registration with passkeys is closed"));
    }
    Ok(())
}

/// Begin to sign in.
///
/// With a username only that user can complete it; without one, the authenticator chooses among its passkeys. The answer is
/// the same whether there is such a user or not.
#[utoipa::path(
    post, path = "/auth/authenticate/begin", operation_id = "beginAuthentication", tag = "session",
    request_body(content = BeginAuthenticationRequest, content_type = "application/json",
        example = json!({"username": "alice"})),
    responses(
        (status = 200, description = "Options for `navigator.credentials.get`", body = OptionsDto),
        Malformed, Forbidden, UnreadableBody, RateLimited, Failed,
    ),
    security(())
)]
pub(crate) async fn begin_authentication(api: web::Data<Api>, object: JsonObject) -> Result<HttpResponse, Problem> {
    let BeginAuthenticationRequest { username } = BeginAuthenticationRequest::parse(object)?;
    let sign_in = Arc::clone(&api.sign_in);
    let beginning = async move { sign_in.begin(username).await };
    let options = Patience::of(api.stores_answer_within).wait(to_the_end(&api.runtime, beginning)).await?;
    Ok(options_of(options))
}

/// Sign in with what the authenticator signed.
///
/// A session that the request carried is revoked: the new one takes its place.
#[utoipa::path(
    post, path = "/auth/authenticate/complete", operation_id = "completeAuthentication", tag = "session",
    request_body(content = CompleteAuthenticationRequest, content_type = "application/json"),
    responses(
        (status = 200, description = "Who is signed in", body = UserDto, headers(
            ("Set-Cookie" = String, description = "The token of the new session"))),
        Malformed, RefusedPasskey, NotActive, UnreadableBody, RateLimited, Failed,
    ),
    security(())
)]
pub(crate) async fn complete_authentication(
    api: web::Data<Api>,
    request: HttpRequest,
    object: JsonObject,
) -> Result<HttpResponse, Problem> {
    let CompleteAuthenticationRequest { response } = CompleteAuthenticationRequest::parse(object)?;
    let mut patience = Patience::of(api.stores_answer_within);
    let carried = auth::session_to_end(&request, &mut patience).await?;
    let sign_in = Arc::clone(&api.sign_in);
    let completing = async move { sign_in.complete(&response, carried).await };
    let signed_in = patience.wait(to_the_end(&api.runtime, completing)).await?;
    Ok(welcome(HttpResponse::Ok(), signed_in, &api))
}

pub(super) fn options_of(options: CeremonyOptions) -> HttpResponse {
    HttpResponse::Ok().content_type(ContentType::json()).body(options.into_json())
}

fn welcome(mut answer: HttpResponseBuilder, signed_in: SignedIn, api: &Api) -> HttpResponse {
    let SignedIn { user, issued } = signed_in;
    let lives_for = issued.session.created_at.until(issued.session.expires_at);
    answer.cookie(auth::session_cookie(&issued.token, lives_for, api.config.secure_cookies)).json(UserDto::from(user))
}
