//! The refusals that operations document.

use std::collections::BTreeMap;

use utoipa::openapi::{ContentBuilder, HeaderBuilder, ObjectBuilder, Ref, RefOr, Response, ResponseBuilder, Type};
use utoipa::{IntoResponses, ToSchema};

use crate::problem::{MEDIA_TYPE, ProblemDocument};

/// Declares a set of refusals: for each status what it means, and the headers that come with it.
macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident { $($status:literal $headers:tt => $description:literal,)+ })+) => {$(
        $(#[$doc])*
        pub(crate) struct $name;

        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                BTreeMap::from([$(($status.to_owned(), RefOr::T(refusal($description, &$headers)))),+])
            }
        }
    )+};
}

refusals! {
    /// Of operations that read a body or a query.
    Malformed {
        "400" [] => "`malformed-request`: `errors` names every field that is missing or invalid",
    }
    /// Of operations that somebody has to be known for.
    Unauthenticated {
        "401" ["WWW-Authenticate"] => "`unauthenticated`: no, a bad or an expired session",
    }
    /// Of operations that not everybody may do.
    Forbidden {
        "403" [] => "`forbidden`: the caller, or the page that sent the request, may not do this, or a participant does \
                     not accept rooms from the caller",
    }
    /// Of operations that change nothing, by which a caller may become a user all the same.
    NotProvisioned {
        "403" [] => "`forbidden`: the caller's token is good, but by the names in it they cannot become a user",
    }
    /// Of operations on one room.
    NoRoom {
        "404" [] => "`room-not-found`: to the caller there is no such room",
    }
    /// Of operations on one session.
    NoSession {
        "404" [] => "`not-found`: the caller has no such session",
    }
    /// Of operations on another user.
    NoUser {
        "404" [] => "`user-not-found`: there is no such user, or they are not blocked",
    }
    /// Of operations on one participant of a room.
    NoRoomOrParticipant {
        "404" [] => "`room-not-found`: to the caller there is no such room; `participant-not-found`: there is no such \
                     active user, or they are not in the room",
    }
    /// Of operations that change a room.
    NotAsItIs {
        "409" [] => "`conflict`: the room is no group, or it would be left without an owner",
    }
    /// Of operations that bring somebody into a room.
    TakenOrNotAsItIs {
        "409" [] => "`already-participant`: they are in the room; `conflict`: the room is no group, or it is full",
    }
    /// Of operations that name users.
    NoParticipant {
        "404" [] => "`creator-not-found`, `participant-not-found`: these users do not exist or are not active",
    }
    /// Of operations with an idempotency key.
    UsedKey {
        "409" [] => "`request-in-progress`: the request of that key is being worked on",
        "422" [] => "`idempotency-key-reused`: the key was used with another body",
    }
    /// Of operations that a passkey is shown to.
    RefusedPasskey {
        "401" ["WWW-Authenticate"] => "`unauthenticated`: the passkey is not accepted, or its challenge is over",
    }
    /// Of operations that a passkey is shown to by somebody who has to be known.
    RefusedPasskeyOrSession {
        "401" ["WWW-Authenticate"] => "`unauthenticated`: no, a bad or an expired session; or the passkey is not \
                                       accepted, or its challenge is over",
    }
    /// Of operations for which a session alone does not do.
    SignInNeeded {
        "403" [] => "`forbidden`: the caller has not signed in within the last 10 minutes, or has no session; or the \
                     account is not active, or the page that sent the request may not do this",
    }
    /// Of operations for people whose account is active.
    NotActive {
        "403" [] => "`forbidden`: the account is not active, or the page that sent the request may not do this",
    }
    /// Of operations that look for a free name.
    TakenUsername {
        "409" [] => "`username-taken`: another user has that name",
    }
    /// Of operations that add somebody with a passkey.
    TakenUsernameOrPasskey {
        "409" [] => "`username-taken`: another user has that name; `conflict`: the passkey is registered already",
    }
    /// Of operations that begin to add a passkey.
    TooManyPasskeys {
        "409" [] => "`conflict`: the caller has 20 passkeys, which is the most",
    }
    /// Of operations that add a passkey.
    TakenPasskey {
        "409" [] => "`conflict`: the passkey is registered already, or the caller has 20, which is the most",
    }
    /// Of operations on one passkey.
    NoPasskey {
        "404" [] => "`not-found`: the caller has no such passkey",
    }
    /// Of operations that take a passkey away.
    LastPasskey {
        "409" [] => "`conflict`: it is the caller's only passkey",
    }
    /// Of operations that read a body.
    UnreadableBody {
        "413" [] => "`payload-too-large`: the body has more than 64 KiB",
        "415" [] => "`unsupported-media-type`: the body is not JSON",
    }
    /// Of operations that may be asked for only so often.
    RateLimited {
        "429" ["Retry-After"] => "`rate-limited`: too many requests; the next one is allowed after `Retry-After` seconds",
    }
    /// Of operations that ask a store.
    Failed {
        "500" [] => "`internal`: fixed text and the request's id",
        "503" ["Retry-After"] => "`unavailable`: the same request may be made again",
    }
    /// Of the readiness check.
    NotReady {
        "503" ["Retry-After"] => "`unavailable`: a port is down, or the program is about to end",
    }
}

fn refusal(description: &str, headers: &[&str]) -> Response {
    let schema = Ref::from_schema_name(ProblemDocument::name());
    let content = ContentBuilder::new().schema(Some(schema)).build();
    let header = |name: &str| match name {
        "Retry-After" => HeaderBuilder::new().schema(Some(ObjectBuilder::new().schema_type(Type::Integer))).build(),
        _ => HeaderBuilder::new().schema(Some(ObjectBuilder::new().schema_type(Type::String))).build(),
    };
    headers
        .iter()
        .fold(ResponseBuilder::new().description(description), |response, name| response.header(*name, header(name)))
        .content(MEDIA_TYPE, content)
        .build()
}
