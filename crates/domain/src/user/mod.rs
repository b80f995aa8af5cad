//! People, as far as rooms are concerned.

mod contact;
mod display_name;
mod search;
mod username;

pub use contact::{Block, ContactPolicy, InvalidContactPolicy, Stance};
pub use display_name::{DisplayName, InvalidDisplayName};
pub use search::{InvalidSearchQuery, SearchQuery, SearchRank, fold};
pub use username::{InvalidUsername, Username, UsernameKey};

use crate::{Timestamp, UserId};

/// A registered user.
///
/// All fields are public: each of them can only hold a valid value, and no rule ties one to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Names the user for ever.
    pub id: UserId,
    /// Unique among users, see [`Username::key`].
    pub username: Username,
    /// What other people see.
    pub display_name: DisplayName,
    /// An inactive user cannot create rooms nor be brought into one.
    pub is_active: bool,
    /// Whether somebody has vouched for this user's identity.
    pub is_verified: bool,
    /// When the user registered.
    pub created_at: Timestamp,
}
