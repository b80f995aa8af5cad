//! Where new ids and secrets come from.

use uuid::Uuid;

use crate::{SessionToken, UserHandle};

/// Mints ids and secrets. A port, so that tests can foresee them and stores need none.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait IdSource: Send + Sync {
    /// A UUID that was never minted before: version 7 (RFC 9562, section 5.7), later ones sorting after earlier ones.
    fn uuid(&self) -> Uuid;

    /// A secret of 256 bits from a cryptographically secure source.
    fn session_token(&self) -> SessionToken;

    /// 512 bits from a cryptographically secure source, by which authenticators are to know a user.
    fn user_handle(&self) -> UserHandle;
}
