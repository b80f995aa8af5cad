//! What a port may answer instead of what it was asked for.
//!
//! Each variant means one thing to the caller, and keeps what the engine said as its source, for the log alone.

/// What an engine said.
pub type Source = Box<dyn std::error::Error + Send + Sync>;

/// Why something could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The engine does not answer; the same question may be asked again.
    #[error("store is unavailable")]
    Unavailable(#[source] Source),
    /// What is stored no longer parses.
    #[error("stored data is corrupt")]
    Corrupt(#[source] Source),
}

/// Why something could not be written that has no rule of its own.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// Certainly not applied; may be tried again.
    #[error("store is unavailable")]
    Unavailable(#[source] Source),
    /// Perhaps applied; may be tried again, since the write is idempotent.
    #[error("outcome of the write is unknown")]
    OutcomeUnknown(#[source] Source),
}

/// Why a user could not be inserted.
#[derive(Debug, thiserror::Error)]
pub enum InsertUserError {
    /// Another user has that name, in the sense of [`Username::key`](crate::Username::key).
    #[error("username is taken")]
    UsernameTaken,
    /// Certainly not applied; may be tried again.
    #[error("store is unavailable")]
    Unavailable(#[source] Source),
    /// Perhaps applied; may be tried again with the same user.
    #[error("outcome of the write is unknown")]
    OutcomeUnknown(#[source] Source),
}

/// Why a user was not registered with a passkey.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// A user has that name, in the sense of [`Username::key`](crate::Username::key): another one, or the very same with
    /// another passkey.
    #[error("username is taken")]
    UsernameTaken,
    /// Another passkey has that id.
    #[error("credential is taken")]
    CredentialTaken,
    /// Certainly not applied; may be tried again.
    #[error("store is unavailable")]
    Unavailable(#[source] Source),
    /// Perhaps applied; may be tried again with the same user and passkey.
    #[error("outcome of the write is unknown")]
    OutcomeUnknown(#[source] Source),
}

/// Why a passkey was not added.
#[derive(Debug, thiserror::Error)]
pub enum AddPasskeyError {
    /// Its user does not exist or is not active.
    #[error("user is unknown or not active")]
    UserNotFound,
    /// Another passkey has that id.
    #[error("credential is taken")]
    CredentialTaken,
    /// The user's other passkeys have another user handle.
    #[error("user has another handle")]
    HandleDiffers,
    /// Certainly not applied; may be tried again.
    #[error("store is unavailable")]
    Unavailable(#[source] Source),
    /// Perhaps applied; may be tried again with the same passkey.
    #[error("outcome of the write is unknown")]
    OutcomeUnknown(#[source] Source),
}

/// Why something could not be taken out.
#[derive(Debug, thiserror::Error)]
pub enum TakeError {
    /// Certainly not taken; may be tried again.
    #[error("store is unavailable")]
    Unavailable(#[source] Source),
    /// Perhaps taken, and then nobody has it: begin anew.
    #[error("outcome of the taking is unknown")]
    OutcomeUnknown(#[source] Source),
    /// It was there, no longer parses, and is gone.
    #[error("stored data is corrupt")]
    Corrupt(#[source] Source),
}

/// Why a commit was not applied.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// The store does not hold what the commit expects. Nothing was written: load again and decide again.
    #[error("commit conflicts with what is stored")]
    Conflict,
    /// Certainly not applied; may be tried again.
    #[error("store is unavailable")]
    Unavailable(#[source] Source),
    /// Perhaps applied; may be tried again only with the same [`CommitId`](crate::CommitId).
    #[error("outcome of the commit is unknown")]
    OutcomeUnknown(#[source] Source),
    /// What the commit builds on no longer parses. Nothing was written.
    #[error("stored data is corrupt")]
    Corrupt(#[source] Source),
}

/// Why records were not imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// There are records where an import is to begin.
    #[error("store is not empty: it holds {0}")]
    NotEmpty(crate::Unit),
    /// The mark is not the one that was expected: another import goes on here, or none.
    #[error("import is not where it was expected")]
    OtherMark,
    /// Certainly not applied: a record is there already, or the store cannot hold it.
    #[error("store refuses the records")]
    Refused(#[source] Source),
    /// Certainly not applied; may be tried again.
    #[error("store is unavailable")]
    Unavailable(#[source] Source),
    /// Perhaps applied; may be tried again, since it has one effect.
    #[error("outcome of the import is unknown")]
    OutcomeUnknown(#[source] Source),
}

/// A notice could not be passed on. The inbox has it all the same.
#[derive(Debug, thiserror::Error)]
#[error("notifier failed")]
pub struct NotifyError(#[source] pub Source);
