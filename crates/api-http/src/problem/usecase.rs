//! What the use cases refuse, as problems. What an engine said is the cause, never the detail.

use parlour_domain::port::{ReadError, WriteError};
use parlour_domain::usecase::{AuthenticateError, CreateRoomError, DeleteRoomError, GetRoomError};
use parlour_domain::{DeleteRefused, UserId};

use super::{Kind, Problem};

impl From<CreateRoomError> for Problem {
    fn from(error: CreateRoomError) -> Self {
        match error {
            CreateRoomError::CreatorNotFound(id) => {
                Self::new(Kind::CreatorNotFound, format!("Creator not found: {id}"))
            }
            CreateRoomError::ParticipantsNotFound(ids) => {
                Self::new(Kind::ParticipantNotFound, format!("Participant not found: {}", join(&ids)))
            }
            CreateRoomError::KeyReused => {
                Self::new(Kind::IdempotencyKeyReused, "The idempotency key was used for another request")
            }
            CreateRoomError::InProgress => {
                Self::new(Kind::RequestInProgress, "A request with this idempotency key is in progress")
            }
            CreateRoomError::Contended | CreateRoomError::Unavailable(_) | CreateRoomError::OutcomeUnknown(_) => {
                Self::unavailable(error)
            }
            CreateRoomError::Corrupt(_) => Self::internal(error),
        }
    }
}

fn join(ids: &[UserId]) -> String {
    ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

impl From<GetRoomError> for Problem {
    fn from(error: GetRoomError) -> Self {
        match error {
            GetRoomError::NotFound => Self::room_not_found(),
            GetRoomError::Read(error) => error.into(),
        }
    }
}

impl From<DeleteRoomError> for Problem {
    fn from(error: DeleteRoomError) -> Self {
        match error {
            DeleteRoomError::Refused(DeleteRefused::NotFound) => Self::room_not_found(),
            DeleteRoomError::Refused(DeleteRefused::NotOwner) => Self::forbidden("Only the owner may delete the room"),
            DeleteRoomError::Contended | DeleteRoomError::Unavailable(_) | DeleteRoomError::OutcomeUnknown(_) => {
                Self::unavailable(error)
            }
            DeleteRoomError::Corrupt(_) => Self::internal(error),
        }
    }
}

impl From<AuthenticateError> for Problem {
    fn from(error: AuthenticateError) -> Self {
        match error {
            AuthenticateError::NoSession => Self::unauthenticated(),
            AuthenticateError::Read(error) => error.into(),
        }
    }
}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Unavailable(_) => Self::unavailable(error),
            ReadError::Corrupt(_) => Self::internal(error),
        }
    }
}

impl From<WriteError> for Problem {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Unavailable(_) | WriteError::OutcomeUnknown(_) => Self::unavailable(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::ResponseError;
    use parlour_domain::port::Source;

    use super::*;

    const SECRET: &str = "SELECT secret FROM engine";

    fn engine() -> Source {
        SECRET.into()
    }

    fn user() -> UserId {
        "0192f0c1-2345-7000-8000-000000000001".parse().unwrap()
    }

    /// Every variant of every error that a use case answers, with the type and status of its problem.
    fn table() -> Vec<(Problem, u16, &'static str)> {
        use {CreateRoomError as Create, DeleteRoomError as Delete};
        vec![
            (Create::CreatorNotFound(user()).into(), 404, "creator-not-found"),
            (Create::ParticipantsNotFound(vec![user()]).into(), 404, "participant-not-found"),
            (Create::KeyReused.into(), 422, "idempotency-key-reused"),
            (Create::InProgress.into(), 409, "request-in-progress"),
            (Create::Contended.into(), 503, "unavailable"),
            (Create::Unavailable(engine()).into(), 503, "unavailable"),
            (Create::OutcomeUnknown(engine()).into(), 503, "unavailable"),
            (Create::Corrupt(engine()).into(), 500, "internal"),
            (Delete::Refused(DeleteRefused::NotFound).into(), 404, "room-not-found"),
            (Delete::Refused(DeleteRefused::NotOwner).into(), 403, "forbidden"),
            (Delete::Contended.into(), 503, "unavailable"),
            (Delete::Unavailable(engine()).into(), 503, "unavailable"),
            (Delete::OutcomeUnknown(engine()).into(), 503, "unavailable"),
            (Delete::Corrupt(engine()).into(), 500, "internal"),
            (GetRoomError::NotFound.into(), 404, "room-not-found"),
            (GetRoomError::Read(ReadError::Unavailable(engine())).into(), 503, "unavailable"),
            (GetRoomError::Read(ReadError::Corrupt(engine())).into(), 500, "internal"),
            (AuthenticateError::NoSession.into(), 401, "unauthenticated"),
            (AuthenticateError::Read(ReadError::Unavailable(engine())).into(), 503, "unavailable"),
            (AuthenticateError::Read(ReadError::Corrupt(engine())).into(), 500, "internal"),
            (ReadError::Unavailable(engine()).into(), 503, "unavailable"),
            (ReadError::Corrupt(engine()).into(), 500, "internal"),
            (WriteError::Unavailable(engine()).into(), 503, "unavailable"),
            (WriteError::OutcomeUnknown(engine()).into(), 503, "unavailable"),
        ]
    }

    #[test]
    fn every_refusal_has_its_type_and_status_and_no_body_has_an_engines_words() {
        for (problem, status, slug) in table() {
            let document: serde_json::Value = serde_json::from_slice(&problem.document("request-1")).unwrap();
            assert_eq!(problem.status_code().as_u16(), status, "{problem:?}");
            assert_eq!(document["status"], status, "{problem:?}");
            assert_eq!(document["type"], format!("/problems/{slug}"), "{problem:?}");
            assert_eq!(document["instance"], "request-1");
            assert!(document["detail"].is_string(), "{problem:?}");
            assert!(!document.to_string().contains("secret"), "{document}");
        }
    }

    #[test]
    fn every_failure_keeps_its_cause_for_the_log() {
        for (problem, status, _) in table() {
            assert_eq!(problem.cause().is_some(), status >= 500, "{problem:?}");
        }
        let problem = Problem::from(CreateRoomError::Corrupt(engine()));
        assert_eq!(problem.cause().unwrap().source().unwrap().to_string(), SECRET);
    }

    #[test]
    fn the_missing_participants_are_named() {
        let problem = Problem::from(CreateRoomError::ParticipantsNotFound(vec![user(), user()]));
        let document: serde_json::Value = serde_json::from_slice(&problem.document("request-1")).unwrap();
        assert_eq!(document["title"], "Participant not found");
        assert_eq!(document["detail"], format!("Participant not found: {}, {}", user(), user()));
    }
}
