//! Passkeys: how people prove who they are without a secret that the server could lose (Web Authentication Level 3).

mod ceremony;
mod credential;
mod exchange;
mod name;

pub use ceremony::{CEREMONY_LIFETIME, Ceremony, CeremonyKind, ChallengeHash, InvalidCeremonyKind};
pub use credential::{CredentialId, InvalidCredentialId, InvalidUserHandle, UserHandle};
pub use exchange::{CeremonyOptions, CredentialResponse};
pub use name::{InvalidPasskeyName, PasskeyName};

use crate::{Timestamp, UserId};

/// A passkey as the user store keeps it: nothing in it is secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passkey {
    /// Names the passkey among all of all users.
    pub id: CredentialId,
    /// Whose it is.
    pub user_id: UserId,
    /// What the authenticator calls its user; the same for all passkeys of one user.
    pub user_handle: UserHandle,
    /// What the user calls it.
    pub name: PasskeyName,
    /// The public key with what else the verifier keeps, in the verifier's own form.
    pub material: Vec<u8>,
    /// The signature counter that was seen last (Web Authentication, section 6.1.1); 0 when the authenticator has none.
    pub counter: u32,
    /// When it was registered.
    pub created_at: Timestamp,
    /// When somebody last signed in with it.
    pub last_used_at: Option<Timestamp>,
}

impl Passkey {
    /// The most passkeys that a user may have: enough for every device, and few enough for every list of them.
    pub const MOST_OF_A_USER: usize = 20;
}

/// That somebody signed in with a passkey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyUse {
    /// Which one it was.
    pub id: CredentialId,
    /// The counter that the store is expected to have: another one means that somebody else used it meanwhile.
    pub expected: u32,
    /// The counter that was seen now.
    pub counter: u32,
    /// What the verifier keeps from now on.
    pub material: Vec<u8>,
    /// When it was.
    pub at: Timestamp,
}

/// What became of the wish to remove a passkey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasskeyRemoval {
    /// It is gone.
    Removed,
    /// That user has no such passkey.
    NotFound,
    /// It is the user's only one and stays.
    Last,
}
