//! Why something with passkeys was not done.

use super::IssueSessionError;
use super::ceremonies::refused;
use crate::port::{
    AddPasskeyError, BeginError, MalformedResponse, ReadError, RegisterError, Source, TakeError, WriteError,
};
use crate::{Passkey, SignInNeeded};

/// Why a ceremony was not begun or not completed. A ceremony that was refused is over: begin anew.
#[derive(Debug, thiserror::Error)]
pub enum PasskeyError {
    /// The response has not the form of a credential; its ceremony is not over.
    #[error(transparent)]
    Malformed(#[from] MalformedResponse),
    /// The response proves nothing. Which of its parts is at fault is told to the log alone, and in no other words whether
    /// there is such a passkey.
    #[error("passkey is not accepted")]
    Refused,
    /// It is proven who it is, but their account is not active or no more.
    #[error("account is not active")]
    NotActive,
    /// They have to sign in first.
    #[error(transparent)]
    SignInNeeded(#[from] SignInNeeded),
    /// Another user has that name.
    #[error("username is taken")]
    UsernameTaken,
    /// That passkey is registered already.
    #[error("passkey is registered already")]
    CredentialTaken,
    /// The user has as many passkeys as anybody may have.
    #[error("user has {} passkeys", Passkey::MOST_OF_A_USER)]
    TooMany,
    /// The store does not answer; begin anew.
    #[error("store is unavailable")]
    Unavailable(#[source] Source),
    /// Perhaps done.
    #[error("outcome of the write is unknown")]
    OutcomeUnknown(#[source] Source),
    /// What is stored no longer parses.
    #[error("stored data is corrupt")]
    Corrupt(#[source] Source),
    /// No ceremony can be begun at all.
    #[error(transparent)]
    Begin(#[from] BeginError),
}

impl From<ReadError> for PasskeyError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Unavailable(source) => Self::Unavailable(source),
            ReadError::Corrupt(source) => Self::Corrupt(source),
        }
    }
}

impl From<WriteError> for PasskeyError {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Unavailable(source) => Self::Unavailable(source),
            WriteError::OutcomeUnknown(source) => Self::OutcomeUnknown(source),
        }
    }
}

impl From<TakeError> for PasskeyError {
    fn from(error: TakeError) -> Self {
        match error {
            TakeError::Unavailable(source) => Self::Unavailable(source),
            TakeError::OutcomeUnknown(source) => Self::OutcomeUnknown(source),
            TakeError::Corrupt(source) => Self::Corrupt(source),
        }
    }
}

impl From<RegisterError> for PasskeyError {
    fn from(error: RegisterError) -> Self {
        match error {
            RegisterError::UsernameTaken => Self::UsernameTaken,
            RegisterError::CredentialTaken => Self::CredentialTaken,
            RegisterError::Unavailable(source) => Self::Unavailable(source),
            RegisterError::OutcomeUnknown(source) => Self::OutcomeUnknown(source),
        }
    }
}

impl From<AddPasskeyError> for PasskeyError {
    fn from(error: AddPasskeyError) -> Self {
        match error {
            AddPasskeyError::UserNotFound => Self::NotActive,
            AddPasskeyError::CredentialTaken => Self::CredentialTaken,
            // Of two first additions at once, each of which was given a handle, one comes late.
            AddPasskeyError::HandleDiffers => refused("another addition has given the user another handle"),
            AddPasskeyError::Unavailable(source) => Self::Unavailable(source),
            AddPasskeyError::OutcomeUnknown(source) => Self::OutcomeUnknown(source),
        }
    }
}

impl From<IssueSessionError> for PasskeyError {
    fn from(error: IssueSessionError) -> Self {
        match error {
            IssueSessionError::UserNotFound(_) => Self::NotActive,
            IssueSessionError::Read(error) => error.into(),
            IssueSessionError::Write(error) => error.into(),
        }
    }
}
