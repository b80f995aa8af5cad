//! What each refusal of the domain becomes.

use actix_web::ResponseError;
use parlour_domain::port::{BeginError, MalformedResponse, Source};

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
    use {
        ChangeRefused as No, ChangeRoomError as Change, CreateRoomError as Create, DeleteRoomError as Delete,
        PasskeyError as Passkey,
    };
    vec![
        (Create::CreatorNotFound(user()).into(), 404, "creator-not-found"),
        (Create::ParticipantsNotFound(vec![user()]).into(), 404, "participant-not-found"),
        (Create::NotAccepted(vec![user()]).into(), 403, "forbidden"),
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
        (Change::Refused(No::RoomNotFound).into(), 404, "room-not-found"),
        (Change::Refused(No::NotAllowed).into(), 403, "forbidden"),
        (Change::Refused(No::ParticipantNotFound(user())).into(), 404, "participant-not-found"),
        (Change::Refused(No::NotAccepted(user())).into(), 403, "forbidden"),
        (Change::Refused(No::AlreadyParticipant(user())).into(), 409, "already-participant"),
        (Change::Refused(No::NotGroup).into(), 409, "conflict"),
        (Change::Refused(No::Full).into(), 409, "conflict"),
        (Change::Refused(No::SecondOwner).into(), 409, "conflict"),
        (Change::Refused(No::OwnerNeeded).into(), 409, "conflict"),
        (Change::Contended.into(), 503, "unavailable"),
        (Change::Unavailable(engine()).into(), 503, "unavailable"),
        (Change::OutcomeUnknown(engine()).into(), 503, "unavailable"),
        (Change::Corrupt(engine()).into(), 500, "internal"),
        (Passkey::Malformed(MalformedResponse(engine())).into(), 400, "malformed-request"),
        (Passkey::Refused.into(), 401, "unauthenticated"),
        (Passkey::NotActive.into(), 403, "forbidden"),
        (Passkey::SignInNeeded(SignInNeeded::NoSession).into(), 403, "forbidden"),
        (Passkey::SignInNeeded(SignInNeeded::NotFresh).into(), 403, "forbidden"),
        (Passkey::UsernameTaken.into(), 409, "username-taken"),
        (Passkey::CredentialTaken.into(), 409, "conflict"),
        (Passkey::TooMany.into(), 409, "conflict"),
        (Passkey::Unavailable(engine()).into(), 503, "unavailable"),
        (Passkey::OutcomeUnknown(engine()).into(), 503, "unavailable"),
        (Passkey::Corrupt(engine()).into(), 500, "internal"),
        (Passkey::Begin(BeginError(engine())).into(), 500, "internal"),
        (RemovePasskeyError::SignInNeeded(SignInNeeded::NotFresh).into(), 403, "forbidden"),
        (RemovePasskeyError::NotFound.into(), 404, "not-found"),
        (RemovePasskeyError::Last.into(), 409, "conflict"),
        (RemovePasskeyError::Write(WriteError::Unavailable(engine())).into(), 503, "unavailable"),
        (GetRoomError::NotFound.into(), 404, "room-not-found"),
        (GetRoomError::Read(ReadError::Unavailable(engine())).into(), 503, "unavailable"),
        (GetRoomError::Read(ReadError::Corrupt(engine())).into(), 500, "internal"),
        (BlockUserError::Oneself.into(), 400, "malformed-request"),
        (BlockUserError::NotFound(user()).into(), 404, "user-not-found"),
        (BlockUserError::Read(ReadError::Corrupt(engine())).into(), 500, "internal"),
        (BlockUserError::Write(WriteError::Unavailable(engine())).into(), 503, "unavailable"),
        (ChangeDisplayNameError::NotFound.into(), 401, "unauthenticated"),
        (ChangeDisplayNameError::Read(ReadError::Corrupt(engine())).into(), 500, "internal"),
        (ChangeDisplayNameError::Write(WriteError::OutcomeUnknown(engine())).into(), 503, "unavailable"),
        (DeactivateAccountError::SignInNeeded(SignInNeeded::NotFresh).into(), 403, "forbidden"),
        (DeactivateAccountError::Read(ReadError::Corrupt(engine())).into(), 500, "internal"),
        (DeactivateAccountError::Write(WriteError::Unavailable(engine())).into(), 503, "unavailable"),
        (AuthenticateError::NoSession.into(), 401, "unauthenticated"),
        (AuthenticateError::Read(ReadError::Unavailable(engine())).into(), 503, "unavailable"),
        (AuthenticateError::Read(ReadError::Corrupt(engine())).into(), 500, "internal"),
        (AuthenticateError::Unavailable(engine()).into(), 503, "unavailable"),
        (AuthenticateError::NotProvisioned("another user has the username").into(), 403, "forbidden"),
        (RevokeOwnSessionError::NotFound.into(), 404, "not-found"),
        (RevokeOwnSessionError::Read(ReadError::Unavailable(engine())).into(), 503, "unavailable"),
        (RevokeOwnSessionError::Write(WriteError::Unavailable(engine())).into(), 503, "unavailable"),
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
