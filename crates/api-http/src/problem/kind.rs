//! The table of problem types.

use actix_web::http::StatusCode;

/// What went wrong, as a client may decide on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    MalformedRequest,
    Unauthenticated,
    Forbidden,
    CreatorNotFound,
    ParticipantNotFound,
    RoomNotFound,
    UserNotFound,
    NotFound,
    MethodNotAllowed,
    UsernameTaken,
    AlreadyParticipant,
    Conflict,
    RequestInProgress,
    PayloadTooLarge,
    UnsupportedMediaType,
    IdempotencyKeyReused,
    RateLimited,
    Internal,
    Unavailable,
}

impl Kind {
    /// The type's URI reference, its status and its title.
    const fn row(self) -> (&'static str, StatusCode, &'static str) {
        use StatusCode as S;
        match self {
            Self::MalformedRequest => ("/problems/malformed-request", S::BAD_REQUEST, "Malformed request"),
            Self::Unauthenticated => ("/problems/unauthenticated", S::UNAUTHORIZED, "Unauthenticated"),
            Self::Forbidden => ("/problems/forbidden", S::FORBIDDEN, "Forbidden"),
            Self::CreatorNotFound => ("/problems/creator-not-found", S::NOT_FOUND, "Creator not found"),
            Self::ParticipantNotFound => ("/problems/participant-not-found", S::NOT_FOUND, "Participant not found"),
            Self::RoomNotFound => ("/problems/room-not-found", S::NOT_FOUND, "Room not found"),
            Self::UserNotFound => ("/problems/user-not-found", S::NOT_FOUND, "User not found"),
            Self::NotFound => ("/problems/not-found", S::NOT_FOUND, "Not found"),
            Self::MethodNotAllowed => ("/problems/method-not-allowed", S::METHOD_NOT_ALLOWED, "Method not allowed"),
            Self::UsernameTaken => ("/problems/username-taken", S::CONFLICT, "Username taken"),
            Self::AlreadyParticipant => ("/problems/already-participant", S::CONFLICT, "Already a participant"),
            Self::Conflict => ("/problems/conflict", S::CONFLICT, "Conflict"),
            Self::RequestInProgress => ("/problems/request-in-progress", S::CONFLICT, "Request in progress"),
            Self::PayloadTooLarge => ("/problems/payload-too-large", S::PAYLOAD_TOO_LARGE, "Payload too large"),
            Self::UnsupportedMediaType => {
                ("/problems/unsupported-media-type", S::UNSUPPORTED_MEDIA_TYPE, "Unsupported media type")
            }
            Self::IdempotencyKeyReused => {
                ("/problems/idempotency-key-reused", S::UNPROCESSABLE_ENTITY, "Idempotency key reused")
            }
            Self::RateLimited => ("/problems/rate-limited", S::TOO_MANY_REQUESTS, "Too many requests"),
            Self::Internal => ("/problems/internal", S::INTERNAL_SERVER_ERROR, "Internal error"),
            Self::Unavailable => ("/problems/unavailable", S::SERVICE_UNAVAILABLE, "Service unavailable"),
        }
    }

    /// The type, a URI reference (RFC 9457, section 3.1.1).
    pub(crate) const fn uri(self) -> &'static str {
        self.row().0
    }

    pub(crate) const fn status(self) -> StatusCode {
        self.row().1
    }

    pub(crate) const fn title(self) -> &'static str {
        self.row().2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_is_in_the_table_of_the_documentation() {
        let documentation = include_str!("../../../../docs/http.md");
        for kind in [
            Kind::MalformedRequest,
            Kind::Unauthenticated,
            Kind::Forbidden,
            Kind::CreatorNotFound,
            Kind::ParticipantNotFound,
            Kind::RoomNotFound,
            Kind::UserNotFound,
            Kind::NotFound,
            Kind::MethodNotAllowed,
            Kind::UsernameTaken,
            Kind::AlreadyParticipant,
            Kind::Conflict,
            Kind::RequestInProgress,
            Kind::PayloadTooLarge,
            Kind::UnsupportedMediaType,
            Kind::IdempotencyKeyReused,
            Kind::RateLimited,
            Kind::Internal,
            Kind::Unavailable,
        ] {
            let row = format!("| `{}` | {} |", kind.uri(), kind.status().as_u16());
            assert!(documentation.contains(&row), "{row}");
        }
    }
}
