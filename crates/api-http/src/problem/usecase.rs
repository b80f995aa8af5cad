//! What the use cases refuse, as problems. What an engine said is the cause, never the detail.

use parlour_domain::port::{ReadError, WriteError};
use parlour_domain::usecase::{
    AuthenticateError, BlockUserError, ChangeDisplayNameError, ChangeRoomError, CreateRoomError,
    DeactivateAccountError, DeleteRoomError, GetRoomError, PasskeyError, RemovePasskeyError, RevokeOwnSessionError,
};
use parlour_domain::{ChangeRefused, DeleteRefused, Passkey, Room, SignInNeeded, UserId};

use super::{FieldError, Kind, Problem};

impl From<CreateRoomError> for Problem {
    fn from(error: CreateRoomError) -> Self {
        match error {
            CreateRoomError::CreatorNotFound(id) => {
                Self::new(Kind::CreatorNotFound, format!("Creator not found: {id}"))
            }
            CreateRoomError::ParticipantsNotFound(ids) => Self::participant_not_found(join(&ids)),
            CreateRoomError::NotAccepted(ids) => Self::not_accepted(join(&ids)),
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

impl From<ChangeRoomError> for Problem {
    fn from(error: ChangeRoomError) -> Self {
        match error {
            ChangeRoomError::Refused(refused) => refused.into(),
            ChangeRoomError::Contended | ChangeRoomError::Unavailable(_) | ChangeRoomError::OutcomeUnknown(_) => {
                Self::unavailable(error)
            }
            ChangeRoomError::Corrupt(_) => Self::internal(error),
        }
    }
}

impl From<ChangeRefused> for Problem {
    fn from(refused: ChangeRefused) -> Self {
        match refused {
            ChangeRefused::RoomNotFound => Self::room_not_found(),
            ChangeRefused::NotAllowed => Self::forbidden("The caller's role in the room does not allow it"),
            ChangeRefused::ParticipantNotFound(id) => Self::participant_not_found(id),
            ChangeRefused::NotAccepted(id) => Self::not_accepted(id),
            ChangeRefused::AlreadyParticipant(id) => {
                Self::new(Kind::AlreadyParticipant, format!("Already a participant: {id}"))
            }
            ChangeRefused::NotGroup => Self::new(Kind::Conflict, "Only a group can be changed"),
            ChangeRefused::Full => Self::new(Kind::Conflict, format!("The room holds {} people", Room::MOST_PEOPLE)),
            ChangeRefused::SecondOwner => Self::new(Kind::Conflict, "The room has an owner"),
            ChangeRefused::OwnerNeeded => {
                Self::new(Kind::Conflict, "The room needs an owner: make somebody else the owner first")
            }
        }
    }
}

impl From<BlockUserError> for Problem {
    fn from(error: BlockUserError) -> Self {
        match error {
            BlockUserError::Oneself => {
                let detail = "must not be the caller".to_owned();
                Self::malformed_fields(vec![FieldError { field: "user_id".to_owned(), detail }])
            }
            BlockUserError::NotFound(id) => Self::user_not_found(format!("User not found: {id}")),
            BlockUserError::Read(error) => error.into(),
            BlockUserError::Write(error) => error.into(),
        }
    }
}

impl From<ChangeDisplayNameError> for Problem {
    fn from(error: ChangeDisplayNameError) -> Self {
        match error {
            // Somebody whose account has just gone.
            ChangeDisplayNameError::NotFound => Self::unauthenticated(),
            ChangeDisplayNameError::Read(error) => error.into(),
            ChangeDisplayNameError::Write(error) => error.into(),
        }
    }
}

impl From<DeactivateAccountError> for Problem {
    fn from(error: DeactivateAccountError) -> Self {
        match error {
            DeactivateAccountError::SignInNeeded(needed) => needed.into(),
            DeactivateAccountError::Read(error) => error.into(),
            DeactivateAccountError::Write(error) => error.into(),
        }
    }
}

impl From<SignInNeeded> for Problem {
    fn from(needed: SignInNeeded) -> Self {
        match needed {
            SignInNeeded::NoSession => Self::forbidden("This takes a session: sign in with a passkey"),
            SignInNeeded::NotFresh => Self::forbidden("This takes a sign-in of the last 10 minutes: sign in again"),
        }
    }
}

impl From<AuthenticateError> for Problem {
    fn from(error: AuthenticateError) -> Self {
        match error {
            AuthenticateError::NoSession => Self::unauthenticated(),
            AuthenticateError::Read(error) => error.into(),
            AuthenticateError::Unavailable(_) => Self::unavailable(error),
            AuthenticateError::NotProvisioned(why) => Self::not_provisioned(why),
        }
    }
}

impl From<RevokeOwnSessionError> for Problem {
    fn from(error: RevokeOwnSessionError) -> Self {
        match error {
            RevokeOwnSessionError::NotFound => Self::session_not_found(),
            RevokeOwnSessionError::Read(error) => error.into(),
            RevokeOwnSessionError::Write(error) => error.into(),
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

impl From<PasskeyError> for Problem {
    fn from(error: PasskeyError) -> Self {
        match error {
            // What exactly is wrong would repeat what was sent.
            PasskeyError::Malformed(_) => Self::malformed_fields(vec![FieldError {
                field: "credential".to_owned(),
                detail: "must be what toJSON of the credential gives".to_owned(),
            }]),
            PasskeyError::Refused => Self::new(Kind::Unauthenticated, "The passkey was not accepted"),
            PasskeyError::SignInNeeded(needed) => needed.into(),
            PasskeyError::NotActive => Self::forbidden("The account is not active"),
            PasskeyError::UsernameTaken => Self::new(Kind::UsernameTaken, "The username is taken"),
            PasskeyError::CredentialTaken => Self::new(Kind::Conflict, "The passkey is registered already"),
            PasskeyError::TooMany => {
                let most = Passkey::MOST_OF_A_USER;
                Self::new(Kind::Conflict, format!("A user has at most {most} passkeys: remove one first"))
            }
            PasskeyError::Unavailable(_) | PasskeyError::OutcomeUnknown(_) => Self::unavailable(error),
            PasskeyError::Corrupt(_) | PasskeyError::Begin(_) => Self::internal(error),
        }
    }
}

impl From<RemovePasskeyError> for Problem {
    fn from(error: RemovePasskeyError) -> Self {
        match error {
            RemovePasskeyError::SignInNeeded(needed) => needed.into(),
            RemovePasskeyError::NotFound => Self::passkey_not_found(),
            RemovePasskeyError::Last => Self::new(Kind::Conflict, "The last passkey cannot be removed"),
            RemovePasskeyError::Write(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests;
