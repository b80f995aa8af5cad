//! How each port says that it failed.

use parlour_domain::port::{
    AddPasskeyError, CommitError, InsertUserError, NotifyError, ReadError, RegisterError, TakeError, WriteError,
};

/// What a port answers when it fails before or after the effect of a call.
pub(crate) trait Failure: Send {
    /// Whether a call that may fail like this writes to a store.
    const OF_A_WRITE: bool;

    fn before() -> Self;
    fn after() -> Self;
}

/// A disconnection that nobody hears of: its port has no word for it.
pub(crate) struct Lost;

macro_rules! failure {
    ($error:ty, of a write: $of_a_write:literal, $before:path, $after:path) => {
        impl Failure for $error {
            const OF_A_WRITE: bool = $of_a_write;

            fn before() -> Self {
                $before("the port was made to fail before its effect".into())
            }

            fn after() -> Self {
                $after("the port was made to fail after its effect".into())
            }
        }
    };
}

failure!(ReadError, of a write: false, ReadError::Unavailable, ReadError::Unavailable);
failure!(WriteError, of a write: true, WriteError::Unavailable, WriteError::OutcomeUnknown);
failure!(InsertUserError, of a write: true, InsertUserError::Unavailable, InsertUserError::OutcomeUnknown);
failure!(RegisterError, of a write: true, RegisterError::Unavailable, RegisterError::OutcomeUnknown);
failure!(AddPasskeyError, of a write: true, AddPasskeyError::Unavailable, AddPasskeyError::OutcomeUnknown);
failure!(TakeError, of a write: true, TakeError::Unavailable, TakeError::OutcomeUnknown);
failure!(CommitError, of a write: true, CommitError::Unavailable, CommitError::OutcomeUnknown);
failure!(NotifyError, of a write: false, NotifyError, NotifyError);

impl Failure for Lost {
    const OF_A_WRITE: bool = false;

    fn before() -> Self {
        Self
    }

    fn after() -> Self {
        Self
    }
}
