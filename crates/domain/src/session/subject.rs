//! Who a signed token is about.

use crate::{Timestamp, UserId};

/// What a verified token says of the one it was issued for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Who it is.
    pub user_id: UserId,
    /// From this instant on the token says nothing any more.
    pub expires_at: Timestamp,
    /// What the one who signed it would call them as a user.
    pub username: Option<String>,
    /// What other people are to see.
    pub display_name: Option<String>,
}
