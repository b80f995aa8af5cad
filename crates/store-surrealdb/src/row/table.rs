//! The tables.

/// A table. The order is that in which a commit inserts: the commit itself first, so that a repeated one is found out
/// before anything else stands in its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Table {
    AppliedCommit,
    Room,
    Direct,
    Member,
    Expiry,
    Answer,
    SharedEvent,
    Inbox,
    User,
    Username,
    Session,
    Passkey,
    Ceremony,
    ContactPolicy,
    Block,
}

impl Table {
    pub(crate) const ALL: [Self; 15] = [
        Self::AppliedCommit,
        Self::Room,
        Self::Direct,
        Self::Member,
        Self::Expiry,
        Self::Answer,
        Self::SharedEvent,
        Self::Inbox,
        Self::User,
        Self::Username,
        Self::Session,
        Self::Passkey,
        Self::Ceremony,
        Self::ContactPolicy,
        Self::Block,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::AppliedCommit => "applied_commit",
            Self::Room => "room",
            Self::Direct => "direct",
            Self::Member => "member",
            Self::Expiry => "expiry",
            Self::Answer => "answer",
            Self::SharedEvent => "shared_event",
            Self::Inbox => "inbox",
            Self::User => "user",
            Self::Username => "username",
            Self::Session => "session",
            Self::Passkey => "passkey",
            Self::Ceremony => "ceremony",
            Self::ContactPolicy => "contact_policy",
            Self::Block => "block",
        }
    }
}
