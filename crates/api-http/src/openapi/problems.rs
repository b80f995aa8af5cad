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
        "403" [] => "`forbidden`: the caller, or the page that sent the request, may not do this",
    }
    /// Of operations on one room.
    NoRoom {
        "404" [] => "`room-not-found`: to the caller there is no such room",
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
    /// Of operations that read a body.
    UnreadableBody {
        "413" [] => "`payload-too-large`: the body has more than 64 KiB",
        "415" [] => "`unsupported-media-type`: the body is not JSON",
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
